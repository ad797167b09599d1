"""Mail through relays that fail in every way: nobody waits for them, nothing is lost, nothing is sent
late, and at most one mail too many goes out, with the same code."""

import re
import sqlite3
import time

import pytest

from support.client import Client, wait_for
from support.faulty_relay import DeafPort, FaultyRelay, Fault
from support.project import Project, address
from support.relay import free_port
from support.server import Server

TIMEOUT_SECONDS = 2  # Of one mail, instead of 20: the tests wait for it.
IN_TIME = "the relay didn't answer in time"
BROKE = "the connection to the relay broke"


@pytest.fixture
def start(tmp_path):
    """Starts a server with the given [smtp] settings; returns a live project and the server."""
    servers = []

    def start_server(smtp, **sections):
        server = Server(tmp_path / f"server-{len(servers)}", smtp=smtp, **sections)
        credentials = server.create_key()
        servers.append(server.start())
        return live_project(Client(server).log_in(*credentials)), server

    yield start_server
    for server in servers:
        assert server.stop() in (0, None)
        faults = [line for line in server.log().splitlines() if '"level":"error"' in line]
        assert faults == [], "a relay's fault is none of the server's"


def live_project(api):
    project = Project(api)
    assert api.patch(project.path, {"mode": "live"}).data["mode"] == "live"
    return project


def code_in(message):
    text = message.get_body(("plain",)).get_content()
    return re.search(r"^ {4}([0-9]{6,8})\r?$", text, re.MULTILINE)[1]


def attempts_of(project, validation_id):
    return [entry for entry in project.timeline(validation_id) if entry["type"] == "attempt"]


def check_sent_once_or_twice(project, relay, to, validation_id, copies):
    """The person has the code, as often as expected, each time the same mail, and it opens."""
    project.wait_for_step(validation_id, "sent", seconds=20)
    messages = relay.to(to)
    assert len(messages) == copies
    assert len({message["Message-ID"] for message in messages}) == 1, "mail programs show one"
    assert len({code_in(message) for message in messages}) == 1
    assert project.verify(to, code_in(messages[-1]), validation_id).status == 200


# stage, what the relay does there, what the timeline says, mails that reach the person
FAULTS = [
    *[(Fault(stage, "stall"), IN_TIME, 1) for stage in ("banner", "ehlo", "mail", "rcpt", "data")],
    (Fault("body", "stall"), IN_TIME, 2),
    *[(Fault(stage, "drip"), IN_TIME, 1) for stage in ("banner", "rcpt", "data")],
    (Fault("body", "drip"), IN_TIME, 2),
    *[(Fault(stage, "cut"), BROKE, 1) for stage in ("banner", "ehlo", "mail", "rcpt", "data")],
    (Fault("data", "cut_in_body"), BROKE, 1),
    (Fault("body", "cut"), BROKE, 2),
    (Fault("banner", "flood", "220-x\r\n"), None, 1),
    (Fault("ehlo", "flood", "250-SIZE 1\r\n"), None, 1),
    (Fault("rcpt", "flood", "250-go on\r\n"), None, 1),
    *[(Fault(stage, "flood", "x"), None, 1) for stage in ("banner", "ehlo", "rcpt")],
    (Fault("body", "flood", "x"), None, 2),
    *[(Fault(stage, "say", text), None, 1)
      for stage in ("banner", "rcpt")
      for text in ("\x00\xff\xfe\x80", "hello", "-1", "25")],
    (Fault("banner", "say", "421 4.3.2 shutting down"), "the relay refuses to talk to us", 1),
    (Fault("data", "say", "451 4.3.0 later"), "the relay doesn't take the message now", 1),
]


@pytest.mark.parametrize("fault, reason, copies", FAULTS,
                         ids=[f"{fault.kind} {fault.stage} {fault.text[:8]!r}"
                              for fault, _, _ in FAULTS])
def test_one_fault_costs_one_try(start, fault, reason, copies):
    with FaultyRelay([fault]) as relay:
        project, server = start(relay.smtp_settings())
        to = address()
        validation_id = project.send(to).data["validation_id"]

        timeline = project.wait_for_step(validation_id, "attempt", seconds=3 * TIMEOUT_SECONDS)

        first = next(entry for entry in timeline if entry["type"] == "attempt")
        assert first["text"] == "Try 1 by smtp: failed for now."
        assert first["reason"] and (reason is None or first["reason"] == reason), first
        assert to not in str(timeline)
        check_sent_once_or_twice(project, relay, to, validation_id, copies)
        assert server.is_running()


