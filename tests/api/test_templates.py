"""A project's own words: written, previewed, sent as a sample, used, and taken back."""

import contextlib

import pytest

from support.client import Client, wait_for
from support.project import Project, address
from support.relay import ScriptedRelay
from support.server import Server

OWN = {"subject": "{{code}} opens {{project}}",
       "text": "Own words: {{code}}\n{{validity}}\n{{warning}}\n",
       "html": '<p title="{{project}}">Own words for {{project}}</p><p><b>{{code}}</b></p>'
               '{{#logo}}<img src="{{logo}}" alt="">{{/logo}}<p>{{validity}} {{warning}}</p>'}


def path(project, language="en", channel="email"):
    return f"{project.path}/templates/{channel}/{language}"


def put(project, source=None):
    return project.api.put(path(project), source or OWN)


class TestOwnTemplates:
    def test_the_built_in_ones_are_listed_until_there_are_own_ones(self, project):
        shown = project.api.get(f"{project.path}/templates").data

        assert [(one["channel"], one["language"], one["origin"]) for one in shown["templates"]] \
            == [(channel, language, "built_in")
                for channel in ("email", "sms") for language in ("en", "es", "pt")]
        assert {"code", "project", "link"} <= {one["name"] for one in shown["variables"]}
        for one in shown["templates"][:3]:
            source = {part: one[part] for part in ("subject", "text", "html")}
            kept = project.api.put(path(project, one["language"]), source)
            assert kept.status == 200, kept
            assert kept.data["origin"] == "own" and kept.data["html"] == one["html"]
        origins = [one["origin"] for one in
                   project.api.get(f"{project.path}/templates").data["templates"]]
        assert origins == ["own"] * 3 + ["built_in"] * 3

    def test_people_get_the_projects_words(self, project):
        assert put(project).status == 200
        email, other = address(), address()

        sent = project.send(email).data
        project.send(other, language="es")

        message = project.inbox(email)[0]
        assert message["subject"] == f"{message['otp']} opens {project.name}"
        assert message["text"].startswith(f"Own words: {message['otp']}\n")
        assert "Own words" not in project.inbox(other)[0]["text"]
        done = project.verify(email, message["otp"], sent["validation_id"])
        assert done.data["status"] == "validated"

    def test_deleting_returns_to_the_built_in_words(self, project):
        put(project)
        answer = project.api.delete(path(project))
        assert answer.data["origin"] == "built_in" and answer.data["updated_at"] is None
        email = address()
        project.send(email)
        assert "is your" in project.inbox(email)[0]["subject"]
        assert project.api.delete(path(project)).status == 200

    def test_of_two_at_work_one_is_told(self, project):
        tag = project.api.get(path(project)).headers["ETag"]
        first = project.api.put(path(project), OWN, headers={"If-Match": tag})
        assert first.status == 200
        assert first.headers["ETag"] == project.api.get(path(project)).headers["ETag"]

        assert project.api.put(path(project), OWN,
                               headers={"If-Match": tag}).code == "PRECONDITION_FAILED"
        assert project.api.delete(path(project),
                                  headers={"If-Match": tag}).code == "PRECONDITION_FAILED"
        assert project.api.delete(path(project),
                                  headers={"If-Match": first.headers["ETag"]}).status == 200

    def test_other_projects_and_pairs_are_not_found(self, project, api):
        for channel, language in (("email", "de"), ("fax", "en"), ("sms", "de"), ("whatsapp", "en")):
            answer = api.put(path(project, language, channel), OWN)
            assert (answer.status, answer.code) == (404, "NOT_FOUND")
        assert api.get("/projects/prj_" + "0" * 29 + "/templates").code == "PROJECT_NOT_FOUND"
        mine, other = Project(api), Project(api)
        put(mine)
        assert api.get(path(other)).data["origin"] == "built_in"

    def test_they_go_with_their_project(self, api):
        project = Project(api)
        put(project)
        assert api.delete(project.path).status == 200
        assert api.get(path(project)).code == "PROJECT_NOT_FOUND"


