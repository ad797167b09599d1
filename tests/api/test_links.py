"""Links to log in: what is mailed, what their page shows, and everything they must not do."""

from concurrent.futures import ThreadPoolExecutor
import re
import secrets
import urllib.parse

import pytest

from support.links import (BROWSER, REDIRECT, code_in, has_button, path_of, press, send_link, show,
                           with_links)
from support.project import Project, address
from support.server import ISSUER

HERE = "127.0.0.1"
MASK = "•"


@pytest.fixture
def project(api):
    return with_links(Project(api))


def status(project, validation_id):
    return project.validation(validation_id)["status"]


class TestTheMail:
    @pytest.mark.parametrize("language, words", [("en", "press the button"), ("es", "pulsa el botón"),
                                                 ("pt", "aperte o botão")])
    def test_it_carries_the_link_beside_the_code(self, project, language, words):
        email = address()
        project.send(email, redirect_url=REDIRECT, language=language)

        message, = project.inbox(email)

        assert re.fullmatch(re.escape(ISSUER) + "/login/link/[A-Za-z0-9_-]{22}", message["link"])
        assert message["kind"] == "code"
        assert message["otp"] in message["subject"] and message["otp"] in message["text"]
        assert f"\n{message['link']}\n" in message["text"] and words in message["text"]
        assert f'href="{message["link"]}"' in message["html"] and words in message["html"]

    def test_it_has_no_link_where_none_is_wanted(self, project):
        email = address()
        project.send(email)
        assert project.inbox(email)[0]["link"] is None
        assert "/login/" not in project.inbox(email)[0]["html"]

        project.set_email(magic_link=False)
        other = address()
        project.send(other, redirect_url=REDIRECT)
        assert project.inbox(other)[0]["link"] is None

    def test_the_set_up_says_when_no_mail_can_have_one(self, api, project):
        def methods_step():
            steps = api.get(f"{project.path}/setup").data["steps"]
            return next(step for step in steps if step["step"] == "methods")

        assert methods_step()["status"] == "done"
        project.set_flow(redirect_urls=[])
        assert methods_step()["status"] == "warning" and "magic_link" in methods_step()["next"]

    def test_the_same_link_goes_out_with_the_same_code(self, project):
        email = address()
        _, first = send_link(project, email)
        _, again = send_link(project, email)
        assert again == first

    def test_nobody_unknown_gets_one(self, project):
        project.use_directory()
        email = address()
        assert project.send(email, redirect_url=REDIRECT).status == 200
        assert project.inbox(email) == []

    def test_no_header_changes_where_it_leads(self, api, project):
        email = address()
        answer = api.post("/email/send-otp",
                          {"email": email, "project_id": project.id, "redirect_url": REDIRECT},
                          headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example",
                                   "Forwarded": "host=evil.example"})
        assert answer.status == 200
        assert "evil" not in str(project.inbox(email))
        path_of(project.inbox(email)[0]["link"])


class TestThePage:
    def test_opening_changes_nothing(self, api, project):
        validation_id, path = send_link(project)
        before = project.validation(validation_id)

        for _ in range(5):
            assert has_button(show(api, path))
            head = api.request("HEAD", path, token=None)
            assert head.status == 200

        assert project.validation(validation_id) == before
        assert press(api, path).status == 303

    def test_it_loads_nothing_and_tells_nobody(self, api, project):
        _, path = send_link(project)
        page = show(api, path)

        token = path.rsplit("/", 1)[1]
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "form-action 'self' https://shop.example.com;" in policy
        assert "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert token not in page.text, "the form goes to its own address"
        assert not re.search(r"<script|<img|<link|src=|url\(|@import|style=", page.text)
        assert not re.search(r"https?://", page.text)

    @pytest.mark.parametrize("language, button", [("en", "Log in"), ("es", "Entrar"),
                                                  ("pt", "Entrar")])
    def test_it_speaks_the_language_of_the_code(self, api, project, language, button):
        _, path = send_link(project, language=language)
        page = show(api, path, **{"Accept-Language": "en"})
        assert f'<html lang="{language}">' in page.text
        assert f"<button>{button}</button>" in page.text

    def test_it_escapes_the_name(self, api):
        project = with_links(Project(api, name="<b>Ana & \"Söhne\"</b> {project}'"))
        _, path = send_link(project)
        page = show(api, path)
        assert "&lt;b&gt;Ana &amp; &quot;Söhne&quot;&lt;/b&gt; {project}&#39;" in page.text
        assert "<b>" not in page.text

    @pytest.mark.parametrize("accepted, language", [
        ("es-MX,es;q=0.9,en;q=0.8", "es"), ("de, pt-BR;q=0.5", "pt"), ("", "en"), ("*", "en"),
        (",;,-", "en"), ("x" * 5000, "en")])
    def test_a_link_that_is_none_is_told_in_the_language_of_the_browser(self, api, accepted, language):
        path = "/login/link/" + secrets.token_urlsafe(16)
        for answer in (show(api, path, **{"Accept-Language": accepted}),
                       press(api, path, **{"Accept-Language": accepted})):
            assert answer.status == 404
            assert f'<html lang="{language}">' in answer.text
            assert not has_button(answer)


