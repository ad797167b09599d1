"""Authenticator apps of admins, the fresh factor before what can't be taken back, and the attacks on both."""

import concurrent.futures
import json

import pytest

from support.client import make_caller
from support.console import Browser, invite, sign_in
from support.factors import FACTOR, SHOW, add_app, otp_of, show, wrong
from support.project import Project, address


@pytest.fixture
def admin(api):
    return invite(api)


@pytest.fixture
def browser(api, admin):
    return Browser(api, admin["link"]["url"])


def again(api, server, admin):
    """The first factor once more, in another browser."""
    made = json.loads(server.run("admin", "link", "--email", admin["email"], "--json").stdout)
    return Browser(api, made["url"])


def alter(server, sql):
    """Changes what is stored, as time would."""
    assert server.stop() == 0
    assert server.edit(sql) > 0
    server.start()


def age(server):
    """Lets a quarter of an hour go by since all factors were shown."""
    alter(server, "UPDATE console_sessions SET factor_at = factor_at - 960000")


# Adding one

def test_an_app_is_added_and_asked_for_from_then_on(api, server, admin, browser):
    assert browser.get("/console/session").data["second_factor"]["is_on"] is False
    app, codes = add_app(browser)
    assert len(set(codes)) == 10
    mine = browser.get("/console/session").data
    assert mine["second_factor"]["is_on"] and mine["second_factor"]["recovery_codes_left"] == 10
    assert api.get(f"/admins/{admin['admin_id']}").data["has_second_factor"] is True

    other = again(api, server, admin)

    assert other.get("/console/session").data["second_factor"]["is_awaited"] is True
    assert other.get("/projects").code == "MISSING_TOKEN"
    assert other.post("/projects", {"name": "no"}).code == "MISSING_TOKEN"
    assert other.post(FACTOR).code == "MISSING_TOKEN"
    assert other.delete(FACTOR).code == "MISSING_TOKEN"
    assert show(other, otp=app.next()).status == 200
    assert other.get("/projects").status == 200


def test_the_secret_is_sealed_and_shown_once(api, server, browser):
    secret = browser.post(FACTOR).data["secret"]
    assert browser.post(FACTOR).data["secret"] != secret
    app, codes = add_app(browser)
    assert browser.post(FACTOR).code == "CONFLICT"
    rows = str(server.read("SELECT * FROM admin_totp") +
               server.read("SELECT * FROM admin_recovery_codes"))
    assert app.secret not in rows and codes[0] not in rows and codes[0].replace("-", "") not in rows
    assert app.secret not in server.log() and codes[0] not in server.log()


def test_without_a_right_code_nothing_is_added(browser):
    secret = browser.post(FACTOR).data["secret"]
    refused = browser.post(FACTOR + "/confirm", {"otp": wrong(otp_of(secret))})
    assert refused.code == "INVALID_OTP" and refused.details["attempts_remaining"] == 9
    assert browser.get("/console/session").data["second_factor"]["is_on"] is False


def test_adding_one_ends_other_sessions(api, server, admin, browser):
    thief = again(api, server, admin)
    add_app(browser)
    assert thief.get("/projects").code == "INVALID_TOKEN"
    assert browser.get("/projects").status == 200


def test_keys_have_no_factor(api):
    assert api.post(FACTOR).code == "INSUFFICIENT_SCOPE"
    assert api.post(SHOW, {"otp": "123456"}).code == "INSUFFICIENT_SCOPE"
    assert api.delete(FACTOR).code == "INSUFFICIENT_SCOPE"


# Attacks on showing one

def test_a_code_is_good_once(api, server, admin, browser):
    app, _ = add_app(browser)
    first, second = again(api, server, admin), again(api, server, admin)
    otp = app.next()
    assert show(first, otp=otp).status == 200
    assert show(second, otp=otp).code == "INVALID_OTP"
    assert second.get("/projects").code == "MISSING_TOKEN"


def test_an_earlier_code_isnt_good_after_a_later_one(api, server, admin, browser):
    app, _ = add_app(browser)
    earlier, later = app.next(), app.next()
    assert show(again(api, server, admin), otp=later).status == 200
    assert show(again(api, server, admin), otp=earlier).code == "INVALID_OTP"


