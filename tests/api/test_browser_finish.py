"""The end of a browser's login: a one-time code for the customer's server, and never a token."""

import base64
import contextlib
import hashlib
import json
import secrets
import sqlite3
import urllib.parse

import pytest

from support.browser import REDIRECT, Browser, allow_redirect
from support.client import make_caller
from support.links import code_in, path_of, press
from support.project import Project, address
from support.server import embedded_only
from support.tokens import verify_with_pyjwt

VERIFIER = secrets.token_urlsafe(48)
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")

SERVER = {"limits": {"client_logins_per_hour": 0}}


@pytest.fixture
def shop(project):
    return allow_redirect(project)


def finish(browser, email=None):
    """The answer that completes the login."""
    email = email or address()
    validation_id = browser.send(email).data["validation_id"]
    return browser.verify(email, browser.project.code(email), validation_id)


def code_of(answer):
    query = urllib.parse.urlsplit(answer.data["redirect_url"]).query
    return urllib.parse.parse_qs(query)["code"][0]


def exchange(project, code, api=None, redirect_url=REDIRECT, **fields):
    return (api or project.api).post("/tokens/exchange",
                                     {"code": code, "redirect_url": redirect_url} | fields)


def test_a_browser_gets_a_code_and_the_server_the_token(shop):
    email = address()
    browser = Browser(shop).open(state="a b&code=x", code_challenge=CHALLENGE)

    done = finish(browser, email)

    assert set(done.data) == {"validation_id", "status", "login", "redirect_url"}
    assert done.data["login"]["status"] == "complete"
    target = urllib.parse.urlsplit(done.data["redirect_url"])
    assert done.data["redirect_url"].startswith(REDIRECT + "?code=")
    query = urllib.parse.parse_qs(target.query, strict_parsing=True)
    assert query["state"] == ["a b&code=x"] and len(query["code"]) == 1

    given = exchange(shop, query["code"][0], code_verifier=VERIFIER)
    assert given.status == 200
    claims = verify_with_pyjwt(shop.api, given.data["token"], shop.id)
    assert claims["login_id"] == browser.login_id
    assert claims["sub"] == given.data["user"]["user_id"]
    assert given.data["user"]["email"] == email


def test_a_code_needs_the_verifier_of_its_login(shop):
    for fields in ({}, {"code_verifier": "x" * 64}, {"code_verifier": CHALLENGE}):
        code = code_of(finish(Browser(shop).open(code_challenge=CHALLENGE)))
        assert exchange(shop, code, **fields).code == "INVALID_CODE"


def test_a_code_is_good_once_and_for_its_project_and_page(api, shop):
    code = code_of(finish(Browser(shop).open()))
    stranger, _ = make_caller(api, project_id=Project(api).id)
    assert exchange(shop, code, stranger).code == "INVALID_CODE"
    assert exchange(shop, code).status == 200
    assert exchange(shop, code).code == "INVALID_CODE"
    other = code_of(finish(Browser(shop).open()))
    assert exchange(shop, other, redirect_url=REDIRECT + "/").code == "INVALID_CODE"


def test_a_browser_exchanges_nothing_itself(shop):
    browser = Browser(shop).open()
    code = code_of(finish(browser))
    refused = browser.post("/tokens/exchange", {"code": code, "redirect_url": REDIRECT})
    assert refused.code == "INSUFFICIENT_SCOPE"


def test_a_complete_login_does_nothing_more(shop):
    email = address()
    browser = Browser(shop).open()
    done = finish(browser, email)
    assert browser.send(email).code == "LOGIN_COMPLETE"
    again = browser.verify(email, "123456", done.data["validation_id"])
    assert again.code == "ALREADY_VALIDATED"
    login = browser.get(f"/logins/{browser.login_id}").data
    assert login["status"] == "complete" and login["remaining_methods"] == []
    assert "code" not in json.dumps(login)


