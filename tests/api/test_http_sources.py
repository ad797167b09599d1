"""People looked up in a customer's own HTTP service."""

import re
import hashlib
import hmac
import http.server
import json
import threading
import time
from statistics import median
import urllib.parse

import pytest

from support.project import Project, address
from support.source import look_up, use_source

SERVER = {"outbound": {"allow": ["127.0.0.1"]}}
PEOPLE = {"ana@example.com": {"id": 42, "contact": {"email": "Ana@Example.com"}, "plan": "gold",
                              "api_token": "x"}}
MAPPING = {"user_id": "/id", "email": "/contact/email", "claims": {"plan": "/plan"}}


class Service(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.answer = None  # Instead of the person: (status, body, headers, seconds before it).
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, rest="/people?email={email}&id={user_id}"):
        return f"http://127.0.0.1:{self.server_port}{rest}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        if self.server.answer is not None:
            status, text, headers, seconds = self.server.answer
            time.sleep(seconds)
        else:
            given = (json.loads(body)["email"] if body else
                     urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("email", [""])[0])
            person = PEOPLE.get(given)
            status, text, headers = (200 if person else 404), json.dumps(person or {}), {}
        data = text if isinstance(text, bytes) else text.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def service():
    made = Service()
    yield made
    made.shutdown()
    made.server_close()


def settings(service, **fields):
    return {"url": service.url(), "mapping": MAPPING, "cache_seconds": 0, "timeout_ms": 1000} | fields


def test_a_person_logs_in(project, service):
    source_id = use_source(project, "http", settings(service))

    found = look_up(project, source_id, email="ana@example.com")

    assert found["user"] == {"user_id": "42", "email": "ana@example.com", "phone": None,
                             "name": None, "claims": {"plan": "gold"}}
    assert found["rows"][0]["api_token"] == "***"
    assert project.log_in("ana@example.com")["user"]["user_id"] == "42"
    assert look_up(project, source_id, email="nobody@example.com")["status"] == "unknown"
    project.send("nobody@example.com")
    assert project.inbox("nobody@example.com") == []


def test_what_was_said_holds_for_both_alike_and_not_at_the_end(server, project, service):
    nodes = 2 if server.second_node else 1  # Each remembers what it was told.
    use_source(project, "http", settings(service, cache_seconds=600))
    for email in ("ana@example.com", "nobody@example.com"):
        service.asked.clear()
        for _ in range(2 * nodes):
            project.send(email)
        assert len(service.asked) == nodes, email

    service.asked.clear()
    service.answer = (404, "", {}, 0)
    time.sleep(1.1)  # What was said this very second would do.
    validation = project.send("ana@example.com").data["validation_id"]
    refused = project.verify("ana@example.com", project.code("ana@example.com"), validation)

    assert len(service.asked) == 1 and refused.code == "LOGIN_USER_MISMATCH"


def test_headers_and_signatures_go_along(project, service):
    use_source(project, "http", settings(
        service, method="POST", url=service.url("/look-up?x=1"), signing_secret="shared-word",
        headers=[{"name": "Authorization", "value": "Bearer service-word"}]))

    assert project.log_in("ana@example.com")["user"]["user_id"] == "42"

    method, path, headers, body = service.asked[-1]
    assert method == "POST" and headers["Authorization"] == "Bearer service-word"
    assert json.loads(body) == {"email": "ana@example.com", "phone": None, "user_id": None}
    fields = dict(part.split("=", 1) for part in headers["X-Accessd-Signature"].split(","))
    text = f"{fields['t']}.POST {path}\n".encode() + body
    assert hmac.new(b"shared-word", text, hashlib.sha256).hexdigest() == fields["v1"]
    shown = project.api.items(f"{project.path}/sources")
    assert "service-word" not in str(shown) and "shared-word" not in str(shown)


