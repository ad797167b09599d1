"""Promises that must hold when requests arrive together: tries, uses and limits.

Each race is a burst: every connection is open before, every request is ready in bytes, and threads
wait at a barrier, so that the requests reach the server within a fraction of a millisecond.
"""

import collections
import random
import threading

import pytest

from support.phones import enable_phone, number
from support.project import Project, address
from support.raw import RawConnection, request_bytes

CONNECTIONS = 24
THREADS = 4
GUESSES_PER_ROUND = 24
ROUNDS = 30
MAX_ATTEMPTS = 5


class Burst:
    """Connections that send together."""

    def __init__(self, server):
        self.connections = [RawConnection(server) for _ in range(CONNECTIONS)]

    def run(self, requests):
        """Sends all at once, one on each connection; returns the answers in the same order."""
        assert len(requests) <= CONNECTIONS
        pairs = list(zip(self.connections, requests))
        barrier = threading.Barrier(THREADS)

        def work(mine):
            barrier.wait()
            for connection, data in mine:
                connection.send(data)

        threads = [threading.Thread(target=work, args=(pairs[n::THREADS],))
                   for n in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [connection.read("POST") for connection, _ in pairs]

    def close(self):
        for connection in self.connections:
            connection.close()


@pytest.fixture
def burst(server):
    made = Burst(server)
    yield made
    made.close()


def verify_bytes(api, email, otp, validation_id):
    return request_bytes("POST", "/v2/access/email/verify-otp",
                         {"email": email, "otp": otp, "validation_id": validation_id}, api.token)


def send_bytes(api, project, email, **fields):
    return request_bytes("POST", "/v2/access/email/send-otp",
                         {"email": email, "project_id": project.id} | fields, api.token)


def count_codes(answers):
    return collections.Counter(answer.code or answer.status for answer in answers)


def check_tries(answers):
    """At most the allowed tries were compared, at most one won, and each try was told a count of
    its own: two that read the same number of tries left would show the same."""
    codes = count_codes(answers)
    assert set(codes) <= {200, "INVALID_OTP", "ATTEMPTS_EXHAUSTED", "ALREADY_VALIDATED"}, codes
    assert codes[200] <= 1, codes
    assert codes[200] + codes["INVALID_OTP"] <= MAX_ATTEMPTS, codes
    left = [answer.details["attempts_remaining"] for answer in answers
            if answer.code == "INVALID_OTP"]
    assert len(left) == len(set(left)), left
    return codes


def test_parallel_guesses_are_compared_no_more_than_allowed(api, project, burst):
    project.set_email(max_attempts=MAX_ATTEMPTS)
    for _ in range(ROUNDS):
        email = address()
        validation_id = project.send(email).data["validation_id"]
        code = project.code(email)
        wrong = [guess for guess in (f"{n:06}" for n in range(GUESSES_PER_ROUND + 1))
                 if guess != code][:GUESSES_PER_ROUND]

        codes = check_tries(burst.run([verify_bytes(api, email, guess, validation_id)
                                       for guess in wrong]))

        assert codes["INVALID_OTP"] == MAX_ATTEMPTS
        assert codes["ATTEMPTS_EXHAUSTED"] == GUESSES_PER_ROUND - MAX_ATTEMPTS
        assert project.verify(email, code, validation_id).code == "ATTEMPTS_EXHAUSTED"


def test_the_right_code_among_wrong_ones_wins_once_or_not_at_all(api, project, burst):
    project.set_email(max_attempts=MAX_ATTEMPTS)
    choice = random.Random(7)
    wins = 0
    for _ in range(ROUNDS):
        email = address()
        validation_id = project.send(email).data["validation_id"]
        code = project.code(email)
        guesses = [f"{n:06}" for n in range(GUESSES_PER_ROUND) if f"{n:06}" != code]
        right = choice.randrange(1, 4)
        guesses = guesses[:GUESSES_PER_ROUND - right] + [code] * right
        choice.shuffle(guesses)

        codes = check_tries(burst.run([verify_bytes(api, email, guess, validation_id)
                                       for guess in guesses]))

        shown = project.validation(validation_id)
        assert shown["status"] == ("validated" if codes[200] else "failed")
        assert shown["attempts_remaining"] == MAX_ATTEMPTS - codes[200] - codes["INVALID_OTP"]
        wins += codes[200]
    assert 0 < wins < ROUNDS, "each outcome must have happened, or nothing was tried"


def test_one_of_many_right_answers_wins(api, project, burst):
    for _ in range(ROUNDS):
        email = address()
        validation_id = project.send(email).data["validation_id"]
        data = verify_bytes(api, email, project.code(email), validation_id)

        answers = burst.run([data] * CONNECTIONS)

        assert count_codes(answers) == {200: 1, "ALREADY_VALIDATED": CONNECTIONS - 1}
    users = [user["email"] for user in api.items(f"{project.path}/users")]
    assert len(users) == len(set(users)) == ROUNDS


def test_a_first_login_twice_at_once_makes_one_user(server, api, project, burst):
    """Two keys each have a code of their own for one new person."""
    key = api.post("/keys", {"name": "second", "scope": "access"}).data
    other = api.with_token(None).log_in(key["client_id"], key["client_secret"])
    for _ in range(ROUNDS):
        email = address()
        requests = []
        for caller in (api, other):
            validation_id = project.send(email, caller).data["validation_id"]
            requests.append(verify_bytes(caller, email, project.code(email), validation_id))

        answers = burst.run(requests)

        assert [answer.status for answer in answers] == [200, 200]
        assert len({answer.data["user"]["user_id"] for answer in answers}) == 1


def test_a_cancel_and_a_use_at_once_agree(api, project, burst):
    for _ in range(ROUNDS):
        email = address()
        validation_id = project.send(email).data["validation_id"]
        cancel = request_bytes("POST", f"/v2/access/validations/{validation_id}/cancel", b"",
                               api.token)

        used, canceled = burst.run([verify_bytes(api, email, project.code(email), validation_id),
                                    cancel])

        assert (used.status, canceled.code or canceled.status) in {
            (200, "ALREADY_VALIDATED"), (409, 200)}
        expected = "validated" if used.status == 200 else "canceled"
        assert project.validation(validation_id)["status"] == expected


@pytest.mark.parametrize("spread", [False, True], ids=["one spelling", "many spellings"])
def test_parallel_sends_stay_within_the_window(api, burst, spread):
    for _ in range(8):
        project = Project(api)
        name = "ana" + address()[4:14].replace("-", "")
        spellings = [f"{name}@gmail.com"]
        if spread:
            spellings += [f" {name}@gmail.com\t", f"{name.upper()}@GMAIL.com",
                          f"{name}+shop@gmail.com", f"{name}+a+b@gmail.com",
                          f"{name[:3]}.{name[3:]}@gmail.com", f"{name[:5]}.{name[5:]}+x@Gmail.Com"]
        emails = [spellings[n % len(spellings)] for n in range(CONNECTIONS)]

        answers = burst.run([send_bytes(api, project, email) for email in emails])

        assert count_codes(answers) == {200: 5, "RATE_LIMITED": CONNECTIONS - 5}
        remaining = sorted(int(answer.headers["RateLimit-Remaining"]) for answer in answers
                           if answer.status == 200)
        assert remaining == [0, 1, 2, 3, 4]
        assert len(project.inbox()) == 5
        for spelling in spellings:
            assert project.send(spelling).code == "RATE_LIMITED", spelling


@pytest.mark.parametrize("other", ["anna@gmail.com", "ana@gmail.org", "ana@example.com",
                                   "ana.b@example.com", "anab@googlemail.com"])
def test_other_people_have_windows_of_their_own(api, burst, other):
    project = Project(api)
    burst.run([send_bytes(api, project, "ana.b@gmail.com")] * 6)
    assert project.send("anab@gmail.com").code == "RATE_LIMITED"

    assert project.send(other).status == 200


def test_parallel_texts_to_one_number_stay_within_the_window(api, burst):
    """However it is written, by either channel, at whichever node."""
    for _ in range(6):
        project = Project(api)
        enable_phone(project)
        phone = number()
        forms = [phone, f"{phone[:3]} {phone[3:6]} {phone[6:]}", f"{phone[:3]}-{phone[3:]}",
                 f"{phone[:3]}.{phone[3:6]}.{phone[6:]}", f"{phone[:3]} ({phone[3:6]}) {phone[6:]}",
                 f" {phone} "]
        requests = [request_bytes("POST", f"/v2/access/phone/send-{channel}",
                                  {"phone": form, "project_id": project.id}, api.token)
                    for form in forms for channel in ("sms", "whatsapp")]

        answers = [answer for _ in range(2) for answer in burst.run(requests)]

        assert count_codes(answers) == {200: 3, "RATE_LIMITED": 21}
        assert len(project.inbox(phone)) == 3
        assert len({answer.data["validation_id"] for answer in answers if answer.status == 200}) == 1


def test_dots_count_elsewhere_and_tags_do_not(api):
    project = Project(api)
    for tag in range(5):
        assert project.send(f"ana+{tag}@example.com").status == 200
    assert project.send("ana@example.com").code == "RATE_LIMITED"
    assert project.send("a.na@example.com").status == 200
    assert len({message["destination"] for message in project.inbox()}) == 6


def test_parallel_sends_to_one_person_share_one_validation(api, burst):
    for _ in range(8):
        project = Project(api)
        email = address()

        answers = burst.run([send_bytes(api, project, email)] * 5)

        assert len({answer.data["validation_id"] for answer in answers}) == 1
        assert len({message["otp"] for message in project.inbox(email)}) == 1


def test_parallel_wrong_credentials_stay_within_the_window(api, burst):
    key = api.post("/keys", {"name": "target", "scope": "read"}).data
    data = request_bytes("POST", "/v2/access/auth/token",
                         {"client_id": key["client_id"], "client_secret": "sk_wrong"})

    answers = [answer for _ in range(3) for answer in burst.run([data] * CONNECTIONS)]

    codes = count_codes(answers)
    assert set(codes) == {"INVALID_CREDENTIALS", "RATE_LIMITED"}
    assert codes["INVALID_CREDENTIALS"] == 10
    refused = api.post("/auth/token", {"client_id": key["client_id"],
                                       "client_secret": key["client_secret"]}, token=None)
    assert refused.code == "RATE_LIMITED"


def test_one_of_many_takes_a_name(api, project, burst):
    for n in range(10):
        body = {"user_id": f"user-{n}", "email": f"user-{n}@example.com"}
        data = request_bytes("POST", f"/v2/access{project.path}/users", body, api.token)

        answers = burst.run([data] * 12)

        assert count_codes(answers) == {201: 1, "CONFLICT": 11}


def test_parallel_changes_are_all_kept(api, project, burst):
    """Each names another field: none may write over another's."""
    fields = [{"privacy_url": "https://example.com/p"}, {"terms_url": "https://example.com/t"},
              {"contact_email": "a@example.com"}, {"default_language": "pt"},
              {"allowed_countries": ["ES"]}]
    answers = burst.run([request_bytes("PATCH", "/v2/access" + project.path, field, api.token)
                         for field in fields])

    shown = api.get(project.path).data
    for answer, field in zip(answers, fields):
        assert answer.status == 200 or answer.code == "CONFLICT"
        if answer.status == 200:
            assert {name: shown[name] for name in field} == field
    assert any(answer.status == 200 for answer in answers)
