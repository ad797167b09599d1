"""Idempotency-Key: a request sent twice is carried out once, and answered alike."""

import sqlite3
import threading
import time
import uuid

import pytest

from support.client import make_caller
from support.project import Project, address
from support.server import embedded_only


def keyed(key=None):
    return {"Idempotency-Key": key or uuid.uuid4().hex}


def is_replayed(answer):
    return answer.headers.get("Idempotency-Replayed") == "true"


def test_fifty_sends_at_once_are_one_message_and_one_validation(api, project):
    email, headers, calls = address(), keyed(), 50
    start = threading.Barrier(calls)
    body = {"email": email, "project_id": project.id}
    answers = []

    def send():
        start.wait()
        while True:
            answer = api.post("/email/send-otp", body, headers=headers)
            if answer.code != "IDEMPOTENCY_IN_PROGRESS":
                answers.append(answer)
                return
            time.sleep(0.02)

    threads = [threading.Thread(target=send) for _ in range(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status for answer in answers} == {200}
    assert len({answer.raw for answer in answers}) == 1
    assert sum(not is_replayed(answer) for answer in answers) == 1
    assert {answer.headers["RateLimit-Remaining"] for answer in answers} == {"4"}
    assert len(project.inbox(email)) == 1
    assert len(api.items("/validations", project_id=project.id)) == 1


def test_a_verification_is_answered_twice_with_one_token(api, project):
    email, headers = address(), keyed()
    body = {"email": email, "validation_id": project.send(email).data["validation_id"],
            "otp": project.code(email)}
    first = api.post("/email/verify-otp", body, headers=headers)
    second = api.post("/email/verify-otp", body, headers=headers)
    assert first.data["login"]["status"] == "complete"
    assert is_replayed(second) and second.raw == first.raw
    assert api.post("/email/verify-otp", body).code == "ALREADY_VALIDATED"


def test_a_wrong_try_is_charged_once(api, project):
    email, headers = address(), keyed()
    body = {"email": email, "validation_id": project.send(email).data["validation_id"],
            "otp": project.wrong_code(email)}
    for is_second in (False, True):
        answer = api.post("/email/verify-otp", body, headers=headers)
        assert (answer.code, is_replayed(answer)) == ("INVALID_OTP", is_second)
        assert answer.details["attempts_remaining"] == 2


def test_whatever_is_made_is_made_once(api, project):
    makers = {
        "/projects": ({"name": "Once"}, "project_id"),
        "/keys": ({"name": "once"}, "client_secret"),
        f"{project.path}/flows": ({"name": "Once"}, "flow_id"),
        f"{project.path}/sources": ({"name": "Once", "kind": "open"}, "source_id"),
        f"{project.path}/users": ({"name": "Once"}, "user_id"),
    }
    headers = keyed()  # One key for all: each route is a scope of its own.
    for path, (body, field) in makers.items():
        first = api.post(path, body, headers=headers)
        second = api.post(path, body, headers=headers)
        assert (first.status, second.status) == (201, 201), path
        assert not is_replayed(first) and is_replayed(second), path
        assert first.data[field] == second.data[field], path
        assert first.headers["ETag"] == second.headers["ETag"], path
        assert api.post(path, body | {"name": "Other"}, headers=headers).code == \
            "IDEMPOTENCY_CONFLICT", path


def test_scopes_are_apart(api, project):
    other_project = Project(api)
    other_caller, _ = make_caller(api)
    email, headers = address(), keyed()
    sent = [caller.post("/email/send-otp", {"email": email, "project_id": at.id}, headers=headers)
            for caller in (api, other_caller) for at in (project, other_project)]
    assert [answer.status for answer in sent] == [200] * 4
    assert not any(is_replayed(answer) for answer in sent)


def test_limits_are_not_kept(api, project):
    email, headers = address(), keyed()
    for _ in range(5):
        project.send(email)
    body = {"email": email, "project_id": project.id}
    for _ in range(2):
        answer = api.post("/email/send-otp", body, headers=headers)
        assert answer.code == "RATE_LIMITED"
        assert not is_replayed(answer)


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "ä"])
def test_keys_that_are_none(api, project, key):
    answer = api.post("/email/send-otp", {"email": address(), "project_id": project.id},
                      headers={"Idempotency-Key": key.encode("utf-8")})
    assert answer.status == 400
    if answer.code == "INVALID_REQUEST":
        assert list(answer.issues) == ["Idempotency-Key"]
    assert api.items("/validations", project_id=project.id) == []


def test_credentials_are_not_opened_by_a_key(server, api):
    client_id, secret = server.credentials
    headers = keyed("shared")
    body = {"client_id": client_id, "client_secret": secret}
    first = api.post("/auth/token", body, token=None, headers=headers)
    assert api.post("/auth/token", body, token=None, headers=headers).raw == first.raw
    # Somebody else with the same key neither gets this answer nor stands in its way.
    guess = api.post("/auth/token", body | {"client_secret": "sk_wrong"}, token=None,
                     headers=headers)
    assert guess.code == "INVALID_CREDENTIALS"


@embedded_only
def test_nothing_readable_is_kept(server, api, project):
    email = address()
    sent = project.send(email).data["validation_id"]
    body = {"email": email, "validation_id": sent, "otp": project.code(email)}
    token = api.post("/email/verify-otp", body, headers=keyed("readable?")).data["token"]
    with sqlite3.connect(server.data_dir / "accessd.db") as database:
        rows = database.execute("SELECT * FROM idempotent_requests").fetchall()
    assert rows
    kept = repr(rows)
    for secret in (email, sent, token, "readable?"):
        assert secret not in kept
