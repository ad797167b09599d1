"""Providers of SMS that are down while people log in: no request waits for them, the second sender
takes over, nothing goes out twice or late, and the timeline tells all of it."""

import threading
import time

import pytest

from support.client import parse_time, wait_for
from support.phones import OPEN_LOOPBACK, TWILIO_TOOK_IT, Provider, add_phone_sender, \
    live_phone_project, number, send_sms, twilio, verify_phone
from support.relay import free_port
from support.senders import attempts_in

SERVER = {"outbound": OPEN_LOOPBACK}
OUTAGE_SECONDS = 20  # Of each kind: longer than a try may take, and than a failing sender is left alone at first.
PEOPLE = 6
PROVIDER_SECONDS = 10  # So long a try may take.
RULES_OFF = {rule: "off" for rule in ("block", "range", "country", "client", "caps")}


@pytest.fixture
def first():
    made = Provider(TWILIO_TOOK_IT)
    yield made
    made.close()


@pytest.fixture
def second():
    made = Provider(TWILIO_TOOK_IT)
    yield made
    made.close()


def unguarded_project(api):
    """Codes that nobody gives back are what the fraud guard stops; here they are the provider's fault."""
    project = live_phone_project(api, otp_ttl_seconds=60)
    assert api.put(f"{project.path}/fraud-guard", {"rules": RULES_OFF}).status == 200
    return project


def in_time(providers, logins):
    """Whether nothing was asked of a provider after the code's life."""
    ends = {login["phone"]: login["expires_at"] for login in logins}
    return all(asked.at <= ends[asked.form["To"]] for provider in providers
               for asked in list(provider.asked) if asked.form["To"] in ends)


def begin(project):
    phone = number()
    began = time.monotonic()
    sent = send_sms(project, phone)
    waited = time.monotonic() - began
    assert sent.status == 200, sent
    return {"phone": phone, "waited": waited, "validation_id": sent.data["validation_id"],
            "expires_at": parse_time(sent.data["expires_at"]).timestamp()}


class People:
    """They log in one after the other, each with a number of their own, until told to stop."""

    def __init__(self, project, provider):
        self.project = project
        self.provider = provider  # Where their codes come from.
        self.logins = []
        self.failures = []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(PEOPLE)]
        for thread in self.threads:
            thread.start()

    def code_for(self, phone):
        bodies = [asked.form["Body"] for asked in list(self.provider.asked) if asked.form["To"] == phone]
        return bodies[-1].rsplit("#", 1)[1] if bodies else None

    def run(self):
        try:
            while not self.stopping.wait(0.3):
                login = begin(self.project)
                code = wait_for(lambda one=login: self.code_for(one["phone"]), seconds=55)
                done = verify_phone(self.project, login["phone"], code, login["validation_id"])
                assert done.status == 200, done
                self.logins.append(login)
        except BaseException as failure:  # Told where the test ends, as threads have no other way.
            self.failures.append(failure)

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        if self.failures:
            raise self.failures[0]


def test_people_log_in_through_an_outage(api, first, second):
    project = unguarded_project(api)
    add_phone_sender(project, "twilio", twilio(first), name="First", priority=1)
    add_phone_sender(project, "twilio", twilio(second), name="Second", priority=2)
    first.script("hang")
    people = People(project, second)
    time.sleep(OUTAGE_SECONDS)
    first.close()  # Nobody listens there any more.
    time.sleep(OUTAGE_SECONDS)
    refusing = Provider((503, ""), port=first.port)
    time.sleep(OUTAGE_SECONDS)
    people.stop()
    logins = people.logins
    project.api = api = api.with_token(api.token)  # The connection was silent for longer than servers wait.

    waits = sorted(login["waited"] for login in logins)
    print(f"{len(logins)} logins; a send took {waits[len(waits) // 2] * 1000:.0f} ms, at most "
          f"{waits[-1] * 1000:.0f} ms; the first sender was asked {len(first.asked)} and "
          f"{len(refusing.asked)} times")
    assert len(logins) > 30, "people log in while it is down"
    assert waits[len(waits) * 95 // 100] < PROVIDER_SECONDS / 2, "no request waits for a provider"
    failed = 0
    for login in logins:
        tries = [attempt["text"] for attempt in attempts_in(project.timeline(login["validation_id"]))]
        assert tries[-1] == f"Try {len(tries)} by Second: accepted.", tries
        assert all("by First: failed for now." in text for text in tries[:-1]), tries
        failed += len(tries) - 1
    assert len(first.asked) + len(refusing.asked) <= failed <= 40, "it is asked now and then only"
    copies = [asked.form["To"] for asked in second.asked]
    assert len(copies) == len(set(copies)), "nobody got two"
    assert in_time([first, refusing, second], logins)

    refusing.script(TWILIO_TOOK_IT)

    def is_back():
        login = begin(project)
        timeline = project.wait_for_step(login["validation_id"], "sent", seconds=30)
        time.sleep(1)
        return "by First: accepted." in attempts_in(timeline)[-1]["text"]
    wait_for(is_back, seconds=150)
    refusing.close()


def test_nothing_is_sent_late_when_all_come_back(api, first):
    api.close()  # The test before lasts longer than the server keeps a connection on which nothing comes.
    project = unguarded_project(api)
    port = free_port()
    add_phone_sender(project, "twilio", twilio(first), name="Silent", priority=1)
    add_phone_sender(project, "twilio", twilio(first, base_url=f"http://127.0.0.1:{port}"),
                     name="Closed", priority=2)
    first.script("hang")
    logins = [begin(project) for _ in range(20)]

    for login in logins:
        timeline = project.wait_for_step(login["validation_id"], "delivery_failed", seconds=120)
        tries = attempts_in(timeline)
        assert tries and not any("accepted" in one["text"] for one in tries), tries
        failed = next(entry for entry in timeline if entry["type"] == "delivery_failed")
        assert failed["text"] == "The message could not be delivered."

    first.script(TWILIO_TOOK_IT)
    before = len(first.asked)
    back = Provider(TWILIO_TOOK_IT, port=port)

    def arrives():
        """A new one's message: while both are left alone, it is none."""
        validation_id = begin(project)["validation_id"]
        return "sent" in wait_for(lambda: {"sent", "delivery_failed"} & {
            entry["type"] for entry in project.timeline(validation_id)}, 120)
    wait_for(arrives, seconds=200)
    late = {login["phone"] for login in logins}
    assert not late & {asked.form["To"] for asked in first.asked[before:] + back.asked}
    assert in_time([first, back], logins)
    back.close()
