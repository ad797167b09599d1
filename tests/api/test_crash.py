"""Kills: what the server said was done is done, whatever happens to its process next.

Client threads write down every promise they get, and only those. The server is killed in the middle
of their work, again and again, on one data directory; after each start the promises are held
against it.
"""

import collections
import http.client
import random
import subprocess
import threading
import time

import pytest

from support.client import Client
from support.project import Project, address
from support.server import Server, find_program

ROUNDS = 15
THREADS = 4
CHECKED_NEWEST = 8  # Of each kind, worker and round: those nearest to the kill.
CHECKED_OLDER = 3

# A request whose answer never came may have been done or not; both are right.
UNKNOWN = (OSError, http.client.HTTPException)


class Ledger:
    """What was promised. Threads: each adds; nobody reads until all have ended."""

    def __init__(self):
        self.validated = {}   # validation id -> (email, code)
        self.tries = {}       # validation id -> (most tries that can be left, email)
        self.users = []
        self.canceled = []
        self.counts = collections.Counter()


class Worker(threading.Thread):
    """One person after another, until the server is gone."""

    def __init__(self, api, project, ledger, seed):
        super().__init__(daemon=True)
        self.api = api
        self.project = project
        self.ledger = ledger
        self.choice = random.Random(seed)
        self.failure = None

    def run(self):
        try:
            while True:
                self.choice.choice([self.log_in, self.log_in, self.guess, self.cancel,
                                    self.make_user])()
        except UNKNOWN:
            pass
        except BaseException as failure:  # Shown by the main thread.
            self.failure = failure

    def call(self, method, path, body=None, expected=(200,)):
        answer = self.api.send(method, "/v2/access" + path, body)
        assert answer.status in expected, answer
        return answer.json

    def send(self):
        email = address()
        sent = self.call("POST", "/email/send-otp", {"email": email, "project_id": self.project.id})
        validation_id = sent["data"]["validation_id"]
        self.ledger.tries[validation_id] = (3, email)
        self.ledger.counts["sent"] += 1
        return email, validation_id

    def log_in(self):
        email, validation_id = self.send()
        inbox = self.call("GET", f"{self.project.path}/inbox?destination={email}")
        code = inbox["data"]["items"][0]["otp"]
        self.call("POST", "/email/verify-otp",
                  {"email": email, "otp": code, "validation_id": validation_id})
        del self.ledger.tries[validation_id]
        self.ledger.validated[validation_id] = (email, code)
        self.ledger.counts["validated"] += 1

    def guess(self):
        email, validation_id = self.send()
        for _ in range(self.choice.randrange(1, 4)):
            answer = self.call("POST", "/email/verify-otp",
                               {"email": email, "otp": "12345678", "validation_id": validation_id},
                               expected=(403,))
            assert answer["code"] == "INVALID_OTP", answer
            self.ledger.tries[validation_id] = (answer["details"]["attempts_remaining"], email)
            self.ledger.counts["wrong"] += 1

    def cancel(self):
        _, validation_id = self.send()
        self.call("POST", f"/validations/{validation_id}/cancel")
        del self.ledger.tries[validation_id]
        self.ledger.canceled.append(validation_id)

    def make_user(self):
        user_id = "user-" + address()[4:14]
        self.call("POST", f"{self.project.path}/users", {"user_id": user_id}, expected=(201,))
        self.ledger.users.append(user_id)


def recent(items, choice):
    """The newest promises, and some of the older ones. check_all() looks at the rest in the end."""
    items = list(items)
    older = items[:-CHECKED_NEWEST]
    return items[-CHECKED_NEWEST:] + choice.sample(older, min(len(older), CHECKED_OLDER))


def check(project, ledger, choice):
    for validation_id in recent(ledger.validated, choice):
        email, code = ledger.validated[validation_id]
        assert project.validation(validation_id)["status"] == "validated"
        again = project.verify(email, code, validation_id)
        assert again.code == "ALREADY_VALIDATED"
    for validation_id in recent(ledger.tries, choice):
        left, email = ledger.tries[validation_id]
        shown = project.validation(validation_id)
        assert shown["attempts_remaining"] <= left, validation_id
        if left == 0:
            assert shown["status"] == "failed"
            assert project.verify(email, "12345678", validation_id).code == "ATTEMPTS_EXHAUSTED"
    for validation_id in recent(ledger.canceled, choice):
        assert project.validation(validation_id)["status"] == "canceled"
    for user_id in recent(ledger.users, choice):
        assert project.api.get(f"{project.path}/users/{user_id}").status == 200