class TestPressing:
    def test_it_finishes_the_login_in_this_browser(self, api, project):
        email = address()
        validation_id, path = send_link(project, email)

        answer = press(api, path)

        target = answer.headers["Location"]
        code = code_in(answer)
        assert target == f"{REDIRECT}&code={code}" and len(code) == 22
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        shown = project.validation(validation_id)
        assert shown["status"] == "validated" and shown["attempts_remaining"] == 3
        login = api.get(f"/logins/{shown['login_id']}").data
        assert login["status"] == "complete"
        assert project.timeline(validation_id)[-1]["type"] == "validated"

    def test_it_works_once(self, api, project):
        email = address()
        validation_id, path = send_link(project, email)
        otp = project.code(email)
        assert press(api, path).status == 303

        for answer in (press(api, path), show(api, path), press(api, path)):
            assert answer.status == 404 and not has_button(answer)
        assert project.verify(email, otp, validation_id).code == "ALREADY_VALIDATED"

    def test_of_many_at_once_one_wins(self, api, project):
        for _ in range(5):
            email = address()
            validation_id, path = send_link(project, email)
            verify = ("POST", "/v2/access/email/verify-otp", {
                "email": email, "otp": project.code(email), "validation_id": validation_id})
            calls = [("POST", path)] * 15 + [verify] * 5
            with ThreadPoolExecutor(len(calls)) as pool:
                answers = list(pool.map(lambda call: api.send(*call), calls))
            won = [answer for answer in answers if answer.status in (200, 303)]
            assert len(won) == 1, answers

    @pytest.mark.parametrize("forge", [
        lambda token: secrets.token_urlsafe(16), lambda token: token[:-1],
        lambda token: token + "A", lambda token: token.swapcase(), lambda token: "%00" + token,
        lambda token: token + "%20", lambda token: token + "=", lambda token: "A" * 22,
        lambda token: "'%20OR%201=1--", lambda token: "x" * 5000])
    def test_a_forged_token_finds_nothing_and_charges_nothing(self, api, project, forge):
        validation_id, path = send_link(project)
        start, token = path.rsplit("/", 1)
        forged = f"{start}/{forge(token)}"

        for method in ("GET", "POST", "HEAD"):
            assert api.send(method, forged).status in (400, 404, 414)

        assert project.validation(validation_id)["attempts_remaining"] == 3
        assert press(api, path).status == 303

    def test_an_incomplete_login_says_what_is_next(self, api, project):
        api.put(f"/flows/{project.flow_id}/methods/phone", {"enabled": True})
        assert project.set_flow(policy={"all": ["email", "phone"]}).status == 200
        validation_id, path = send_link(project, language="en")

        answer = press(api, path)

        assert answer.status == 200 and "Location" not in answer.headers
        assert "a code to your phone" in answer.text and not has_button(answer)
        assert status(project, validation_id) == "validated"
        assert press(api, path).status == 404


class TestItDiesWithItsCode:
    def assert_dead(self, api, path, *statuses):
        for answer in (show(api, path), press(api, path)):
            assert answer.status in (statuses or (404,)), answer
            assert not has_button(answer)

    def test_when_the_code_is_used(self, api, project):
        email = address()
        validation_id, path = send_link(project, email)
        assert project.verify(email, project.code(email), validation_id).status == 200
        self.assert_dead(api, path)

    def test_when_it_is_canceled(self, api, project):
        validation_id, path = send_link(project)
        api.post(f"/validations/{validation_id}/cancel")
        self.assert_dead(api, path)

    def test_when_the_attempts_are_spent(self, api, project):
        email = address()
        validation_id, path = send_link(project, email)
        for _ in range(3):
            project.verify(email, project.wrong_code(email), validation_id)
        self.assert_dead(api, path)

    def test_when_a_new_code_replaces_it(self, api, project):
        email = address()
        validation_id, path = send_link(project, email)
        project.verify(email, project.wrong_code(email), validation_id)
        same_validation, newer = send_link(project, email)
        assert same_validation == validation_id and newer != path

        self.assert_dead(api, path)
        assert press(api, newer).status == 303

    @pytest.mark.parametrize("change", [
        lambda project: project.set_flow(status="paused"),
        lambda project: project.set_email(magic_link=False),
        lambda project: project.set_flow(redirect_urls=["https://shop.example.com/other"])])
    def test_when_the_flow_takes_it_no_longer(self, api, project, change):
        validation_id, path = send_link(project)
        assert change(project).status == 200
        self.assert_dead(api, path, 410)
        assert status(project, validation_id) == "pending"

    def test_when_its_project_goes(self, api, project):
        _, path = send_link(project)
        assert api.delete(project.path).status == 200
        self.assert_dead(api, path, 404, 410)


