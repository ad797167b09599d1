"""The people of a project, where they come from, and how lists of anything are read."""

import pytest

from support.project import Project, address


class TestSources:
    def test_a_source_is_made_changed_and_deleted(self, project):
        made = project.api.post(f"{project.path}/sources", {"name": "People", "kind": "directory"})
        assert made.status == 201
        path = f"/sources/{made.data['source_id']}"

        changed = project.api.patch(path, {"name": "Everyone", "kind": "open"})

        assert (changed.data["name"], changed.data["kind"]) == ("Everyone", "open")
        assert project.api.get(path).data == changed.data
        assert project.api.delete(path).data["deleted"] is True
        assert project.api.get(path).code == "SOURCE_NOT_FOUND"

    def test_a_source_in_use_stays(self, project):
        refused = project.api.delete(f"/sources/{project.source_id}")

        assert refused.code == "CONFLICT"
        assert project.api.get(f"/sources/{project.source_id}").status == 200

    def test_a_change_of_kind_holds_at_once(self, project):
        email = address()
        project.api.patch(f"/sources/{project.source_id}", {"kind": "directory"})
        project.set_flow(reveal_unknown_users=True)

        assert project.send(email).code == "USER_NOT_ALLOWED"
        project.api.patch(f"/sources/{project.source_id}", {"kind": "open"})
        assert project.send(email).status == 200

    @pytest.mark.parametrize("body, field", [
        ({"kind": "open"}, "name"), ({"name": "x"}, "kind"),
        ({"name": "x", "kind": "ldap"}, "kind"),
        ({"name": "x", "kind": "open", "host": "db"}, "host"),
    ])
    def test_a_wrong_field_is_named(self, project, body, field):
        assert set(project.api.post(f"{project.path}/sources", body).issues) == {field}


class TestUsers:
    def test_a_user_is_kept_as_given(self, project):
        wanted = {"user_id": "Ana.7:x@shop+1-b_c", "email": "ana@example.com",
                  "phone": "+34600000001", "name": "Ana Ñúñez", "claims": {"plan": "gold"}}

        made = project.api.post(f"{project.path}/users", wanted)

        assert made.status == 201
        assert {name: made.data[name] for name in wanted} == wanted
        shown = project.api.get(f"{project.path}/users/{wanted['user_id']}").data
        assert shown == made.data

    def test_a_user_without_an_id_gets_one(self, project):
        made = project.add_user()
        assert made["user_id"].startswith("usr_")
        assert made["email"] is None and made["claims"] == {}

    def test_an_email_is_kept_in_its_canonical_form(self, project):
        made = project.add_user(email="  ANA@Example.COM ")
        assert made["email"] == "ana@example.com"
        found = project.api.items(f"{project.path}/users", email="Ana@EXAMPLE.com")
        assert [user["user_id"] for user in found] == [made["user_id"]]

    @pytest.mark.parametrize("field, value", [
        ("user_id", "ana"), ("email", "Ana@Example.com"), ("phone", "+34600000001")])
    def test_what_names_a_person_is_unique(self, api, project, field, value):
        project.add_user(user_id="ana", email="ana@example.com", phone="+34600000001")
        bob = project.add_user(user_id="bob")

        taken = api.post(f"{project.path}/users", {field: value})
        assert taken.code == "CONFLICT" and taken.details["field"] == field
        if field != "user_id":
            taken = api.patch(f"{project.path}/users/{bob['user_id']}", {field: value})
            assert taken.code == "CONFLICT" and taken.details["field"] == field
        other = Project(api)
        assert other.add_user(**{field: value})[field].lower() == value.lower()

    def test_null_clears_and_absence_keeps(self, project):
        project.add_user(user_id="ana", email="ana@example.com", name="Ana", claims={"a": 1})

        changed = project.api.patch(f"{project.path}/users/ana", {"email": None}).data

        assert changed["email"] is None
        assert changed["name"] == "Ana" and changed["claims"] == {"a": 1}
        assert project.add_user(email="ana@example.com")["email"] == "ana@example.com"

    @pytest.mark.parametrize("body, field", [
        ({"user_id": "a b"}, "user_id"), ({"user_id": ""}, "user_id"),
        ({"user_id": "x" * 129}, "user_id"), ({"user_id": "a/b"}, "user_id"),
        ({"user_id": "."}, "user_id"), ({"user_id": ".."}, "user_id"),
        ({"email": "nobody"}, "email"), ({"phone": "600000001"}, "phone"),
        ({"phone": "+34 600"}, "phone"), ({"claims": []}, "claims"),
        ({"claims": {"x": "y" * 5000}}, "claims"), ({"claims": {"sub": 1}}, "claims.sub"),
        ({"claims": {"exp": 1}}, "claims.exp"), ({"password": "x"}, "password"),
    ])
    def test_a_wrong_field_is_named(self, project, body, field):
        assert set(project.api.post(f"{project.path}/users", body).issues) == {field}

    def test_an_erased_person_leaves_nothing(self, project):
        email = address()
        done = project.log_in(email)
        user_id = done["user"]["user_id"]
        pending = project.send(email).data["validation_id"]

        erased = project.api.delete(f"{project.path}/users/{user_id}").data

        assert erased["user_id"] == user_id
        assert erased["backups_lapse_at"] is None, "nobody said how long backups stay"
        assert erased["erased"]["users"] == 1
        assert erased["erased"]["validations"] == 2
        assert erased["erased"]["logins"] == 2
        assert erased["erased"]["messages"] == 2
        path = f"{project.path}/users/{user_id}"
        assert project.api.get(path).code == "USER_NOT_FOUND"
        assert project.api.delete(path).code == "USER_NOT_FOUND"
        assert project.api.get(f"/validations/{pending}").code == "VALIDATION_NOT_FOUND"
        assert project.inbox(email) == []
        again = project.log_in(email)
        assert again["user"]["user_id"] != user_id


