"""What is told of a login: the validation, its timeline, its messages, and test recipients."""

import datetime
import time

import pytest

from support.client import parse_time, wait_for
from support.project import address


class TestWhatIsTold:
    def test_the_timeline_tells_the_story_in_order(self, project):
        email = address()
        validation_id = project.send(email).data["validation_id"]
        project.wait_for_step(validation_id, "delivered")
        project.verify(email, project.wrong_code(email), validation_id)
        project.send(email)
        wait_for(lambda: [entry["type"] for entry in project.timeline(validation_id)]
                 .count("delivered") == 2)
        project.verify(email, project.code(email), validation_id)

        timeline = project.timeline(validation_id)

        types = [entry["type"] for entry in timeline]
        for earlier, later in [("created", "queued"), ("queued", "attempt"),
                               ("attempt", "wrong_code"), ("wrong_code", "code_replaced"),
                               ("code_replaced", "validated")]:
            assert types.index(earlier) < types.index(later), types
        assert types.count("limit_checked") == 2 and types.count("attempt") == 2
        assert types[-1] == "validated"
        times = [parse_time(entry["at"]) for entry in timeline]
        assert times == sorted(times)
        for entry in timeline:
            assert entry["channel"] == "email" and entry["text"].endswith(".")
        assert email not in str(timeline)
        assert all(message["otp"] not in str(timeline) for message in project.inbox(email))

    def test_a_validation_shows_what_the_caller_gave(self, project):
        metadata = {"order": 17, "tags": ["a", "b"], "nested": {"ñ": None}}
        client = {"ip": "2001:db8::7", "user_agent": "Browser/1.0 (test)"}

        validation_id = project.send(address(), metadata=metadata, client=client,
                                     language="pt").data["validation_id"]

        shown = project.validation(validation_id)
        assert shown["metadata"] == metadata
        assert shown["client"] == client
        assert shown["language"] == "pt"
        plain = project.validation(project.send(address()).data["validation_id"])
        assert plain["metadata"] is None and plain["client"] is None

    @pytest.mark.parametrize("fields, wrong", [
        ({"metadata": {"x": "y" * 1024}}, "metadata"), ({"metadata": [1]}, "metadata"),
        ({"metadata": "x"}, "metadata"), ({"client": {"ip": "1.2.3"}}, "client.ip"),
        ({"client": {"ip": "localhost"}}, "client.ip"),
        ({"client": {"user_agent": "x" * 513}}, "client.user_agent"),
        ({"client": {"port": 1}}, "client.port"), ({"client": "1.2.3.4"}, "client"),
        ({"language": "de"}, "language"), ({"language": "EN"}, "language"),
        ({"project_id": 5}, "project_id"), ({"project_id": None}, "project_id"),
        ({"email": 5}, "email"), ({"otp": "1"}, "otp"), ({"flow_id": ""}, "flow_id"),
        ({"login_id": 1}, "login_id"), ({"redirect_url": ""}, "redirect_url"),
    ])
    def test_a_wrong_field_is_named(self, project, fields, wrong):
        body = {"email": address(), "project_id": project.id} | fields
        assert set(project.api.post("/email/send-otp", body).issues) == {wrong}

    @pytest.mark.parametrize("language, word", [("en", "code"), ("es", "código"), ("pt", "código")])
    def test_a_message_speaks_the_persons_language(self, project, language, word):
        email, other = address(), address()
        project.send(email, language=language)
        project.api.patch(project.path, {"default_language": language})
        project.send(other)

        for message in (project.inbox(email)[0], project.inbox(other)[0]):
            assert message["language"] == language
            assert word in message["subject"] and project.name in message["subject"]
            assert f'lang="{language}"' in message["html"]

    def test_a_redirect_must_be_on_the_list(self, project):
        allowed = "https://shop.example.com/welcome?x=1"
        project.set_flow(redirect_urls=[allowed])

        assert project.send(address(), redirect_url=allowed).status == 200
        for url in ("https://shop.example.com/welcome", "https://shop.example.com/welcome?x=1&y=2",
                    "https://evil.example.com/", allowed.upper(), allowed + "#", "x"):
            assert project.send(address(), redirect_url=url).code == "REDIRECT_NOT_ALLOWED", url

    def test_an_unknown_project_or_flow_is_not_found(self, api, project):
        body = {"email": address(), "project_id": "prj_" + "0" * 29}
        assert api.post("/email/send-otp", body).code == "PROJECT_NOT_FOUND"
        assert project.send(address(), flow_id="flow_" + "0" * 29).code == "FLOW_NOT_FOUND"

    def test_settings_of_the_method_shape_the_code(self, project):
        project.set_email(otp_length=8, otp_ttl_seconds=120, max_attempts=7)
        email = address()
        before = datetime.datetime.now(datetime.timezone.utc)

        sent = project.send(email).data

        assert len(project.code(email)) == 8
        assert sent["attempts_remaining"] == 7
        life = (parse_time(sent["expires_at"]) - before).total_seconds()
        assert 119 < life < 125
        assert "2 minutes" in project.inbox(email)[0]["text"]


