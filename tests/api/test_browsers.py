"""Logins that browsers open: what is public, the proof of work, and what a browser's token reaches."""

import concurrent.futures
import hashlib
import time

import pytest

from support import tokens
from support.browser import REDIRECT, Browser, allow_redirect, solve, zero_bits
from support.client import Client, make_caller, wait_for
from support.project import Project, address
from support.server import each_node_by_itself
from support.timing import assert_as_long, in_turns

SHOP = "https://shop.example"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B.

SERVER = {"limits": {"client_logins_per_hour": 0},
          "server": {"trusted_proxies": ["127.0.0.0/8"]}}


@pytest.fixture
def shop(project):
    """A project whose flow browsers may use."""
    return allow_redirect(project)


@pytest.fixture
def browser(shop, fresh_address):
    return Browser(shop, fresh_address()).open()


@pytest.fixture(scope="module")
def fresh_address():
    """An address nobody else in this file comes from: prices and waits are by network."""
    numbers = iter(range(1, 60000))
    def make():
        number = next(numbers)
        return f"198.18.{number // 250}.{number % 250 + 1}"
    return make


def strict_policy(project):
    """From now on a login needs email and phone, so that email alone leaves it incomplete."""
    project.api.put(f"/flows/{project.flow_id}/methods/phone", {"enabled": True})
    assert project.set_flow(policy={"all": ["email", "phone"]}).status == 200
    return project


class TestPublicProject:
    def test_it_tells_what_a_login_page_shows(self, server, api):
        branding = {"logo_url": "https://shop.example/logo.svg", "primary_color": "#1a73e8"}
        made = Project(api, branding=branding, privacy_url="https://shop.example/privacy",
                       default_language="es", contact_email="owner@shop.example")
        made.set_email(otp_length=8)

        data = Browser(made).get(f"/public/projects/{made.json['slug']}", token=None).data

        assert data == {
            "name": made.name, "slug": made.json["slug"], "test": True,
            "languages": ["en", "es", "pt"], "default_language": "es",
            "branding": {"logo_url": "https://shop.example/logo.svg", "primary_color": "#1a73e8",
                         "background_color": None, "text_color": None, "image_url": None},
            "privacy_url": "https://shop.example/privacy", "terms_url": None,
            "methods": [{"method": "email", "otp_length": 8, "magic_link": False}],
            "policy": {"any": ["email"]}}

    def test_its_methods_are_those_that_run(self, project):
        strict_policy(project)
        browser = Browser(project)

        shown = browser.get(f"/public/projects/{browser.slug}").data
        assert shown["methods"][1] == {"method": "phone", "otp_length": 6,
                                       "channels": ["sms", "whatsapp"], "countries": ["*"]}
        assert shown["policy"] == {"all": ["email", "phone"]}

        project.set_flow(status="paused")
        shown = browser.get(f"/public/projects/{browser.slug}").data
        assert shown["methods"] == [] and shown["policy"] is None

    def test_countries_are_those_that_the_project_names(self, api):
        made = Project(api, allowed_countries=["MX", "ES"])
        strict_policy(made)
        shown = Browser(made).get(f"/public/projects/{made.json['slug']}", token=None).data
        assert sorted(shown["methods"][-1]["countries"]) == ["ES", "MX"]

    @pytest.mark.parametrize("slug", ["nothing-here", "x", "A" * 50, "%00", "..%2f", "' OR 1=1"])
    def test_an_unknown_one_is_not_found(self, api, slug):
        answer = Client(api.server).send("GET", "/v2/access/public/projects/" +
                                         slug.replace(" ", "%20").replace("'", "%27"))
        assert answer.status in (400, 404)
        assert answer.code in ("PROJECT_NOT_FOUND", "MALFORMED_HTTP")


