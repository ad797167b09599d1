"""Logging in with a code by email: sending, sending again, trying, and how it ends."""

import time

import pytest

from support.client import make_caller, parse_time
from support.project import Project, address

EXPIRED_MS = 1000


def let_expire(server, table, row_id):
    """Stops the server, moves an expiry into the past, and starts it again."""
    assert server.stop() == 0
    past = int(time.time() * 1000) - EXPIRED_MS
    assert server.edit(f"UPDATE {table} SET expires_at = {past} WHERE id = '{row_id}'") == 1
    server.start()


class TestSendingAgain:
    def test_an_untried_code_goes_out_again(self, project):
        email = address()
        first = project.send(email)
        second = project.send(email)

        for name in ("validation_id", "login_id", "expires_at", "attempts_remaining"):
            assert second.data[name] == first.data[name], name
        assert second.headers["RateLimit-Remaining"] == "3"
        messages = project.inbox(email)
        assert len(messages) == 2
        assert messages[0]["otp"] == messages[1]["otp"]
        assert messages[0]["message_id"] != messages[1]["message_id"]
        assert project.verify(email, messages[1]["otp"], first.data["validation_id"]).status == 200

    def test_after_a_wrong_try_a_new_code_replaces_it(self, project):
        email = address()
        first = project.send(email).data
        old = project.code(email)
        project.verify(email, project.wrong_code(email), first["validation_id"])
        time.sleep(0.01)

        second = project.send(email).data

        new = project.code(email)
        assert second["validation_id"] == first["validation_id"]
        assert parse_time(second["expires_at"]) > parse_time(first["expires_at"])
        assert second["attempts_remaining"] == 2
        assert new != old
        refused = project.verify(email, old, first["validation_id"])
        assert refused.code == "INVALID_OTP" and refused.details == {"attempts_remaining": 1}
        assert project.verify(email, new, first["validation_id"]).status == 200

    def test_a_code_with_little_time_left_is_replaced(self, project):
        project.set_email(otp_ttl_seconds=60)
        email = address()
        first = project.send(email).data
        old = project.code(email)
        time.sleep(0.01)

        second = project.send(email).data

        assert second["validation_id"] == first["validation_id"]
        assert second["expires_at"] > first["expires_at"]
        new = project.code(email)
        assert new != old
        assert project.verify(email, new, first["validation_id"]).status == 200

    def test_no_resend_gives_tries_back(self, project):
        project.set_email(max_attempts=2)
        email = address()
        validation_id = project.send(email).data["validation_id"]
        assert project.verify(email, project.wrong_code(email), validation_id).code == "INVALID_OTP"

        assert project.send(email).data["attempts_remaining"] == 1

        last = project.verify(email, project.wrong_code(email), validation_id)
        assert last.code == "INVALID_OTP" and last.details == {"attempts_remaining": 0}
        again = project.send(email).data
        assert again["validation_id"] != validation_id
        refused = project.verify(email, project.code(email), validation_id)
        assert refused.code == "ATTEMPTS_EXHAUSTED"

    def test_another_key_has_a_code_of_its_own(self, api, project):
        other, _ = make_caller(api)
        email = address()
        mine = project.send(email).data
        my_code = project.code(email)

        theirs = project.send(email, other).data
        their_code = project.code(email)

        assert theirs["validation_id"] != mine["validation_id"]
        assert theirs["login_id"] != mine["login_id"]
        project.verify(email, project.wrong_code(email), theirs["validation_id"], other)
        assert project.validation(mine["validation_id"])["attempts_remaining"] == 3
        assert project.verify(email, my_code, mine["validation_id"]).status == 200
        assert project.verify(email, their_code, theirs["validation_id"]).status == 200

    def test_the_sixth_send_in_a_minute_is_refused(self, api, project):
        email = address()
        answers = [project.send(email) for _ in range(5)]
        assert [int(answer.headers["RateLimit-Remaining"]) for answer in answers] == [4, 3, 2, 1, 0]
        assert [answer.data["resend_after_seconds"] for answer in answers[:4]] == [30] * 4
        assert answers[4].data["resend_after_seconds"] > 30

        refused = project.send(email)

        assert refused.code == "RATE_LIMITED"
        assert refused.details["limit"] == 5 and refused.details["window_seconds"] == 60
        assert refused.details["scope"] == "email_sends"
        assert 1 <= refused.details["retry_after_seconds"] <= 60
        assert int(refused.headers["Retry-After"]) == refused.details["retry_after_seconds"]
        assert project.send(address()).status == 200
        assert Project(api).send(email).status == 200
        assert project.verify(email, project.code(email),
                              answers[0].data["validation_id"]).status == 200


