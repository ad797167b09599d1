"""Admins: who they are, what each role may do, and what nobody may."""

import concurrent.futures
import time

import pytest

from support import tokens
from support.client import make_caller
from support.console import Browser, invite, sign_in
from support.project import Project, address


@pytest.fixture(scope="module")
def owner(api):
    return sign_in(api)


# What an owner does with admins

def test_an_admin_is_made_shown_changed_and_removed(api, owner):
    email = address()
    made = owner.post("/admins", {"email": email.upper(), "name": "Eva", "role": "viewer",
                                  "projects": "*"})
    assert made.status == 201
    assert made.data["email"] == email and made.data["projects"] == "*"
    path = f"/admins/{made.data['admin_id']}"

    assert api.get(path).data["name"] == "Eva"
    assert made.data["admin_id"] in [admin["admin_id"] for admin in api.items("/admins")]
    changed = owner.patch(path, {"role": "editor", "name": None})
    assert changed.data["role"] == "editor" and changed.data["name"] is None
    assert owner.delete(path).status == 200
    assert api.get(path).code == "ADMIN_NOT_FOUND"
    assert owner.delete(path).code == "ADMIN_NOT_FOUND"


@pytest.mark.parametrize("body, field", [
    ({"role": "viewer", "projects": "*"}, "email"),
    ({"email": "no address", "role": "viewer", "projects": "*"}, "email"),
    ({"email": "a@example.com", "projects": "*"}, "role"),
    ({"email": "a@example.com", "role": "root", "projects": "*"}, "role"),
    ({"email": "a@example.com", "role": "viewer"}, "projects"),
    ({"email": "a@example.com", "role": "viewer", "projects": []}, "projects"),
    ({"email": "a@example.com", "role": "viewer", "projects": "all"}, "projects"),
    ({"email": "a@example.com", "role": "viewer", "projects": 7}, "projects"),
    ({"email": "a@example.com", "role": "owner", "projects": ["prj_1"]}, "projects"),
    ({"email": "a@example.com", "role": "viewer", "projects": "*", "scopes": 7}, "scopes"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_what_an_admin_must_be(api, body, field):
    assert field in api.post("/admins", body).issues


def test_an_address_is_of_one_admin(api):
    first = invite(api, "viewer")
    refused = api.post("/admins", {"email": first["email"].upper(), "role": "owner"})
    assert (refused.code, refused.details["field"]) == ("CONFLICT", "email")


def test_projects_must_be_there(api, project):
    body = {"email": address(), "role": "viewer", "projects": [project.id, "prj_" + "0" * 29]}
    assert api.post("/admins", body).code == "PROJECT_NOT_FOUND"
    made = invite(api, "viewer", [project.id])
    assert api.patch(f"/admins/{made['admin_id']}",
                     {"projects": ["prj_" + "0" * 29]}).code == "PROJECT_NOT_FOUND"


def test_a_deleted_project_is_nobodys_any_more(api):
    gone, kept = Project(api), Project(api)
    made = invite(api, "viewer", [gone.id, kept.id])
    api.delete(gone.path)
    assert api.get(f"/admins/{made['admin_id']}").data["projects"] == [kept.id]


def test_etags_keep_two_owners_from_undoing_each_others_work(api):
    made = invite(api, "viewer")
    path = f"/admins/{made['admin_id']}"
    tag = api.get(path).headers["ETag"]
    assert api.patch(path, {"name": "Eva"}, headers={"If-Match": tag}).status == 200
    assert api.patch(path, {"name": "Max"},
                     headers={"If-Match": tag}).code == "PRECONDITION_FAILED"
    assert api.delete(path, headers={"If-Match": tag}).code == "PRECONDITION_FAILED"


# What each role may do

def test_a_viewer_reads_and_changes_nothing(api, project):
    viewer = sign_in(api, "viewer")
    assert viewer.get(project.path).status == 200
    assert viewer.get("/audit").status == 200
    for answer in (viewer.patch(project.path, {"name": "x"}), viewer.post("/projects", {"name": "x"}),
                   viewer.delete(project.path),
                   viewer.post("/email/send-otp",
                               {"email": address(), "project_id": project.id})):
        assert answer.code == "INSUFFICIENT_SCOPE"


def test_an_editor_changes_and_runs_their_projects_only(api, project):
    other = Project(api)
    editor = sign_in(api, "editor", [project.id])
    assert editor.patch(project.path, {"name": "Edited"}).status == 200
    assert [one["project_id"] for one in editor.get("/projects").data["items"]] == [project.id]
    assert editor.post("/email/send-otp",
                       {"email": address(), "project_id": project.id}).status == 200
    for answer in (editor.get(other.path), editor.patch(other.path, {"name": "x"}),
                   editor.delete(other.path), editor.get(f"{other.path}/users"),
                   editor.post(f"{other.path}/users", {"email": address()}),
                   editor.post("/email/send-otp",
                               {"email": address(), "project_id": other.id})):
        assert answer.code == "PROJECT_NOT_FOUND"
    assert editor.patch(f"/flows/{other.flow_id}", {"name": "x"}).code == "FLOW_NOT_FOUND"
    assert editor.post("/projects", {"name": "x"}).code == "INSUFFICIENT_SCOPE"


def raise_attempts(api, caller, own_id, project):
    """Ways to more rights, each of which must be refused."""
    victim = invite(api)
    key = api.post("/keys", {"name": "victim"}).data
    yield caller.post("/admins", {"email": address(), "role": "owner"})
    yield caller.post("/admins", {"email": address(), "role": "viewer", "projects": [project.id]})
    yield caller.patch(f"/admins/{own_id}", {"role": "owner"})
    yield caller.patch(f"/admins/{own_id}", {"projects": "*"})
    yield caller.patch(f"/admins/{victim['admin_id']}", {"role": "viewer"})
    yield caller.delete(f"/admins/{victim['admin_id']}")
    yield caller.post("/auth/renew")
    if caller.get("/console/session").status == 200:
        yield caller.post("/keys", {"name": "x", "scope": "access manage read"})
        yield caller.post("/keys", {"name": "x", "scope": "read", "project_id": project.id})
        yield caller.patch(f"/keys/{key['key_id']}", {"name": "x"})
        yield caller.delete(f"/keys/{key['key_id']}")


@pytest.mark.parametrize("role, is_bound", [("editor", False), ("editor", True), ("viewer", False),
                                            ("viewer", True)])
def test_nobody_raises_their_rights(api, project, role, is_bound):
    browser = sign_in(api, role, [project.id] if is_bound else "*")
    for answer in raise_attempts(api, browser, browser.admin["admin_id"], project):
        assert (answer.status, answer.code) == (403, "INSUFFICIENT_SCOPE"), answer
    assert api.get(f"/admins/{browser.admin['admin_id']}").data["role"] == role


def test_a_key_of_one_project_manages_no_admins_and_sees_none(api, project):
    bound, _ = make_caller(api, project_id=project.id)
    made = invite(api, "viewer", [project.id])
    for answer in (bound.get("/admins"), bound.get(f"/admins/{made['admin_id']}"),
                   bound.get("/admins/adm_" + "0" * 29),
                   bound.delete(f"/admins/{made['admin_id']}"),
                   bound.post("/admins", {"email": address(), "role": "viewer",
                                          "projects": [project.id]})):
        assert answer.code == "INSUFFICIENT_SCOPE"


def test_a_key_gives_no_role_with_a_scope_that_it_lacks(api):
    manager, _ = make_caller(api, scope="manage")
    for role in ("owner", "editor"):
        body = {"email": address(), "role": role, "projects": "*"}
        assert manager.post("/admins", body).code == "INSUFFICIENT_SCOPE"
    made = invite(manager, "viewer")
    assert manager.patch(f"/admins/{made['admin_id']}",
                         {"role": "owner"}).code == "INSUFFICIENT_SCOPE"


def test_an_editor_of_all_projects_revokes_no_tokens_of_others(api, owner):
    other, _ = make_caller(api)
    jti = tokens.parts(other.token)[1]["jti"]
    editor = sign_in(api, "editor")
    editor.post("/auth/revoke", {"jti": jti})
    assert other.get("/projects").status == 200
    assert owner.post("/auth/revoke", {"jti": jti}).status == 200
    assert other.get("/projects").code == "TOKEN_REVOKED"


# What ends at once

@pytest.mark.parametrize("change", [{"role": "viewer"}, {"projects": "one"}])
def test_other_rights_sign_an_admin_out(api, project, change):
    browser = sign_in(api, "editor")
    assert browser.get("/projects").status == 200
    body = {"projects": [project.id]} if "projects" in change else change
    assert api.patch(f"/admins/{browser.admin['admin_id']}", body).status == 200
    assert browser.get("/projects").code == "INVALID_TOKEN"


def test_a_new_name_signs_nobody_out(api):
    browser = sign_in(api, "editor")
    assert api.patch(f"/admins/{browser.admin['admin_id']}", {"name": "Eva"}).status == 200
    assert browser.get("/console/session").data["admin"]["name"] == "Eva"


def test_a_removed_admin_is_out_with_sessions_and_links(api):
    made = invite(api)
    browser = Browser(api, made["link"]["url"])
    waiting = invite(api)
    for admin in (made, waiting):
        assert api.delete(f"/admins/{admin['admin_id']}").status == 200
    assert browser.get("/projects").code == "INVALID_TOKEN"
    assert browser.post("/projects", {"name": "late"}).code == "INVALID_TOKEN"
    assert Browser(api).sign_in(waiting["link"]["url"]).code == "INVALID_CREDENTIALS"


def test_a_removal_holds_for_requests_sent_together_with_it(api):
    browser = sign_in(api)
    deleted_at = []

    def delete():
        assert api.delete(f"/admins/{browser.admin['admin_id']}").status == 200
        deleted_at.append(time.monotonic())

    def read(_):
        started = time.monotonic()
        return started, browser.get("/projects").status

    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        reads = [pool.submit(read, n) for n in range(20)]
        pool.submit(delete).result()
        reads += [pool.submit(read, n) for n in range(20)]
        seen = [one.result() for one in reads]
    assert all(status == 401 for started, status in seen if started > deleted_at[0])
