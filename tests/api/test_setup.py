"""Setting a project up: projects, flows, methods, sources, users, and the rules between them."""

import uuid

import pytest

from support.project import address

SOURCE = "src_" + "0" * 29


def unique(prefix="shop"):
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


class TestProjects:
    def test_a_new_project_has_what_a_first_login_needs(self, project):
        shown = project.api.get(project.path).data

        assert shown["mode"] == "test"
        assert shown["default_language"] == "en"
        assert shown["allowed_countries"] == []
        assert shown["allowed_origins"] == []
        assert shown["retention"] == {
            "unused_faces_days": 365, "validations_days": 90, "messages_days": 90,
            "client_addresses_days": 90, "events_days": 30, "audit_days": 400, "inbox_days": 1}
        flow = project.api.get(f"/flows/{project.flow_id}").data
        assert flow["status"] == "active" and flow["type"] == "login"
        assert flow["policy"] == {"any": ["email"]}
        assert flow["source_id"] == project.source_id
        assert flow["methods"]["email"] == {
            "enabled": True, "otp_length": 6, "otp_ttl_seconds": 600, "max_attempts": 3,
            "magic_link": False}
        assert flow["methods"]["phone"]["enabled"] is False
        source = project.api.get(f"/sources/{project.source_id}").data
        assert source["kind"] == "open"
        recipients = project.api.get(f"{project.path}/test-recipients").data["recipients"]
        assert {(one["destination"], one["code"]) for one in recipients} == {
            ("user@example.com", "123456"), ("+1234567890", "123456")}

    def test_every_setting_is_kept(self, api):
        wanted = {
            "name": "Café Ñandú", "slug": unique(), "allowed_countries": ["ES", "MX"],
            "default_language": "es", "contact_email": "help@example.com",
            "privacy_url": "https://example.com/privacy", "terms_url": "https://example.com/terms",
            "allowed_origins": ["https://www.example.com", "http://localhost:3000"],
            "branding": {"logo_url": "https://example.com/logo.png", "primary_color": "#1a73e8",
                         "background_color": "#FFFFFF", "text_color": "#000000",
                         "image_url": "https://example.com/image.jpg"},
            "retention": {"unused_faces_days": 1, "validations_days": 2, "messages_days": 3,
                          "client_addresses_days": 4, "events_days": 5, "audit_days": 6,
                          "inbox_days": 7}}

        made = api.post("/projects", wanted)

        assert made.status == 201
        shown = api.get(f"/projects/{made.data['project_id']}").data
        assert {name: shown[name] for name in wanted} == wanted

    def test_a_change_touches_what_it_names(self, project):
        before = project.api.get(project.path).data
        project.api.patch(project.path, {"branding": {"primary_color": "#102030"}})

        changed = project.api.patch(project.path, {"branding": {"text_color": "#405060"},
                                                   "contact_email": "a@example.com"}).data

        assert changed["branding"]["primary_color"] == "#102030"
        assert changed["branding"]["text_color"] == "#405060"
        assert changed["name"] == before["name"]
        assert changed["updated_at"] >= before["updated_at"]
        cleared = project.api.patch(project.path, {"contact_email": None}).data
        assert cleared["contact_email"] is None

    @pytest.mark.parametrize("body, field", [
        ({}, "name"), ({"name": ""}, "name"), ({"name": "x" * 61}, "name"), ({"name": 5}, "name"),
        ({"name": "a\nb"}, "name"), ({"name": None}, "name"),
        ({"name": "x", "slug": "UP"}, "slug"), ({"name": "x", "slug": "ab"}, "slug"),
        ({"name": "x", "slug": "-abc"}, "slug"), ({"name": "x", "slug": "a" * 41}, "slug"),
        ({"name": "x", "slug": "a b c"}, "slug"),
        ({"name": "x", "default_language": "fr"}, "default_language"),
        ({"name": "x", "mode": "production"}, "mode"),
        ({"name": "x", "allowed_countries": "ES"}, "allowed_countries"),
        ({"name": "x", "allowed_countries": ["ESP"]}, "allowed_countries"),
        ({"name": "x", "allowed_countries": ["es"]}, "allowed_countries"),
        ({"name": "x", "allowed_countries": ["*", "ES"]}, "allowed_countries"),
        ({"name": "x", "contact_email": "nobody"}, "contact_email"),
        ({"name": "x", "privacy_url": "http://example.com"}, "privacy_url"),
        ({"name": "x", "terms_url": "javascript:alert(1)"}, "terms_url"),
        ({"name": "x", "allowed_origins": ["https://example.com/path"]}, "allowed_origins"),
        ({"name": "x", "allowed_origins": ["*"]}, "allowed_origins"),
        ({"name": "x", "branding": {"primary_color": "red"}}, "branding.primary_color"),
        ({"name": "x", "branding": {"logo": "x"}}, "branding.logo"),
        ({"name": "x", "branding": []}, "branding"),
        ({"name": "x", "retention": {"events_days": 0}}, "retention.events_days"),
        ({"name": "x", "retention": {"events_days": 1.5}}, "retention.events_days"),
        ({"name": "x", "project_id": "prj_1"}, "project_id"),
        ({"name": "x", "colour": "red"}, "colour"),
    ])
    def test_a_wrong_field_is_named(self, api, body, field):
        assert set(api.post("/projects", body).issues) == {field}

    def test_all_wrong_fields_are_named_at_once(self, api):
        answer = api.post("/projects", {"slug": "UP", "mode": 1, "branding": {"text_color": "x"},
                                        "unknown": True, "allowed_origins": ["nothing"]})

        assert set(answer.issues) == {"name", "slug", "mode", "branding.text_color", "unknown",
                                      "allowed_origins"}

    def test_a_slug_belongs_to_one_project(self, api, project):
        slug = unique()
        assert api.post("/projects", {"name": "First", "slug": slug}).status == 201

        taken = api.post("/projects", {"name": "Second", "slug": slug})
        assert taken.code == "CONFLICT" and taken.details["field"] == "slug"
        taken = api.patch(project.path, {"slug": slug})
        assert taken.code == "CONFLICT" and taken.details["field"] == "slug"

    def test_projects_of_one_name_get_slugs_of_their_own(self, api):
        name = "Twin " + uuid.uuid4().hex[:8]

        first, second = (api.post("/projects", {"name": name}).data for _ in range(2))

        assert first["slug"] == name.lower().replace(" ", "-")
        assert second["slug"].startswith(first["slug"] + "-")

    def test_a_deleted_project_takes_all_with_it(self, api, project):
        done = project.log_in("user@example.com")
        validation_id = project.send(address()).data["validation_id"]

        assert api.delete(project.path).data == {"project_id": project.id, "deleted": True}

        assert api.get(project.path).code == "PROJECT_NOT_FOUND"
        assert api.delete(project.path).code == "PROJECT_NOT_FOUND"
        assert api.get(f"/flows/{project.flow_id}").code == "FLOW_NOT_FOUND"
        assert api.get(f"/sources/{project.source_id}").code == "SOURCE_NOT_FOUND"
        assert api.get(f"/validations/{validation_id}").code == "VALIDATION_NOT_FOUND"
        assert api.get(f"/logins/{done['login']['login_id']}").code == "LOGIN_NOT_FOUND"
        assert api.get(f"{project.path}/users").code == "PROJECT_NOT_FOUND"
        assert project.send("user@example.com").code == "PROJECT_NOT_FOUND"