class TestTestRecipients:
    def test_a_list_is_replaced_as_a_whole(self, project):
        wanted = [{"destination": "Ana@Example.com", "code": "00112233", "outcome": "slow"},
                  {"destination": "*@Example.org", "code": None},
                  {"destination": "+34600000001", "code": "654321", "outcome": "undelivered"}]

        kept = project.set_test_recipients(*wanted)

        assert kept == [
            {"destination": "ana@example.com", "code": "00112233", "outcome": "slow"},
            {"destination": "*@example.org", "code": None, "outcome": "delivered"},
            {"destination": "+34600000001", "code": "654321", "outcome": "undelivered"}]
        shown = project.api.get(f"{project.path}/test-recipients").data["recipients"]
        assert shown == kept
        assert project.set_test_recipients() == []

    def test_a_code_may_be_for_a_whole_domain(self, project):
        project.set_test_recipients({"destination": "*@example.org", "code": "777777"},
                                    {"destination": "bob@example.org", "code": "888888"})

        for email, code in (("ana@example.org", "777777"), ("bob@example.org", "888888")):
            project.send(email)
            assert project.code(email) == code
        project.send("eve@sub.example.org")
        assert len(project.inbox("eve@sub.example.org")) == 1

    @pytest.mark.parametrize("recipient, field", [
        ({"destination": "nobody"}, "destination"), ({}, "destination"),
        ({"destination": "a@example.com", "code": "12345"}, "code"),
        ({"destination": "a@example.com", "code": "123456789"}, "code"),
        ({"destination": "a@example.com", "code": "12345x"}, "code"),
        ({"destination": "a@example.com", "outcome": "lost"}, "outcome"),
        ({"destination": "a@example.com", "colour": "red"}, "colour"),
    ])
    def test_a_wrong_field_is_named_with_its_place(self, project, recipient, field):
        body = {"recipients": [{"destination": "first@example.com"}, recipient]}
        [name] = project.api.put(f"{project.path}/test-recipients", body).issues
        assert name.startswith("recipients") and "1" in name and name.endswith(field)

    def test_nobody_stands_in_the_list_twice(self, project):
        body = {"recipients": [{"destination": "a@example.com"}, {"destination": "A@Example.com"}]}
        assert project.api.put(f"{project.path}/test-recipients", body).code == "INVALID_REQUEST"

    def play(self, project, outcome):
        email = address()
        project.set_test_recipients({"destination": email, "code": "123456", "outcome": outcome})
        return email, project.send(email).data["validation_id"]

    def test_delivered(self, project):
        email, validation_id = self.play(project, "delivered")
        project.wait_for_step(validation_id, "sent", "delivered")
        assert project.inbox(email)[0]["status"] == "delivered"

    def test_undelivered(self, project):
        email, validation_id = self.play(project, "undelivered")
        timeline = project.wait_for_step(validation_id, "delivery_failed")
        attempt = next(entry for entry in timeline if entry["type"] == "attempt")
        assert attempt["text"] == "Try 1 by inbox: refused for good."
        assert attempt["provider_answer"].startswith("550")
        assert project.inbox(email)[0]["status"] == "failed"
        assert "sent" not in {entry["type"] for entry in timeline}

    def test_provider_down(self, project):
        email, validation_id = self.play(project, "provider_down")
        wait_for(lambda: [entry["type"] for entry in project.timeline(validation_id)]
                 .count("attempt") >= 2)
        message = project.inbox(email)[0]
        assert message["status"] == "queued"
        assert project.validation(validation_id)["status"] == "pending"

    def test_slow(self, project):
        email, validation_id = self.play(project, "slow")
        began = time.monotonic()
        project.wait_for_step(validation_id, "attempt")
        assert project.inbox(email)[0]["status"] == "queued"
        project.wait_for_step(validation_id, "delivered", seconds=15)
        assert time.monotonic() - began > 3


class TestInbox:
    def test_messages_stand_newest_first_and_by_recipient(self, project):
        one, two = address(), address()
        for email in (one, two, one):
            project.send(email)

        assert [item["destination"] for item in project.inbox()] == [one, two, one]
        assert [item["destination"] for item in project.inbox(two.upper())] == [two]
        assert project.inbox(address()) == []
        answer = project.api.get(f"{project.path}/inbox", query={"destination": "a@b"})
        assert set(answer.issues) == {"destination"}

    def test_a_message_is_whole(self, project):
        email = address()
        sent = project.send(email).data

        message = project.inbox(email)[0]

        assert message["validation_id"] == sent["validation_id"]
        assert message["channel"] == "email"
        assert message["expires_at"] == sent["expires_at"]
        for part in ("subject", "text", "html"):
            assert message["otp"] in message[part], part
        assert message["message_id"].startswith("msg_")