class TestWhatIsRefused:
    @pytest.mark.parametrize("part, value, why", [
        ("text", "no code here", "must have {{code}}"),
        ("html", "<p>no code here</p>", "must have {{code}}"),
        ("html", "<title>{{code}}</title>", "must have {{code}}"),
        ("html", "{{{code}}}", "without escaping"),
        ("html", "{{&code}}", "without escaping"),
        ("text", "{{code}} {{>inbox}}", "other templates"),
        ("text", "{{=<% %>=}}<% code %>", "delimiters"),
        ("text", "{{code}}\n{{pepper}}", "line 2, column 1: there is no \"pepper\""),
        ("text", "{{code}} {{master_key}}", "there is no \"master_key\""),
        ("subject", "{{code}} {{secret}}", "there is no \"secret\""),
        ("html", "{{code}}<script>x</script>", "scripts"),
        ("html", "{{code}}<img src=x onerror=alert(1)>", "in quotes"),
        ("html", '{{code}}<img src="https://x.example/" onerror="alert(1)">', "event handlers"),
        ("html", '{{code}}<a href="javascript:alert(1)">x</a>', "https://"),
        ("html", '{{code}}<img src="https://evil.example/{{code}}">', "must not stand in"),
        ("html", '{{code}}<form action="https://evil.example"></form>', "forms"),
        ("html", '{{code}}<iframe src="https://evil.example"></iframe>', "other pages"),
        ("html", "{{code}}" + "{{#logo}}" * 2000, "deep"),
        ("html", "{{code}}" + "{{project}}" * 2000, "more than 200 tags"),
    ])
    def test_an_unfit_part_is_named(self, project, part, value, why):
        answer = put(project, OWN | {part: value})

        assert answer.code == "INVALID_REQUEST"
        assert any(why in field["issue"] and field["field"] == part
                   for field in answer.details["fields"]), answer
        assert project.api.get(path(project)).data["origin"] == "built_in"
        draft = project.api.post(f"{path(project)}/preview", {"draft": OWN | {part: value}})
        assert set(draft.issues) == {f"draft.{part}"}

    @pytest.mark.parametrize("fields, wrong", [
        ({"subject": "{{code}}\r\nBcc: eve@evil.example"}, "subject"),
        ({"subject": "x" * 201}, "subject"), ({"subject": ""}, "subject"),
        ({"html": "x" * 32769}, "html"), ({"text": "ñ" * 9000 + "{{code}}"}, "text"),
        ({"text": 5}, "text"), ({"html": None}, "html"), ({"css": "x"}, "css"),
    ])
    def test_a_wrong_field_is_named(self, project, fields, wrong):
        assert set(put(project, OWN | fields).issues) == {wrong}

    def test_names_and_looks_can_not_break_out(self, api):
        attack = '"><script>alert(1)</script>'
        project = Project(api, name=attack)
        logo = "https://shop.example/l.png?a=1&b='\"<x>"
        if api.patch(project.path, {"branding": {"logo_url": logo}}).status != 200:
            api.patch(project.path, {"branding": {"logo_url": "https://shop.example/l.png?a&b"}})
        put(project)
        email = address()
        project.send(email)

        message = project.inbox(email)[0]
        preview = api.post(f"{path(project)}/preview").data
        for html in (message["html"], preview["html"]):
            assert "<script" not in html and "&lt;script&gt;" in html
            assert 'title=""' not in html
        assert attack in message["subject"]


class TestPreview:
    def test_a_draft_is_shown_and_not_kept(self, project):
        draft = OWN | {"html": '<p>{{code}} <a href="https://shop.example/help">?</a></p>'}

        shown = project.api.post(f"{path(project)}/preview", {"draft": draft}).data

        assert shown["subject"] == f"123456 opens {project.name}"
        assert "123456" in shown["text"] and "10 minutes" in shown["text"]
        assert any("shop.example" in one["issue"] for one in shown["warnings"])
        assert project.api.get(path(project)).data["origin"] == "built_in"
        assert project.inbox() == []

    def test_without_a_draft_it_is_what_people_get(self, project):
        assert "is your" in project.api.post(f"{path(project)}/preview", {}).data["subject"]
        put(project)
        shown = project.api.post(f"{path(project)}/preview").data
        assert shown["subject"].endswith(f"opens {project.name}")
        assert shown["warnings"] == []

    def test_half_a_draft_is_none(self, project):
        answer = project.api.post(f"{path(project)}/preview", {"draft": {"subject": "x"}})
        assert set(answer.issues) == {"draft.text", "draft.html"}


