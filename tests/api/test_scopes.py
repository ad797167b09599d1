"""What a token may do, and where: its scopes and its projects."""

import pytest

from support import tokens
from support.client import make_caller, make_key
from support.project import Project, address

MISSING_PROJECT = "prj_" + "0" * 29


class TestScopes:
    @pytest.fixture
    def callers(self, api):
        return {scope: make_caller(api, scope=scope)[0]
                for scope in ("access", "manage", "read")}

    @pytest.mark.parametrize("method, path, body, allowed", [
        ("GET", "/projects", None, {"read", "manage"}),
        ("POST", "/projects", {"name": "New"}, {"manage"}),
        ("GET", "/keys", None, {"read", "manage"}),
        ("GET", "/validations", None, {"read", "manage"}),
        ("GET", "/logins", None, {"read", "manage"}),
        ("POST", "/tokens/introspect", {"token": "x"}, {"access"}),
        ("POST", "/tokens/revoke", {"token": "x"}, {"access"}),
        ("GET", "{project}", None, {"read", "manage"}),
        ("PATCH", "{project}", {"name": "Other"}, {"manage"}),
        ("GET", "{project}/setup", None, {"read", "manage"}),
        ("GET", "{project}/flows", None, {"read", "manage"}),
        ("POST", "{project}/flows", {"name": "Other"}, {"manage"}),
        ("GET", "{project}/sources", None, {"read", "manage"}),
        ("POST", "{project}/sources", {"name": "All", "kind": "open"}, {"manage"}),
        ("GET", "{project}/users", None, {"read", "manage"}),
        ("POST", "{project}/users", {}, {"manage"}),
        ("GET", "{project}/locks", None, {"read", "manage"}),
        ("GET", "{project}/inbox", None, {"read", "manage"}),
        ("GET", "{project}/test-recipients", None, {"read", "manage"}),
        ("PUT", "{project}/test-recipients", {"recipients": []}, {"manage"}),
    ])
    def test_a_scope_opens_its_own_routes(self, callers, project, method, path, body, allowed):
        for scope, caller in callers.items():
            answer = caller.request(method, path.format(project=project.path), body)
            if scope in allowed:
                assert answer.status in (200, 201), scope
            else:
                assert answer.code == "INSUFFICIENT_SCOPE", scope

    def test_only_access_runs_validations(self, callers, project):
        for scope in ("manage", "read"):
            refused = project.send("user@example.com", callers[scope])
            assert refused.code == "INSUFFICIENT_SCOPE"
        validation_id = project.send("user@example.com", callers["access"]).data["validation_id"]
        for scope in ("manage", "read"):
            refused = project.verify("user@example.com", "123456", validation_id, callers[scope])
            assert refused.code == "INSUFFICIENT_SCOPE"
            refused = callers[scope].post(f"/validations/{validation_id}/cancel")
            assert refused.code == "INSUFFICIENT_SCOPE"
        done = project.verify("user@example.com", "123456", validation_id, callers["access"])
        assert done.status == 200

    def test_the_scope_is_checked_before_the_body(self, callers):
        assert callers["read"].post("/projects", "{broken").code == "INSUFFICIENT_SCOPE"

    def test_nobody_hands_out_more_than_they_hold(self, callers):
        manager = callers["manage"]

        assert make_key(manager, scope="manage")["scope"] == "manage"
        for scope in ("access", "access manage read"):
            refused = manager.post("/keys", {"name": "more", "scope": scope})
            assert refused.code == "INSUFFICIENT_SCOPE"

    @pytest.mark.parametrize("scope", ["", "admin", "access access", "read,,manage", "READ"])
    def test_scopes_that_are_none_are_refused(self, api, scope):
        assert "scope" in api.post("/keys", {"name": "bad", "scope": scope}).issues


