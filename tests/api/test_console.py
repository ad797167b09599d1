"""Console sessions: signing in, acting with the cookie, and the attacks on that."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from support.console import COOKIE, Browser, invite, sign_in
from support.project import Project, address


@pytest.fixture(scope="module")
def owner(api):
    return sign_in(api)


# Signing in and out

def test_the_cookie_is_hard_to_steal_and_to_plant(api):
    answer = Browser(api).sign_in(invite(api)["link"]["url"])
    name_and_value, *attributes = answer.headers["Set-Cookie"].split("; ")
    name, value = name_and_value.split("=", 1)
    assert name == "__Host-accessd" and len(value) == 43
    assert set(attributes) == {"Path=/", "Max-Age=43200", "HttpOnly", "SameSite=Strict", "Secure"}
    assert value not in answer.text


def test_set_up_works_end_to_end_with_the_cookie_alone(api, owner):
    project = Project(owner, name="Console " + address()[:12])
    assert owner.patch(project.path, {"name": "Changed"}).status == 200
    assert owner.put(f"/flows/{project.flow_id}/methods/email",
                     {"enabled": True, "otp_length": 8}).status == 200
    key = owner.post("/keys", {"name": "shop", "project_id": project.id})
    assert key.status == 201
    sent = owner.post("/email/send-otp", {"email": "ana@example.com", "project_id": project.id})
    code = owner.get(f"{project.path}/inbox").data["items"][0]["otp"]
    verified = owner.post("/email/verify-otp",
                          {"email": "ana@example.com", "otp": code,
                           "validation_id": sent.data["validation_id"]})
    assert verified.data["status"] == "validated"
    entries = api.items("/audit", actor=owner.admin["admin_id"], project_id=project.id)
    assert {entry["actor_kind"] for entry in entries} == {"admin"}
    assert owner.delete(project.path).status == 200


def test_who_am_i(api, owner):
    shown = owner.get("/console/session").data
    assert shown["admin"] == owner.admin and shown["csrf_token"] == owner.csrf_token
    for method in ("GET", "DELETE"):
        assert api.request(method, "/console/session").code == "INSUFFICIENT_SCOPE"
        assert api.request(method, "/console/session", token=None).code == "MISSING_TOKEN"


def test_a_signed_out_cookie_is_worth_nothing(api):
    browser = sign_in(api)
    out = browser.delete("/console/session")
    assert out.headers["Set-Cookie"].startswith("__Host-accessd=; ")
    assert "Max-Age=0" in out.headers["Set-Cookie"]
    for answer in (browser.get("/projects"), browser.post("/projects", {"name": "x"}),
                   browser.get("/console/session"), browser.delete("/console/session")):
        assert answer.code == "INVALID_TOKEN"


def test_a_session_outlives_a_restart(server, api):
    browser = sign_in(api)
    server.stop()
    server.start()
    assert browser.get("/projects").status == 200


def test_an_admin_has_ten_browsers_at_most(server, api):
    email = invite(api)["email"]
    browsers = []
    for _ in range(12):
        link = server.run("admin", "link", "--email", email).stdout.split()[-1]
        browsers.append(Browser(api, link))
    assert [one.get("/console/session").status for one in browsers] == [401] * 2 + [200] * 10


# Links

def test_a_link_works_once(api):
    link = invite(api)["link"]["url"]
    assert Browser(api).sign_in(link).status == 200
    assert Browser(api).sign_in(link).code == "INVALID_CREDENTIALS"


def test_of_many_who_use_a_link_at_once_one_gets_in(api):
    link = invite(api)["link"]["url"]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: Browser(api).sign_in(link).status, range(8)))
    assert sorted(statuses) == [200] + [401] * 7


@pytest.mark.parametrize("link", [
    "x", "A" * 43, "https://login.example.com/console/link/", "../../etc/passwd", "%", "a b",
    "' OR 1=1 --", "\u0000"])
def test_wrong_links(api, link):
    assert Browser(api).sign_in(link).code in ("INVALID_CREDENTIALS", "INVALID_REQUEST")


def test_neither_links_nor_cookies_are_stored_or_logged(server, api):
    link = invite(api)["link"]["url"].rsplit("/", 1)[1]
    used = invite(api)["link"]["url"].rsplit("/", 1)[1]
    browser = Browser(api, used)
    browser.get("/projects")
    stored = server.stored()
    for secret in (link, used, browser.cookie, browser.csrf_token):
        assert secret.encode() not in stored
        assert secret not in server.log()


# Attacks on the session

def test_changes_need_the_sessions_own_csrf_token(api, owner):
    other = sign_in(api)
    for forged in (None, "", "x", other.csrf_token, owner.csrf_token[:-1], owner.cookie):
        for method, path, body in (("POST", "/projects", {"name": "forged"}),
                                   ("DELETE", "/console/session", None),
                                   ("POST", "/auth/revoke", {"all": True})):
            refused = owner.request(method, path, body, headers={"X-CSRF-Token": forged})
            assert (refused.status, refused.code) == (403, "INSUFFICIENT_SCOPE"), (forged, path)
    assert "forged" not in {one["name"] for one in owner.get("/projects").data["items"]}
    assert owner.get("/console/session").status == 200


def test_reading_needs_no_csrf_token_and_changes_nothing(owner):
    assert owner.get("/projects").status == 200
    assert owner.request("HEAD", "/projects", headers={"X-CSRF-Token": None}).status == 200


def test_a_form_of_another_site_is_no_json(owner):
    refused = owner.request("POST", "/projects", "name=forged",
                            headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert refused.code == "UNSUPPORTED_MEDIA_TYPE"


def test_pages_of_listed_origins_get_no_credentials(api, owner):
    project = Project(api, allowed_origins=["https://shop.example"])
    answer = owner.get(project.path, headers={"Origin": "https://shop.example"})
    assert "Access-Control-Allow-Credentials" not in answer.headers
    preflight = api.send("OPTIONS", "/v2/access/projects", token=None, headers={
        "Origin": "https://shop.example", "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-csrf-token"})
    assert "x-csrf-token" not in preflight.headers["Access-Control-Allow-Headers"].lower()
    assert "Access-Control-Allow-Credentials" not in preflight.headers


def test_a_planted_session_is_not_taken_over_at_sign_in(api):
    attacker = sign_in(api, "viewer")
    link = invite(api)["link"]["url"]
    victim = Browser(api)
    answer = victim.client.post("/console/session", {"link": link},
                                headers={"Cookie": f"{COOKIE}={attacker.cookie}"})
    value = answer.headers["Set-Cookie"].split(";")[0].split("=", 1)[1]
    assert value != attacker.cookie
    assert attacker.get("/console/session").data["admin"]["role"] == "viewer"
    made_up = "B" * 43
    link = invite(api)["link"]["url"]
    victim.client.post("/console/session", {"link": link},
                       headers={"Cookie": f"{COOKIE}={made_up}"})
    victim.cookie = made_up
    assert victim.get("/projects").code == "INVALID_TOKEN"


def test_two_cookies_of_the_name_are_refused(api, owner):
    attacker = sign_in(api, "viewer")
    for cookies in (f"{COOKIE}={attacker.cookie}; {COOKIE}={owner.cookie}",
                    f"{COOKIE}={owner.cookie}; {COOKIE}={attacker.cookie}",
                    f"{COOKIE}={owner.cookie}; {COOKIE}={owner.cookie}",
                    f"{COOKIE}=; {COOKIE}={owner.cookie}",
                    f"{COOKIE} = x;{COOKIE}={owner.cookie}"):
        assert owner.get("/projects", headers={"Cookie": cookies}).code == "INVALID_TOKEN"


@pytest.mark.parametrize("cookies", [
    "accessd={}", "__host-accessd={}", "__Host-accessd2={}", "x__Host-accessd={}", "__Secure-accessd={}",
    "__Host-accessd"])
def test_cookies_of_other_names_are_nobodys(owner, cookies):
    answer = owner.get("/projects", headers={"Cookie": cookies.format(owner.cookie)})
    assert answer.code == "MISSING_TOKEN"


def test_other_cookies_do_no_harm(owner):
    cookies = f"theme=dark; {COOKIE}={owner.cookie}; a=b=c; broken"
    assert owner.get("/projects", headers={"Cookie": cookies}).status == 200


@pytest.mark.parametrize("value", ["", "x", "A" * 43, "A" * 4000, "' OR 1=1 --", "eyJhbGciOiJub25lIn0.e30."])
def test_wrong_cookies(owner, value):
    answer = owner.get("/projects", headers={"Cookie": f"{COOKIE}={value}"})
    assert answer.code == "INVALID_TOKEN"


def test_a_cookie_is_no_bearer_token_and_a_token_no_cookie(api, owner):
    assert api.get("/projects", token=owner.cookie).code == "INVALID_TOKEN"
    assert owner.get("/projects", headers={"Cookie": f"{COOKIE}={api.token}"}).code == "INVALID_TOKEN"


def test_a_sent_token_decides_and_not_the_cookie_beside_it(api, owner):
    for header in ("Bearer x", "Basic eDp4", ""):
        answer = owner.get("/projects", headers={"Authorization": header})
        assert answer.status == 401, header


def test_a_session_cannot_be_made_to_last_as_a_token(owner):
    assert owner.post("/auth/renew").code == "INSUFFICIENT_SCOPE"


# The page of a link

def page(api, link, method="GET", **options):
    path = link.removeprefix("https://login.example.com")
    return api.send(method, path, token=None, **options)


def press(api, link, body="", **headers):
    return page(api, link, "POST", body=body, headers={
        "Content-Type": "application/x-www-form-urlencoded"} | headers)


def test_the_page_signs_in_by_its_button_alone(api):
    made = invite(api, "editor", name="<b>Eva</b>")
    link = made["link"]["url"]
    for _ in range(3):  # Programs that look at links use nothing up.
        shown = page(api, link)
        assert shown.status == 200 and "Set-Cookie" not in shown.headers
    assert page(api, link, "HEAD").status == 200
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert shown.headers["Cache-Control"] == "no-store"
    policy = shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "<script" not in shown.text
    assert '<html lang="en">' in shown.text and "<button" in shown.text

    done = press(api, link)
    assert done.status == 303 and done.headers["Location"] == "/console"
    assert "editor" in done.text and "&lt;b&gt;Eva&lt;/b&gt;" in done.text
    browser = Browser(api)
    browser.cookie = done.headers["Set-Cookie"].split(";")[0].split("=", 1)[1]
    assert browser.cookie not in done.text
    session = browser.get("/console/session").data
    assert session["admin"]["admin_id"] == made["admin_id"]

    again = press(api, link)
    assert again.status == 401 and "Set-Cookie" not in again.headers
    assert page(api, link).status == 401


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_press_the_button(api, site):
    link = invite(api)["link"]["url"]
    refused = press(api, link, **{"Sec-Fetch-Site": site})
    assert refused.status == 403 and "Set-Cookie" not in refused.headers
    assert press(api, link, **{"Sec-Fetch-Site": "same-origin"}).status == 303


def test_the_pages_own_commands_work(api):
    """What the page shows for curl, with the names that it uses."""
    link = invite(api)["link"]["url"]
    text = page(api, link).text
    assert "console/session" in text and "X-CSRF-Token" in text
    assert link.rsplit("/", 1)[1] in text
    assert Browser(api).sign_in(link).status == 200


def test_a_wrong_path_is_a_page_too(api):
    for token in ("x", "A" * 43, "%3Cscript%3E", "a%2Fb"):
        answer = api.send("GET", f"/console/link/{token}", token=None)
        assert answer.status == 401 and "<script" not in answer.text