class TestGoingLive:
    def test_it_happens_once_and_erases_what_was_made_in_test(self, api, project):
        done = project.log_in("user@example.com")
        validation_id = project.send(address()).data["validation_id"]

        live = api.patch(project.path, {"mode": "live"})

        assert live.data["mode"] == "live"
        assert api.get(f"{project.path}/inbox").code == "NOT_FOUND"
        assert api.get(f"{project.path}/test-recipients").code == "NOT_FOUND"
        assert api.put(f"{project.path}/test-recipients", {"recipients": []}).code == "NOT_FOUND"
        assert api.items(f"{project.path}/users") == []
        assert api.get(f"/validations/{validation_id}").code == "VALIDATION_NOT_FOUND"
        assert api.get(f"/logins/{done['login']['login_id']}").code == "LOGIN_NOT_FOUND"
        back = api.patch(project.path, {"mode": "test"})
        assert back.code == "CONFLICT" and back.details["field"] == "mode"
        assert api.patch(project.path, {"mode": "live"}).status == 200

    def test_a_live_project_without_a_sender_sends_nothing(self, api, project):
        api.patch(project.path, {"mode": "live"})

        refused = project.send(address())

        assert refused.code == "NO_PROVIDER"
        steps = {step["step"]: step for step in api.get(f"{project.path}/setup").data["steps"]}
        assert steps["project"]["status"] == "warning"
        assert "sender" in steps["project"]["next"]

    def test_a_flow_that_claims_little_is_not_let_through(self, api, project):
        api.put(f"/flows/{project.flow_id}/methods/biometric",
                {"enabled": True, "min_assurance": "low"})

        refused = api.patch(project.path, {"mode": "live"})

        assert refused.code == "FLOW_NOT_READY"
        assert refused.details["flow_id"] == project.flow_id
        assert any("accept_low_assurance" in todo for todo in refused.details["missing"])
        assert api.get(project.path).data["mode"] == "test"