class TestVerifying:
    def test_each_wrong_try_is_charged_and_the_last_ends_it(self, project):
        email = address()
        validation_id = project.send(email).data["validation_id"]
        code, wrong = project.code(email), project.wrong_code(email)

        left = [project.verify(email, wrong, validation_id).details["attempts_remaining"]
                for _ in range(3)]

        assert left == [2, 1, 0]
        assert project.verify(email, code, validation_id).code == "ATTEMPTS_EXHAUSTED"
        assert project.verify(email, wrong, validation_id).code == "ATTEMPTS_EXHAUSTED"
        shown = project.validation(validation_id)
        assert shown["status"] == "failed" and shown["attempts_remaining"] == 0
        assert shown["ended_at"] is not None
        types = [entry["type"] for entry in shown["timeline"]]
        assert types.count("wrong_code") == 3 and types.count("failed") == 1

    def test_a_code_works_once(self, project):
        email = address()
        validation_id = project.send(email).data["validation_id"]
        code = project.code(email)
        assert project.verify(email, code, validation_id).status == 200

        for otp in (code, "000000"):
            assert project.verify(email, otp, validation_id).code == "ALREADY_VALIDATED"
        refused = project.api.post(f"/validations/{validation_id}/cancel")
        assert refused.code == "ALREADY_VALIDATED"
        assert project.validation(validation_id)["status"] == "validated"
        assert project.send(email).data["validation_id"] != validation_id

    def test_a_code_is_good_for_its_validation_only(self, project):
        one, two = address(), address()
        first = project.send(one).data["validation_id"]
        second = project.send(two).data["validation_id"]

        assert project.verify(one, project.code(one), second).code == "VALIDATION_NOT_FOUND"
        assert project.verify(two, project.code(one), first).code == "VALIDATION_NOT_FOUND"
        for validation_id in ("val_" + "0" * 29, "val_x", first.upper(), first + "0"):
            assert project.verify(one, project.code(one),
                                  validation_id).code == "VALIDATION_NOT_FOUND"
        assert project.validation(first)["attempts_remaining"] == 3
        assert project.verify(one, project.code(one), first).status == 200

    @pytest.mark.parametrize("code, typed", [
        ("001234", 1234), ("000000", 0), ("123456", 123456), ("00000017", 17),
        ("001234", "001234")])
    def test_a_number_gets_its_zeros_back(self, project, code, typed):
        email = address()
        project.set_test_recipients({"destination": email, "code": code})
        validation_id = project.send(email).data["validation_id"]

        assert project.verify(email, typed, validation_id).status == 200

    def test_text_gets_no_zeros(self, project):
        email = address()
        project.set_test_recipients({"destination": email, "code": "001234"})
        validation_id = project.send(email).data["validation_id"]

        assert project.verify(email, "1234", validation_id).code == "INVALID_OTP"
        assert project.verify(email, "0001234", validation_id).code == "INVALID_OTP"

    @pytest.mark.parametrize("otp", [
        "", " 123456", "12345a", "１２３４５６", "1234567890123", "-12345", -1, 1234.5, 1e5, True, None,
        ["123456"], {"otp": 1}, 10 ** 12, "1" * 60])
    def test_what_can_be_no_code_is_refused_uncharged(self, project, otp):
        email = address()
        validation_id = project.send(email).data["validation_id"]

        answer = project.verify(email, otp, validation_id)

        if isinstance(otp, int) and not isinstance(otp, bool) and otp > 10 ** 9:
            assert answer.code in ("INVALID_REQUEST", "INVALID_OTP")
        else:
            assert set(answer.issues) == {"otp"}
            assert project.validation(validation_id)["attempts_remaining"] == 3

    def test_an_address_reads_the_same_however_it_is_written(self, project):
        name = address()
        validation_id = project.send(f"  {name.upper()} ").data["validation_id"]

        done = project.verify(name.title(), project.code(name), validation_id)

        assert done.status == 200
        assert done.data["user"]["email"] == name

    @pytest.mark.parametrize("text", [
        "", "ana", "ana@", "@example.com", "ana@example", "ana@example.com.", "ana@@example.com",
        "ana@b@example.com", "a b@example.com", "ana@exa mple.com", "\"ana\"@example.com",
        "Ana <ana@example.com>", "ana@example.com,bob@example.com", "ana@[127.0.0.1]",
        "ana@127.0.0.1", "a%b@example.com", "a|b@example.com", "a`b@example.com",
        "ana(x)@example.com", ".ana@example.com", "ana.@example.com", "a..b@example.com",
        "añá@example.com", "ana\u200b@example.com", "ana@exam\u00adple.com",
        "a" * 65 + "@example.com",
        "ana@" + "a" * 64 + ".com", "ana@-x.com", "ana@example.com\r\nBcc: b@example.com",
        "ana\x00@example.com", "ana@example.com\x00.org", "x" * 5000])
    def test_what_is_no_address_gets_no_code(self, project, text):
        answer = project.send(text)
        assert answer.code == "INVALID_EMAIL"
        assert project.inbox() == []

    def test_domains_of_all_scripts_are_one_in_ascii(self, project):
        sent = project.send("Ana@BÜCHER.example")
        assert sent.status == 200
        assert project.inbox()[0]["destination"] == "ana@xn--bcher-kva.example"
        done = project.verify("ana@xn--bcher-kva.example", project.code("ana@bücher.example"),
                              sent.data["validation_id"])
        assert done.status == 200


