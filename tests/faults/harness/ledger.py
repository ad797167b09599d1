"""Clients that write down every promise before they go on, and hold the promises against what is there later."""

import collections
import http.client
import random
import sys
import threading
import time
import traceback

from harness.world import World
from support.live_mail import code_in
from support.project import address

# A request whose answer never came may have been done or not: both are right.
UNKNOWN = (OSError, http.client.HTTPException)
MAIL_SECONDS_MAX = 90  # A lease of a killed node, and what comes after it.
SENDS_PER_HOUR = 5  # Of one address: api.md, section 8.
PAUSE_SECONDS_MAX = 0.2


class Refused(Exception):
    """A 503: nothing was done."""


class Ledger:
    """One worker's. Threads: written by it alone; read once it has ended."""

    def __init__(self):
        self.validated = {}     # validation id -> (email, code)
        self.pending = {}       # validation id -> (most tries that can be left, email)
        self.mails = {}         # address of a live project -> validation id, when it was acknowledged
        self.sends = collections.Counter()  # acknowledged sends of addresses that are asked for again and again
        self.counts = collections.Counter()
        self.failures = []      # What was no answer and no 503.


class Worker(threading.Thread):
    """One login after another until `stop`."""

    def __init__(self, world: World, ledger: Ledger, stop, seed):
        super().__init__(daemon=True)
        self.world = world
        self.api = world.client()
        self.ledger = ledger
        self.stop = stop
        self.choice = random.Random(seed)
        self.crowded = address()  # Asked for a code until its limit refuses.
        self.failure = None

    def run(self):
        steps = [self.log_in, self.log_in, self.guess, self.leave, self.ask_again, self.mail]
        # A moment between the steps: a crowd of clients asks for a processor of its own otherwise.
        while not self.stop.wait(self.choice.uniform(0, PAUSE_SECONDS_MAX)):
            try:
                self.choice.choice(steps)()
            except UNKNOWN as failure:
                self.ledger.counts["unanswered"] += 1
                self.ledger.failures.append(repr(failure))
                time.sleep(0.05)
            except Refused:
                self.ledger.counts["refused"] += 1
                time.sleep(0.1)
            except BaseException as failure:  # Shown by the main thread.
                self.failure = failure
                return

    def call(self, method, path, body=None, expected=(200,)):
        answer = self.api.send(method, "/v2/access" + path, body)
        if answer.status == 503:
            assert answer.code in ("STORE_UNAVAILABLE", "BUSY"), answer
            assert int(answer.headers["Retry-After"]) >= 1, answer
            raise Refused
        assert answer.status in expected, answer
        return answer.json

    def send(self, email=None, project=None):
        email = email or address()
        sent = self.call("POST", "/email/send-otp",
                         {"email": email, "project_id": (project or self.world.project).id})
        self.ledger.counts["sent"] += 1
        return email, sent["data"]["validation_id"]

    def code(self, email):
        inbox = self.call("GET", f"{self.world.project.path}/inbox?destination={email}")
        return inbox["data"]["items"][0]["otp"]

    def log_in(self):
        """A verify that was refused with a 503 did nothing: the same again goes through."""
        email, validation_id = self.send()
        self.ledger.pending[validation_id] = (3, email)
        code = self.code(email)
        body = {"email": email, "otp": code, "validation_id": validation_id}
        for _ in range(600):
            try:
                self.call("POST", "/email/verify-otp", body)
                break
            except UNKNOWN:
                del self.ledger.pending[validation_id]  # Either way is right from here on.
                raise
            except Refused:
                self.ledger.counts["refused"] += 1
                if self.stop.wait(0.1):
                    return
        del self.ledger.pending[validation_id]
        self.ledger.validated[validation_id] = (email, code)
        self.ledger.counts["validated"] += 1

    def guess(self):
        email, validation_id = self.send()
        self.ledger.pending[validation_id] = (3, email)
        for _ in range(self.choice.randrange(1, 3)):
            wrong = self.call("POST", "/email/verify-otp",
                              {"email": email, "otp": "12345678", "validation_id": validation_id},
                              expected=(403,))
            assert wrong["code"] == "INVALID_OTP", wrong
            left = wrong["details"]["attempts_remaining"]
            assert left < self.ledger.pending[validation_id][0], "attempts went up"
            self.ledger.pending[validation_id] = (left, email)
            self.ledger.counts["wrong"] += 1

    def leave(self):
        email, validation_id = self.send()
        self.ledger.pending[validation_id] = (3, email)

    def ask_again(self):
        answer = self.call("POST", "/email/send-otp",
                           {"email": self.crowded, "project_id": self.world.project.id}, expected=(200, 429))
        if "data" in answer:
            self.ledger.sends[self.crowded] += 1
        self.ledger.counts["asked again"] += 1

    def mail(self):
        email, validation_id = self.send(project=self.world.live)
        self.ledger.mails[email] = (validation_id, time.monotonic())


