"""Signing in to the console by a code to the admin's own address, and the attacks on that."""

import concurrent.futures
import statistics
import time

import pytest

from support.client import Client, wait_for
from support.console import Browser, invite
from support.live_mail import code_in
from support.relay import ScriptedRelay
from support.server import Server

SESSION = "/console/session"


@pytest.fixture(scope="module")
def relay():
    made = ScriptedRelay()
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(relay, tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("codes"), smtp=relay.smtp_settings())
    made.credentials = made.create_key()
    yield made.start()
    assert made.stop() == 0


@pytest.fixture
def mails(relay):
    """The mails to one address, as soon as there are so many."""
    def mails_to(email, count=1):
        def there():
            found = [mail for mail in relay.messages if mail["To"] == email]
            return found if len(found) >= count else None
        return wait_for(there)
    return mails_to


def ask(api, email, **fields):
    return api.post(SESSION, {"email": email} | fields, token=None)


def verify(api, sent, otp):
    return api.post(SESSION + "/verify", {"sign_in_id": sent["sign_in_id"], "otp": otp}, token=None)


def wrong(otp):
    return f"{(int(otp) + 1) % 1_000_000:06}"


def test_a_code_signs_an_admin_in_once(server, api, mails):
    admin = invite(api, "editor")
    sent = ask(api, admin["email"]).data
    otp = code_in(mails(admin["email"])[0])

    answer = verify(api, sent, otp)

    browser = Browser(api)
    browser.cookie = answer.headers["Set-Cookie"].split(";")[0].split("=", 1)[1]
    browser.csrf_token = answer.data["csrf_token"]
    assert browser.get(SESSION).data["admin"]["admin_id"] == admin["admin_id"]
    assert browser.post("/projects", {"name": "by code"}).status == 201
    assert verify(api, sent, otp).code == "INVALID_CREDENTIALS"
    entry = api.items("/audit", action="session.begun", actor=admin["admin_id"])
    assert len(entry) == 1
    assert otp not in server.log() and admin["email"] not in server.log()


@pytest.mark.parametrize("language, words", [("es", "consola"), ("pt", "código da consola")])
def test_the_mail_speaks_the_readers_language(api, mails, language, words):
    email = invite(api)["email"]
    ask(api, email, language=language)
    assert words in mails(email)[0]["Subject"]


def test_an_address_may_be_written_as_people_write_it(api, mails):
    email = invite(api)["email"]
    sent = ask(api, f"  {email.upper()} ").data
    assert verify(api, sent, code_in(mails(email)[0])).status == 200


def test_tries_are_counted_and_end(api, mails):
    email = invite(api)["email"]
    sent = ask(api, email).data
    otp = code_in(mails(email)[0])
    for left in (4, 3, 2, 1, 0):
        refused = verify(api, sent, wrong(otp))
        assert refused.code == "INVALID_OTP" and refused.details["attempts_remaining"] == left
    assert verify(api, sent, otp).code == "INVALID_CREDENTIALS"


def test_tries_at_the_same_moment_are_counted_too(api, mails):
    email = invite(api)["email"]
    sent = ask(api, email).data
    otp = code_in(mails(email)[0])
    with concurrent.futures.ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda _: verify(api, sent, wrong(otp)).code, range(24)))
    assert sorted(set(answers)) == ["INVALID_CREDENTIALS", "INVALID_OTP"]
    assert answers.count("INVALID_OTP") == 5


def test_a_new_code_ends_the_earlier_one(api, mails):
    email = invite(api)["email"]
    first = ask(api, email).data
    (mail,) = mails(email)
    second = ask(api, email).data
    (later,) = [other for other in mails(email, 2) if other is not mail]
    assert verify(api, first, code_in(mail)).code == "INVALID_CREDENTIALS"
    assert verify(api, second, code_in(later)).status == 200


def test_a_removed_admin_gets_no_further(api, mails):
    admin = invite(api)
    sent = ask(api, admin["email"]).data
    otp = code_in(mails(admin["email"])[0])
    assert api.delete(f"/admins/{admin['admin_id']}").status == 200
    assert verify(api, sent, otp).code == "INVALID_CREDENTIALS"


# Who is an admin?

def test_nobody_learns_who_is_an_admin(api, relay):
    known, unknown = invite(api)["email"], "nobody@example.com"
    before = len(relay.messages)
    answers = [ask(api, email) for email in (known, unknown)]
    assert {answer.status for answer in answers} == {200}
    assert set(answers[0].data) == set(answers[1].data)
    assert answers[0].json["message"] == answers[1].json["message"]
    for answer in answers:
        codes = [verify(api, answer.data, "000000").code for _ in range(6)]
        assert codes == ["INVALID_OTP"] * 5 + ["INVALID_CREDENTIALS"]
    wait_for(lambda: len(relay.messages) > before)
    assert all(mail["To"] != unknown for mail in relay.messages)


def test_limits_are_the_same_for_both(api):
    for email in (invite(api)["email"], "stranger@example.com"):
        statuses = [ask(api, email).status for _ in range(6)]
        assert statuses == [200] * 5 + [429], email
    assert ask(api, "STRANGER@example.com").code == "RATE_LIMITED"


def test_the_time_tells_nothing(api):
    """A mail takes its time, and nobody waits for it."""
    def times(emails):
        spent = []
        for email in emails:
            began = time.perf_counter()
            assert ask(api, email).status == 200
            spent.append(time.perf_counter() - began)
        return statistics.median(spent)

    known = [invite(api)["email"] for _ in range(5)]
    slow, quick = times(known), times([f"x{number}@example.com" for number in range(5)])
    assert slow < quick * 4 + 0.05


# What isn't one

@pytest.mark.parametrize("body", [
    {}, {"email": "x"}, {"email": ""}, {"email": ["a@example.com"]}, {"language": "en"},
    {"email": "a@example.com", "language": "de"}, {"email": "a@example.com", "otp": "123456"}])
def test_malformed_requests(api, body):
    assert api.post(SESSION, body, token=None).code == "INVALID_REQUEST"


@pytest.mark.parametrize("sign_in_id", ["sic_none", "x", "' OR 1=1 --", "sic_" + "0" * 60])
@pytest.mark.parametrize("otp", ["000000", "' OR '1'='1", "١٢٣٤٥٦"])
def test_unknown_ids(api, sign_in_id, otp):
    assert verify(api, {"sign_in_id": sign_in_id}, otp).code in ("INVALID_CREDENTIALS", "INVALID_REQUEST")


def test_without_a_mail_server_it_says_what_to_do(tmp_path):
    other = Server(tmp_path)
    key = other.create_key()
    try:
        api = Client(other.start()).log_in(*key)
        for email in (invite(api)["email"], "nobody@example.com"):
            refused = ask(api, email)
            assert refused.code == "NO_PROVIDER" and "accessd admin link" in refused.json["error"]
    finally:
        other.stop()


def test_a_relay_that_hesitates_is_asked_again(api, relay, mails):
    relay.script = ["451 4.7.1 greylisted, come back"]
    email = invite(api)["email"]
    sent = ask(api, email).data
    found = wait_for(lambda: [mail for mail in relay.messages if mail["To"] == email], seconds=40)
    assert verify(api, sent, code_in(found[0])).status == 200