class TestLists:
    @pytest.fixture
    def people(self, project):
        return [project.add_user(user_id=f"user-{n}")["user_id"] for n in range(7)]

    @pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 200])
    def test_pages_hold_everything_once_newest_first(self, project, people, limit):
        found = project.api.items(f"{project.path}/users", limit=limit)
        assert [user["user_id"] for user in found] == people[::-1]

    def test_what_comes_meanwhile_upsets_no_page(self, project, people):
        path = f"{project.path}/users"
        first = project.api.get(path, query={"limit": 3}).data
        project.add_user(user_id="late")

        rest = project.api.get(path, query={"cursor": first["next_cursor"]}).data

        assert [user["user_id"] for user in first["items"] + rest["items"]] == people[::-1]
        assert rest["next_cursor"] is None

    def test_every_list_has_pages(self, api, project):
        for _ in range(2):
            project.api.post(f"{project.path}/flows", {"name": "More"})
            project.api.post(f"{project.path}/sources", {"name": "More", "kind": "open"})
            project.log_in("user@example.com")
            api.post("/keys", {"name": "more", "project_id": project.id})
        expected = {"/flows": 3, "/sources": 3, "/users": 1, "/inbox": 2}
        for path, count in expected.items():
            assert len(api.items(project.path + path, limit=1)) == count, path
        for path in ("/validations", "/logins", "/keys"):
            assert len(api.items(path, limit=1, project_id=project.id)) == 2, path
        projects = [item["project_id"] for item in api.items("/projects", limit=2)]
        assert projects[0] == project.id and len(projects) == len(set(projects))

    @pytest.mark.parametrize("query, field", [
        ({"limit": 0}, "limit"), ({"limit": 201}, "limit"), ({"limit": "ten"}, "limit"),
        ({"limit": ""}, "limit"), ({"cursor": "!"}, "cursor"), ({"cursor": ""}, "cursor"),
        ({"page": 2}, "page"), ({"sort": "name"}, "sort"), ([("limit", 1), ("limit", 2)], "limit"),
    ])
    def test_a_wrong_parameter_is_named(self, api, project, query, field):
        for path in ("/projects", "/keys", "/validations", "/logins", f"{project.path}/flows",
                     f"{project.path}/sources", f"{project.path}/users", f"{project.path}/inbox"):
            assert set(api.get(path, query=query).issues) == {field}, path

    def test_filters_narrow_validations_and_logins(self, api, project):
        email, other = address(), address()
        done = project.log_in(email)
        pending = project.send(other).data["validation_id"]
        validation_id = done["validation_id"]

        def ids(path, **query):
            key = path[1:-1] + "_id"
            return [item[key] for item in api.items(path, project_id=project.id, **query)]

        assert ids("/validations") == [pending, validation_id]
        assert ids("/validations", status="pending") == [pending]
        assert ids("/validations", status="validated") == [validation_id]
        assert ids("/validations", status="expired") == []
        assert ids("/validations", email=email.upper()) == [validation_id]
        assert ids("/validations", user_id=done["user"]["user_id"]) == [validation_id]
        assert ids("/validations", login_id=done["login"]["login_id"]) == [validation_id]
        assert ids("/validations", flow_id=project.flow_id) == [pending, validation_id]
        assert ids("/validations", flow_id="flow_none") == []
        assert ids("/logins", status="complete") == [done["login"]["login_id"]]
        assert len(ids("/logins", status="pending")) == 1
        assert ids("/logins", user_id=done["user"]["user_id"]) == [done["login"]["login_id"]]
        assert set(api.get("/validations", query={"status": "done"}).issues) == {"status"}
        assert set(api.get("/logins", query={"status": "done"}).issues) == {"status"}
        assert set(api.get("/validations", query={"email": "nobody"}).issues) == {"email"}


@pytest.mark.parametrize("path, code", [
    ("/projects/{}", "PROJECT_NOT_FOUND"), ("/projects/{}/setup", "PROJECT_NOT_FOUND"),
    ("/projects/{}/users", "PROJECT_NOT_FOUND"), ("/flows/{}", "FLOW_NOT_FOUND"),
    ("/flows/{}/methods/email", "FLOW_NOT_FOUND"), ("/sources/{}", "SOURCE_NOT_FOUND"),
    ("/validations/{}", "VALIDATION_NOT_FOUND"), ("/logins/{}", "LOGIN_NOT_FOUND"),
    ("/keys/{}", "KEY_NOT_FOUND"),
])
@pytest.mark.parametrize("name", ["x", "prj_", "0", "%27%20OR%201%3D1--", "%E2%82%AC", "%00",
                                  "prj_" + "0" * 29, "x" * 300])
def test_ids_that_are_none_are_not_found(api, path, code, name):
    answer = api.get(path.format(name))
    assert answer.code == code or (name == "%00" and answer.code == "MALFORMED_HTTP")


def test_an_unknown_user_is_not_found(project):
    for name in ("nobody", "a%20b", "...", "x" * 300):
        path = f"{project.path}/users/{name}"
        assert project.api.get(path).code == "USER_NOT_FOUND"
        assert project.api.patch(path, {"name": "x"}).code == "USER_NOT_FOUND"
        assert project.api.delete(path).code == "USER_NOT_FOUND"