class TestOpening:
    def test_a_browser_gets_a_token_for_one_login(self, shop, fresh_address):
        browser = Browser(shop, fresh_address())

        answer = browser.ask_to_open(state="s1", code_challenge=CHALLENGE)

        assert answer.status == 201
        data = answer.data
        header, claims, _ = tokens.parts(data["login_token"])
        assert header["typ"] == "browser+jwt" and header["alg"] == "ES256"
        assert claims["project_id"] == shop.id and claims["flow_id"] == shop.flow_id
        assert claims["login_id"] == claims["sub"] == data["login_id"]
        assert claims["exp"] - claims["iat"] == 900
        assert 890 <= data["expires_in"] <= 900
        assert data["methods"] == [{"method": "email", "otp_length": 6, "magic_link": False}]
        login = shop.api.get(f"/logins/{data['login_id']}").data
        assert login["status"] == "pending" and login["opened_by"] == "browser"

    @pytest.mark.parametrize("url", [
        REDIRECT + "/", REDIRECT + "?x=1", REDIRECT + "#x", REDIRECT.upper(), "http" + REDIRECT[5:],
        "https://shop.example@evil.example/signed-in", "https://shop.example.evil.example/signed-in",
        "//shop.example/signed-in", "javascript:alert(1)", " " + REDIRECT])
    def test_only_addresses_on_the_list_are_gone_to(self, shop, fresh_address, url):
        refused = Browser(shop, fresh_address()).ask_to_open(redirect_url=url, proof=None)
        assert refused.code == "REDIRECT_NOT_ALLOWED"

    def test_a_flow_that_does_not_run_opens_nothing(self, api, shop, fresh_address):
        browser = Browser(shop, fresh_address())
        other = Project(api)
        assert browser.ask_to_open(flow_id=other.flow_id, proof=None).code == "FLOW_NOT_FOUND"
        shop.set_flow(status="paused")
        assert browser.ask_to_open(proof=None).code == "FLOW_NOT_ACTIVE"
        assert browser.ask_to_open(flow_id=shop.flow_id, proof=None).code == "FLOW_NOT_ACTIVE"

    @pytest.mark.parametrize("field, value", [
        ("state", "x" * 513), ("state", ""), ("state", "a\nb"), ("code_challenge", "short"),
        ("code_challenge", CHALLENGE + "="), ("code_challenge", CHALLENGE[:-1]),
        ("code_challenge", CHALLENGE[:-1] + "!"), ("proof", ""), ("proof", 7), ("extra", "x")])
    def test_wrong_fields_are_named(self, shop, fresh_address, field, value):
        refused = Browser(shop, fresh_address()).ask_to_open(**{"proof": None, field: value})
        assert list(refused.issues) == [field]

    def test_state_of_full_length_is_taken(self, shop, fresh_address):
        assert Browser(shop, fresh_address()).ask_to_open(state="ñ" * 512).status == 201

    def test_the_same_request_sent_twice_opens_one_login(self, shop, fresh_address):
        browser = Browser(shop, fresh_address())
        body = {"project": browser.slug, "redirect_url": REDIRECT, "proof": browser.proof()}
        one, two = (browser.post("/public/logins", body, token=None,
                                 headers={"Idempotency-Key": "k1"}) for _ in range(2))
        assert one.status == two.status == 201
        assert one.data == two.data
        assert two.headers["Idempotency-Replayed"] == "true"