class TestOtherBrowsers:
    @pytest.mark.parametrize("client", [
        {"ip": "198.51.100.7"}, {"user_agent": "Other/1.0"},
        {"ip": "198.51.100.7", "user_agent": BROWSER}, {"ip": HERE, "user_agent": "Other/1.0"}])
    def test_another_one_is_shown_the_code_and_refused(self, api, project, client):
        email = address()
        validation_id, path = send_link(project, email, client=client)
        otp = project.code(email)

        page, answer = show(api, path), press(api, path)

        assert page.status == 200 and answer.status == 403
        for shown in (page, answer):
            assert not has_button(shown) and otp in shown.text
            assert "form-action 'none'" in shown.headers["Content-Security-Policy"]
        assert status(project, validation_id) == "pending"
        assert project.verify(email, otp, validation_id).status == 200

    @pytest.mark.parametrize("client", [
        {"ip": HERE}, {"ip": "::ffff:127.0.0.1", "user_agent": BROWSER}, {"user_agent": BROWSER}])
    def test_the_same_one_gets_the_button_alone(self, api, project, client):
        email = address()
        _, path = send_link(project, email, client=client)
        page = show(api, path)
        assert has_button(page) and project.code(email) not in page.text
        assert press(api, path).status == 303

    def test_without_a_client_both_are_shown(self, api, project):
        email = address()
        _, path = send_link(project, email)
        page = show(api, path)
        assert has_button(page) and project.code(email) in page.text

    def test_a_header_makes_no_network(self, api, project):
        validation_id, path = send_link(project, client={"ip": "198.51.100.7"})
        for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP"):
            assert press(api, path, **{name: "198.51.100.7"}).status == 403
        assert status(project, validation_id) == "pending"

    def test_a_new_code_belongs_to_who_asked_for_it(self, api, project):
        email = address()
        validation_id, _ = send_link(project, email, client={"ip": "198.51.100.7"})
        project.verify(email, project.wrong_code(email), validation_id)
        _, path = send_link(project, email, client={"ip": HERE})
        assert press(api, path).status == 303

    @pytest.mark.parametrize("headers", [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""}, {"Origin": "https://evil.example"},
        {"Origin": "https://login.example.com.evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": ISSUER}])
    def test_a_form_of_another_site_is_refused(self, api, project, headers):
        validation_id, path = send_link(project)
        answer = press(api, path, **headers)
        assert answer.status == 403 and has_button(answer)
        assert status(project, validation_id) == "pending"

    @pytest.mark.parametrize("headers", [
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "null"}, {"Origin": ISSUER}])
    def test_our_own_form_is_taken(self, api, project, headers):
        _, path = send_link(project)
        assert press(api, path, **headers).status == 303


class TestRedirects:
    @pytest.mark.parametrize("url", ["https://evil.example", REDIRECT + "2", REDIRECT[:-1],
                                     "https://shop.example.com@evil.example/in?from=mail"])
    def test_only_the_list_is_taken(self, project, url):
        assert project.send(address(), redirect_url=url).code == "REDIRECT_NOT_ALLOWED"

    def test_no_parameter_of_the_link_leads_elsewhere(self, api, project):
        _, path = send_link(project)
        query = urllib.parse.urlencode({"redirect_url": "https://evil.example", "code": "x",
                                        "next": "//evil.example"})
        assert has_button(show(api, f"{path}?{query}"))
        form = api.send("POST", f"{path}?{query}", query,
                        {"Content-Type": "application/x-www-form-urlencoded"}, token=None)
        assert form.headers["Location"].startswith(REDIRECT + "&code=")

    @pytest.mark.parametrize("url, source", [
        ("http://localhost:3000/in", "http://localhost:3000;"), ("http://[::1]:3000/in", "http:;"),
        ("https://shop.example.com:8443/a?b=c", "https://shop.example.com:8443;")])
    def test_the_policy_lets_the_form_lead_there(self, api, url, source):
        project = with_links(Project(api), url)
        _, path = send_link(project, redirect_url=url)
        assert f"form-action 'self' {source}" in show(api, path).headers["Content-Security-Policy"]
        sign = "&" if "?" in url else "?"
        assert press(api, path).headers["Location"].startswith(f"{url}{sign}code=")


def test_no_token_is_told_anywhere(api, server, project):
    email = address()
    validation_id, path = send_link(project, email)
    token = path.rsplit("/", 1)[1]
    show(api, path)
    api.send("DELETE", path)
    api.send("GET", path + "/x")
    api.send("GET", path, headers={"Accept": "application/json"})
    press(api, path + "?token=" + token, **{"Sec-Fetch-Site": "cross-site"})
    code = code_in(press(api, path))
    press(api, path)
    api.post("/tokens/exchange", {"code": code, "redirect_url": "https://wrong.example"})

    told = [server.log(), api.send("GET", "/metrics", listener="operations", token=None).text,
            str(project.validation(validation_id)),
            str(api.get(f"/logins/{project.validation(validation_id)['login_id']}").data)]
    stored = b"".join(file.read_bytes() for file in server.data_dir.iterdir() if file.is_file())

    assert "/login/link/{token}" in told[0], "the pattern is what is logged"
    for secret in (token, code):
        assert all(secret not in text for text in told)
        assert secret.encode() not in stored
