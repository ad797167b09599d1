"""Hostile texts in every field of every route: whatever comes back is what the contract says, nothing
breaks, and what was kept comes out as it went in."""

import collections
import concurrent.futures
import json
import sqlite3
import urllib.parse

import pytest

from support.hostile import STRINGS
from support.project import Project, address
from support.schemas import Requests
from support.receiver import add_webhook
from support.senders import add_sender
from support.server import embedded_only

THREADS = 8
URL_TEXT_MAX = 1000
# Which routes took a text somewhere: or the tests would only try the first check.
TAKEN_MIN = 12


class Caller:
    """Sends many requests at a time, and holds every answer to the contract."""

    def __init__(self, server, api):
        self.server = server
        self.api = api
        self.answers = collections.Counter()
        self.taken = set()

    def send_all(self, requests):
        """`requests`: (method, path below the base, body or None, headers)."""
        with concurrent.futures.ThreadPoolExecutor(THREADS) as threads:
            answers = list(threads.map(self._send, requests))
        for request, answer in zip(requests, answers):
            assert answer.status < 500, (request, answer)
            self.api.contract.check(answer)
            self.answers[answer.code or answer.status] += 1
            if answer.status < 300:
                self.taken.add(request[:2])
        if self.api.get("/projects").code:  # One of the routes ended the token.
            self.api.log_in(*self.server.credentials)

    def _send(self, request):
        method, path, body, headers = request
        return self.api.send(method, path, body, headers)


@pytest.fixture(scope="module")
def caller(server, api):
    return Caller(server, api)


@pytest.fixture(scope="module")
def known(api):
    """Real things to name in requests, made anew for each body where a use of them ends them."""
    project = Project(api)
    user_id = project.add_user(email=address())["user_id"]
    email = address()
    sent = project.send(email).data
    key = api.post("/keys", {"name": "known", "project_id": project.id}).data
    sender = add_sender(project, {"host": "192.0.32.10", "from": "codes@shop.example"})
    webhook = add_webhook(project, "https://192.0.32.10/", status="paused")
    return {"project_id": project.id, "flow_id": project.flow_id, "source_id": project.source_id,
            "user_id": user_id, "validation_id": sent["validation_id"],
            "login_id": sent["login_id"],
            "key_id": key["client_id"], "lock_id": "lock_none", "method": "phone", "file": "init.js",
            "email": address, "client_id": key["client_id"], "jti": "tok_none", "kind": "directory",
            "admin_id": "adm_none", "face_id": "face_none", "consent_id": "cns_none", "token": "none", "sender_id": sender["sender_id"],
             "webhook_id": webhook["webhook_id"], "delivery_id": "dlv_none",
             "url": "https://192.0.32.10/", "status": "paused",
             "message_id": "msg_none", "import_id": "imp_none", "channel": "email", "language": "en",
             "slug": project.json["slug"], "block_id": "blk_none", "phone": "+34600123456",
             "page": "projects", "item": "users", "part": "none"}


@pytest.fixture(scope="module")
def requests(api, known):
    return Requests(api.contract, known)


def fill(path, known, **changes):
    for name, value in (known | changes).items():
        if isinstance(value, str):
            path = path.replace("{%s}" % name, urllib.parse.quote(value, safe=""))
    assert "{" not in path, f"say what stands for the parameters of {path}"
    return path


def test_hostile_bodies(requests, caller, known):
    tried = 0
    for method, path, operation in requests.operations():
        schema = requests.body_schema(operation)
        if schema is None:
            continue
        # Half of a surrogate pair, which one of the texts is, goes into JSON as an escape.
        made = [(method, fill(path, known), json.dumps(requests.body_with(schema, field, text)), {})
                for field in requests.text_fields(schema) for text in STRINGS]
        caller.send_all(made)
        tried += len(made)
    assert tried > 60 * len(STRINGS), "the document names more fields than that"
    assert len(caller.taken) >= TAKEN_MIN, caller.taken
    assert caller.answers["INVALID_REQUEST"] > 500 and caller.answers["INVALID_EMAIL"] > 50


def test_hostile_paths_and_queries(requests, caller, known):
    texts = [text[:URL_TEXT_MAX] for text in STRINGS if text and "\ud800" not in text]
    tried = 0
    for method, path, operation in requests.operations():
        schema = requests.body_schema(operation)
        body = None if schema is None else json.dumps(requests.sample(schema))
        made = [(method, fill(path, known, **{name: text}), body, {})
                for name in requests.parameters(path, operation, "path") for text in texts]
        if method == "GET":
            plain = fill(path, known)
            made += [(method, plain + "?" + urllib.parse.urlencode({name: text}), None, {})
                     for name in requests.parameters(path, operation, "query") for text in texts]
        caller.send_all(made)
        tried += len(made)
    assert tried > 50 * len(texts)


def test_hostile_headers(caller, known):
    # What a header can hold; the parser's own tests send the rest.
    values = {"".join(c for c in text if " " <= c <= "\xff" and c != "\x7f").strip()
              for text in STRINGS}
    body = json.dumps({"email": address(), "project_id": known["project_id"]})
    names = ("Idempotency-Key", "If-Match", "X-Request-Id", "X-Forwarded-For", "Accept", "Origin",
             "User-Agent", "Authorization", "Content-Type", "Cookie")
    headers = [{name: value} for name in names for value in sorted(values)]
    caller.send_all([("POST", "/v2/access/email/send-otp", body, one) for one in headers])
    project = f"/v2/access/projects/{known['project_id']}"
    caller.send_all([("PATCH", project, '{"terms_url": null}', one) for one in headers])


def test_what_was_taken_comes_out_as_it_went_in(api, server):
    """Names that are kept are shown to others: in lists, in mails, in pages."""
    names = []
    for text in STRINGS:
        answer = api.post("/projects", json.dumps({"name": text}))
        if answer.status != 201:
            continue
        names.append(text)
        shown = api.get(f"/projects/{answer.data['project_id']}").data["name"]
        assert shown == text.strip() or shown == text
        to = address()
        project_id = answer.data["project_id"]
        assert api.post("/email/send-otp", {"email": to, "project_id": project_id}).status == 200
        inbox = api.get(f"/projects/{project_id}/inbox", query={"destination": to})
        message, = inbox.data["items"]
        assert message["otp"] in message["text"] and text in message["text"]
        assert "\r" not in message["subject"] and "\n" not in message["subject"]
        html = message["html"]
        assert "<script>" not in html and "onerror=alert(1)>" not in html
    assert {"<script>alert(1)</script>", "'; DROP TABLE projects; --",
            "{{7*7}}{{{code}}}{{#project}}"} <= set(names)
    assert len(names) > 25


def test_nothing_was_harmed(api, server):
    for path in ("/projects", "/keys", "/validations", "/logins"):
        assert isinstance(api.items(path), list)
    for project in api.items("/projects"):
        for part in ("flows", "sources", "users", "inbox", "locks"):
            api.items(f"/projects/{project['project_id']}/{part}")
    assert Project(api).log_in(address())["token"]
    for line in server.log().splitlines():
        assert isinstance(json.loads(line), dict), line  # A text never starts a line of its own.


@embedded_only
def test_the_file_is_whole(server):
    assert server.stop() == 0
    with sqlite3.connect(server.database()) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT count(*) FROM projects").fetchone()[0] > 25
    database.close()
    server.start()