@pytest.mark.parametrize("answer, words", [
    ((500, "", {}, 0), "status 500"), ((302, "", {"Location": "http://127.0.0.1:1/"}, 0), "status 302"),
    ((200, "nonsense", {}, 0), "isn't JSON"), ((200, b'{"id": "\xff"}', {}, 0), "isn't JSON"),
    ((200, "[1]", {}, 0), "list of something else"),
    ((200, json.dumps([PEOPLE["ana@example.com"]] * 3), {}, 0), "more than one row"),
    ((200, json.dumps({"mail": "x"}), {}, 0), "there is no /id; there is mail"),
    ((200, json.dumps({"id": 42, "contact": {"email": "eve@example.com"}}), {}, 0), "isn't the one"),
    ((200, json.dumps({"id": {"$gt": ""}, "contact": {"email": "ana@example.com"}}), {}, 0), "user_id"),
    ((200, '{"id": "' + "x" * 100_000 + '"}', {}, 0), ""),
    ((200, "{}", {}, 3), ""),
])
def test_an_answer_that_is_none_is_told_in_words(project, service, answer, words):
    source_id = use_source(project, "http", settings(service))
    service.answer = answer
    started = time.monotonic()

    found = look_up(project, source_id, email="ana@example.com")

    assert found["status"] == "refused" and words in found["problem"], found
    assert time.monotonic() - started < 2.5
    assert len(service.asked) == 1, "redirects are not followed"
    project.send("ana@example.com")
    assert project.inbox("ana@example.com") == []


def test_what_callers_say_stays_one_value(project, service):
    source_id = use_source(project, "http", settings(service, url=service.url("/u/{user_id}?e={email}")))
    for text in ("..", "a@b:c+d", "a.b"):
        answer = project.api.post(f"/sources/{source_id}/test", {"user_id": text})
        if answer.status == 200:
            assert service.asked[-1][1].count("/") == 2 and "&" not in service.asked[-1][1]


@pytest.mark.parametrize("url, code", [
    ("http://127.0.0.2:8080/{email}", "URL_NOT_ALLOWED"), ("https://10.0.0.1/{email}", "URL_NOT_ALLOWED"),
    ("https://169.254.169.254/{email}", "URL_NOT_ALLOWED"), ("https://[::1]/{email}", "URL_NOT_ALLOWED"),
    ("https://{email}.example/", "INVALID_REQUEST"), ("https://shop.example/", "INVALID_REQUEST"),
    ("https://2130706433/{email}", "INVALID_REQUEST"), ("file:///etc/passwd?{email}", "INVALID_REQUEST"),
    ("https://a:b@shop.example/{email}", "INVALID_REQUEST"), ("http://192.0.32.10/{email}", "INVALID_REQUEST"),
    ("https://192.0.32.10:22/{email}", "URL_NOT_ALLOWED"),
])
def test_a_url_that_leads_inside_is_refused(project, service, url, code):
    refused = project.api.post(f"{project.path}/sources",
                               {"name": "x", "kind": "http", "settings": settings(service, url=url)})
    assert refused.code == code, refused


def test_a_secret_stays_with_its_server(project, service):
    source_id = use_source(project, "http", settings(
        service, headers=[{"name": "X-Key", "value": "service-word"}]))
    path = f"/sources/{source_id}"

    moved = project.api.patch(path, {"settings": {"url": re.sub(r":[0-9]+", ":9", service.url(), count=1)}})

    assert set(moved.issues) == {"settings.headers"}
    kept = project.api.patch(path, {"settings": {"timeout_ms": 500}})
    assert kept.data["settings"]["timeout_ms"] == 500 and kept.data["settings"]["headers"] == ["X-Key"]
    look_up(project, source_id, email="ana@example.com")
    assert service.asked[-1][2]["X-Key"] == "service-word"


def test_a_slow_source_slows_no_other_project(api, service):
    """Twice as many people as there are request workers ask a source that needs seconds for each."""
    dead = Project(api)
    use_source(dead, "http", settings(service, timeout_ms=5000))
    service.answer = (200, "{}", {}, 4)
    other = Project(api)
    alone = [timed_login(other) for _ in range(10)]

    stopping = threading.Event()
    refused = []

    def knock():
        while not stopping.is_set():
            refused.append(dead.send(address()).code)
    threads = [threading.Thread(target=knock) for _ in range(64)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    beside = [timed_login(other) for _ in range(10)]
    stopping.set()
    for thread in threads:
        thread.join()

    assert "SOURCE_UNAVAILABLE" in refused, "more ask than may"
    assert set(refused) <= {"SOURCE_UNAVAILABLE", None}, "who is asked about is unknown, after a while"
    print(f"a login took {median(alone) * 1000:.0f} ms, and {median(beside) * 1000:.0f} ms beside the slow source")
    assert median(beside) < 2, "others wait for none of it"


def timed_login(project):
    began = time.monotonic()
    assert project.log_in(address())["token"]
    return time.monotonic() - began