class TestEnding:
    def test_a_canceled_code_is_dead(self, project):
        email = address()
        validation_id = project.send(email).data["validation_id"]
        code = project.code(email)
        # Or a worker might still have the message in its hands.
        project.wait_for_step(validation_id, "delivered")

        canceled = project.api.post(f"/validations/{validation_id}/cancel")

        assert canceled.data["status"] == "canceled"
        assert canceled.data["ended_at"] is not None
        assert project.verify(email, code, validation_id).code == "VALIDATION_CANCELED"
        again = project.api.post(f"/validations/{validation_id}/cancel")
        assert again.code == "VALIDATION_CANCELED"
        assert project.timeline(validation_id)[-1]["type"] == "canceled"
        assert project.send(email).data["validation_id"] != validation_id

    def test_a_late_code_is_refused(self, server, project):
        email, other = address(), address()
        validation_id = project.send(email).data["validation_id"]
        living = project.send(other).data["validation_id"]
        code = project.code(email)

        let_expire(server, "validations", validation_id)

        assert project.verify(email, code, validation_id).code == "OTP_EXPIRED"
        assert project.api.post(f"/validations/{validation_id}/cancel").code == "OTP_EXPIRED"
        shown = project.validation(validation_id)
        assert shown["status"] == "expired" and shown["attempts_remaining"] == 3
        assert [entry["type"] for entry in shown["timeline"]].count("expired") == 1
        listed = project.api.items("/validations", project_id=project.id, status="expired")
        assert [item["validation_id"] for item in listed] == [validation_id]
        assert project.send(email).data["validation_id"] != validation_id
        assert project.verify(other, project.code(other), living).status == 200

    def test_a_login_that_took_too_long_starts_over(self, server, project):
        email = address()
        sent = project.send(email).data
        code = project.code(email)

        let_expire(server, "logins", sent["login_id"])

        assert project.verify(email, code, sent["validation_id"]).code == "OTP_EXPIRED"
        assert project.api.get(f"/logins/{sent['login_id']}").data["status"] == "expired"
        assert project.send(email, login_id=sent["login_id"]).code == "LOGIN_NOT_FOUND"
        again = project.send(email).data
        assert again["login_id"] != sent["login_id"]
        assert project.verify(email, project.code(email), again["validation_id"]).status == 200