class TestFlows:
    def make(self, project, **fields):
        return project.api.post(f"{project.path}/flows", {"name": "Staff"} | fields)

    def test_a_new_flow_is_a_draft(self, project):
        made = self.make(project)

        assert made.status == 201
        assert made.data["status"] == "draft"
        assert made.data["source_id"] is None
        assert made.data["methods"]["email"]["enabled"] is False

    def test_an_active_flow_needs_a_method_and_a_source(self, project):
        flow_id = self.make(project).data["flow_id"]
        path = f"/flows/{flow_id}"

        refused = project.api.patch(path, {"status": "active"})
        assert refused.code == "FLOW_NOT_READY"
        assert len(refused.details["missing"]) >= 2
        project.api.put(path + "/methods/email", {"enabled": True})
        refused = project.api.patch(path, {"status": "active"})
        assert refused.details["missing"] == ["connect a source (source_id)"]
        ready = project.api.patch(path, {"status": "active", "source_id": project.source_id})
        assert ready.data["status"] == "active"

    @pytest.mark.parametrize("policy, methods, missing", [
        ({"all": ["email", "phone"]}, {"email"}, "phone"),
        ({"any": ["phone"]}, {"email"}, "method that the policy names"),
        ({"any": ["email"]}, {"biometric"}, "biometric_only"),
        ({"any": ["email"]}, set(), "login method"),
    ])
    def test_the_policy_must_be_reachable(self, project, policy, methods, missing):
        flow = self.make(project, policy=policy, source_id=project.source_id).data
        for method in methods:
            project.api.put(f"/flows/{flow['flow_id']}/methods/{method}", {"enabled": True})

        refused = project.api.patch(f"/flows/{flow['flow_id']}", {"status": "active"})

        assert refused.code == "FLOW_NOT_READY"
        assert any(missing in todo for todo in refused.details["missing"])

    def test_an_active_flow_can_not_lose_its_last_method(self, project):
        refused = project.set_email(enabled=False)

        assert refused.code == "FLOW_NOT_READY"
        assert project.send("user@example.com").status == 200

    def test_a_face_alone_only_where_any_names_it(self, project):
        refused = self.make(project, policy={"all": ["biometric"]})

        assert set(refused.issues) == {"policy"}

    @pytest.mark.parametrize("body, field", [
        ({"name": "x", "type": "signup"}, "type"), ({"name": "x", "status": "on"}, "status"),
        ({"name": "x", "policy": {}}, "policy"), ({"name": "x", "policy": {"any": []}}, "policy"),
        ({"name": "x", "policy": {"any": ["email"], "all": ["email"]}}, "policy"),
        ({"name": "x", "policy": {"any": ["sms"]}}, "policy"),
        ({"name": "x", "policy": {"some": ["email"], "any": ["email"]}}, "policy.some"),
        ({"name": "x", "redirect_urls": ["http://example.com/"]}, "redirect_urls"),
        ({"name": "x", "redirect_urls": ["https://example.com/#x"]}, "redirect_urls"),
        ({"name": "x", "redirect_urls": ["https://a@example.com/"]}, "redirect_urls"),
        ({"name": "x", "redirect_urls": ["/relative"]}, "redirect_urls"),
        ({"name": "x", "allowed_email_domains": ["example"]}, "allowed_email_domains"),
        ({"name": "x", "reveal_unknown_users": "yes"}, "reveal_unknown_users"),
        ({"name": "x", "methods": {}}, "methods"),
    ])
    def test_a_wrong_field_is_named(self, project, body, field):
        assert set(project.api.post(f"{project.path}/flows", body).issues) == {field}

    def test_an_unknown_source_is_not_connected(self, project):
        assert project.set_flow(source_id=SOURCE).code == "SOURCE_NOT_FOUND"

    def test_only_an_active_flow_runs(self, project):
        assert project.set_flow(status="paused").status == 200
        assert project.send("user@example.com").code == "FLOW_NOT_ACTIVE"
        refused = project.send("user@example.com", flow_id=project.flow_id)
        assert refused.code == "FLOW_NOT_ACTIVE"

        project.set_flow(status="active")
        validation_id = project.send("user@example.com").data["validation_id"]
        project.set_flow(status="paused")
        refused = project.verify("user@example.com", "123456", validation_id)
        assert refused.code == "FLOW_NOT_ACTIVE"
        project.set_flow(status="active")
        assert project.verify("user@example.com", "123456", validation_id).status == 200

    def test_a_method_that_is_off_is_not_used(self, project):
        project.api.put(f"/flows/{project.flow_id}/methods/phone", {"enabled": True})
        project.set_flow(policy={"any": ["phone", "email"]})
        assert project.set_email(enabled=False).status == 200

        assert project.send("user@example.com").code == "METHOD_DISABLED"

    def test_the_oldest_active_flow_is_the_default(self, project):
        second = self.make(project, source_id=project.source_id).data["flow_id"]
        project.api.put(f"/flows/{second}/methods/email", {"enabled": True, "otp_length": 8})
        project.api.patch(f"/flows/{second}", {"status": "active"})
        one, two = address(), address()

        project.send(one)
        project.send(two, flow_id=second)
        assert len(project.code(one)) == 6
        assert len(project.code(two)) == 8
        project.set_flow(status="paused")
        three = address()
        project.send(three)
        assert len(project.code(three)) == 8

    def test_a_deleted_flow_is_gone(self, project):
        flow_id = self.make(project).data["flow_id"]

        assert project.api.delete(f"/flows/{flow_id}").data == {"flow_id": flow_id, "deleted": True}

        assert project.api.get(f"/flows/{flow_id}").code == "FLOW_NOT_FOUND"
        assert project.api.delete(f"/flows/{flow_id}").code == "FLOW_NOT_FOUND"
        ids = [flow["flow_id"] for flow in project.api.items(f"{project.path}/flows")]
        assert ids == [project.flow_id]


