"""Who changed what: an entry for every administrative change, and none that tells too much."""

import re
import uuid

import pytest

from support.client import make_caller, make_key, wait_for
from support.console import Browser, invite
from support.phones import add_phone_sender, live_phone_project, number, send_sms
from support.factors import with_factor
from support.face_workers import wait_until_on
from support.faces import Faces, encoded
from support.project import Project, address
from support.receiver import OPEN_LOOPBACK, add_webhook, deliveries
from support.relay import free_port
from support.senders import add_sender

LOCK_AFTER = 2
SERVER = {"limits": {"failures_before_wait": 0, "failures_before_lock": LOCK_AFTER},
          "outbound": OPEN_LOOPBACK,
          "biometrics": {"enabled": True}}


def locked(project):
    """The id of a lock that is made here."""
    email = address()
    validation_id = project.send(email).data["validation_id"]
    for _ in range(LOCK_AFTER):
        project.verify(email, "0000000000", validation_id)
    return project.api.get(f"{project.path}/locks").data["items"][0]["lock_id"]


def source(project):
    return project.api.post(f"{project.path}/sources",
                            {"name": "More", "kind": "open"}).data["source_id"]


def flow(project):
    return project.api.post(f"{project.path}/flows", {"name": "More"}).data["flow_id"]


def user(project):
    return project.add_user(email=address())["user_id"]


def enrolled_face(project):
    """A face with its consent, of a person of its own."""
    method = f"/flows/{project.flow_id}/methods/biometric"
    assert project.api.put(method, {"enabled": True}).status == 200
    wait_until_on(project.api)
    caller, _ = make_caller(project.api)
    return project.api.post("/biometric/register-face", {
        "user_id": user(project), "project_id": project.id, "activate": True,
        "face_image": encoded(Faces(lambda: caller).cut(6, 0)),
        "consent": {"text_version": "1", "accepted_at": "2026-03-01T09:30:00Z"}}).data


def path_of_face(project):
    face = enrolled_face(project)
    return f"{project.path}/users/{face['user_id']}/faces/{face['face_id']}"


def path_of_consent(project):
    face = enrolled_face(project)
    return f"{project.path}/users/{face['user_id']}/consents/{face['consent_id']}"


SETTINGS = {"host": "192.0.32.10", "from": "codes@shop.example"}  # Nothing connects there.
TEMPLATE = "/projects/{project_id}/templates/{channel}/{language}"
WORDS = {"subject": "{{code}}", "text": "{{code}} {{warning}}", "html": "<p>{{code}} {{warning}}</p>"}


def sender(project):
    return add_sender(project, SETTINGS)["sender_id"]


HOOK = {"url": "https://192.0.32.10/", "events": ["*"], "status": "paused"}
SPAN = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}


def webhook(project):
    return f"/webhooks/{add_webhook(project, HOOK['url'], status='paused')['webhook_id']}"


def delivery(project):
    """The path of one that failed once."""
    made = add_webhook(project, f"http://127.0.0.1:{free_port()}/")
    project.add_user(email=address())
    found = wait_for(lambda: deliveries(project.api, made["webhook_id"]))
    return f"/deliveries/{found[0]['delivery_id']}"
def blocked(project):
    """A block of the fraud guard's."""
    live = live_phone_project(project.api)
    add_phone_sender(live, "http", {"url": "https://192.0.32.10/"})  # Nothing connects there.
    assert live.api.put(f"{live.path}/fraud-guard", {"messages_per_day": 1}).status == 200
    assert send_sms(live, number()).status == 200
    assert send_sms(live, number()).code == "SENDING_BLOCKED"
    return live.api.items(f"{live.path}/fraud-blocks")[0]["block_id"]


def own_template(project):
    path = f"{project.path}/templates/email/es"
    assert project.api.put(path, WORDS).status == 200
    return path