class TestProof:
    def test_without_one_the_answer_says_what_to_solve(self, shop, fresh_address):
        browser = Browser(shop, fresh_address())

        refused = browser.ask_to_open(proof=None)

        assert refused.code == "CHALLENGE_REQUIRED"
        assert refused.details["reason"] == "missing"
        assert refused.details["kind"] == "proof_of_work"
        proof = solve(refused.details["challenge"], refused.details["difficulty"])
        assert browser.ask_to_open(proof=proof).status == 201

    def test_one_is_good_for_one_login(self, shop, fresh_address):
        browser = Browser(shop, fresh_address())
        proof = browser.proof()
        assert browser.ask_to_open(proof=proof).status == 201

        again = browser.ask_to_open(proof=proof)

        assert (again.code, again.details["reason"]) == ("CHALLENGE_REQUIRED", "used")
        # Also as another solution of the same challenge.
        challenge = proof.split(".")[0]
        number = int(proof.split(".")[1]) + 1
        other = None
        while other is None:
            candidate = f"{challenge}.{number}"
            other = candidate if is_solved(candidate) else None
            number += 1
        assert browser.ask_to_open(proof=other).details["reason"] == "used"

    def test_fifty_at_once_open_one(self, shop, fresh_address):
        browser = Browser(shop, fresh_address())
        proof = browser.proof()
        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(lambda _: browser.ask_to_open(proof=proof), range(50)))
        assert sorted(answer.status for answer in answers) == [201] + [409] * 49

    def test_forged_ones_are_refused(self, api, shop, fresh_address):
        browser = Browser(shop, fresh_address())
        challenge = browser.challenge()["challenge"]
        version, bits, expires_at, nonce, mac = challenge.split("~")
        elsewhere = Browser(allow_redirect(Project(api)), fresh_address()).proof()
        easy = "~".join([version, "1", expires_at, nonce, mac])
        for proof, reason in [
                (solve(easy, 1), "malformed"), (elsewhere, "malformed"), (challenge, "malformed"),
                ("~".join([version, bits, expires_at, nonce, mac[::-1]]) + ".1", "malformed"),
                ("x", "malformed"), ("1~15~~~.1", "malformed"), ("x" * 4096, "malformed")]:
            refused = browser.ask_to_open(proof=proof)
            assert (refused.code, refused.details["reason"]) == ("CHALLENGE_REQUIRED", reason)

    @each_node_by_itself
    def test_it_costs_more_with_use_by_network(self, shop, fresh_address):
        busy, quiet = fresh_address(), fresh_address()
        before = Browser(shop, busy).challenge()["difficulty"]
        for _ in range(5):  # One more than a bit costs: the count falls while they are opened.
            Browser(shop, busy).open()
        assert Browser(shop, busy).challenge()["difficulty"] == before + 1
        assert Browser(shop, quiet).challenge()["difficulty"] == before

    def test_asking_for_challenges_is_free_of_charge(self, shop, fresh_address):
        browser = Browser(shop, fresh_address())
        assert len({browser.challenge()["challenge"] for _ in range(20)}) == 20
        assert browser.challenge()["difficulty"] == 15


def is_solved(proof):
    bits = int(proof.split("~")[1])
    return zero_bits(hashlib.sha256(proof.encode()).digest()) >= bits