def test_a_lost_answer_comes_again_by_its_key(shop):
    email = address()
    browser = Browser(shop).open()
    validation_id = browser.send(email).data["validation_id"]
    body = {"email": email, "otp": shop.code(email), "validation_id": validation_id}
    one, two = (browser.post("/email/verify-otp", body, headers={"Idempotency-Key": "k"})
                for _ in range(2))
    assert one.data == two.data
    # Another browser with the same key and body gets nothing of it.
    other = Browser(shop).open()
    stolen = other.post("/email/verify-otp", body, headers={"Idempotency-Key": "k"})
    assert stolen.code == "VALIDATION_NOT_FOUND"


def test_a_link_in_the_mail_ends_the_login_as_its_code_would(shop):
    shop.set_email(magic_link=True)
    email = address()
    browser = Browser(shop).open(state="s 1", code_challenge=CHALLENGE)
    browser.send(email)

    pressed = press(shop.api, path_of(shop.inbox(email)[0]["link"]))

    code = code_in(pressed)
    assert pressed.headers["Location"] == f"{REDIRECT}?code={code}&state=s%201"
    assert browser.get(f"/logins/{browser.login_id}").data["status"] == "complete"
    # What the login began with must be answered, however it ended.
    assert exchange(shop, code).code == "INVALID_CODE"


def test_the_link_of_such_a_login_gives_its_token_for_the_verifier(shop):
    shop.set_email(magic_link=True)
    email = address()
    Browser(shop).open(code_challenge=CHALLENGE).send(email)
    code = code_in(press(shop.api, path_of(shop.inbox(email)[0]["link"])))
    assert exchange(shop, code, code_verifier=VERIFIER).status == 200


# Another code, where the person was asked for something after the login was complete

def renewed(browser, login_id=None):
    return browser.post(f"/logins/{login_id or browser.login_id}/code")


def test_another_code_takes_the_place_of_the_first(shop):
    browser = Browser(shop).open(state="s 1", code_challenge=CHALLENGE)
    first = code_of(finish(browser))
    answer = renewed(browser)
    second = code_of(answer)
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.data["redirect_url"]).query)
    assert second != first and query["state"] == ["s 1"]
    assert exchange(shop, first, code_verifier=VERIFIER).code == "INVALID_CODE"
    assert exchange(shop, second).code == "INVALID_CODE", "the challenge still holds"


def test_a_renewed_code_is_exchanged_once_and_ends_renewing(shop):
    browser = Browser(shop).open()
    finish(browser)
    code = code_of(renewed(browser))
    assert exchange(shop, code).status == 200
    assert exchange(shop, code).code == "INVALID_CODE"
    assert renewed(browser).code == "INVALID_CODE"


@embedded_only
def test_a_code_whose_minute_is_over_is_renewed(server, api, shop):
    browser = Browser(shop).open()
    late = code_of(finish(browser))
    assert server.stop() == 0
    with contextlib.closing(sqlite3.connect(server.database())) as database, database:
        assert database.execute("UPDATE login_codes SET expires_at = expires_at - 120000").rowcount
    server.start()
    assert exchange(shop, late).code == "INVALID_CODE"
    assert exchange(shop, code_of(renewed(browser))).status == 200


def test_nobody_else_renews_a_code(api, shop):
    victim, thief = Browser(shop).open(), Browser(shop).open()
    finish(victim)
    assert renewed(thief, victim.login_id).code == "LOGIN_NOT_FOUND"
    assert renewed(thief).code == "INVALID_CODE", "its own login isn't complete"
    assert api.post(f"/logins/{victim.login_id}/code").code == "LOGIN_NOT_FOUND"


def test_an_address_taken_off_the_list_gets_no_other_code(shop):
    browser = Browser(shop).open()
    finish(browser)
    allow_redirect(shop, "https://shop.example/elsewhere")
    assert renewed(browser).code == "REDIRECT_NOT_ALLOWED"
