"""Whose request it is: the peer's, unless a proxy that the operator trusts says otherwise."""

import pytest

from support.client import Client
from support.server import Server

FAILURES = 10  # For one client_id from one address, in 60 seconds.


def fail(server, forwarded_for, client_id):
    body = {"client_id": client_id, "client_secret": "sk_wrong"}
    headers = {"X-Forwarded-For": forwarded_for} if forwarded_for else {}
    return Client(server).send("POST", "/v2/access/auth/token", body, headers=headers).code


def codes(server, addresses, client_id):
    return [fail(server, address, client_id) for address in addresses]


@pytest.fixture(scope="module")
def behind_proxy(tmp_path_factory):
    settings = {"server": {"trusted_proxies": ["127.0.0.1", "10.0.0.0/8"]}}
    made = Server(tmp_path_factory.mktemp("behind_proxy"), **settings)
    made.create_key()
    with made:
        yield made


def test_a_forged_header_escapes_no_limit(server):
    forged = [f"198.51.100.{number}" for number in range(FAILURES + 1)]
    seen = codes(server, forged, "key_forged")
    assert seen == ["INVALID_CREDENTIALS"] * FAILURES + ["RATE_LIMITED"]


def test_behind_a_proxy_each_client_has_its_own_limit(behind_proxy):
    spent = codes(behind_proxy, ["198.51.100.1"] * (FAILURES + 1), "key_each")
    assert spent == ["INVALID_CREDENTIALS"] * FAILURES + ["RATE_LIMITED"]
    assert fail(behind_proxy, "198.51.100.2", "key_each") == "INVALID_CREDENTIALS"
    assert fail(behind_proxy, "2001:db8::1", "key_each") == "INVALID_CREDENTIALS"


def test_behind_a_proxy_what_the_client_wrote_itself_counts_for_nothing(behind_proxy):
    # The proxy adds whom it saw on the right; the left came from the client.
    forged = [f"192.0.2.{number}, 198.51.100.9, 10.0.0.7" for number in range(FAILURES + 1)]
    seen = codes(behind_proxy, forged, "key_left")
    assert seen == ["INVALID_CREDENTIALS"] * FAILURES + ["RATE_LIMITED"]


def test_settings_that_are_no_networks_are_refused(tmp_path):
    made = Server(tmp_path, server={"trusted_proxies": ["10.0.0.0/33"]})
    checked = made.run("config", "check", check=False)
    assert checked.returncode != 0
    assert "server.trusted_proxies" in checked.stdout + checked.stderr