class TestReach:
    """What a browser's token opens: its own login, and nothing else."""

    def test_it_sends_without_naming_what_it_knows(self, browser):
        email = address()

        sent = browser.send(email)

        assert sent.status == 200
        assert sent.data["login_id"] == browser.login_id
        assert len(browser.project.inbox(email)) == 1
        # Naming its own is no fault.
        again = browser.send(email, project_id=browser.project.id, login_id=browser.login_id,
                             flow_id=browser.project.flow_id)
        assert again.data["validation_id"] == sent.data["validation_id"]

    def test_a_body_that_names_others_is_refused(self, api, shop, browser, fresh_address):
        other = allow_redirect(Project(api))
        sibling = Browser(shop, fresh_address()).open()
        for fields in ({"project_id": other.id}, {"flow_id": other.flow_id},
                       {"login_id": sibling.login_id}, {"login_id": "login_" + "0" * 29},
                       {"project_id": "prj_" + "0" * 29}):
            assert browser.send(address(), **fields).code == "INSUFFICIENT_SCOPE", fields

    @pytest.mark.parametrize("field, value", [
        ("client", {"ip": "203.0.113.9"}), ("metadata", {"order": "1"}), ("redirect_url", REDIRECT)])
    def test_what_a_server_says_a_browser_does_not(self, browser, field, value):
        assert list(browser.send(address(), **{field: value}).issues) == [field]

    def test_the_client_is_who_is_connected(self, browser):
        email = address()
        validation_id = browser.send(email).data["validation_id"]

        client = browser.project.validation(validation_id)["client"]

        assert client == {"ip": browser.headers["X-Forwarded-For"],
                          "user_agent": "Mozilla/5.0 (test)"}

    def test_routes_of_api_tokens_are_closed(self, browser, shop):
        parts = ("email/send-otp", "email/verify-otp", "phone/send-sms", "phone/send-whatsapp", "phone/verify-otp",
                 "biometric/register-face", "biometric/start", "biometric/verify-face", "biometric/liveness-check",
                 "validations/{validation_id}/cancel", "biometric/withdraw-consent", "logins/{login_id}/code")
        opened = {("POST", "/v2/access/" + part) for part in parts} | {
            ("GET", "/v2/access/validations/{validation_id}"), ("GET", "/v2/access/logins/{login_id}")}
        marked = {(method.upper(), path) for path, item in browser.api.contract.document["paths"].items()
                  for method, operation in item.items() if isinstance(operation, dict) and operation.get("x-browser")}
        assert marked == opened
        tried = 0
        for path, item in browser.api.contract.document["paths"].items():
            for method, operation in item.items():
                if method not in ("get", "post", "put", "patch", "delete"):
                    continue
                if operation.get("security") == [] or (method.upper(), path) in opened:
                    continue
                filled = (path.replace("{project_id}", shop.id).replace("{flow_id}", shop.flow_id)
                          .replace("{method}", "email").replace("{source_id}", shop.source_id))
                filled = filled.replace("{", "").replace("}", "")
                body = {} if "requestBody" in operation else None
                answer = browser.api.request(method.upper(), filled, body)
                assert (answer.status, answer.code) == (403, "INSUFFICIENT_SCOPE"), (method, path)
                tried += 1
        assert tried > 30

    def test_its_own_login_is_shown_without_what_it_need_not_know(self, browser):
        data = browser.get(f"/logins/{browser.login_id}").data
        assert set(data) == {"login_id", "status", "methods_done", "remaining_methods",
                             "created_at", "expires_at", "completed_at"}
        assert data["status"] == "pending" and data["remaining_methods"] == ["email"]

    def test_its_own_validation_is_shown_without_what_it_need_not_know(self, shop, browser):
        known, unknown = address(), address()
        shop.use_directory(known)
        shown = [browser.get(f"/validations/{browser.send(email).data['validation_id']}").data
                 for email in (known, unknown)]
        for data in shown:
            assert set(data) == {"validation_id", "login_id", "channel", "destination", "status",
                                 "attempts_remaining", "max_attempts", "created_at", "expires_at"}
            assert data["status"] == "pending"

    def test_what_is_not_its_own_is_not_found(self, shop, browser, fresh_address):
        email = address()
        others = Browser(shop, fresh_address()).open()
        of_browser = others.send(email).data["validation_id"]
        of_api = shop.send(email).data
        for validation_id in (of_browser, of_api["validation_id"]):
            assert browser.get(f"/validations/{validation_id}").code == "VALIDATION_NOT_FOUND"
            cancel = browser.post(f"/validations/{validation_id}/cancel")
            assert cancel.code == "VALIDATION_NOT_FOUND"
            for otp in (shop.code(email), "000000"):
                refused = browser.verify(email, otp, validation_id)
                assert refused.code == "VALIDATION_NOT_FOUND"
            assert shop.validation(validation_id)["status"] == "pending"
            assert shop.validation(validation_id)["attempts_remaining"] == 3
        for login_id in (others.login_id, of_api["login_id"], "login_" + "0" * 29):
            assert browser.get(f"/logins/{login_id}").code == "LOGIN_NOT_FOUND"

    def test_it_cancels_its_own(self, browser):
        email = address()
        validation_id = browser.send(email).data["validation_id"]

        canceled = browser.post(f"/validations/{validation_id}/cancel")

        assert canceled.data["status"] == "canceled"
        assert "user_id" not in canceled.data
        code = browser.project.code(email)
        assert browser.verify(email, code, validation_id).code == "VALIDATION_CANCELED"

    def test_two_browsers_share_nothing_for_one_address(self, shop, fresh_address):
        email = address()
        victim, thief = (Browser(shop, fresh_address()).open() for _ in range(2))
        first = victim.send(email).data["validation_id"]
        code = shop.code(email)
        expires_at = shop.validation(first)["expires_at"]

        second = thief.send(email).data["validation_id"]
        stolen = shop.code(email)

        assert second != first
        assert shop.validation(first)["expires_at"] == expires_at
        # The thief's code is not the victim's, and the thief's wrong tries are not charged to the victim.
        if code != stolen:
            assert thief.verify(email, code, second).code == "INVALID_OTP"
        assert shop.validation(first)["attempts_remaining"] == 3

    def test_a_keys_send_continues_no_browsers_login(self, shop, browser):
        email = address()
        of_browser = browser.send(email).data
        of_key = shop.send(email).data
        assert of_key["login_id"] != of_browser["login_id"]
        assert of_key["validation_id"] != of_browser["validation_id"]

    def test_a_login_sends_ten_times_whatever_the_addresses(self, shop, fresh_address):
        browser = Browser(shop, fresh_address()).open()
        for _ in range(10):
            browser.headers["X-Forwarded-For"] = fresh_address()  # As a botnet with one token would.
            assert browser.send(address()).status == 200
        browser.headers["X-Forwarded-For"] = fresh_address()
        refused = browser.send(address())
        assert (refused.code, refused.details["scope"]) == ("RATE_LIMITED", "login_sends")

    def test_the_limit_of_its_network_counts_the_peer(self, shop, fresh_address):
        place = fresh_address()
        for _ in range(3):
            browser = Browser(shop, place).open()
            assert [browser.send(address()).status for _ in range(10)] == [200] * 10
        browser = Browser(shop, place).open()
        refused = browser.send(address())
        assert (refused.code, refused.details["scope"]) == ("RATE_LIMITED", "client_sends_hour")
        assert Browser(shop, fresh_address()).open().send(address()).status == 200


