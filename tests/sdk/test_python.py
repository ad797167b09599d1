"""sdk/python against the real server."""

import os
import pickle
import socket
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import accessd
import pytest
from accessd import codes
from support.browser import solve
from support.receiver import Receiver

from python_proxy import refusal

REDIRECT = "https://shop.example/signed-in?from=accessd"


def fresh_address():
    return f"ana-{os.urandom(5).hex()}@example.com"


def code_for(client, project, destination):
    return next(iter(client.list_inbox(project["project_id"], destination=destination)))["otp"]


def proxied(make_client, proxy, **options):
    """A client whose requests go through the proxy, and which has its token already."""
    made = make_client(url=proxy.url, **options)
    made.list_projects().page()
    proxy.seen.clear()
    return made


class TestLoggingIn:
    def test_a_code_by_email_leads_to_a_token_that_introspection_knows(self, client, project):
        email = fresh_address()

        sent = client.send_email_otp(project_id=project["project_id"], email=email)
        done = client.verify_email_otp(email=email, otp=code_for(client, project, email),
                                       validation_id=sent["validation_id"])

        assert done["login"]["status"] == "complete" and done["user"]["email"] == email
        seen = client.introspect_login_token(token=done["token"])
        assert seen["active"] is True and seen["sub"] == done["user"]["user_id"]
        client.revoke_login_token(token=done["token"])
        assert client.introspect_login_token(token=done["token"])["active"] is False
        assert client.get_validation(sent["validation_id"])["status"] == "validated"

    def test_a_code_by_sms_too(self, client, project):
        flow, phone = project["default_flow_id"], "+34600123456"
        client.put_method(flow, "phone", body={"enabled": True, "channels": ["sms", "whatsapp"]})
        client.change_flow(flow, policy={"any": ["email", "phone"]})

        sent = client.send_sms(project_id=project["project_id"], phone=phone)
        again = client.send_whatsapp(project_id=project["project_id"], phone=phone)
        done = client.verify_phone_otp(phone=phone, otp=code_for(client, project, phone),
                                       validation_id=sent["validation_id"])

        assert again["validation_id"] == sent["validation_id"]
        assert done["user"]["phone"] == phone and done["token"]

    def test_a_wrong_code_is_an_error_of_its_own_class(self, client, project):
        sent = client.send_email_otp(project_id=project["project_id"], email="user@example.com")

        with pytest.raises(codes.InvalidOtp) as refused:
            client.verify_email_otp(email="user@example.com", otp="000000", validation_id=sent["validation_id"])

        error = refused.value
        assert isinstance(error, accessd.AccessdError) and not isinstance(error, codes.OtpExpired)
        assert (error.code, error.status) == ("INVALID_OTP", 403)
        assert error.details == {"attempts_remaining": 2}
        assert str(error) == "Invalid OTP code" and error.request_id.startswith("req_")
        assert pickle.loads(pickle.dumps(error)).details == error.details


class TestTheHostedPage:
    @pytest.fixture
    def begun(self, client, project):
        client.change_flow(project["default_flow_id"], redirect_urls=[REDIRECT], status="active")
        return client.hosted_login.begin(project=project["slug"], redirect_url=REDIRECT, language="es")

    @pytest.fixture
    def came_to(self, begun, project, url):
        """What the login page does; the address that it sends the browser to."""
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(begun.url).query))
        assert begun.url.startswith(f"{url}/login/{project['slug']}?") and query["language"] == "es"
        nobody = accessd.Accessd(url)
        challenge = nobody.create_challenge(project=project["slug"])
        login = nobody.open_login(project=project["slug"], redirect_url=query["redirect_url"], state=query["state"],
                                  code_challenge=query["code_challenge"],
                                  proof=solve(challenge["challenge"], challenge["difficulty"]))
        browser = accessd.Accessd(url, token=login["login_token"])
        sent = browser.send_email_otp(email="user@example.com")
        return browser.verify_email_otp(email="user@example.com", otp="123456",
                                        validation_id=sent["validation_id"])["redirect_url"]

    def test_a_person_comes_back_once(self, client, begun, came_to):
        with pytest.raises(accessd.HostedLoginError) as other:
            client.hosted_login.finish(came_to, begun._replace(state="of another session"))
        assert other.value.reason == "other_state"

        back = client.hosted_login.finish(came_to, begun)

        assert back["user"]["email"] == "user@example.com" and back["login"]["status"] == "complete"
        with pytest.raises(accessd.HostedLoginError) as again:
            client.hosted_login.finish(came_to, begun)
        assert again.value.reason == "invalid_code"

    def test_a_stolen_code_is_worth_nothing(self, client, begun, came_to):
        stolen = begun._replace(code_verifier="x" * 43)
        with pytest.raises(accessd.HostedLoginError) as refused:
            client.hosted_login.finish(came_to, stolen)
        assert refused.value.reason == "invalid_code"

    @pytest.mark.parametrize("query, reason", [
        ("error=access_denied&state={state}", "denied"), ("error=access_denied&state=x", "other_state"),
        ("code=x", "other_state"), ("code=x&state={state}&state=x", "other_state"), ("state={state}", "no_code")])
    def test_what_else_may_come(self, client, begun, query, reason):
        with pytest.raises(accessd.HostedLoginError) as refused:
            client.hosted_login.finish(f"/signed-in?{query.format(state=begun.state)}", begun)
        assert refused.value.reason == reason


