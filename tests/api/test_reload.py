"""SIGHUP: what changes at once, and what the log says waits for a restart."""

import json
import signal

import pytest

from support.client import Client, wait_for
from support.live_mail import live_project
from support.project import address
from support.relay import ScriptedRelay
from support.server import Server


@pytest.fixture
def relays():
    made = [ScriptedRelay(), ScriptedRelay()]
    yield made
    for relay in made:
        relay.close()


@pytest.fixture
def server(tmp_path, relays):
    made = Server(tmp_path, smtp=relays[0].smtp_settings())
    made.credentials = made.create_key()
    yield made.start()
    assert made.stop() == 0


def reload(server, count=1):
    """Sends SIGHUP, and returns what the log says of it once it was heard."""
    server.process.send_signal(signal.SIGHUP)
    said = ("configuration read again", "the configuration has problems, so the old one stays in effect")
    wait_for(lambda: sum(text in line for line in server.log().splitlines() for text in said) >= count)
    return [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]


def last(entries, message):
    found = [entry for entry in entries if entry["message"] == message]
    return found[-1] if found else None


def test_mail_leaves_by_the_new_account_without_a_restart(server, relays):
    project = live_project(Client(server).log_in(*server.credentials))
    project.set_email()
    project.set_flow(status="active")
    project.send(address())
    wait_for(lambda: relays[0].messages)

    server.settings["smtp"] = relays[1].smtp_settings()
    server.write_config()
    said = last(reload(server), "configuration read again")
    project.send(address())

    assert said["changed"] == "smtp.port"
    wait_for(lambda: relays[1].messages)
    assert len(relays[0].messages) == 1


def test_the_logs_level_changes_and_requests_go_on(server):
    api = Client(server).log_in(*server.credentials)
    server.settings["log"]["level"] = "warn"
    server.write_config()
    server.process.send_signal(signal.SIGHUP)

    wait_for(lambda: api.get("/projects").status == 200 and
             (before := len(server.log().splitlines())) and api.get("/projects").status == 200 and
             len(server.log().splitlines()) == before)


def test_what_needs_a_restart_is_named_each_time_and_nothing_secret_with_it(server):
    server.settings["server"]["workers"] = 3
    server.settings["limits"] = {"email_sends_per_day": 5}
    server.settings["store"]["url"] = ""
    server.settings["smtp"]["password"] = "a new password"
    server.settings["smtp"]["user"] = "somebody"
    server.write_config()

    for count in (1, 2):
        entries = reload(server, count)
        waiting = wait_for(lambda: last([json.loads(line) for line in server.log().splitlines()
                                         if line.startswith("{")],
                                        "these settings change with the next restart"))
        assert waiting["settings"] == "server.workers limits.email_sends_per_day"
    assert "a new password" not in server.log()
    assert last(entries, "configuration read again")["changed"] == ""  # The second time.


def test_a_configuration_with_problems_changes_nothing(server, relays):
    server.settings["smtp"] = relays[1].smtp_settings() | {"security": "nonsense"}
    server.settings["log"]["level"] = "error"
    server.write_config()
    reload(server)

    assert Client(server).log_in(*server.credentials).get("/projects").status == 200
    assert "smtp.security" in server.log()
    assert '"message":"request"' in server.log()  # Still at the old level.


def test_a_slip_that_makes_the_file_no_toml_ends_no_server(server):
    server.write_config()
    with server.config_file.open("a", encoding="utf-8") as file:
        file.write("\n[=smtp]\n")
    reload(server)

    assert Client(server).log_in(*server.credentials).get("/projects").status == 200
    assert "is not TOML" in server.log()