class TestOtherPeople:
    """A login belongs to one person, and a browser learns nothing of the others."""

    @pytest.fixture
    def fixed(self, shop, fresh_address):
        """A login that belongs to Ana and lacks a method; Bob is known, Eve isn't."""
        ana, bob = address(), address()
        shop.use_directory(ana, bob)
        strict_policy(shop)
        browser = Browser(shop, fresh_address()).open()
        validation_id = browser.send(ana).data["validation_id"]
        done = browser.verify(ana, shop.code(ana), validation_id).data
        assert done["login"]["status"] == "incomplete"
        assert set(done) == {"validation_id", "status", "login"}
        browser.ana, browser.bob, browser.eve = ana, bob, address()
        return browser

    def test_somebody_elses_contact_is_an_unknown_persons(self, fixed, shop):
        bob, eve = fixed.send(fixed.bob), fixed.send(fixed.eve)

        assert bob.status == eve.status == 200
        assert set(bob.data) == set(eve.data)
        for name in set(bob.data) - {"validation_id", "expires_at", "destination"}:
            assert bob.data[name] == eve.data[name], name
        assert shop.inbox(fixed.bob) == shop.inbox(fixed.eve) == []
        for sent, email in ((bob, fixed.bob), (eve, fixed.eve)):
            validation_id = sent.data["validation_id"]
            left = [fixed.verify(email, f"{n:06}", validation_id).details for n in range(3)]
            assert left == [{"attempts_remaining": n} for n in (2, 1, 0)]
            assert fixed.verify(email, "000000", validation_id).code == "ATTEMPTS_EXHAUSTED"
            shown = fixed.get(f"/validations/{validation_id}").data
            assert shown["status"] == "failed"

    def test_a_server_is_told(self, fixed, shop):
        for email in (fixed.bob, fixed.eve):
            refused = shop.send(email, login_id=fixed.login_id)
            assert refused.code == "LOGIN_USER_MISMATCH"

    def test_where_unknown_people_are_revealed_others_are_unknown(self, fixed, shop):
        shop.set_flow(reveal_unknown_users=True)
        assert fixed.send(fixed.bob).code == fixed.send(fixed.eve).code == "USER_NOT_ALLOWED"

    def test_a_code_sent_before_the_login_had_its_person_fits_no_longer(self, shop, fresh_address):
        ana, bob = address(), address()
        shop.use_directory(ana, bob)
        strict_policy(shop)
        browser = Browser(shop, fresh_address()).open()
        of_bob = browser.send(bob).data["validation_id"]
        code = shop.code(bob)
        of_ana = browser.send(ana).data["validation_id"]
        assert browser.verify(ana, shop.code(ana), of_ana).status == 200

        again = browser.send(bob)
        refused = browser.verify(bob, code, of_bob)

        assert again.data["validation_id"] == of_bob
        assert len(shop.inbox(bob)) == 1, "and nothing goes out any more"
        assert refused.code == "INVALID_OTP"
        assert refused.details == {"attempts_remaining": 0}
        assert shop.api.get(f"/logins/{browser.login_id}").data["methods_done"] == ["email"]