class TestSendTest:
    def test_a_sample_lands_in_a_test_projects_inbox(self, project):
        email = address()

        sent = project.api.post(f"{path(project)}/send-test",
                                {"recipient": email, "draft": OWN}).data

        assert (sent["outcome"], sent["sender"]) == ("accepted", "inbox")
        assert email not in str(sent)
        [message] = project.inbox(email)
        assert message["message_id"] == sent["message_id"]
        assert message["validation_id"] is None and message["otp"] == "123456"
        assert message["text"].startswith("Own words: 123456")
        shown = project.api.get(f"/messages/{sent['message_id']}").data
        assert shown["status"] == "delivered" and shown["login_id"] is None
        assert [one["sender"] for one in shown["attempts"]] == ["inbox"]

    def test_it_counts_as_a_code_to_the_address(self, project):
        email = address()
        for _ in range(3):
            body = {"recipient": email}
            assert project.api.post(f"{path(project)}/send-test", body).status == 200
        assert project.send(email).status == 200
        body = {"recipient": email.upper()}
        assert project.api.post(f"{path(project)}/send-test", body).status == 200
        refused = project.api.post(f"{path(project)}/send-test", {"recipient": email})
        assert refused.code == "RATE_LIMITED" and refused.details["scope"] == "email_sends"
        assert project.send(email).code == "RATE_LIMITED"

    def test_strangers_can_not_be_flooded(self, project):
        for _ in range(20):
            body = {"recipient": address()}
            assert project.api.post(f"{path(project)}/send-test", body).status == 200
        refused = project.api.post(f"{path(project)}/send-test", {"recipient": address()})
        assert refused.code == "RATE_LIMITED"
        assert refused.details["scope"] == "template_samples"

    def test_a_wrong_field_is_named(self, project):
        for body, wrong in (({}, "recipient"), ({"recipient": "nobody"}, "recipient"),
                            ({"recipient": address(), "draft": []}, "draft"),
                            ({"recipient": address(), "code": "1"}, "code")):
            assert set(project.api.post(f"{path(project)}/send-test", body).issues) == {wrong}

    def test_a_sample_goes_with_its_person(self, project):
        email = address()
        user = project.add_user(email=email)
        project.api.post(f"{path(project)}/send-test", {"recipient": email})
        assert len(project.inbox(email)) == 1

        assert project.api.delete(f"{project.path}/users/{user['user_id']}").status == 200

        assert project.inbox(email) == [] and project.inbox() == []

    def test_a_live_project_needs_a_sender(self, api):
        project = Project(api)
        api.patch(project.path, {"mode": "live"})
        answer = api.post(f"{path(project)}/send-test", {"recipient": address()})
        assert answer.code == "NO_PROVIDER"

    def test_a_live_projects_words_leave_as_mail(self, tmp_path):
        with contextlib.closing(ScriptedRelay()) as relay:
            server = Server(tmp_path / "live", smtp=relay.smtp_settings())
            credentials = server.create_key()
            with server:
                api = Client(server).log_in(*credentials)
                project = Project(api)
                put(project)
                api.patch(project.path, {"mode": "live"})
                email = address()

                sent = api.post(f"{path(project)}/send-test", {"recipient": email}).data
                project.send(email)
                wait_for(lambda: len(relay.messages) == 2)

                assert (sent["outcome"], sent["sender"]) == ("accepted", "smtp")
                subjects = [str(message["Subject"]) for message in relay.messages]
                assert subjects[0] == f"123456 opens {project.name}"
                assert subjects[1].endswith(f"opens {project.name}")