def test_at_the_same_moment_a_code_is_good_once_too(api, server, admin, browser):
    app, _ = add_app(browser)
    browsers = [again(api, server, admin) for _ in range(4)]
    otp = app.next()
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda one: one.post(SHOW, {"otp": otp}).status, browsers))
    assert sorted(answers) == [200, 403, 403, 403]


def test_tries_are_counted_together_and_end(api, server, admin, browser):
    app, codes = add_app(browser)
    attackers = [again(api, server, admin) for _ in range(3)]
    bad = wrong(otp_of(app.secret))
    with concurrent.futures.ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(
            lambda number: attackers[number % 3].post(SHOW, {"otp": bad}).code, range(24)))
    assert answers.count("INVALID_OTP") == 10 and answers.count("RATE_LIMITED") == 14
    assert attackers[0].post(SHOW, {"otp": app.next()}).code == "RATE_LIMITED"
    # Who has the codes isn't kept out by somebody else's guessing.
    assert show(attackers[0], recovery_code=codes[0]).status == 200


def test_right_codes_cost_no_tries(api, server, admin, browser):
    app, _ = add_app(browser)
    other = again(api, server, admin)
    assert show(other, otp=app.next()).status == 200
    refused = show(other, otp=wrong(otp_of(app.secret)))
    assert refused.details["attempts_remaining"] == 9


@pytest.mark.parametrize("write", [str, str.lower, lambda code: code.replace("-", " ")])
def test_a_recovery_code_is_good_once(api, server, admin, browser, write):
    _, codes = add_app(browser)
    first, second = again(api, server, admin), again(api, server, admin)
    assert show(first, recovery_code=write(codes[3])).status == 200
    assert show(second, recovery_code=codes[3]).code == "INVALID_OTP"
    assert first.get("/console/session").data["second_factor"]["recovery_codes_left"] == 9


def test_another_admins_codes_are_no_good(api, server, admin, browser):
    other = sign_in(api)
    other_app, other_codes = add_app(other)
    add_app(browser)
    waiting = again(api, server, admin)
    assert show(waiting, otp=other_app.next()).code == "INVALID_OTP"
    assert show(waiting, recovery_code=other_codes[0]).code == "INVALID_OTP"


def test_new_recovery_codes_end_the_earlier(api, server, admin, browser):
    _, codes = add_app(browser)
    fresh = browser.post(FACTOR + "/recovery-codes").data["recovery_codes"]
    assert not set(codes) & set(fresh)
    assert show(again(api, server, admin), recovery_code=codes[0]).code == "INVALID_OTP"
    assert show(again(api, server, admin), recovery_code=fresh[0]).status == 200


@pytest.mark.parametrize("proof", [
    {}, {"otp": "123456", "recovery_code": "AAAA-AAAA-AAAA-AAAA"}, {"otp": 123456}, {"otp": ""}])
def test_malformed_proofs(browser, proof):
    add_app(browser)
    assert browser.post(SHOW, proof).code == "INVALID_REQUEST"


@pytest.mark.parametrize("otp", ["12345", "1234567", "١٢٣٤٥٦", "      ", "-12345"])
def test_what_is_no_code(browser, otp):
    add_app(browser)
    assert browser.post(SHOW, {"otp": otp}).code in ("INVALID_OTP", "INVALID_REQUEST")


def test_showing_one_needs_the_csrf_token(api, server, admin, browser):
    app, _ = add_app(browser)
    other = again(api, server, admin)
    other.csrf_token = "x" * 43
    assert other.post(SHOW, {"otp": app.next()}).code == "INSUFFICIENT_SCOPE"


def test_the_secret_of_the_session_changes(api, server, admin, browser):
    app, _ = add_app(browser)
    other = again(api, server, admin)
    waiting = other.cookie
    show(other, otp=app.next())
    assert other.cookie != waiting
    other.cookie = waiting
    assert other.get("/projects").code == "INVALID_TOKEN"


def test_waiting_ends(api, server, admin, browser):
    app, _ = add_app(browser)
    other = again(api, server, admin)
    alter(server, "UPDATE console_sessions SET created_at = created_at - 960000 WHERE is_waiting = 1")
    assert show(other, otp=app.next()).code == "TOKEN_EXPIRED"


# A fresh factor