class Crowd:
    """Workers under load, and what they were promised."""

    def __init__(self, world, size=6, seed=1):
        self.world = world
        self.ledgers = [Ledger() for _ in range(size)]
        self.seed = seed
        self.stop = threading.Event()
        self.workers = []

    def start(self):
        self.stop.clear()
        self.seed += 1000
        self.workers = [Worker(self.world, ledger, self.stop, self.seed + n)
                        for n, ledger in enumerate(self.ledgers)]
        for worker in self.workers:
            worker.start()

    def finish(self):
        self.stop.set()
        for worker in self.workers:
            worker.join(60)
            assert not worker.is_alive(), "a request never ended:\n" + "".join(
                traceback.format_stack(sys._current_frames()[worker.ident]))
            if worker.failure:
                raise worker.failure

    @property
    def counts(self):
        return sum((ledger.counts for ledger in self.ledgers), collections.Counter())

    def failures(self):
        return [failure for ledger in self.ledgers for failure in ledger.failures]

    def check(self, sample=None, choice=None):
        """Every promise, or `sample` of each kind and worker: those made last, and some of the others."""
        for ledger in self.ledgers:
            self._check(ledger, sample, choice or random.Random(7))

    def _check(self, ledger, sample, choice):
        project = self.world.project
        for validation_id in some(ledger.validated, sample, choice):
            email, code = ledger.validated[validation_id]
            assert project.validation(validation_id)["status"] == "validated", validation_id
            assert project.verify(email, code, validation_id).code == "ALREADY_VALIDATED"
        for validation_id in some(ledger.pending, sample, choice):
            left, email = ledger.pending.pop(validation_id)
            shown = project.validation(validation_id)
            if shown["status"] == "validated":
                continue  # Its worker was stopped between a 503 and the next try... see log_in.
            assert shown["attempts_remaining"] <= left, validation_id
            if shown["attempts_remaining"] and shown["status"] == "pending":
                code = project.code(email)
                assert project.verify(email, code, validation_id).status == 200, validation_id
                ledger.validated[validation_id] = (email, code)
        for email, sends in ledger.sends.items():
            assert sends <= SENDS_PER_HOUR, f"{sends} sends to one address"
        # What a killed node held is leased for a while: a look in between leaves the newest for later.
        due = [email for email, (_, sent_at) in ledger.mails.items()
               if sample is None or sent_at + MAIL_SECONDS_MAX < time.monotonic()]
        for email in some(due, sample, choice):
            self._check_mail(email, ledger.mails[email][0])

    def _check_mail(self, email, validation_id):
        """What was acknowledged arrives, once or, after a fault, twice with the same code."""
        mails = self.world.mails(email, MAIL_SECONDS_MAX)
        assert len({code_in(mail) for mail in mails}) == 1, email
        assert len({mail["Message-ID"] for mail in mails}) == 1, email
        self.world.api.close()  # It may have rested for longer than the server keeps connections.
        shown = self.world.live.validation(validation_id)
        assert shown["status"] in ("pending", "expired"), validation_id  # A long run outlives codes.


def some(items, sample, choice):
    items = list(items)
    if sample is None or len(items) <= sample:
        return items
    return items[-sample:] + choice.sample(items[:-sample], min(2, len(items) - sample))