def check_all(project, ledgers):
    """Every promise, by way of the lists."""
    shown, cursor = {}, ""
    while cursor is not None:
        page = project.api.send("GET", f"/v2/access/validations?project_id={project.id}&limit=200"
                                + (f"&cursor={cursor}" if cursor else "")).data
        shown |= {item["validation_id"]: item for item in page["items"]}
        cursor = page["next_cursor"]
    users = [user["user_id"] for user in project.api.items(f"{project.path}/users")]
    assert len(users) == len(set(users))
    for ledger in ledgers:
        assert {shown[one]["status"] for one in ledger.validated} <= {"validated"}
        assert {shown[one]["status"] for one in ledger.canceled} <= {"canceled"}
        for validation_id, (left, _) in ledger.tries.items():
            assert shown[validation_id]["attempts_remaining"] <= left
        assert set(ledger.users) <= set(users)


def start_workers(api, project, ledger, seed):
    workers = [Worker(api, project, ledger, seed * 100 + n) for n in range(THREADS)]
    for worker in workers:
        worker.start()
    return workers


def join(workers):
    for worker in workers:
        worker.join(60)
        assert not worker.is_alive()
        if worker.failure:
            raise worker.failure


@pytest.fixture
def made(tmp_path):
    server = Server(tmp_path)
    credentials = server.create_key()
    server.start()
    yield server, Client(server).log_in(*credentials)
    server.kill()


def test_promises_outlive_kills(made):
    server, api = made
    project = Project(api)
    ledgers = [Ledger() for _ in range(THREADS)]
    choice = random.Random(11)

    for round_number in range(ROUNDS):
        workers = [Worker(api, project, ledger, round_number * 100 + n)
                   for n, ledger in enumerate(ledgers)]
        for worker in workers:
            worker.start()
        time.sleep(choice.uniform(0.3, 0.9))
        server.kill()
        join(workers)
        server.start()
        for ledger in ledgers:
            check(project, ledger, choice)

    check_all(project, ledgers)
    counts = sum((ledger.counts for ledger in ledgers), collections.Counter())
    assert counts["validated"] > 5 * ROUNDS and counts["wrong"] > 5 * ROUNDS, counts


def test_a_half_sent_message_goes_out_after_a_kill(made):
    server, api = made
    project = Project(api)
    ids = {}
    for _ in range(30):
        email = address()
        ids[email] = project.send(email).data["validation_id"]

    server.kill()
    server.start()

    for email, validation_id in ids.items():
        # The lease of a message that was being handed over lapses after a minute.
        shown = project.inbox(email)
        assert len(shown) == 1
        assert project.verify(email, shown[0]["otp"], validation_id).status == 200


def test_a_stop_under_load_finishes_what_began(made):
    server, api = made
    project = Project(api)
    ledger = Ledger()
    workers = start_workers(api, project, ledger, 1)
    time.sleep(1)

    began = time.monotonic()
    status = server.stop()

    assert status == 0
    assert time.monotonic() - began < 10
    join(workers)
    assert ledger.counts["validated"] > 0
    server.start()
    check(project, ledger, random.Random(3))


def test_a_data_directory_has_one_owner(made):
    server, api = made

    second = subprocess.run([find_program(), "serve", "--config", str(server.config_file)],
                            env=server.environment, capture_output=True, text=True, timeout=30,
                            check=False)

    assert second.returncode != 0
    said = second.stdout + second.stderr
    assert str(server.data_dir) in said, said
    assert str(server.process.pid) in said, said
    assert api.get("/projects").status == 200


def test_a_killed_owner_leaves_no_lock(made):
    server, api = made
    server.kill()

    began = time.monotonic()
    server.start()

    assert time.monotonic() - began < 10
    assert api.get("/projects").status == 200


def test_tokens_keys_and_windows_outlive_a_restart(made):
    server, api = made
    project = Project(api)
    email = address()
    for _ in range(5):
        assert project.send(email).status == 200
    login_token = project.log_in(address())["token"]
    keys = api.get("/.well-known/jwks.json").json
    revoked = api.post("/auth/renew").data["access_token"]
    assert api.post("/auth/revoke", token=revoked).status == 200

    assert server.stop() == 0
    server.start()

    assert api.get("/projects").status == 200
    assert api.get("/projects", token=revoked).code == "TOKEN_REVOKED"
    assert api.get("/.well-known/jwks.json").json == keys
    assert api.post("/tokens/introspect", {"token": login_token}).data["active"] is True
    assert project.send(email).code == "RATE_LIMITED"


def test_another_master_key_is_refused(made, tmp_path):
    server, _ = made
    server.stop()
    other = Server(tmp_path / "other")
    server.environment["ACCESSD_MASTER_KEY"] = other.environment["ACCESSD_MASTER_KEY"]

    done = subprocess.run([find_program(), "serve", "--config", str(server.config_file)],
                          env=server.environment, capture_output=True, text=True, timeout=30,
                          check=False)

    assert done.returncode != 0
    assert "key" in (done.stdout + done.stderr).lower()