class TestToken:
    def test_it_is_nobody_elses_kind(self, api, shop, browser):
        token = browser.api.token
        assert api.post("/tokens/introspect", {"token": token}).data == {"active": False}
        for path, body in (("/auth/renew", None), ("/auth/revoke", None),
                           ("/auth/revoke", {"all": True}),
                           ("/tokens/introspect", {"token": token}),
                           ("/tokens/revoke", {"token": token})):
            assert browser.post(path, body).code == "INSUFFICIENT_SCOPE", path
        assert browser.send(address()).status == 200
        # A login token opens nothing, and no page may sign itself in with one.
        login_token = shop.log_in(address())["token"]
        assert browser.api.with_token(login_token).get("/logins/x").code == "INVALID_TOKEN"

    def test_a_manager_of_the_project_may_revoke_it(self, api, shop, browser):
        jti = tokens.parts(browser.api.token)[1]["jti"]
        stranger, _ = make_caller(api, project_id=Project(api).id)
        stranger.post("/auth/revoke", {"jti": jti})
        assert browser.send(address()).status == 200

        manager, _ = make_caller(api, project_id=shop.id)
        assert manager.post("/auth/revoke", {"jti": jti}).status == 200

        assert browser.send(address()).code == "TOKEN_REVOKED"

    def test_it_stops_with_its_flow_and_its_project(self, api, fresh_address):
        made = allow_redirect(Project(api))
        browser = Browser(made, fresh_address()).open()
        email = address()
        validation_id = browser.send(email).data["validation_id"]
        code = made.code(email)

        made.set_flow(status="paused")
        assert browser.send(address()).code == "FLOW_NOT_ACTIVE"
        assert browser.verify(email, code, validation_id).code == "FLOW_NOT_ACTIVE"
        api.delete(made.path)
        wait_for(lambda: browser.send(address()).code == "PROJECT_NOT_FOUND")
        assert browser.get(f"/logins/{browser.login_id}").code == "LOGIN_NOT_FOUND"

    def test_an_address_taken_off_the_list_is_not_gone_to(self, shop, browser):
        email = address()
        validation_id = browser.send(email).data["validation_id"]
        code = shop.code(email)
        shop.set_flow(redirect_urls=["https://shop.example/new"])

        assert browser.send(email).code == "REDIRECT_NOT_ALLOWED"
        assert browser.verify(email, code, validation_id).code == "REDIRECT_NOT_ALLOWED"
        assert shop.validation(validation_id)["status"] == "pending"

    def test_waits_for_wrong_codes_are_of_the_peers_network(self, api, fresh_address):
        made = allow_redirect(Project(api))
        made.set_email(max_attempts=10)
        email = address()
        thief, ana = fresh_address(), fresh_address()
        guesser = Browser(made, thief).open()
        validation_id = guesser.send(email).data["validation_id"]
        wrong = made.wrong_code(email)
        for _ in range(9):
            assert guesser.verify(email, wrong, validation_id).code == "INVALID_OTP"
        guesser.verify(email, wrong, validation_id)
        again = Browser(made, thief).open()
        of_again = again.send(email).data["validation_id"]
        waiting = again.verify(email, wrong, of_again)
        assert waiting.code == "RATE_LIMITED"

        person = Browser(made, ana).open()
        of_ana = person.send(email).data["validation_id"]
        assert person.verify(email, made.wrong_code(email), of_ana).code == "INVALID_OTP"


