"""Relays that can't be reached, tarpits and kills: nobody waits for them, nothing is lost, nothing is sent
late."""

import time
from concurrent.futures import ThreadPoolExecutor

from support.client import wait_for
from support.faulty_relay import DeafPort, FaultyRelay, Fault
from support.live_mail import IN_TIME, TIMEOUT_SECONDS, attempts_of, code_in, live_project, \
    start_live  # noqa: F401
from support.project import address
from support.relay import free_port


def test_a_relay_that_takes_no_connection_is_waited_for_no_longer(start_live):
    with DeafPort() as deaf:
        project, _ = start_live({"host": "127.0.0.1", "port": deaf.port, "security": "none",
                            "from": "codes@example.com", "timeout_seconds": TIMEOUT_SECONDS})
        began = time.monotonic()
        validation_id = project.send(address()).data["validation_id"]
        assert time.monotonic() - began < 1, "a request waits for no relay"

        project.wait_for_step(validation_id, "attempt", seconds=3 * TIMEOUT_SECONDS)

        assert attempts_of(project, validation_id)[0]["reason"] == IN_TIME


def test_a_tarpit_holds_nobody_else_up_for_long(start_live):
    """Eight mails that each take the whole time, and one for somebody else behind them: it waits for
    two of them, because four go at a time."""
    with FaultyRelay(per_recipient={"slow": Fault("rcpt", "drip")}) as relay:
        project, _ = start_live(relay.smtp_settings())
        other = live_project(project.api)
        for n in range(8):
            assert project.send(f"slow-{n}@example.com").status == 200

        to = address()
        began = time.monotonic()
        validation_id = other.send(to).data["validation_id"]
        other.wait_for_step(validation_id, "sent", seconds=30)

        # One after the other, the eight would take eight time-outs.
        assert time.monotonic() - began < 6 * TIMEOUT_SECONDS
        assert other.verify(to, code_in(relay.to(to)[0]), validation_id).status == 200
        assert not [message for message in relay.messages if message["To"].startswith("slow")]


def test_a_relay_down_for_the_codes_life_gets_nothing_late(start_live):
    port = free_port()
    project, server = start_live({"host": "127.0.0.1", "port": port, "security": "none",
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


def test_a_code_that_died_while_the_server_was_down_is_not_sent(start_live):
    port = free_port()
    project, server = start_live({"host": "127.0.0.1", "port": port, "security": "none",
                             "from": "codes@example.com", "timeout_seconds": TIMEOUT_SECONDS})
    to = address()
    validation_id = project.send(to).data["validation_id"]
    project.wait_for_step(validation_id, "attempt")
    assert server.stop() == 0
    past = int(time.time() * 1000) - 1000
    server.edit(f"UPDATE messages SET expires_at = {past}, next_attempt_at = {past}")
    server.edit(f"UPDATE validations SET expires_at = {past}")

    with FaultyRelay(port=port) as relay:
        server.start()
        timeline = project.wait_for_step(validation_id, "delivery_failed", seconds=20)

        failed = next(entry for entry in timeline if entry["type"] == "delivery_failed")
        assert failed["reason"] == "expired: the code's life ended before it could be sent"
        other = project.send(address()).data["validation_id"]
        project.wait_for_step(other, "sent", seconds=20)
        assert relay.to(to) == []


def test_a_kill_in_the_middle_of_a_batch_loses_nothing(start_live):
    # Slower than codes are asked for, also where two nodes hand mails over.
    with FaultyRelay(pause_seconds=0.3) as relay:
        project, server = start_live(relay.smtp_settings(timeout_seconds=2),
                                     delivery={"lease_seconds": 4})
        recipients = [address() for _ in range(40)]
        with ThreadPoolExecutor(8) as threads:
            sent = threads.map(lambda to: project.send(to).data["validation_id"], recipients)
            ids = dict(zip(recipients, sent, strict=True))
        wait_for(lambda: len(relay.messages) >= 12)

        server.kill()
        sent_before = len(relay.messages)
        assert sent_before < 40, "the kill must come in the middle"
        server.start()

        for to, validation_id in ids.items():
            project.wait_for_step(validation_id, "sent", seconds=30)
        time.sleep(4)  # A lease's length: what was going to be sent once more has been by now.
        for to, validation_id in ids.items():
            messages = relay.to(to)
            assert 1 <= len(messages) <= 2, "no loss, and at most one too many"
            assert len({code_in(message) for message in messages}) == 1
            assert len({message["Message-ID"] for message in messages}) == 1
            assert project.verify(to, code_in(messages[0]), validation_id).status == 200