class TestMethods:
    def test_a_method_is_replaced_as_a_whole(self, project):
        path = f"/flows/{project.flow_id}/methods/email"
        wanted = {"enabled": True, "otp_length": 8, "otp_ttl_seconds": 60, "max_attempts": 10,
                  "magic_link": False}
        assert project.api.put(path, wanted).data == wanted
        assert project.api.get(path).data == wanted

        assert project.api.put(path, {"enabled": True}).data == {
            "enabled": True, "otp_length": 6, "otp_ttl_seconds": 600, "max_attempts": 3,
            "magic_link": False}

    @pytest.mark.parametrize("method, body, field", [
        ("email", {"otp_length": 5}, "otp_length"), ("email", {"otp_length": 9}, "otp_length"),
        ("email", {"otp_length": "6"}, "otp_length"), ("email", {"otp_length": 6.5}, "otp_length"),
        ("email", {"otp_ttl_seconds": 59}, "otp_ttl_seconds"),
        ("email", {"otp_ttl_seconds": 601}, "otp_ttl_seconds"),
        ("email", {"max_attempts": 0}, "max_attempts"),
        ("email", {"max_attempts": 11}, "max_attempts"), ("email", {"enabled": 1}, "enabled"),
        ("email", {"channels": ["sms"]}, "channels"),
        ("phone", {"channels": []}, "channels"), ("phone", {"channels": ["fax"]}, "channels"),
        ("phone", {"fallback": {"after_seconds": 30}}, "fallback.to"),
        ("phone", {"origin_host": "not a host"}, "origin_host"),
        ("biometric", {"match_fmr": 0.5}, "match_fmr"),
        ("biometric", {"min_assurance": "high"}, "min_assurance"),
    ])
    def test_a_wrong_field_is_named(self, project, method, body, field):
        answer = project.api.put(f"/flows/{project.flow_id}/methods/{method}", body)
        assert set(answer.issues) == {field}

    def test_an_unknown_method_is_not_found(self, project):
        path = f"/flows/{project.flow_id}/methods/carrier-pigeon"
        assert project.api.get(path).code == "NOT_FOUND"
        assert project.api.put(path, {"enabled": True}).code == "NOT_FOUND"

    def test_what_no_model_can_promise_is_refused(self, project):
        refused = project.api.put(f"/flows/{project.flow_id}/methods/biometric",
                                  {"min_assurance": "passive"})
        assert refused.code == "FLOW_NOT_READY"
        assert refused.details["missing"]

    def test_defaults_of_faces_follow_mode_and_policy(self, project):
        path = f"/flows/{project.flow_id}/methods/biometric"
        assert project.api.get(path).data["effective_min_assurance"] == "low"
        assert project.api.get(path).data["effective_match_fmr"] == 1e-4

        project.api.put(path, {"enabled": True})
        project.set_flow(policy={"all": ["email", "biometric"]})

        assert project.api.get(path).data["effective_match_fmr"] == 1e-3
        project.api.patch(project.path, {"mode": "live"})
        assert project.api.get(path).data["effective_min_assurance"] == "active"


class TestSetupSteps:
    def steps(self, project):
        data = project.api.get(f"{project.path}/setup").data
        return data["ready"], {step["step"]: step for step in data["steps"]}

    def test_a_new_test_project_is_ready(self, project):
        is_ready, steps = self.steps(project)

        assert is_ready is True
        assert list(steps) == ["project", "flow", "methods", "source", "webhooks"]
        assert steps["flow"]["status"] == steps["methods"]["status"] == "done"
        assert steps["project"]["status"] == "warning"  # Nobody to ask yet.
        project.api.patch(project.path, {"contact_email": "help@example.com"})
        assert self.steps(project)[1]["project"]["status"] == "done"

    def test_what_is_missing_is_named_with_what_to_do(self, project):
        project.set_flow(status="draft", source_id=None)
        project.set_email(enabled=False)

        is_ready, steps = self.steps(project)

        assert is_ready is False
        for step in ("flow", "methods", "source"):
            assert steps[step]["status"] == "missing", step
            assert steps[step]["next"], step
        project.api.delete(f"/flows/{project.flow_id}")
        assert self.steps(project)[1]["flow"]["next"] == "Create a login flow."
