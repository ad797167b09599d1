"""Logging in with a code by SMS or WhatsApp, in a test project: numbers, limits, both ways, decoys."""

import re

import pytest

from support.client import make_caller, wait_for
from support.phones import enable_phone, live_phone_project, number, send_sms, send_whatsapp, \
    verify_phone
from support.project import Project, address

ORIGIN = "login.example.com"  # The host of the server's public_url.


@pytest.fixture
def phones(project):
    enable_phone(project)
    return project


def message_of(project, phone):
    return project.inbox(phone)[0]


class TestALogin:
    @pytest.mark.parametrize("send, channel", [(send_sms, "sms"), (send_whatsapp, "whatsapp")])
    def test_ends_with_a_token(self, phones, send, channel):
        phone = number()
        sent = send(phones, phone)
        assert sent.data["channel"] == channel
        assert sent.data["destination"] == f"+34•••••{phone[-2:]}"
        assert sent.headers["RateLimit-Limit"] == "3"
        message = message_of(phones, phone)
        assert message["channel"] == channel and message["subject"] is None
        assert message["otp"] in message["text"]

        done = verify_phone(phones, phone, message["otp"], sent.data["validation_id"]).data
        assert done["user"]["phone"] == phone and done["user"]["email"] is None
        assert done["login"]["status"] == "complete" and done["token"]
        assert phones.validation(sent.data["validation_id"])["status"] == "validated"

    @pytest.mark.parametrize("language", ["en", "es", "pt"])
    def test_sends_one_segment_bound_to_its_site(self, phones, language):
        phone = number()
        send_sms(phones, phone, language=language)
        message = message_of(phones, phone)
        assert message["text"].endswith(f"\n\n@{ORIGIN} #{message['otp']}")
        assert len(message["text"]) <= 160
        assert phones.name in message["text"]

    def test_names_the_flows_own_site(self, project):
        enable_phone(project, origin_host="www.shop.example", otp_length=8, otp_ttl_seconds=90)
        phone = number()
        sent = send_sms(project, phone).data
        message = message_of(project, phone)
        assert re.search(r"\n\n@www\.shop\.example #\d{8}$", message["text"])
        assert sent["expires_at"] == message["expires_at"]

    def test_takes_the_test_number_of_every_new_project(self, phones):
        sent = send_sms(phones, "+1 (234) 567-890").data
        assert verify_phone(phones, "+1234567890", "123456", sent["validation_id"]).status == 200

    def test_needs_the_method_and_the_channel(self, project):
        assert send_sms(project, number()).code == "METHOD_DISABLED"
        enable_phone(project, channels=["whatsapp"])
        assert send_sms(project, number()).code == "METHOD_DISABLED"
        assert send_whatsapp(project, number()).status == 200


class TestNumbers:
    @pytest.mark.parametrize("text", [
        "600123456", "0034600123456", "+34600123456 ext 5", "+34６００123456", "＋34600123456",
        "+34 600 123 45a", "+1234567", "+34600123456;ext=1", "", "+", "+34\u200b600123456"])
    def test_that_are_none_are_refused(self, phones, text):
        refused = send_sms(phones, text)
        assert refused.status == 400 and refused.code == "INVALID_PHONE"

    def test_that_are_no_text_are_a_bad_request(self, phones):
        assert "phone" in send_sms(phones, 34600123456).issues

    def test_are_one_however_they_are_written(self, phones):
        phone = number()
        first = send_sms(phones, phone).data
        second = send_whatsapp(phones, f"{phone[:3]} ({phone[3:6]}) {phone[6:9]}-{phone[9:]}").data
        assert second["validation_id"] == first["validation_id"]
        dotted = f"{phone[:3]}.{phone[3:6]}.{phone[6:]}"
        code = message_of(phones, phone)["otp"]
        assert verify_phone(phones, dotted, code, first["validation_id"]).status == 200
        found = phones.api.items("/validations", phone=phone, project_id=phones.id)
        assert [item["validation_id"] for item in found] == [first["validation_id"]]