class TestTheTokenOfTheKey:
    def test_one_is_asked_for_however_many_threads_begin_at_once(self, make_client, proxy):
        one = make_client(url=proxy.url)
        threads = [threading.Thread(target=lambda: one.list_projects().page()) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [path for _, path, _, _ in proxy.seen].count("/v2/access/auth/token") == 1
        assert len(proxy.seen) == 9

    def test_after_its_end_the_next_call_gets_another(self, make_client, proxy):
        one = proxied(make_client, proxy)
        one.revoke_token()
        assert isinstance(one.list_projects().page().items, list)
        assert "/v2/access/auth/token" in [path for _, path, _, _ in proxy.seen]

    def test_a_client_with_a_token_alone_renews_it(self, client, url):
        token = client._own_token()
        one = accessd.Accessd(url, token=token)
        one.renew()
        assert one._own_token() != token
        one.list_projects().page()
        one.revoke_token()
        with pytest.raises(codes.TokenRevoked):
            one.list_projects().page()

    def test_wrong_credentials_are_told_as_such(self, make_client):
        with pytest.raises(codes.InvalidCredentials):
            make_client(client_secret="sk_wrong").list_projects().page()

    def test_it_is_in_no_text_of_the_client(self, client):
        client.list_projects().page()
        assert client._own_token() not in repr(client) and "sk_" not in repr(client)


class TestRepeating:
    def test_a_send_whose_answer_is_lost_goes_out_once(self, make_client, client, project, proxy):
        email = fresh_address()
        one = proxied(make_client, proxy)
        proxy.faults = ["lose"]

        sent = one.send_email_otp(project_id=project["project_id"], email=email)

        sends = [seen for seen in proxy.seen if seen[1].endswith("/send-otp")]
        assert [status for _, _, _, status in sends] == [200, 200]
        assert sends[0][2] and sends[0][2] == sends[1][2]
        assert len(list(client.list_inbox(project["project_id"], destination=email))) == 1
        assert sent["status"] == "pending"

    def test_own_keys_work_and_another_body_is_a_conflict(self, client, project):
        key = f"order-{os.urandom(6).hex()}"
        first = client.create_user(project["project_id"], name="Ana", idempotency_key=key)
        assert client.create_user(project["project_id"], name="Ana", idempotency_key=key) == first
        with pytest.raises(codes.IdempotencyConflict):
            client.create_user(project["project_id"], name="Eva", idempotency_key=key)

    def test_what_might_be_done_twice_is_not_repeated(self, make_client, project, proxy):
        one = proxied(make_client, proxy)
        proxy.faults = ["lose"]
        with pytest.raises(accessd.NoAnswer):
            one.change_project(project["project_id"], name="Changed")
        assert len(proxy.seen) == 1
        proxy.faults = [refusal(503, "STORE_UNAVAILABLE", 1)]
        with pytest.raises(codes.StoreUnavailable):
            one.change_project(project["project_id"], name="Changed")
        assert len(proxy.seen) == 2

    def test_retry_after_is_kept_to(self, make_client, proxy):
        one = proxied(make_client, proxy)
        proxy.faults = [refusal(503, "BUSY", 1)]
        began = time.monotonic()
        one.list_projects().page()
        assert time.monotonic() - began >= 1 and len(proxy.seen) == 2

    @pytest.mark.parametrize("code, status, tries", [("BUSY", 503, 3), ("LOCKED", 429, 1)])
    def test_tries_are_counted_and_locks_not_waited_for(self, make_client, proxy, code, status, tries):
        one = proxied(make_client, proxy, retries=2)
        proxy.faults = [refusal(status, code, 0) for _ in range(5)]
        with pytest.raises(accessd.AccessdError) as refused:
            one.list_projects().page()
        assert refused.value.code == code and len(proxy.seen) == tries

    def test_the_limit_of_sends_says_how_long(self, make_client, project):
        email, hasty = fresh_address(), make_client(retries=0)

        def send(_):
            try:
                return hasty.send_email_otp(project_id=project["project_id"], email=email)["status"]
            except codes.RateLimited as refused:
                return refused

        with ThreadPoolExecutor(8) as threads:
            outcomes = list(threads.map(send, range(8)))

        refusals = [one for one in outcomes if one != "pending"]
        assert len(refusals) == 3
        for refused in refusals:
            assert refused.details["scope"] == "email_sends" and 0 < refused.retry_after_seconds <= 60

    def test_a_long_retry_after_is_told_at_once(self, make_client, proxy):
        one = proxied(make_client, proxy)
        proxy.faults = [refusal(429, "RATE_LIMITED", 30)]
        with pytest.raises(codes.RateLimited) as refused:
            one.list_projects().page()
        assert refused.value.retry_after_seconds == 30 and len(proxy.seen) == 1

    def test_a_page_of_a_proxy_is_no_answer(self, make_client, proxy):
        one = proxied(make_client, proxy, retries=0)
        proxy.faults = [(502, {"Content-Type": "text/html"}, b"<h1>Bad gateway</h1>")]
        with pytest.raises(accessd.NoAnswer):
            one.list_projects().page()

    def test_silence_is_ended_by_the_time_out(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            one = accessd.Accessd(f"http://127.0.0.1:{silent.getsockname()[1]}", token="x", timeout_seconds=0.1, retries=1)
            with pytest.raises(accessd.NoAnswer, match="in time"):
                one.list_projects().page()

    def test_one_connection_serves_reads_and_changes_get_a_fresh_one(self, client, project, monkeypatch):
        opened = []
        real = socket.create_connection
        monkeypatch.setattr("socket.create_connection", lambda *some, **more: opened.append(1) or real(*some, **more))
        client.list_projects().page()
        opened.clear()
        client.list_projects().page()
        assert len(opened) == 0
        client.change_project(project["project_id"], name="Changed")
        assert len(opened) == 1, "one that the server may just have closed would leave open whether it was changed"
        monkeypatch.setattr("accessd.connections.IDLE_SECONDS_MAX", 0)
        client.list_projects().page()
        assert len(opened) == 2


class TestLists:
    def test_are_read_over_all_their_pages(self, client, project):
        names = [f"person {at}" for at in range(7)]
        for name in names:
            client.create_user(project["project_id"], name=name)

        listed = client.list_users(project["project_id"], limit=3)

        assert sorted(user["name"] for user in listed if (user["name"] or "").startswith("person")) == names
        assert next(listed.pages()).next_cursor and len(listed.page().items) == 3

    def test_filters_that_are_wrong_are_refused_by_the_server(self, client, project):
        with pytest.raises(codes.InvalidRequest) as refused:
            client.list_users(project["project_id"], limit=1000).page()
        assert refused.value.details["fields"][0]["field"] == "limit"


class TestPeopleAndChanges:
    def test_odd_ids_find_their_way_and_a_person_is_erased(self, client, project):
        person = "a+b:c@d"
        client.create_user(project["project_id"], user_id=person, email=fresh_address(), name="Ana")
        assert client.change_user(project["project_id"], person, name=None)["name"] is None
        assert client.get_user(project["project_id"], person)["email"], "what isn't given stays"
        client.erase_user(project["project_id"], person)
        with pytest.raises(codes.UserNotFound):
            client.get_user(project["project_id"], person)
        with pytest.raises(ValueError):
            client.get_user(project["project_id"], "")

    def test_a_change_with_an_old_tag_is_refused(self, client, project):
        _, tag = client.call_with_tag("GET", f"/v2/access/projects/{project['project_id']}")
        client.change_project(project["project_id"], name="First", if_match=tag)
        with pytest.raises(codes.PreconditionFailed):
            client.change_project(project["project_id"], name="Second", if_match=tag)


class TestWebhooks:
    # Published with the specification's reference libraries.
    SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    HEADERS = {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
               "webhook-signature": SIGNATURE}
    BODY = b'{"test": 2432232314}'
    NOW = 1614265330

    def verify(self, headers=None, **changes):
        given = {"secret": self.SECRET, "body": self.BODY, "now": self.NOW} | changes
        return accessd.verify_webhook(given.pop("secret"), self.HEADERS | (headers or {}), given.pop("body"), **given)

    @pytest.mark.parametrize("headers, changes", [
        ({}, {}), ({}, {"now": NOW + 299}), ({}, {"now": NOW - 299}), ({}, {"body": BODY.decode()}),
        ({}, {"secret": SECRET[len("whsec_"):]}), ({}, {"secret": ["whsec_" + "A" * 32, SECRET]}),
        ({"webhook-signature": f"v1,AAAA v1a,BBBB {SIGNATURE} v2,x"}, {})])
    def test_the_published_vector_is_genuine(self, headers, changes):
        assert self.verify(headers, **changes) == {"test": 2432232314}

    def test_names_of_headers_have_no_case(self):
        headers = {name.title(): value for name, value in self.HEADERS.items()}
        assert accessd.verify_webhook(self.SECRET, headers, self.BODY, now=self.NOW)

    @pytest.mark.parametrize("headers, changes, reason", [
        ({}, {"now": NOW + 301}, "too_old"), ({}, {"now": NOW - 301}, "too_new"),
        ({}, {"body": b'{"test": 2432232315}'}, "wrong_signature"),
        ({"webhook-id": "msg_other"}, {}, "wrong_signature"),
        ({"webhook-timestamp": "1614265331"}, {}, "wrong_signature"),
        ({"webhook-timestamp": ""}, {}, "missing_header"),
        ({"webhook-timestamp": "1614265330x"}, {}, "malformed_timestamp"),
        ({"webhook-timestamp": "١٦١٤٢٦٥٣٣٠"}, {}, "malformed_timestamp"),
        ({"webhook-signature": ""}, {}, "missing_header"),
        ({"webhook-signature": SIGNATURE[:10]}, {}, "wrong_signature"),
        ({"webhook-signature": "v1,"}, {}, "wrong_signature"),
        ({"webhook-signature": "v1,ü"}, {}, "wrong_signature"),
        ({"webhook-signature": SIGNATURE.replace("v1", "v2")}, {}, "wrong_signature"),
        ({}, {"secret": "whsec_" + "A" * 32}, "wrong_signature")])
    def test_what_is_forged_is_refused(self, headers, changes, reason):
        with pytest.raises(accessd.WebhookError) as refused:
            self.verify(headers, **changes)
        assert refused.value.reason == reason

    def test_signatures_are_compared_in_constant_time(self, monkeypatch):
        compared = []
        monkeypatch.setattr("hmac.compare_digest", lambda a, b: compared.append((a, b)) or False)
        with pytest.raises(accessd.WebhookError):
            self.verify()
        assert len(compared) == 1

    @pytest.mark.parametrize("secret", ["", "whsec_", "whsec_?"])
    def test_no_secret_is_no_secret(self, secret):
        with pytest.raises(ValueError):
            self.verify(secret=secret)

    def test_what_the_server_sends_is_genuine_also_after_a_rotation(self, client, project):
        receiver = Receiver()
        made = client.create_webhook(project["project_id"], url=receiver.url, events=["user.created"])
        rotated = client.rotate_webhook_secret(made["webhook_id"])
        user = client.create_user(project["project_id"], name="Ana")
        hook, = receiver.wait_for("user.created")
        receiver.close()

        for secret in (made["secret"], rotated["secret"]):
            event = accessd.verify_webhook(secret, dict(hook.headers), hook.body)
            assert event["type"] == "user.created" and event["data"]["user_id"] == user["user_id"]
        with pytest.raises(accessd.WebhookError):
            accessd.verify_webhook(made["secret"], dict(hook.headers), hook.body + b" ")