def guarded(api, project):
    """What asks for one: method, path, body."""
    key = api.post("/keys", {"name": "x", "project_id": project.id}).data["key_id"]
    other = invite(api, "viewer")["admin_id"]
    user = project.add_user(email=address())["user_id"]
    smtp = {"kind": "smtp", "name": "x", "host": "192.0.32.10", "from": "a@shop.example"}
    return [("POST", "/keys", {"name": "y"}), ("DELETE", f"/keys/{key}", None),
            ("POST", "/admins", {"email": address(), "role": "owner"}),
            ("PATCH", f"/admins/{other}", {"role": "editor"}), ("DELETE", f"/admins/{other}", None),
            ("DELETE", f"/admins/{other}/factor", None),
            ("GET", f"{project.path}/users/export", None),
            ("GET", f"{project.path}/users/{user}/export", None),
            ("DELETE", f"{project.path}/users/{user}", None), ("DELETE", project.path, None),
            ("POST", f"{project.path}/senders", smtp), ("PATCH", "/senders/snd_none", {"name": "x"}),
            ("DELETE", "/senders/snd_none", None), ("POST", FACTOR, None), ("DELETE", FACTOR, None),
            ("POST", FACTOR + "/confirm", {"otp": "123456"}), ("POST", FACTOR + "/recovery-codes", None)]


def test_what_cant_be_taken_back_asks_again(api, server, browser):
    project = Project(api)
    app, _ = add_app(browser)
    age(server)
    requests = guarded(api, project)
    for method, path, body in requests:
        refused = browser.request(method, path, body)
        assert refused.code == "CHALLENGE_REQUIRED", (method, path, refused)
        assert refused.details == {"kind": "second_factor", "reason": "expired"}
    assert browser.get("/projects").status == 200, "reading goes on"
    assert browser.patch(project.path, {"name": "Other"}).status == 200, "so do small changes"

    assert show(browser, otp=app.next()).status == 200

    for method, path, body in requests[:2] + requests[6:9]:
        assert browser.request(method, path, body).status in (200, 201), (method, path)


def test_keys_are_not_asked(api, server):
    project = Project(api)
    key, _ = make_caller(api, scope="access manage read", project_id=project.id)
    age(server)
    assert key.get(f"{project.path}/users/export").status == 200


def test_who_has_no_app_signs_in_again(api, server, admin, browser):
    age(server)
    assert browser.post("/keys", {"name": "x"}).code == "CHALLENGE_REQUIRED"
    assert again(api, server, admin).post("/keys", {"name": "x"}).status == 201


def test_a_fresh_factor_lengthens_no_session(api, server, browser):
    app, _ = add_app(browser)
    before = browser.get("/console/session").data["expires_at"]
    assert show(browser, otp=app.next()).data["expires_at"] == before


# The day it is lost

def test_an_owner_takes_a_lost_app_away(api, server, admin, browser):
    add_app(browser)
    waiting = again(api, server, admin)
    assert sign_in(api, "editor").delete(f"/admins/{admin['admin_id']}/factor").code == "INSUFFICIENT_SCOPE"
    assert sign_in(api).delete(f"/admins/{admin['admin_id']}/factor").data == {"removed": True}
    assert api.delete(f"/admins/{admin['admin_id']}/factor").data == {"removed": False}
    assert waiting.get("/console/session").code == "INVALID_TOKEN"
    assert again(api, server, admin).get("/projects").status == 200
    assert api.delete("/admins/adm_none/factor").code == "ADMIN_NOT_FOUND"


def test_a_command_takes_it_away_too(api, server, admin, browser):
    add_app(browser)
    assert "without the authenticator" in server.run("admin", "drop-factor", "--email", admin["email"]).stdout
    assert again(api, server, admin).get("/projects").status == 200
    actions = {entry["action"] for entry in api.items("/audit") if entry["target_id"] == admin["admin_id"]}
    assert {"admin.factor_added", "admin.factor_removed"} <= actions


def test_a_removed_admin_leaves_nothing(api, server, admin, browser):
    add_app(browser)
    assert api.delete(f"/admins/{admin['admin_id']}").status == 200
    for table in ("admin_totp", "admin_recovery_codes"):
        assert not server.read(f"SELECT 1 FROM {table} WHERE admin_id = '{admin['admin_id']}'")


def test_viewers_have_one_too(api):
    add_app(sign_in(api, "viewer"))