class TestBothWays:
    def test_share_the_validation_and_its_code(self, phones):
        phone = number()
        first = send_sms(phones, phone).data
        second = send_whatsapp(phones, phone).data
        for name in ("validation_id", "login_id", "expires_at", "attempts_remaining"):
            assert second[name] == first[name], name
        by_whatsapp, by_sms = phones.inbox(phone)
        assert by_whatsapp["channel"] == "whatsapp" and by_sms["channel"] == "sms"
        assert by_whatsapp["otp"] == by_sms["otp"]
        shown = phones.validation(first["validation_id"])
        assert shown["channel"] == "whatsapp" and shown["fallbacks"] == []
        assert verify_phone(phones, phone, by_sms["otp"], first["validation_id"]).status == 200

    def test_share_one_window_across_forms_and_give_nothing_back(self, phones):
        phone = number()
        assert send_sms(phones, phone).headers["RateLimit-Remaining"] == "2"
        assert send_whatsapp(phones, f"{phone[:3]} {phone[3:]}").headers["RateLimit-Remaining"] == "1"
        assert send_sms(phones, f"{phone[:3]}-{phone[3:]}").headers["RateLimit-Remaining"] == "0"
        for send, text in ((send_sms, phone), (send_whatsapp, f"{phone[:3]}({phone[3:6]}){phone[6:]}")):
            refused = send(phones, text)
            assert refused.code == "RATE_LIMITED"
            assert refused.details["scope"] == "phone_sends" and refused.details["limit"] == 3
            assert "Retry-After" in refused.headers

    def test_a_wrong_code_counts_whichever_way_it_came(self, phones):
        phone = number()
        sent = send_sms(phones, phone).data
        wrong = "0" * 6 if message_of(phones, phone)["otp"] != "0" * 6 else "1" * 6
        assert verify_phone(phones, phone, wrong, sent["validation_id"]).details == {
            "attempts_remaining": 2}
        assert send_whatsapp(phones, phone).data["attempts_remaining"] == 2

    def test_are_no_way_to_an_email_validation(self, phones):
        email = address()
        sent = phones.send(email).data
        phone = number()
        refused = verify_phone(phones, phone, phones.code(email), sent["validation_id"])
        assert refused.code == "VALIDATION_NOT_FOUND"
        by_phone = send_sms(phones, phone).data
        code = message_of(phones, phone)["otp"]
        assert phones.verify(email, code, by_phone["validation_id"]).code == "VALIDATION_NOT_FOUND"


class TestPeople:
    def test_unknown_ones_get_a_decoy(self, phones):
        phones.use_directory()
        known, unknown = number(), number()
        phones.add_user(phone=known)
        answers = [send_sms(phones, phone) for phone in (known, unknown)]
        assert answers[0].data.keys() == answers[1].data.keys()
        assert len(phones.inbox(known)) == 1 and phones.inbox(unknown) == []
        refused = verify_phone(phones, unknown, "123456", answers[1].data["validation_id"])
        assert refused.code == "INVALID_OTP" and refused.details == {"attempts_remaining": 2}
        timeline = phones.timeline(answers[1].data["validation_id"])
        assert "not_sent" in [entry["type"] for entry in timeline]

    def test_a_login_of_both_contacts_is_one_persons(self, phones):
        ids = phones.use_directory()
        assert ids == []
        email, phone, others = address(), number(), number()
        phones.add_user(email=email, phone=phone)
        phones.add_user(phone=others)
        assert phones.set_flow(policy={"all": ["email", "phone"]}).status == 200
        first = phones.send(email).data
        half = phones.verify(email, phones.code(email), first["validation_id"]).data
        assert half["login"]["remaining_methods"] == ["phone"]
        login_id = half["login"]["login_id"]
        assert send_sms(phones, others, login_id=login_id).code == "LOGIN_USER_MISMATCH"
        second = send_sms(phones, phone, login_id=login_id).data
        done = verify_phone(phones, phone, message_of(phones, phone)["otp"],
                            second["validation_id"]).data
        assert done["login"]["status"] == "complete"

    def test_strangers_tokens_reach_nothing(self, api, phones):
        stranger, _ = make_caller(api, project_id=Project(api).id)
        phone = number()
        sent = send_sms(phones, phone).data
        assert send_sms(phones, phone, api=stranger).code == "PROJECT_NOT_FOUND"
        assert verify_phone(phones, phone, "123456", sent["validation_id"],
                            api=stranger).code == "VALIDATION_NOT_FOUND"