# What makes each change that the scope `manage` allows; the answer's id, where one is known before.
CHANGES = {
    ("POST", "/keys"): lambda p: ("/keys", {"name": "audited"}),
    ("PATCH", "/keys/{key_id}"): lambda p: (f"/keys/{make_key(p.api)['key_id']}", {"name": "x"}),
    ("DELETE", "/keys/{key_id}"): lambda p: (f"/keys/{make_key(p.api)['key_id']}", None),
    ("POST", "/admins"): lambda p: (
        "/admins", {"email": address(), "role": "viewer", "projects": "*"}),
    ("PATCH", "/admins/{admin_id}"): lambda p: (
        f"/admins/{invite(p.api, 'viewer')['admin_id']}", {"role": "editor"}),
    ("DELETE", "/admins/{admin_id}"): lambda p: (
        f"/admins/{invite(p.api, 'viewer')['admin_id']}", None),
    ("DELETE", "/admins/{admin_id}/factor"): lambda p: (
        f"/admins/{with_factor(p.api)}/factor", None),
    ("POST", "/projects"): lambda p: ("/projects", {"name": "Audited " + uuid.uuid4().hex[:8]}),
    ("PATCH", "/projects/{project_id}"): lambda p: (p.path, {"name": "Other"}),
    ("DELETE", "/projects/{project_id}"): lambda p: (Project(p.api).path, None),
    ("POST", "/projects/{project_id}/flows"): lambda p: (f"{p.path}/flows", {"name": "New"}),
    ("PATCH", "/flows/{flow_id}"): lambda p: (f"/flows/{p.flow_id}", {"name": "Other"}),
    ("DELETE", "/flows/{flow_id}"): lambda p: (f"/flows/{flow(p)}", None),
    ("PUT", "/flows/{flow_id}/methods/{method}"): lambda p: (
        f"/flows/{p.flow_id}/methods/email", {"enabled": True, "otp_length": 7}),
    ("POST", "/projects/{project_id}/sources"): lambda p: (
        f"{p.path}/sources", {"name": "New", "kind": "open"}),
    ("PATCH", "/sources/{source_id}"): lambda p: (f"/sources/{source(p)}", {"name": "Other"}),
    ("DELETE", "/sources/{source_id}"): lambda p: (f"/sources/{source(p)}", None),
    ("POST", "/sources/{source_id}/import"): lambda p: (
        f"/sources/{p.source_id}/import", b"email\nana@example.com\n"),
    ("POST", "/projects/{project_id}/users"): lambda p: (f"{p.path}/users", {"email": address()}),
    ("PATCH", "/projects/{project_id}/users/{user_id}"): lambda p: (
        f"{p.path}/users/{user(p)}", {"name": "Ana"}),
    ("DELETE", "/projects/{project_id}/users/{user_id}"): lambda p: (
        f"{p.path}/users/{user(p)}", None),
    ("DELETE", "/projects/{project_id}/users/{user_id}/faces/{face_id}"): lambda p: (
        path_of_face(p), None),
    ("DELETE", "/projects/{project_id}/users/{user_id}/consents/{consent_id}"): lambda p: (
        path_of_consent(p), None),
    ("PUT", "/projects/{project_id}/test-recipients"): lambda p: (
        f"{p.path}/test-recipients", {"recipients": []}),
    ("DELETE", "/locks/{lock_id}"): lambda p: (f"/locks/{locked(p)}", None),
    ("POST", "/projects/{project_id}/senders"): lambda p: (
        f"{p.path}/senders", {"name": "New", "kind": "smtp", "settings": SETTINGS}),
    ("PATCH", "/senders/{sender_id}"): lambda p: (f"/senders/{sender(p)}", {"name": "Other"}),
    ("DELETE", "/senders/{sender_id}"): lambda p: (f"/senders/{sender(p)}", None),
    ("POST", "/projects/{project_id}/webhooks"): lambda p: (f"{p.path}/webhooks", HOOK),
    ("PATCH", "/webhooks/{webhook_id}"): lambda p: (webhook(p), {"description": "Other"}),
    ("DELETE", "/webhooks/{webhook_id}"): lambda p: (webhook(p), None),
    ("POST", "/webhooks/{webhook_id}/rotate-secret"): lambda p: (
        webhook(p) + "/rotate-secret", None),
    ("POST", "/webhooks/{webhook_id}/redeliver"): lambda p: (webhook(p) + "/redeliver", SPAN),
    ("POST", "/deliveries/{delivery_id}/redeliver"): lambda p: (delivery(p) + "/redeliver", None),
    ("PUT", "/projects/{project_id}/fraud-guard"): lambda p: (
        f"{p.path}/fraud-guard", {"messages_per_day": 5}),
    ("DELETE", "/fraud-blocks/{block_id}"): lambda p: (f"/fraud-blocks/{blocked(p)}", None),
    ("PUT", TEMPLATE): lambda p: (f"{p.path}/templates/email/en", WORDS),
    ("DELETE", TEMPLATE): lambda p: (own_template(p), None),
}
# Routes with this scope that change nothing, each with the reason.
NO_CHANGES = {
    ("POST", "/senders/{sender_id}/test"): "sends a message",
    ("POST", "/sources/{source_id}/test"): "looks somebody up",
    ("POST", "/webhooks/{webhook_id}/test"): "sends a sample event",
    ("POST", TEMPLATE + "/send-test"): "sends a message",
}


