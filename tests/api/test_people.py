"""Who may log in: known and unknown people, and logins that need several methods."""

import pytest

from support.client import make_caller
from support.project import address


class TestUnknownPeople:
    def test_they_can_not_tell_and_get_no_message(self, project):
        known, unknown = address(), address()
        project.use_directory(known)

        one, two = project.send(known), project.send(unknown)

        assert two.status == one.status == 200
        assert set(two.data) == set(one.data)
        for name in ("status", "channel", "attempts_remaining", "resend_after_seconds"):
            assert two.data[name] == one.data[name], name
        assert two.json["message"] == one.json["message"]
        assert set(two.headers) == set(one.headers)
        assert two.headers["RateLimit-Remaining"] == one.headers["RateLimit-Remaining"]
        assert len(project.inbox(known)) == 1
        assert project.inbox(unknown) == []
        again = project.send(unknown).data
        assert again["validation_id"] == two.data["validation_id"]
        assert again["expires_at"] == two.data["expires_at"]

        validation_id = two.data["validation_id"]
        left = [project.verify(unknown, f"{n:06}", validation_id).details["attempts_remaining"]
                for n in range(3)]
        assert left == [2, 1, 0]
        assert project.verify(unknown, "000000", validation_id).code == "ATTEMPTS_EXHAUSTED"
        assert project.inbox(unknown) == []

    def test_their_limits_and_ends_are_the_same(self, project):
        unknown = address()
        project.use_directory()
        validation_id = project.send(unknown).data["validation_id"]

        canceled = project.api.post(f"/validations/{validation_id}/cancel")

        assert canceled.data["status"] == "canceled"
        assert project.verify(unknown, "123456", validation_id).code == "VALIDATION_CANCELED"
        assert [project.send(unknown).status for _ in range(5)] == [200] * 4 + [429]

    def test_a_test_code_lets_no_stranger_in(self, project):
        project.use_directory()
        validation_id = project.send("user@example.com").data["validation_id"]

        refused = project.verify("user@example.com", "123456", validation_id)

        assert refused.code == "INVALID_OTP"

    def test_the_timeline_tells_those_who_may_read_it(self, project):
        project.use_directory()
        validation_id = project.send(address()).data["validation_id"]

        entry = next(entry for entry in project.timeline(validation_id)
                     if entry["type"] == "not_sent")

        assert entry["reason"] == "unknown_user"

    def test_a_known_person_becomes_the_logins_user(self, project):
        email = address()
        [user_id] = project.use_directory(email)

        done = project.log_in(email)

        assert done["user"]["user_id"] == user_id
        assert len(project.api.items(f"{project.path}/users")) == 1

    def test_a_flow_may_reveal_them(self, project):
        known, unknown = address(), address()
        project.use_directory(known)
        project.set_flow(reveal_unknown_users=True)

        assert project.send(known).status == 200
        assert [project.send(unknown).code for _ in range(5)] == ["USER_NOT_ALLOWED"] * 5
        assert project.send(unknown).code == "RATE_LIMITED"

    def test_a_domain_that_is_not_allowed_is_unknown(self, project):
        project.set_flow(allowed_email_domains=["Example.ORG"])
        inside, outside = "ana@example.org", "ana@sub.example.org"

        assert project.send(inside).status == project.send(outside).status == 200
        assert len(project.inbox(inside)) == 1
        assert project.inbox(outside) == []

    def test_somebody_erased_meanwhile_gets_no_login(self, project):
        email = address()
        [user_id] = project.use_directory(email)
        validation_id = project.send(email).data["validation_id"]
        code = project.code(email)

        project.api.delete(f"{project.path}/users/{user_id}")

        assert project.verify(email, code, validation_id).code == "VALIDATION_NOT_FOUND"


class TestSeveralMethods:
    @pytest.fixture
    def strict(self, project):
        project.api.put(f"/flows/{project.flow_id}/methods/phone", {"enabled": True})
        assert project.set_flow(policy={"all": ["email", "phone"]}).status == 200
        return project

    def test_a_login_that_lacks_a_method_is_incomplete(self, strict):
        email = address()

        done = strict.log_in(email)

        assert done["status"] == "validated"
        assert done["login"]["status"] == "incomplete"
        assert done["login"]["remaining_methods"] == ["phone"]
        assert "token" not in done and "expires_in" not in done
        login = strict.api.get(f"/logins/{done['login']['login_id']}").data
        assert login["status"] == "pending"
        assert login["methods_done"] == ["email"] and login["remaining_methods"] == ["phone"]
        assert login["user_id"] == done["user"]["user_id"]

    def test_a_login_belongs_to_its_first_user(self, strict):
        other = address()
        strict.add_user(email=other)
        login_id = strict.log_in(address())["login"]["login_id"]

        for email in (other, address()):
            assert strict.send(email, login_id=login_id).code == "LOGIN_USER_MISMATCH"

    def test_a_complete_login_accepts_nothing_more(self, project):
        email = address()
        login_id = project.log_in(email)["login"]["login_id"]

        assert project.send(email, login_id=login_id).code == "LOGIN_COMPLETE"
        assert project.send(email, login_id="login_" + "0" * 29).code == "LOGIN_NOT_FOUND"

    def test_a_login_is_continued_by_its_id(self, api, project):
        email = address()
        first = project.send(email).data

        caller, _ = make_caller(api)
        same = project.send(email, caller, login_id=first["login_id"]).data

        assert same["login_id"] == first["login_id"]
        assert same["validation_id"] == first["validation_id"]