class TestTestNumbers:
    def test_play_what_they_are_told(self, phones):
        fine, lost = "+1111111111", "+1222222222"
        phones.set_test_recipients(
            {"destination": "+1 111 111-111", "code": "654321", "outcome": "delivered"},
            {"destination": lost, "code": "111222", "outcome": "undelivered"})
        sent = send_sms(phones, fine).data
        assert verify_phone(phones, fine, "654321", sent["validation_id"]).status == 200
        validation_id = send_sms(phones, lost).data["validation_id"]
        timeline = phones.wait_for_step(validation_id, "delivery_failed")
        assert any("test recipient refuses" in entry.get("reason", "") for entry in timeline)

    def test_show_the_other_channel_take_over(self, project):
        enable_phone(project, fallback={"after_seconds": 10, "to": "whatsapp"})
        lost = "+1222222222"
        project.set_test_recipients({"destination": lost, "code": "111222", "outcome": "undelivered"})
        validation_id = send_sms(project, lost).data["validation_id"]
        timeline = project.wait_for_step(validation_id, "delivery_failed")
        shown = wait_for(lambda: (one := project.validation(validation_id))["fallbacks"] and one)
        assert [item["channel"] for item in shown["fallbacks"]] == ["whatsapp"], timeline
        assert any("Nothing was heard" in entry["text"] for entry in shown["timeline"])
        assert verify_phone(project, lost, "111222", validation_id).status == 200


class TestLiveProjects:
    def test_look_at_plan_country_and_line(self, api):
        project = live_phone_project(api, countries=["ES"])
        assert send_sms(project, "+34100123456").code == "INVALID_PHONE"
        refused = send_sms(project, number("+44"))
        assert refused.code == "COUNTRY_NOT_ALLOWED" and refused.details == {"country": "GB"}
        assert send_sms(project, "+34912345678").code == "LINE_NOT_SUPPORTED"
        assert send_whatsapp(project, "+34912345678").code == "NO_PROVIDER"
        assert send_sms(project, number()).code == "NO_PROVIDER"

    def test_send_nowhere_until_countries_are_named(self, api):
        project = live_phone_project(api, countries=[])
        assert send_sms(project, number()).code == "COUNTRY_NOT_ALLOWED"


class TestSettings:
    def test_of_the_method_are_kept(self, project):
        wanted = {"channels": ["sms"], "fallback": None, "origin_host": "www.shop.example",
                  "sender_ids": {"ES": "SHOP", "*": "+15005550006"},
                  "whatsapp_templates": {"*": "login_code", "es": "codigo"}}
        shown = enable_phone(project, **wanted)
        assert {name: shown[name] for name in wanted} == wanted

    @pytest.mark.parametrize("settings, field", [
        ({"sender_ids": {"spain": "SHOP"}}, "sender_ids.spain"),
        ({"sender_ids": {"ES": "A NAME TOO LONG"}}, "sender_ids.ES"),
        ({"sender_ids": {"ES": "SH<OP"}}, "sender_ids.ES"),
        ({"whatsapp_templates": {"*": "a/b"}}, "whatsapp_templates.*"),
        ({"whatsapp_templates": {"fr": "x"}}, "whatsapp_templates.fr"),
    ])
    def test_that_cannot_be_meant_are_refused(self, project, settings, field):
        refused = project.api.put(f"/flows/{project.flow_id}/methods/phone", settings)
        assert field in refused.issues

    def test_templates_of_sms(self, phones):
        path = f"{phones.path}/templates/sms/es"
        assert phones.api.get(path).data["origin"] == "built_in"
        assert phones.api.put(path, {"text": "{{code}} abre {{project}}"}).status == 200
        phone = number()
        send_sms(phones, phone, language="es")
        message = message_of(phones, phone)
        assert message["text"] == (f"{message['otp']} abre {phones.name}\n\n"
                                   f"@{ORIGIN} #{message['otp']}")
        assert "text" in phones.api.put(path, {"text": "no code"}).issues
        assert "text" in phones.api.put(path, {"text": "{{code}}" + "x" * 400}).issues
        assert phones.api.put(f"{phones.path}/templates/whatsapp/es",
                              {"text": "{{code}}"}).code == "NOT_FOUND"
        assert phones.api.delete(path).data["origin"] == "built_in"

    def test_are_counted_in_statistics(self, phones):
        send_sms(phones, number())
        send_whatsapp(phones, number())
        totals = phones.api.get(f"{phones.path}/stats").data["totals"]
        assert totals["messages"]["by_channel"] == {"email": 0, "sms": 1, "whatsapp": 1}
