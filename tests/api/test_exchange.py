"""One-time codes of finished logins for tokens: once, in time, by the right project."""

from concurrent.futures import ThreadPoolExecutor
import secrets
import time

import pytest

from support.client import make_caller, parse_time
from support.links import REDIRECT, code_in, press, send_link, with_links
from support.project import Project, address
from support.tokens import verify_with_pyjwt


@pytest.fixture
def project(api):
    return with_links(Project(api))


def finish(project, email=None):
    """Logs a person in by a link. Returns the code and the validation's id."""
    validation_id, path = send_link(project, email)
    return code_in(press(project.api, path)), validation_id


def exchange(api, code, redirect_url=REDIRECT, **fields):
    return api.post("/tokens/exchange", {"code": code, "redirect_url": redirect_url} | fields)


def test_it_answers_the_login_and_its_token(api, project):
    email = address()
    code, validation_id = finish(project, email)
    time.sleep(1.1)  # A token made later still says when the person was here.

    data = exchange(api, code).data

    login_id = project.validation(validation_id)["login_id"]
    assert data["user"]["email"] == email
    assert data["login"] == {"login_id": login_id, "status": "complete", "remaining_methods": []}
    assert (data["token_type"], data["expires_in"]) == ("Bearer", 900)
    claims = verify_with_pyjwt(api, data["token"], project.id)
    completed = parse_time(api.get(f"/logins/{login_id}").data["completed_at"]).timestamp()
    assert claims["auth_time"] == int(completed) < claims["iat"]
    assert (claims["sub"], claims["login_id"], claims["amr"], claims["test"]) == (
        data["user"]["user_id"], login_id, ["otp"], True)
    assert api.post("/tokens/introspect", {"token": data["token"]}).data["active"] is True


def test_it_works_once(api, project):
    code, _ = finish(project)
    assert exchange(api, code).status == 200
    for _ in range(3):
        assert exchange(api, code).code == "INVALID_CODE"


def test_of_fifty_at_once_one_wins(api, project):
    code, _ = finish(project)
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: exchange(api, code), range(50)))
    assert sorted(answer.status for answer in answers) == [200] + [400] * 49
    assert {answer.code for answer in answers} == {None, "INVALID_CODE"}


@pytest.mark.parametrize("fields", [
    {"redirect_url": "https://shop.example.com/in"}, {"redirect_url": REDIRECT + "/"},
    {"redirect_url": "https://evil.example"}, {"code_verifier": "v" * 43}])
def test_what_does_not_fit_is_refused_and_ends_the_code(api, project, fields):
    code, _ = finish(project)
    assert exchange(api, code, **fields).code == "INVALID_CODE"
    assert exchange(api, code).code == "INVALID_CODE"


def test_another_project_gets_nothing_and_ends_nothing(api, project):
    stranger, _ = make_caller(api, project_id=Project(api).id, scope="access")
    own, _ = make_caller(api, project_id=project.id, scope="access")
    reader, _ = make_caller(api, scope="read")
    code, _ = finish(project)
    assert exchange(stranger, code).code == "INVALID_CODE"
    assert exchange(reader, code).code == "INSUFFICIENT_SCOPE"
    assert exchange(api.with_token(None), code).code == "MISSING_TOKEN"
    assert exchange(own, code).status == 200


@pytest.mark.parametrize("code", ["x", "A" * 22, secrets.token_urlsafe(16), "' OR 1=1 --", "é" * 22,
                                  "A" * 64])
def test_a_code_that_is_none_is_refused(api, code):
    assert exchange(api, code).code == "INVALID_CODE"


def test_a_link_is_no_code_and_a_code_no_link(api, project):
    validation_id, path = send_link(project)
    assert exchange(api, path.rsplit("/", 1)[1]).code == "INVALID_CODE"
    assert project.validation(validation_id)["status"] == "pending"
    code = code_in(press(api, path))
    assert press(api, "/login/link/" + code).status == 404
    assert exchange(api, code).status == 200


@pytest.mark.parametrize("fields, wrong", [
    ({"code": ""}, "code"), ({"code": None}, "code"), ({"code": "x" * 65}, "code"),
    ({"redirect_url": ""}, "redirect_url"), ({"redirect_url": 1}, "redirect_url"),
    ({"code_verifier": "v" * 42}, "code_verifier"), ({"code_verifier": "v" * 129}, "code_verifier"),
    ({"code_verifier": "v" * 42 + "="}, "code_verifier"), ({"verifier": "x"}, "verifier")])
def test_a_malformed_request_ends_no_code(api, project, fields, wrong):
    code, _ = finish(project)
    body = {"code": code, "redirect_url": REDIRECT} | fields
    assert wrong in api.post("/tokens/exchange", body).issues
    assert exchange(api, code).status == 200


def test_a_lost_answer_is_had_again(api, project):
    code, _ = finish(project)
    body = {"code": code, "redirect_url": REDIRECT}
    headers = {"Idempotency-Key": secrets.token_hex(8)}
    first = api.post("/tokens/exchange", body, headers=headers)
    again = api.post("/tokens/exchange", body, headers=headers)
    assert first.status == 200 and again.json == first.json


def test_an_erased_person_gets_no_token(api, project):
    code, validation_id = finish(project)
    user_id = project.validation(validation_id)["user_id"]
    assert api.delete(f"{project.path}/users/{user_id}").status == 200
    assert exchange(api, code).code == "INVALID_CODE"