def test_a_relay_that_takes_no_connection_is_waited_for_no_longer(start):
    with DeafPort() as deaf:
        project, _ = start({"host": "127.0.0.1", "port": deaf.port, "security": "none",
                            "from": "codes@example.com", "timeout_seconds": TIMEOUT_SECONDS})
        began = time.monotonic()
        validation_id = project.send(address()).data["validation_id"]
        assert time.monotonic() - began < 1, "a request waits for no relay"

        project.wait_for_step(validation_id, "attempt", seconds=3 * TIMEOUT_SECONDS)

        assert attempts_of(project, validation_id)[0]["reason"] == IN_TIME


def test_a_tarpit_holds_nobody_else_up_for_long(start):
    """Eight mails that each take the whole time, and one for somebody else behind them: it waits for
    two of them, because four go at a time."""
    with FaultyRelay(per_recipient={"slow": Fault("rcpt", "drip")}) as relay:
        project, _ = start(relay.smtp_settings())
        other = live_project(project.api)
        for n in range(8):
            assert project.send(f"slow-{n}@example.com").status == 200

        to = address()
        began = time.monotonic()
        validation_id = other.send(to).data["validation_id"]
        other.wait_for_step(validation_id, "sent", seconds=30)

        assert time.monotonic() - began < 2 * TIMEOUT_SECONDS + 3
        assert other.verify(to, code_in(relay.to(to)[0]), validation_id).status == 200
        assert not [message for message in relay.messages if message["To"].startswith("slow")]


def test_a_relay_down_for_the_codes_life_gets_nothing_late(start):
    port = free_port()
    project, server = start({"host": "127.0.0.1", "port": port, "security": "none",
                             "from": "codes@example.com", "timeout_seconds": TIMEOUT_SECONDS})
    assert project.set_email(otp_ttl_seconds=60).status == 200
    to = address()
    validation_id = project.send(to).data["validation_id"]

    timeline = project.wait_for_step(validation_id, "delivery_failed", seconds=60)

    last = attempts_of(project, validation_id)[-1]
    assert last["reason"] == "can't connect to the relay; gave up: the code's life ended"
    assert len(attempts_of(project, validation_id)) >= 4
    failed = next(entry for entry in timeline if entry["type"] == "delivery_failed")
    assert failed["text"] == "The message could not be delivered."
    with FaultyRelay(port=port) as relay:
        # Somebody else's mail proves that the relay is there; a restart looks at every message again.
        assert server.stop() == 0
        server.start()
        other = project.send(address()).data["validation_id"]
        project.wait_for_step(other, "sent", seconds=20)
        assert relay.to(to) == []
        assert len(attempts_of(project, validation_id)) >= 4


def test_a_code_that_died_while_the_server_was_down_is_not_sent(start):
    port = free_port()
    project, server = start({"host": "127.0.0.1", "port": port, "security": "none",
                             "from": "codes@example.com", "timeout_seconds": TIMEOUT_SECONDS})
    to = address()
    validation_id = project.send(to).data["validation_id"]
    project.wait_for_step(validation_id, "attempt")
    assert server.stop() == 0
    with sqlite3.connect(server.database()) as database:
        past = int(time.time() * 1000) - 1000
        database.execute("UPDATE messages SET expires_at = ?, next_attempt_at = ?", (past, past))
        database.execute("UPDATE validations SET expires_at = ?", (past,))
    database.close()

    with FaultyRelay(port=port) as relay:
        server.start()
        timeline = project.wait_for_step(validation_id, "delivery_failed", seconds=20)

        failed = next(entry for entry in timeline if entry["type"] == "delivery_failed")
        assert failed["reason"] == "expired: the code's life ended before it could be sent"
        other = project.send(address()).data["validation_id"]
        project.wait_for_step(other, "sent", seconds=20)
        assert relay.to(to) == []


def test_a_kill_in_the_middle_of_a_batch_loses_nothing(start):
    with FaultyRelay(pause_seconds=0.05) as relay:
        project, server = start(relay.smtp_settings(timeout_seconds=1),
                                delivery={"lease_seconds": 2})
        ids = {}
        for _ in range(40):
            to = address()
            ids[to] = project.send(to).data["validation_id"]
        wait_for(lambda: len(relay.messages) >= 12)

        server.kill()
        sent_before = len(relay.messages)
        assert sent_before < 40, "the kill must come in the middle"
        server.start()

        for to, validation_id in ids.items():
            project.wait_for_step(validation_id, "sent", seconds=30)
        time.sleep(2)  # A lease's length: what was going to be sent once more has been by now.
        for to, validation_id in ids.items():
            messages = relay.to(to)
            assert 1 <= len(messages) <= 2, "no loss, and at most one too many"
            assert len({code_in(message) for message in messages}) == 1
            assert len({message["Message-ID"] for message in messages}) == 1
            assert project.verify(to, code_in(messages[0]), validation_id).status == 200