def entry_of(api, request_id):
    """The one entry of a request."""
    found = [entry for entry in api.items("/audit") if entry["request_id"] == request_id]
    assert len(found) == 1, found
    return found[0]


def manage_routes(api):
    document = api.get("/openapi.json").json
    return {(method.upper(), path.removeprefix("/v2/access"))
            for path, item in document["paths"].items() for method, operation in item.items()
            if isinstance(operation, dict) and operation.get("x-scope") == "manage"}


def test_every_route_that_may_change_something_is_tried_here(api):
    assert manage_routes(api) == set(CHANGES) | set(NO_CHANGES), (
        "a route with the scope manage needs an audit entry, and a line in CHANGES")


@pytest.mark.parametrize("route", CHANGES, ids=lambda route: " ".join(route))
def test_a_change_leaves_an_entry(server, api, project, route):
    method, _ = route
    path, body = CHANGES[route](project)
    request_id = "audit-" + uuid.uuid4().hex

    headers = {"X-Request-Id": request_id}
    if isinstance(body, bytes):
        headers["Content-Type"] = "text/csv"
    answer = api.request(method, path, body, headers=headers)

    assert answer.status in (200, 201, 202), answer
    entry = entry_of(api, request_id)
    assert entry["actor"] == server.credentials[0] and entry["actor_kind"] == "key"
    assert entry["client"] == "127.0.0.1"
    assert entry["action"].startswith(entry["target_kind"] + ".")
    assert entry["target_id"]
    assert entry["fields"] == (sorted(body) if isinstance(body, dict) else [])
    last = path.removesuffix("/factor").rsplit("/", 1)[1]
    if method in ("PATCH", "DELETE") and "templates" not in path:
        assert entry["target_id"] == last


def test_a_refused_change_leaves_none(api, project):
    request_id = "audit-" + uuid.uuid4().hex
    headers = {"X-Request-Id": request_id}
    other = Project(api)
    assert api.patch(project.path, {"slug": other.json["slug"]}, headers=headers).code == "CONFLICT"
    assert api.patch(project.path, {"nme": "x"}, headers=headers).code == "INVALID_REQUEST"
    assert api.patch(project.path, {"name": "x"},
                     headers=headers | {"If-Match": '"old"'}).code == "PRECONDITION_FAILED"
    assert api.delete("/locks/lock_" + "0" * 29, headers=headers).code == "LOCK_NOT_FOUND"

    assert [entry for entry in api.items("/audit") if entry["request_id"] == request_id] == []


