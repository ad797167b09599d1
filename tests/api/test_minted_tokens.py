"""Tokens with the right signature and wrong contents: made by mint_token, with this server's own keys."""

import json
import os
import subprocess
import time

import pytest

from support import tokens
from support.browser import Browser, allow_redirect
from support.client import Client
from support.project import Project, address
from support.server import ISSUER, ROOT

GONE = object()


def mint(server, claims, header=None, use=None):
    program = os.environ.get("ACCESSD_MINT_TOKEN", str(ROOT / "build/release/tests/mint_token"))
    command = [program, "--data-dir", str(server.data_dir)] + (["--use", use] if use else [])
    if "url" in server.settings["store"]:
        command += ["--store-url", server.settings["store"]["url"]]
    done = subprocess.run(command, input=json.dumps({"claims": claims, "header": header or {}}),
                          env=server.environment, capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def good(api):
    """The claims of a token that this server issued just now."""
    return tokens.parts(api.token)[1]


def changed(claims, **changes):
    return {name: value for name, value in (claims | changes).items() if value is not GONE}


def ask(server, token):
    return Client(server).get("/projects", token=token)


def test_a_minted_copy_of_a_good_token_is_good(server, good):
    # Or what follows would be refused for another reason.
    assert ask(server, mint(server, good)).status == 200


def test_an_expired_token_is_told_so(server, good):
    now = int(time.time())
    for exp in (now, now - 1, 0):
        answer = ask(server, mint(server, changed(good, exp=exp)))
        assert (answer.status, answer.code) == (401, "TOKEN_EXPIRED"), exp


@pytest.mark.parametrize("changes", [
    {"aud": "other"}, {"aud": ""}, {"aud": ["accessd"]}, {"aud": GONE}, {"aud": "prj_1"},
    {"iss": "https://evil.example.com"}, {"iss": ISSUER + "/"}, {"iss": ISSUER.upper()},
    {"iss": GONE},
    {"nbf": int(time.time()) + 3600}, {"nbf": "soon"},
    {"sub": GONE}, {"sub": 7}, {"scope": GONE}, {"scope": "root"}, {"scope": ["access"]},
    {"projects": GONE}, {"projects": "prj_1"}, {"projects": [1]}, {"projects": {}},
    {"exp": GONE}, {"exp": "tomorrow"}, {"exp": 1e12}, {"auth_time": GONE}, {"jti": GONE}],
    ids=str)
def test_wrong_claims_are_refused_in_spite_of_the_signature(server, good, changes):
    answer = ask(server, mint(server, changed(good, **changes)))
    assert (answer.status, answer.code) == (401, "INVALID_TOKEN")


def test_a_token_that_is_good_since_a_while_passes(server, good):
    assert ask(server, mint(server, changed(good, nbf=int(time.time()) - 60))).status == 200


@pytest.mark.parametrize("header", [
    {"alg": "none"}, {"alg": "None"}, {"alg": "HS256"}, {"alg": "es256"}, {"alg": None},
    {"typ": "login+jwt"}, {"typ": "browser+jwt"}, {"typ": "validation+jwt"}, {"typ": "JWT"},
    {"typ": "AT+JWT"}, {"typ": None},
    {"kid": "sig_00000000000000000000000000000"}, {"kid": ""}, {"kid": None}, {"kid": 1},
    {"kid": "../../master.key"}, {"kid": "' OR 1=1 --"},
    {"crit": ["exp"]}, {"jwk": {"kty": "EC"}}, {"jku": "https://evil.example.com/jwks"},
    {"x5u": "https://evil.example.com"}, {"b64": False}],
    ids=str)
def test_wrong_headers_are_refused_in_spite_of_the_signature(server, good, header):
    answer = ask(server, mint(server, good, header, use="api"))
    assert (answer.status, answer.code) == (401, "INVALID_TOKEN")


def test_keys_of_one_kind_sign_nothing_of_the_other(server, api, good):
    # A published key must not open the API, whatever the token calls itself.
    answer = ask(server, mint(server, good, {"typ": "at+jwt"}, use="login"))
    assert (answer.status, answer.code) == (401, "INVALID_TOKEN")

    project = Project(api)
    login = tokens.parts(project.log_in(address())["token"])[1]
    minted = mint(server, login, {"typ": "login+jwt"}, use="login")
    assert api.post("/tokens/introspect", {"token": minted}).data["active"] is True
    forged = mint(server, login, {"typ": "login+jwt"}, use="api")
    assert api.post("/tokens/introspect", {"token": forged}).data["active"] is False


def test_an_expired_login_token_is_not_active(server, api):
    project = Project(api)
    login = tokens.parts(project.log_in(address())["token"])[1]
    minted = mint(server, changed(login, exp=int(time.time()) - 1), use="login")
    assert api.post("/tokens/introspect", {"token": minted}).data["active"] is False


def test_without_its_signature_it_is_nothing(server, good):
    token = mint(server, good, {"alg": "none"})
    for forged in (token.rsplit(".", 1)[0] + ".", token.rsplit(".", 1)[0]):
        assert ask(server, forged).code == "INVALID_TOKEN"


class TestBrowserTokens:
    """The same of tokens that run one login."""

    @pytest.fixture
    def browser(self, api):
        return Browser(allow_redirect(Project(api))).open()

    @pytest.fixture
    def claims(self, browser):
        return tokens.parts(browser.api.token)[1]

    def ask(self, browser, token):
        return browser.api.with_token(token).get(f"/logins/{browser.login_id}")

    def mint(self, server, claims, **changes):
        return mint(server, changed(claims, **changes), {"typ": "browser+jwt"})

    def test_a_minted_copy_of_a_good_one_is_good(self, server, browser, claims):
        assert self.ask(browser, self.mint(server, claims)).status == 200

    def test_an_expired_one_is_told_so(self, server, browser, claims):
        token = self.mint(server, claims, exp=int(time.time()))
        answer = self.ask(browser, token)
        assert (answer.status, answer.code) == (401, "TOKEN_EXPIRED")

    @pytest.mark.parametrize("changes", [
        {"aud": "accessd"}, {"aud": GONE}, {"iss": "https://evil.example.com"}, {"nbf": 0},
        {"sub": "key_1"}, {"login_id": GONE}, {"project_id": GONE}, {"flow_id": GONE},
        {"project_id": "*"}, {"login_id": ["login_1"]}, {"exp": "later"}, {"jti": GONE}], ids=str)
    def test_wrong_claims_are_refused(self, server, browser, claims, changes):
        answer = self.ask(browser, self.mint(server, claims, **changes))
        assert (answer.status, answer.code) == (401, "INVALID_TOKEN")

    def test_keys_and_kinds_do_not_mix(self, server, browser, claims, good, api):
        # Signed with a published key; an API token that calls itself a browser's, and the other way round.
        forged = [mint(server, claims, {"typ": "browser+jwt"}, use="login"),
                  mint(server, good, {"typ": "browser+jwt"}),
                  mint(server, claims, {"typ": "at+jwt"}),
                  mint(server, claims | good, {"typ": "browser+jwt"}),
                  mint(server, claims, {"typ": "browser+jwt", "alg": "none"}),
                  mint(server, claims, {"typ": "browser+jwt", "alg": "HS256"}),
                  mint(server, claims, {"typ": "BROWSER+JWT"})]
        for token in forged:
            answer = self.ask(browser, token)
            assert (answer.status, answer.code) == (401, "INVALID_TOKEN")
        # Scopes mean nothing in a browser's token.
        token = self.mint(server, claims, scope="access manage read", projects="*")
        assert ask(server, token).code == "INSUFFICIENT_SCOPE"
