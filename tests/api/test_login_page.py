"""The hosted login page as the server hands it out: what is written into it, its headers, and what it refuses."""

import html
import json
import re

import pytest

from support.browser import REDIRECT, allow_redirect
from support.client import Client
from support.project import Project

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B.
DATA = re.compile(r'<script type="application/json" id="login-data">(.*?)</script>', re.S)


@pytest.fixture
def shop(project):
    return allow_redirect(project)


def get_page(project, **query):
    browser = Client(project.api.server, contract=project.api.contract)
    query = {"redirect_url": REDIRECT} | query
    query = {name: value for name, value in query.items() if value is not None}
    return browser.get(f"/login/{project.json['slug']}", query=query, token=None)


def data_of(answer):
    return json.loads(DATA.search(answer.text).group(1))


class TestWhatIsInIt:
    def test_it_holds_what_the_public_route_tells(self, shop):
        answer = get_page(shop)
        assert answer.status == 200
        public = Client(shop.api.server).get(f"/public/projects/{shop.json['slug']}", token=None)
        assert data_of(answer) == {"project": public.data, "problem": None}
        assert f"<title>{shop.name}</title>" in answer.text

    def test_methods_are_those_of_the_flow_that_is_asked_for(self, shop):
        other = shop.api.post(f"{shop.path}/flows", {"name": "Other", "type": "login"}).data["flow_id"]
        shop.api.put(f"/flows/{other}/methods/email", {"enabled": True, "otp_length": 8})
        shop.api.patch(f"/flows/{other}", {"redirect_urls": [REDIRECT], "status": "active",
                                                   "source_id": shop.source_id})
        methods = data_of(get_page(shop, flow_id=other))["project"]["methods"]
        assert methods[0]["otp_length"] == 8

    @pytest.mark.parametrize("name", [
        "</script><script>alert(1)</script>", "<!--<script>", "</title><img src=x onerror=alert(1)>",
        "{title}\"'&amp;", "\u2028\u2029\ufeff<b>"])
    def test_a_name_is_never_markup(self, api, name):
        project = allow_redirect(Project(api, name=name.replace("\ufeff", "")))
        text = get_page(project).text
        shown = project.name
        assert data_of(get_page(project))["project"]["name"] == shown
        assert re.findall(r"<title>(.*)</title>", text)[0] == html.escape(shown).replace("&#x27;", "&#39;")
        assert text.count("<script") == 2 and text.count("</script>") == 2 and "<!--" not in text


class TestHeaders:
    def test_the_policy_lets_in_our_files_and_the_projects_pictures_alone(self, api):
        branding = {"logo_url": "https://cdn.example:8443/a/logo.svg?x=1;script-src%20*",
                    "image_url": "https://pictures.example/hall.jpg"}
        shop = allow_redirect(Project(api, branding=branding))
        policy = get_page(shop).headers["Content-Security-Policy"]
        assert policy == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: "
            "https://cdn.example:8443 https://pictures.example; connect-src 'self'; "
            "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")

    def test_looking_at_faces_asks_for_no_more(self, shop):
        before = get_page(shop).headers["Content-Security-Policy"]
        shop.api.put(f"/flows/{shop.flow_id}/methods/biometric", {"enabled": True})
        shop.set_flow(policy={"any": ["email", "biometric"]})
        assert get_page(shop).headers["Content-Security-Policy"] == before
        assert "unsafe" not in before

    def test_it_keeps_to_itself(self, shop):
        headers = get_page(shop).headers
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Set-Cookie" not in headers
        assert get_page(shop, display="popup").headers["Cross-Origin-Opener-Policy"] == "unsafe-none"


class TestRefusals:
    @pytest.mark.parametrize("url", [
        None, "", REDIRECT + "/", REDIRECT + "?x=1", REDIRECT + "#x", REDIRECT.upper(), "http" + REDIRECT[5:],
        "https://shop.example@evil.example/signed-in", "https://shop.example.evil.example/signed-in",
        "https://evil.example/?" + REDIRECT, "//shop.example/signed-in", "javascript:alert(1)//" + REDIRECT,
        "data:text/html,<script>alert(1)</script>", " " + REDIRECT, REDIRECT + " ", REDIRECT + "%00",
        REDIRECT + "\u0000", "\\\\shop.example\\signed-in", REDIRECT.replace("/", "\\"), "h" + "x" * 3000])
    def test_an_address_that_is_not_on_the_list_gets_a_page_that_goes_nowhere(self, shop, url):
        answer = get_page(shop, redirect_url=url)
        assert answer.status == 400, url
        if answer.headers["Content-Type"].startswith("text/html"):
            assert data_of(answer)["problem"] == "address"
            assert data_of(answer)["project"]["methods"] == []
            assert "evil" not in answer.text
        else:
            assert answer.code == "MALFORMED_HTTP"

    @pytest.mark.parametrize("query", [
        {"state": "x" * 513}, {"state": "a\nb"}, {"state": ""}, {"code_challenge": "short"},
        {"code_challenge": CHALLENGE + "="}, {"flow_id": "flow_none"}, {"flow_id": ""}])
    def test_what_could_open_no_login_is_said_at_once(self, shop, query):
        answer = get_page(shop, **query)
        assert answer.status == 400 and data_of(answer)["problem"] == "address"

    def test_repeated_parameters_are_refused(self, shop):
        browser = Client(shop.api.server, contract=shop.api.contract)
        url = f"/login/{shop.json['slug']}?redirect_url={REDIRECT}&redirect_url=https://evil.example"
        answer = browser.get(url, token=None)
        assert answer.status == 400 and data_of(answer)["problem"] == "address"

    def test_other_parameters_mean_nothing(self, shop):
        answer = get_page(shop, utm_source="mail", state="ñ" * 512, code_challenge=CHALLENGE)
        assert answer.status == 200 and data_of(answer)["problem"] is None

    def test_a_flow_that_does_not_run(self, shop):
        shop.set_flow(status="paused")
        answer = get_page(shop)
        assert answer.status == 409 and data_of(answer)["problem"] == "paused"

    def test_another_projects_flow_is_none(self, api, shop):
        other = allow_redirect(Project(api))
        answer = get_page(shop, flow_id=other.flow_id)
        assert answer.status == 400 and data_of(answer)["problem"] == "address"

    def test_an_unknown_project(self, api):
        answer = Client(api.server, contract=api.contract).get("/login/nothing-here", token=None)
        assert answer.status == 404
        assert data_of(answer) == {"project": None, "problem": "project"}


class TestSiteScript:
    def test_any_site_may_load_it(self, api):
        answer = Client(api.server).send("GET", "/accessd.js")
        api.contract.check(answer)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        # A plain script: no import, and no name of its own but accessd.
        text = answer.text
        assert "window.accessd" in text and "import" not in text and "export" not in text