def test_entries_tell_names_and_never_values(api, project):
    email, name = address(), "Secret " + uuid.uuid4().hex
    created = api.post(f"{project.path}/users",
                       {"email": email, "name": name, "claims": {"tier": "gold"}}).data
    link = invite(api, "viewer", email=address())

    entries = api.items("/audit")
    made = next(entry for entry in entries if entry["target_id"] == created["user_id"])
    assert made["fields"] == ["claims", "email", "name"]
    told = str(entries)
    assert email not in told and name not in told and "gold" not in told
    assert link["email"] not in told and link["link"]["url"].rsplit("/", 1)[1] not in told


def test_a_caller_of_one_project_sees_its_entries_only(api, project):
    bound, _ = make_caller(api, project_id=project.id)
    other = Project(api)
    api.patch(other.path, {"name": "Other"})
    bound.patch(project.path, {"name": "Mine"})

    assert {entry["project_id"] for entry in bound.items("/audit")} == {project.id}
    assert bound.get("/audit", query={"project_id": other.id}).code == "PROJECT_NOT_FOUND"
    assert bound.items("/audit", target_id=other.id) == []


def test_filters(server, api, project):
    caller, key = make_caller(api)
    caller.patch(project.path, {"name": "One"})
    caller.put(f"{project.path}/test-recipients", {"recipients": []})

    mine = api.items("/audit", actor=key["key_id"])
    assert [entry["action"] for entry in mine] == ["project.test_recipients_changed",
                                                   "project.changed"]
    assert len(api.items("/audit", actor=key["key_id"], action="project.changed")) == 1
    assert len(api.items("/audit", target_id=project.id, actor=key["key_id"])) == 2
    second, first = mine
    assert api.items("/audit", actor=key["key_id"], to=first["at"]) == []
    assert second in api.items("/audit", **{"from": first["at"]})
    for name, value in (("from", "yesterday"), ("to", "2026-02-30T00:00:00Z"), ("acter", "x")):
        assert name in api.get("/audit", query={name: value}).issues
    assert api.items("/audit", limit=1, actor=key["key_id"]) == mine


def test_entries_outlive_what_they_speak_of(api):
    gone = Project(api)
    api.delete(gone.path)

    actions = [entry["action"] for entry in api.items("/audit", target_id=gone.id)]
    assert actions == ["project.deleted", "project.created"]


def test_an_erased_persons_id_stays_only_with_the_erasure(api, project):
    user_id = user(project)
    api.patch(f"{project.path}/users/{user_id}", {"name": "Ana"})
    api.delete(f"{project.path}/users/{user_id}")

    entries = api.items("/audit", project_id=project.id)
    told = {entry["action"]: entry["target_id"] for entry in entries}
    assert told["user.erased"] == user_id
    assert told["user.created"] is None and told["user.changed"] is None


def test_logins_leave_no_entries(api, project):
    before = len(api.items("/audit", project_id=project.id))
    project.log_in(address())
    assert len(api.items("/audit", project_id=project.id)) == before


def test_revoked_tokens_commands_and_sessions_leave_entries(server, api):
    caller, key = make_caller(api)
    assert caller.post("/auth/revoke", {"all": True}).status == 200
    assert [entry["action"] for entry in api.items("/audit", actor=key["key_id"])] == [
        "token.revoked_all"]

    server.run("key", "revoke", key["key_id"])
    revoked = api.items("/audit", target_id=key["key_id"], action="key.revoked")
    assert [entry["actor"] for entry in revoked] == ["command"]

    admin = invite(api)
    Browser(api, admin["link"]["url"]).delete("/console/session")
    assert [entry["action"] for entry in api.items("/audit", actor=admin["admin_id"])] == [
        "session.ended", "session.begun"]


def test_every_action_is_of_the_form_that_is_documented(api):
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", entry["action"])
               for entry in api.items("/audit"))
