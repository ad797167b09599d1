"""Every server of these tests is searched for secrets at its end: here, that the search finds them."""

import sqlite3

import pytest

from support.client import Client
from support.project import Project, address
from support.server import Server


@pytest.fixture
def ended(tmp_path):
    """A server that ended after logins, and what its callers came to know."""
    server = Server(tmp_path)
    credentials = server.create_key()
    server.start()
    api = Client(server).log_in(*credentials)
    project = Project(api)
    email = address()
    validation_id = project.send(email).data["validation_id"]
    code = project.code(email)
    login = project.verify(email, code, validation_id).data
    key = api.post("/keys", {"name": "leaky"}).data
    assert server.stop() == 0
    server.known = {"code": code, "address": email, "token": login["token"], "api token": api.token,
                    "credential": key["client_secret"],
                    "master key": server.environment["ACCESSD_MASTER_KEY"]}
    return server


def assert_found(server):
    with pytest.raises(AssertionError, match="secrets were written down"):
        server.check_secrets()


def test_what_was_seen_is_known(ended):
    secrets = ended.secrets
    assert ended.known["code"] in secrets.codes
    assert ended.known["address"] in secrets.addresses
    assert {ended.known["token"], ended.known["api token"]} <= secrets.tokens
    assert {ended.known["credential"], ended.known["master key"]} <= secrets.credentials


@pytest.mark.parametrize("kind", ["code", "address", "token", "api token", "credential",
                                  "master key"])
@pytest.mark.parametrize("line", ['{"message":"sent %s to somebody"}\n', "key=%s\n", "%s\n"])
def test_a_secret_in_the_log_is_found(ended, kind, line):
    ended.check_secrets()
    with open(ended.log_file, "a", encoding="utf-8") as log:
        log.write(line % ended.known[kind])
    assert_found(ended)


@pytest.mark.parametrize("kind", ["code", "token", "credential", "master key"])
def test_a_secret_in_a_table_is_found(ended, kind):
    with sqlite3.connect(ended.database()) as database:
        database.execute("CREATE TABLE leak (id TEXT, value TEXT, other TEXT)")
        database.execute("INSERT INTO leak VALUES ('val_1', ?, 'x')", (ended.known[kind],))
    database.close()
    assert_found(ended)


def test_an_address_in_an_event_is_found(ended):
    with sqlite3.connect(ended.database()) as database:
        changed = database.execute("UPDATE events SET destination = ?",
                                   (ended.known["address"],)).rowcount
    database.close()
    assert changed > 0
    assert_found(ended)


@pytest.mark.parametrize("kind", ["code", "token", "credential"])
def test_a_secret_in_the_metrics_is_found(ended, kind):
    with pytest.raises(AssertionError, match="metrics"):
        ended.check_secrets(f'accessd_sent_total{{to="{ended.known[kind]}"}} 1\n')


def test_a_secret_left_beside_the_tables_is_found(ended):
    (ended.data_dir / "accessd.db-wal").write_bytes(
        b"\0\x01" + ended.known["credential"].encode() + b"\x02 a code")
    assert_found(ended)


def test_codes_chosen_by_customers_are_no_secrets(ended):
    secrets = ended.secrets
    assert "123456" not in secrets.secret_codes()
