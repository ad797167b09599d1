"""Nobody can learn from an answer, or from how long it takes, whether a person is known."""

import os
import time

import pytest

from support.project import Project, address
from support.timing import assert_as_long, in_turns

PAIRS = int(os.environ.get("ACCESSD_ENUMERATION_PAIRS", "300"))  # A release is held to 2,000.
WARM_UP_PAIRS = 5
STEPS = ("send", "resend", "wrong verify", "expired verify")
OF_ONE_VALIDATION = {"validation_id", "login_id", "expires_at"}


class Sample:
    """What one person's requests were answered, and how long each took."""

    def __init__(self, project, email):
        self.project = project
        self.email = email
        self.answers = {}
        self.seconds = {}

    def _ask(self, step, path, body):
        started = time.perf_counter()
        answer = self.project.api.send("POST", "/v2/access/email/" + path, body)
        self.seconds[step] = time.perf_counter() - started
        self.answers[step] = answer
        return answer

    def send(self, step):
        self._ask(step, "send-otp", {"email": self.email, "project_id": self.project.id})

    def verify(self, step):
        """Ten digits, which no code has."""
        self._ask(step, "verify-otp", {"email": self.email, "otp": "0000000000",
                                       "validation_id": self.sent["validation_id"]})

    @property
    def sent(self):
        return self.answers["send"].data

    def shown(self, step):
        """All that the answer tells but what is of this validation alone, by its form."""
        answer = self.answers[step]
        body = dict(answer.json)
        if "data" in body:
            body["data"] = {name: len(value) if name in OF_ONE_VALIDATION else value
                            for name, value in body["data"].items()}
        return answer.status, sorted(name.lower() for name in answer.headers), body


def let_all_expire(server):
    """Stops the server, moves every expiry into the past, and starts it again."""
    assert server.stop() == 0
    assert server.edit(f"UPDATE validations SET expires_at = {int(time.time() * 1000) - 1}") > 0
    server.start()


@pytest.fixture(scope="module")
def pairs(server, api):
    """Known and unknown people side by side, with all their answers."""
    project = Project(api)
    known = [address() for _ in range(PAIRS + WARM_UP_PAIRS)]
    project.use_directory(*known)
    made = [(Sample(project, email), Sample(project, address())) for email in known]

    in_turns(made, lambda sample: sample.send("send"))
    in_turns(made, lambda sample: sample.send("resend"))
    in_turns(made, lambda sample: sample.verify("wrong verify"))
    let_all_expire(server)
    in_turns(made, lambda sample: sample.verify("expired verify"))
    return made[WARM_UP_PAIRS:]


@pytest.mark.parametrize("step, status, code", [
    ("send", 200, None), ("resend", 200, None), ("wrong verify", 403, "INVALID_OTP"),
    ("expired verify", 410, "OTP_EXPIRED")])
def test_known_and_unknown_people_get_the_same_answers(pairs, step, status, code):
    first = pairs[0][0].shown(step)
    for pair in pairs:
        for sample in pair:
            answer = sample.answers[step]
            assert (answer.status, answer.code) == (status, code), answer
            assert sample.shown(step) == first


def test_only_known_people_got_a_message(pairs):
    """Or the answers would be alike for no reason."""
    known, unknown = pairs[0]
    assert known.project.inbox(known.email) != []
    assert unknown.project.inbox(unknown.email) == []


@pytest.mark.parametrize("step", STEPS)
def test_known_and_unknown_people_wait_as_long(pairs, step):
    known, unknown = ([pair[side].seconds[step] for pair in pairs] for side in (0, 1))
    assert_as_long(f"{step}, known and unknown people", known, unknown)
