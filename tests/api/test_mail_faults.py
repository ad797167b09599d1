"""Mail through relays that stall, drip, cut, flood and lie: each fault costs one try, and at most one mail
too many goes out, with the same code."""

import pytest

from support.faulty_relay import FaultyRelay, Fault
from support.live_mail import BROKE, IN_TIME, TIMEOUT_SECONDS, code_in
from support.project import address
from support.senders import OPEN_LOOPBACK, add_sender, live_project, settings_of

# A try of a project's sender may take half a lease.
SERVER = {"outbound": OPEN_LOOPBACK, "delivery": {"lease_seconds": 2 * TIMEOUT_SECONDS},
          "smtp": {"timeout_seconds": TIMEOUT_SECONDS}}
MAY_HAVE_ARRIVED = "the connection broke after the whole mail was sent"


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
    (Fault("body", "stall"), MAY_HAVE_ARRIVED, 2),
    *[(Fault(stage, "drip"), IN_TIME, 1) for stage in ("banner", "rcpt", "data")],
    (Fault("body", "drip"), MAY_HAVE_ARRIVED, 2),
    *[(Fault(stage, "cut"), BROKE, 1) for stage in ("banner", "ehlo", "mail", "rcpt", "data")],
    (Fault("data", "cut_in_body"), BROKE, 1),
    (Fault("body", "cut"), MAY_HAVE_ARRIVED, 2),
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


class Case:
    """A live project whose mail goes through a relay with one fault, and somebody who waits for a code."""

    def __init__(self, api, fault):
        self.relay = FaultyRelay([fault])
        self.project = live_project(api)
        add_sender(self.project, settings_of(self.relay), name="Relay")
        self.to = address()
        self.validation_id = self.project.send(self.to).data["validation_id"]


@pytest.fixture(scope="module")
def cases(api):
    """All of them at once: what a relay holds up must hold up its own project alone, and the tests wait once."""
    made = [Case(api, fault) for fault, _, _ in FAULTS]
    yield made
    for case in made:
        case.relay.close()


@pytest.mark.parametrize("number", range(len(FAULTS)),
                         ids=[f"{fault.kind} {fault.stage} {fault.text[:8]!r}" for fault, _, _ in FAULTS])
def test_one_fault_costs_one_try(server, cases, number):
    case, (_, reason, copies) = cases[number], FAULTS[number]

    timeline = case.project.wait_for_step(case.validation_id, "attempt", seconds=10 * TIMEOUT_SECONDS)

    first = next(entry for entry in timeline if entry["type"] == "attempt")
    assert first["text"] == "Try 1 by Relay: failed for now."
    assert first["reason"] and (reason is None or first["reason"] == reason), first
    assert case.to not in str(timeline)
    check_sent_once_or_twice(case.project, case.relay, case.to, case.validation_id, copies)
    assert server.is_running()