class TestProjectBinding:
    @pytest.fixture
    def bound(self, api, project):
        return make_caller(api, project_id=project.id, scope="access manage read")[0]

    @pytest.fixture
    def other(self, api):
        return Project(api)

    def test_the_token_names_its_project(self, bound, project):
        assert tokens.parts(bound.token)[1]["projects"] == [project.id]

    def test_lists_hold_only_ones_own(self, bound, project, other):
        other.log_in("user@example.com")
        assert [item["project_id"] for item in bound.items("/projects")] == [project.id]
        assert bound.items("/validations") == []
        assert bound.items("/logins") == []
        mine = project.log_in("user@example.com")
        assert [item["login_id"] for item in bound.items("/logins")] == [mine["login"]["login_id"]]
        for path in ("/validations", "/logins"):
            refused = bound.get(path, query={"project_id": other.id})
            assert refused.code == "PROJECT_NOT_FOUND"

    def test_what_belongs_to_others_is_not_found(self, api, bound, project, other):
        done = other.log_in("user@example.com")
        validation_id = other.send(address()).data["validation_id"]
        others_key = make_key(api, project_id=other.id)
        global_key = make_key(api)
        missing = {"PROJECT_NOT_FOUND": [
            ("GET", other.path, None), ("PATCH", other.path, {"name": "Mine now"}),
            ("DELETE", other.path, None), ("GET", other.path + "/setup", None),
            ("GET", other.path + "/flows", None), ("POST", other.path + "/flows", {"name": "x"}),
            ("GET", other.path + "/sources", None),
            ("POST", other.path + "/sources", {"name": "x", "kind": "open"}),
            ("GET", other.path + "/users", None), ("POST", other.path + "/users", {}),
            ("GET", f"{other.path}/users/{done['user']['user_id']}", None),
            ("DELETE", f"{other.path}/users/{done['user']['user_id']}", None),
            ("GET", other.path + "/locks", None),
            ("GET", other.path + "/inbox", None), ("GET", other.path + "/test-recipients", None),
            ("PUT", other.path + "/test-recipients", {"recipients": []}),
            ("POST", "/email/send-otp", {"email": address(), "project_id": other.id}),
            ("POST", "/keys", {"name": "x", "project_id": other.id}),
        ], "FLOW_NOT_FOUND": [
            ("GET", f"/flows/{other.flow_id}", None),
            ("PATCH", f"/flows/{other.flow_id}", {"status": "paused"}),
            ("DELETE", f"/flows/{other.flow_id}", None),
            ("GET", f"/flows/{other.flow_id}/methods/email", None),
            ("PUT", f"/flows/{other.flow_id}/methods/email", {"enabled": False}),
            ("POST", "/email/send-otp", {"email": address(), "project_id": project.id,
                                         "flow_id": other.flow_id}),
        ], "SOURCE_NOT_FOUND": [
            ("GET", f"/sources/{other.source_id}", None),
            ("PATCH", f"/sources/{other.source_id}", {"kind": "directory"}),
            ("DELETE", f"/sources/{other.source_id}", None),
            ("PATCH", f"/flows/{project.flow_id}", {"source_id": other.source_id}),
        ], "VALIDATION_NOT_FOUND": [
            ("GET", f"/validations/{validation_id}", None),
            ("POST", f"/validations/{validation_id}/cancel", None),
        ], "LOGIN_NOT_FOUND": [
            ("GET", f"/logins/{done['login']['login_id']}", None),
            ("POST", "/email/send-otp", {"email": address(), "project_id": project.id,
                                         "login_id": done["login"]["login_id"]}),
        ], "KEY_NOT_FOUND": [
            (method, f"/keys/{key['key_id']}", body)
            for key in (others_key, global_key)
            for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None))
        ]}

        for code, requests in missing.items():
            for method, path, body in requests:
                assert bound.request(method, path, body).code == code, (method, path)
        assert bound.post("/tokens/introspect", {"token": done["token"]}).data == {"active": False}
        bound.post("/tokens/revoke", {"token": done["token"]})
        assert api.post("/tokens/introspect", {"token": done["token"]}).data["active"] is True
        assert api.get(other.path).status == 200
        assert other.validation(validation_id)["status"] == "pending"

    def test_what_does_not_exist_answers_the_same(self, bound, other):
        there = bound.get(other.path).json
        nowhere = bound.get(f"/projects/{MISSING_PROJECT}").json
        assert there == nowhere

    def test_a_bound_key_makes_no_projects_and_no_global_keys(self, bound):
        assert bound.post("/projects", {"name": "Mine"}).code == "INSUFFICIENT_SCOPE"
        assert "project_id" in bound.post("/keys", {"name": "global"}).issues

    def test_a_validation_is_not_verified_through_another_project(self, bound, other):
        validation_id = other.send("user@example.com").data["validation_id"]

        refused = other.verify("user@example.com", "123456", validation_id, bound)

        assert refused.code == "VALIDATION_NOT_FOUND"
        assert other.verify("user@example.com", "123456", validation_id).status == 200