class TestPages:
    """CORS of what has no token."""

    @pytest.fixture
    def page(self, api, fresh_address):
        made = allow_redirect(Project(api, allowed_origins=[SHOP]))
        Project(api, allowed_origins=["https://other.example"])
        browser = Browser(made, fresh_address())
        path = f"/v2/access/public/projects/{browser.slug}"
        wait_for(lambda: is_readable(browser, "GET", path, SHOP))
        return browser

    def test_pages_of_the_project_read_answers(self, page):
        for origin, wanted in ((SHOP, True), ("https://other.example", False),
                               ("https://evil.example", False), ("null", False)):
            path = f"/v2/access/public/projects/{page.slug}"
            assert is_readable(page, "GET", path, origin) is wanted
            assert is_readable(page, "POST", "/v2/access/public/challenges", origin,
                               {"project": page.slug}) is wanted
            body = {"project": page.slug, "redirect_url": REDIRECT, "proof": page.proof()}
            assert is_readable(page, "POST", "/v2/access/public/logins", origin, body) is wanted

    def test_refusals_are_read_by_pages_of_any_project(self, page):
        body = {"project": page.slug, "redirect_url": REDIRECT}
        for origin, wanted in ((SHOP, True), ("https://evil.example", False)):
            assert is_readable(page, "POST", "/v2/access/public/logins", origin, body) is wanted

    def test_a_page_uses_its_token(self, page):
        page.open()
        for origin, wanted in ((SHOP, True), ("https://other.example", False)):
            answer = page.post("/email/send-otp", {"email": address()},
                               headers={"Origin": origin})
            assert ("Access-Control-Allow-Origin" in answer.headers) is wanted

    def test_preflights_are_answered(self, page):
        for path in ("public/logins", "public/challenges", "email/verify-otp"):
            answer = page.api.send("OPTIONS", f"/v2/access/{path}", headers={
                "Origin": SHOP, "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-type"})
            assert answer.status == 204
            assert answer.headers["Access-Control-Allow-Origin"] == SHOP
            assert len(answer.headers.get_all("Access-Control-Allow-Origin")) == 1


def is_readable(browser, method, path, origin, body=None):
    answer = browser.api.request(method, path, body, token=None,
                                 headers=browser.headers | {"Origin": origin})
    assert answer.headers["Vary"] == "Origin"
    return answer.headers.get("Access-Control-Allow-Origin") == origin


class TestEnumeration:
    def test_anothers_contact_takes_the_time_of_an_unknown_persons(self, shop, fresh_address):
        pairs = 60
        anas, bobs = ([address() for _ in range(pairs)] for _ in range(2))
        shop.use_directory(*anas, *bobs)
        strict_policy(shop)
        times = {"bob": [], "eve": []}
        browsers = []
        for ana in anas:
            browser = Browser(shop, fresh_address()).open()
            validation_id = browser.send(ana).data["validation_id"]
            assert browser.verify(ana, shop.code(ana), validation_id).status == 200
            browsers.append(browser)

        def send(sample):
            browser, name, email = sample
            start = time.perf_counter()
            answer = browser.send(email)
            times[name].append(time.perf_counter() - start)
            assert answer.status == 200

        in_turns([((browser, "bob", bob), (browser, "eve", address()))
                  for browser, bob in zip(browsers, bobs)], send)
        assert_as_long("another's contact and an unknown one", times["bob"], times["eve"])
