"""Providers of phone messages: what each is asked, what becomes of each of its answers, and its receipts."""

import base64
import json
import time
import urllib.parse

import pytest

from support.client import wait_for
from support.phones import OPEN_LOOPBACK, SID, TOKEN, TWILIO_TOOK_IT, VONAGE_TOOK_IT, \
    WHATSAPP_TOOK_IT, Provider, add_phone_sender, generic, hub_signature, live_phone_project, number, \
    send_sms, send_whatsapp, twilio, twilio_signature, verify_phone, vonage, vonage_token, whatsapp
from support.senders import attempts_in, signature
from support.server import each_node_by_itself

SERVER = {"outbound": OPEN_LOOPBACK}
PUBLIC = "https://login.example.com"


@pytest.fixture
def provider():
    made = Provider(TWILIO_TOOK_IT)
    yield made
    made.close()


@pytest.fixture
def second():
    made = Provider(TWILIO_TOOK_IT)
    yield made
    made.close()


def code_in(text):
    return text.rsplit("#", 1)[1]


def message_id(project, validation_id):
    found = project.api.get(f"{project.path}/messages", query={"validation_id": validation_id})
    return found.data["items"][0]["message_id"]


def types(project, validation_id):
    return [entry["type"] for entry in project.timeline(validation_id)]


class TestTwilio:
    def test_is_asked_as_its_manual_says(self, api, provider):
        project = live_phone_project(api, sender_ids={"ES": "SHOP"})
        sender = add_phone_sender(project, "twilio", twilio(provider))
        phone = number()
        sent = send_sms(project, phone, language="es").data
        asked = provider.wait_for()[0]
        assert (asked.method, asked.path) == ("POST", f"/2010-04-01/Accounts/{SID}/Messages.json")
        assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert base64.b64decode(asked.headers["Authorization"].split()[1]).decode() == f"{SID}:{TOKEN}"
        form = asked.form
        project.wait_for_step(sent["validation_id"], "sent")
        ours = message_id(project, sent["validation_id"])
        assert form.pop("Body").endswith(f"\n\n@login.example.com #{code_in(asked.form['Body'])}")
        assert 0 < int(form.pop("ValidityPeriod")) <= 300
        assert form == {
            "To": phone, "From": "SHOP",
            "StatusCallback": f"{PUBLIC}/v2/access/senders/{sender['sender_id']}/receipts?message={ours}"}
        shown = api.get(f"/messages/{ours}").data
        assert shown["attempts"][0]["provider_id"] == "SM" + "b" * 32
        assert verify_phone(project, phone, code_in(asked.form["Body"]),
                            sent["validation_id"]).status == 200

    def test_is_asked_for_whatsapp_by_template(self, api, provider):
        project = live_phone_project(api)
        add_phone_sender(project, "twilio", twilio(provider, content_sid="HX" + "c" * 32),
                         channel="whatsapp")
        phone = number()
        send_whatsapp(project, phone)
        form = provider.wait_for()[0].form
        assert form["To"] == "whatsapp:" + phone and form["From"] == "whatsapp:+15005550006"
        assert form["ContentSid"] == "HX" + "c" * 32
        assert list(json.loads(form["ContentVariables"])) == ["1"] and "Body" not in form

    @pytest.mark.parametrize("status, code, status_after, words", [
        (400, 21211, "failed", "the number is not valid"),
        (400, 21610, "failed", "asked for no more messages"),
        (400, 21614, "failed", "can't receive SMS"),
        (400, 21408, "failed", "may not send to this country"),
        (400, 21606, "failed", "can't send to this recipient"),
        (401, 20003, "failed", "credentials are wrong"),
        (400, 99999, "failed", "refuses the message"),
        (429, 20429, "queued", "too many messages"),
        (500, None, "queued", "fails at the moment"),
        (503, None, "queued", "fails at the moment"),
    ])
    def test_says_what_goes_wrong(self, api, provider, status, code, status_after, words):
        provider.script((status, {"code": code, "message": "The 'To' number +34600123456 ...",
                                  "status": status}))
        project = live_phone_project(api)
        add_phone_sender(project, "twilio", twilio(provider))
        validation_id = send_sms(project, number()).data["validation_id"]
        timeline = project.wait_for_step(validation_id, "attempt")
        first = attempts_in(timeline)[0]
        assert words in first["reason"], first
        assert "+34600123456" not in json.dumps(timeline)
        if code:
            assert first["provider_answer"].startswith(str(code))
        ours = message_id(project, validation_id)
        assert api.get(f"/messages/{ours}").data["status"] == status_after

    @pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"sid": 5', "<html>"])
    def test_an_answer_that_cannot_be_read_is_not_sent_again(self, api, provider, body):
        provider.script((201, body))
        project = live_phone_project(api)
        add_phone_sender(project, "twilio", twilio(provider))
        validation_id = send_sms(project, number()).data["validation_id"]
        project.wait_for_step(validation_id, "sent")
        time.sleep(1.5)
        assert len(provider.asked) == 1


class TestTwilioReceipts:
    @pytest.fixture
    def sent(self, api, provider):
        project = live_phone_project(api)
        sender = add_phone_sender(project, "twilio", twilio(provider))
        validation_id = send_sms(project, number()).data["validation_id"]
        project.wait_for_step(validation_id, "sent")
        ours = message_id(project, validation_id)
        return project, sender, validation_id, ours

    @staticmethod
    def post(api, sender, ours, form, token=TOKEN, signed=None):
        path = f"/senders/{sender['sender_id']}/receipts?message={ours}"
        made = signed or twilio_signature(f"{PUBLIC}/v2/access{path}", form, token)
        return api.request("POST", path, urllib.parse.urlencode(form), token=None,
                           headers={"Content-Type": "application/x-www-form-urlencoded",
                                    "X-Twilio-Signature": made})

    def test_deliver_once(self, api, sent):
        project, sender, validation_id, ours = sent
        form = {"MessageSid": "SM" + "b" * 32, "MessageStatus": "delivered", "To": "+34600123456"}
        assert self.post(api, sender, ours, form).data == {"recorded": True}
        assert self.post(api, sender, ours, form).data == {"recorded": False}
        assert types(project, validation_id).count("delivered") == 1

    def test_tell_why_not(self, api, sent):
        project, sender, validation_id, ours = sent
        form = {"MessageSid": "SM" + "b" * 32, "MessageStatus": "undelivered", "ErrorCode": "30003"}
        assert self.post(api, sender, ours, form).data == {"recorded": True}
        failed = next(e for e in project.timeline(validation_id) if e["type"] == "delivery_failed")
        assert "switched off" in failed["reason"]
        receipt = next(e for e in project.timeline(validation_id) if e["type"] == "receipt")
        assert receipt["provider_answer"] == "30003 undelivered"

    def test_forged_ones_are_refused(self, api, sent):
        project, sender, validation_id, ours = sent
        form = {"MessageSid": "SM" + "b" * 32, "MessageStatus": "delivered"}
        assert self.post(api, sender, ours, form, token="guessed").code == "INVALID_CREDENTIALS"
        assert self.post(api, sender, ours, form, signed="x").code == "INVALID_CREDENTIALS"
        path = f"/senders/{sender['sender_id']}/receipts?message={ours}"
        good = twilio_signature(f"{PUBLIC}/v2/access{path}", form)
        changed = form | {"MessageStatus": "failed"}
        assert self.post(api, sender, ours, changed, signed=good).code == "INVALID_CREDENTIALS"
        other = "msg_" + "0" * 29
        assert self.post(api, sender, other, form, signed=good).code == "INVALID_CREDENTIALS"
        assert "receipt" not in types(project, validation_id)

    def test_of_strangers_messages_are_passed_over(self, api, sent):
        _, sender, _, _ = sent
        form = {"MessageStatus": "delivered"}
        assert self.post(api, sender, "msg_" + "0" * 29, form).data == {"recorded": False}


class TestVonage:
    def test_is_asked_as_its_manual_says(self, api, provider):
        provider.script(VONAGE_TOOK_IT)
        project = live_phone_project(api)
        add_phone_sender(project, "vonage", vonage(provider))
        phone = number()
        sent = send_sms(project, phone).data
        asked = provider.wait_for()[0]
        project.wait_for_step(sent["validation_id"], "sent")
        assert (asked.method, asked.path) == ("POST", "/v1/messages")
        body = asked.json
        assert body.pop("text").startswith(code_in(asked.json["text"]))
        assert 20 <= body.pop("ttl") <= 300
        assert body == {"channel": "sms", "message_type": "text", "to": phone[1:], "from": "SHOP",
                        "client_ref": message_id(project, sent["validation_id"])}

    def test_is_asked_for_whatsapp_by_template(self, api, provider):
        provider.script(VONAGE_TOOK_IT)
        project = live_phone_project(api)
        add_phone_sender(project, "vonage", vonage(provider, template="login_code"),
                         channel="whatsapp")
        send_whatsapp(project, number(), language="pt")
        body = provider.wait_for()[0].json
        template = body["custom"]["template"]
        assert body["message_type"] == "custom" and body["custom"]["type"] == "template"
        assert template["name"] == "login_code"
        assert template["language"] == {"policy": "deterministic", "code": "pt_BR"}
        assert [part["type"] for part in template["components"]] == ["body", "button"]

    @pytest.mark.parametrize("status, number_of_error, words", [
        (422, "1120", "not valid in this country"), (402, "1070", "no credit left"),
        (401, "none", "credentials"), (429, "1000", "too many messages"),
        (422, "1240", "asked for no more messages"), (500, "none", "fails at the moment")])
    def test_says_what_goes_wrong(self, api, provider, status, number_of_error, words):
        provider.script((status, {
            "type": f"https://developer.vonage.com/api-errors/messages#{number_of_error}",
            "title": "Refused", "detail": "To 34600123456", "instance": "x"}))
        project = live_phone_project(api)
        add_phone_sender(project, "vonage", vonage(provider))
        validation_id = send_sms(project, number()).data["validation_id"]
        timeline = project.wait_for_step(validation_id, "attempt")
        assert words in attempts_in(timeline)[0]["reason"]
        assert "34600123456" not in json.dumps(timeline)

    def test_receipts_are_signed_tokens(self, api, provider):
        provider.script(VONAGE_TOOK_IT)
        project = live_phone_project(api)
        sender = add_phone_sender(project, "vonage", vonage(provider))
        validation_id = send_sms(project, number()).data["validation_id"]
        project.wait_for_step(validation_id, "sent")
        ours = message_id(project, validation_id)
        body = json.dumps({"message_uuid": "x", "status": "rejected", "client_ref": ours,
                           "error": {"type": "https://developer.vonage.com/api-errors/messages#1180",
                                     "title": 1180, "detail": "Absent"}})

        def post(text, token):
            return api.request("POST", f"/senders/{sender['sender_id']}/receipts", text, token=None,
                               headers={"Content-Type": "application/json",
                                        "Authorization": "Bearer " + token})

        secret = "vonage-signs-with-this"
        for token in (vonage_token("guessed", body.encode()),
                      vonage_token(secret, b"another body"),
                      vonage_token(secret, body.encode(), at=time.time() - 900),
                      vonage_token("", body.encode(), algorithm="none"),
                      vonage_token(secret, body.encode()).rsplit(".", 1)[0] + ".", "x.y.z", ""):
            assert post(body, token).code == "INVALID_CREDENTIALS"
        assert post(body, vonage_token(secret, body.encode())).data == {"recorded": True}
        assert post(body, vonage_token(secret, body.encode())).data == {"recorded": False}
        failed = next(e for e in project.timeline(validation_id) if e["type"] == "delivery_failed")
        assert "switched off" in failed["reason"]


class TestWhatsApp:
    def test_is_asked_as_its_manual_says(self, api, provider):
        provider.script(WHATSAPP_TOOK_IT)
        project = live_phone_project(api, whatsapp_templates={"es": "codigo"})
        add_phone_sender(project, "whatsapp_cloud", whatsapp(provider))
        phone = number()
        sent = send_whatsapp(project, phone, language="es").data
        asked = provider.wait_for()[0]
        project.wait_for_step(sent["validation_id"], "sent")
        assert asked.path == "/v21.0/106540352242922/messages"
        assert asked.headers["Authorization"] == "Bearer EAAJB-secret"
        body = asked.json
        code = body["template"]["components"][0]["parameters"][0]["text"]
        parameters = [{"type": "text", "text": code}]
        assert body == {
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": phone,
            "type": "template",
            "template": {"name": "codigo", "language": {"code": "es"}, "components": [
                {"type": "body", "parameters": parameters},
                {"type": "button", "sub_type": "url", "index": "0", "parameters": parameters}]},
            "biz_opaque_callback_data": message_id(project, sent["validation_id"])}
        assert verify_phone(project, phone, code, sent["validation_id"]).status == 200

    @pytest.mark.parametrize("status, code, words", [
        (400, 131026, "has no WhatsApp"), (401, 190, "token has expired"),
        (404, 132001, "template doesn't exist"), (429, 130429, "too many messages"),
        (503, 131016, "down for a while"), (400, 131042, "way of paying")])
    def test_says_what_goes_wrong(self, api, provider, status, code, words):
        provider.script((status, {"error": {"message": f"(#{code}) Refused", "code": code,
                                            "fbtrace_id": "x"}}))
        project = live_phone_project(api)
        add_phone_sender(project, "whatsapp_cloud", whatsapp(provider))
        validation_id = send_whatsapp(project, number()).data["validation_id"]
        timeline = project.wait_for_step(validation_id, "attempt")
        assert words in attempts_in(timeline)[0]["reason"]

    def test_shakes_hands_and_takes_signed_receipts(self, api, provider):
        provider.script(WHATSAPP_TOOK_IT)
        project = live_phone_project(api)
        sender = add_phone_sender(project, "whatsapp_cloud", whatsapp(provider))
        path = f"/senders/{sender['sender_id']}/receipts"
        greeted = api.send("GET", "/v2/access" + path + "?hub.mode=subscribe&hub.challenge=1158201444"
                           "&hub.verify_token=shake-hands", None, None, None, "api")
        assert greeted.status == 200 and greeted.text == "1158201444"
        refused = api.send("GET", "/v2/access" + path + "?hub.mode=subscribe&hub.challenge=1"
                           "&hub.verify_token=guessed", None, None, None, "api")
        assert refused.code == "INVALID_CREDENTIALS"

        validation_id = send_whatsapp(project, number()).data["validation_id"]
        project.wait_for_step(validation_id, "sent")
        ours = message_id(project, validation_id)
        status = {"id": "wamid.HBgL", "status": "delivered", "timestamp": "1", "recipient_id": "34600",
                  "biz_opaque_callback_data": ours}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [
            {"id": "1", "changes": [{"field": "messages", "value": {"statuses": [
                status | {"status": "sent"}, status, status]}}]}]})

        def post(signed):
            return api.request("POST", path, body, token=None,
                               headers={"Content-Type": "application/json",
                                        "X-Hub-Signature-256": signed})

        assert post(hub_signature("guessed", body.encode())).code == "INVALID_CREDENTIALS"
        assert post("sha256=").code == "INVALID_CREDENTIALS"
        assert post("").code == "INVALID_CREDENTIALS"
        good = hub_signature("meta-app-secret", body.encode())
        assert post(good).data == {"recorded": True}
        assert post(good).data == {"recorded": False}
        assert types(project, validation_id).count("delivered") == 1


class TestGeneric:
    def test_fills_the_places_and_reads_the_answer(self, api, provider):
        provider.script((200, {"result": "ok", "message": {"id": 77}}))
        project = live_phone_project(api)
        add_phone_sender(project, "http", generic(
            provider, body={"msisdn": "{{to_digits}}", "parts": [{"text": "{{text}}"}], "ref": "{{message_id}}"},
            success_pointer="/result", success_value="ok", id_pointer="/message/id"))
        phone = number()
        sent = send_sms(project, phone).data
        asked = provider.wait_for()[0]
        project.wait_for_step(sent["validation_id"], "sent")
        ours = message_id(project, sent["validation_id"])
        assert asked.headers["Authorization"] == "Bearer generic-secret"
        assert asked.headers["Idempotency-Key"] == ours
        body = asked.json
        assert body["msisdn"] == phone[1:] and body["ref"] == ours
        assert body["parts"][0]["text"].endswith("#" + code_in(body["parts"][0]["text"]))
        assert api.get(f"/messages/{ours}").data["attempts"][0]["provider_id"] == "77"

    def test_sends_forms_and_urls_without_breaking_out(self, api, provider):
        provider.script((200, "OK"))
        project = live_phone_project(api)
        assert api.patch(project.path, {"name": 'A&b="c" {{to}}'}).status == 200
        add_phone_sender(project, "http", generic(
            provider, url=provider.url + "/send?n={{to}}", content="form",
            body={"text": "{{text}}", "fixed": "a&b"}))
        phone = number()
        send_sms(project, phone)
        asked = provider.wait_for()[0]
        assert asked.path == "/send?n=" + urllib.parse.quote(phone, safe="")
        assert asked.form["fixed"] == "a&b" and 'A&b="c" {{to}}' in asked.form["text"]
        assert set(asked.form) == {"fixed", "text"}

    def test_a_retry_carries_the_same_key(self, api, provider):
        provider.script((503, ""), (200, "{}"))
        project = live_phone_project(api)
        add_phone_sender(project, "http", generic(provider))
        validation_id = send_sms(project, number()).data["validation_id"]
        project.wait_for_step(validation_id, "sent")
        keys = {asked.headers["Idempotency-Key"] for asked in provider.asked}
        assert len(provider.asked) == 2 and len(keys) == 1

    def test_receipts_may_name_the_providers_id(self, api, provider):
        provider.script((200, {"id": "abc-1"}))
        project = live_phone_project(api)
        sender = add_phone_sender(project, "http", generic(provider, id_pointer="/id", receipts="yes"))
        validation_id = send_sms(project, number()).data["validation_id"]
        project.wait_for_step(validation_id, "sent")
        body = json.dumps({"event": "delivered", "id": "abc-1"})
        path = f"/senders/{sender['sender_id']}/receipts"
        forged = api.request("POST", path, body, token=None, headers={
            "Content-Type": "application/json"} | signature("guessed", body))
        assert forged.code == "INVALID_CREDENTIALS"
        taken = api.request("POST", path, body, token=None, headers={
            "Content-Type": "application/json"} | signature(sender["receipt_secret"], body))
        assert taken.data == {"recorded": True}
        project.wait_for_step(validation_id, "delivered")


class TestSetUp:
    def test_secrets_are_never_shown(self, api, project, provider):
        made = add_phone_sender(project, "twilio", twilio(provider), prefixes=["+34"], priority=3)
        shown = api.get(f"/senders/{made['sender_id']}")
        assert TOKEN not in shown.text and shown.data["settings"]["has_auth_token"] is True
        assert shown.data["prefixes"] == ["+34"] and shown.data["channel"] == "sms"

    def test_a_kept_secret_goes_nowhere_else(self, api, project, provider, second):
        made = add_phone_sender(project, "twilio", twilio(provider))
        path = f"/senders/{made['sender_id']}"
        for change in ({"base_url": second.url}, {"account_sid": "AC" + "f" * 32}):
            assert "settings.auth_token" in api.patch(path, {"settings": change}).issues
        assert api.patch(path, {"settings": {"base_url": second.url, "auth_token": "new"}}).status == 200
        assert api.patch(path, {"settings": {"from": "+15005550001"}}).status == 200

    @pytest.mark.parametrize("kind, settings, field", [
        ("twilio", {"account_sid": SID, "from": "+1"}, "settings.auth_token"),
        ("twilio", {"account_sid": SID, "auth_token": "x"}, "settings.from"),
        ("vonage", {"api_key": "a", "api_secret": "b"}, "settings.from"),
        ("whatsapp_cloud", {"phone_number_id": "1", "access_token": "b"}, "settings.template"),
        ("http", {"url": "https://192.0.32.10/{{nonsense}}"}, "settings.url"),
        ("http", {"url": "https://{{to}}.example.com/"}, "settings.url"),
        ("http", {"url": "ftp://192.0.32.10/"}, "settings.url"),
        ("http", {"url": "https://192.0.32.10/", "body": {"a": "{{to}}"}}, "settings.body"),
        ("http", {"url": "https://192.0.32.10/", "headers": {"Host": "x"}}, "settings.headers"),
        ("http", {"url": "https://192.0.32.10/", "headers": {"X": "a\r\nb"}}, "settings.headers"),
        ("http", {"url": "https://192.0.32.10/", "id_pointer": "id"}, "settings.id_pointer"),
        ("http", {"url": "https://192.0.32.10/", "unknown": "x"}, "settings.unknown"),
    ])
    def test_settings_that_cannot_be_meant_are_refused(self, project, kind, settings, field):
        refused = project.api.post(f"{project.path}/senders",
                                   {"name": "x", "kind": kind, "settings": settings})
        assert field in refused.issues, refused.text

    @pytest.mark.parametrize("url", ["https://10.0.0.1/", "https://169.254.169.254/latest",
                                     "https://[::1]/", "http://192.0.32.10/"])
    def test_addresses_inside_are_closed(self, project, url):
        refused = project.api.post(f"{project.path}/senders",
                                   {"name": "x", "kind": "http", "settings": {"url": url}})
        assert refused.code == "URL_NOT_ALLOWED"

    def test_a_test_message_goes_out_at_once(self, api, project, provider):
        made = add_phone_sender(project, "twilio", twilio(provider))
        phone = number()
        tried = api.post(f"/senders/{made['sender_id']}/test", {"recipient": phone}).data
        assert tried["accepted"] is True
        assert provider.asked[0].form["To"] == phone
        assert api.post(f"/senders/{made['sender_id']}/test", {"recipient": "x"}).code == "INVALID_PHONE"


class TestRouting:
    def test_the_longest_start_goes_first_then_the_priority(self, api, provider, second):
        third = Provider(TWILIO_TOOK_IT)
        project = live_phone_project(api)
        add_phone_sender(project, "twilio", twilio(provider), name="all", priority=1)
        add_phone_sender(project, "twilio", twilio(second), name="Spain", priority=90, prefixes=["+34"])
        add_phone_sender(project, "twilio", twilio(third), name="Portugal", prefixes=["+351"])
        send_sms(project, number())
        second.wait_for()
        send_sms(project, number("+44"))
        provider.wait_for()
        assert (len(provider.asked), len(second.asked), len(third.asked)) == (1, 1, 0)
        third.close()

    @each_node_by_itself
    def test_the_next_one_takes_over_and_a_wish_to_wait_is_kept(self, api, provider, second):
        provider.script((429, {"code": 20429, "message": "x"}, {"Retry-After": "60"}))
        project = live_phone_project(api)
        add_phone_sender(project, "twilio", twilio(provider), name="First", priority=1)
        add_phone_sender(project, "twilio", twilio(second), name="Second", priority=2)
        for _ in range(3):
            validation_id = send_sms(project, number()).data["validation_id"]
            project.wait_for_step(validation_id, "sent")
        assert len(provider.asked) == 1 and len(second.asked) == 3

    def test_a_number_that_nobody_reaches_ends_the_round(self, api, provider, second):
        provider.script((400, {"code": 21211, "message": "x"}))
        project = live_phone_project(api)
        add_phone_sender(project, "twilio", twilio(provider), priority=1)
        add_phone_sender(project, "twilio", twilio(second), priority=2)
        validation_id = send_sms(project, number()).data["validation_id"]
        project.wait_for_step(validation_id, "delivery_failed")
        assert second.asked == []


class TestFallback:
    def test_comes_when_no_receipt_did(self, api, provider, second):
        second.script(WHATSAPP_TOOK_IT)
        project = live_phone_project(api, fallback={"after_seconds": 10, "to": "whatsapp"})
        add_phone_sender(project, "twilio", twilio(provider))
        add_phone_sender(project, "whatsapp_cloud", whatsapp(second))
        phone = number()
        validation_id = send_sms(project, phone).data["validation_id"]
        second.wait_for(seconds=40)
        template = second.asked[0].json["template"]
        assert template["components"][0]["parameters"][0]["text"] == code_in(provider.asked[0].form["Body"])
        shown = wait_for(lambda: project.validation(validation_id)["fallbacks"] and
                         project.validation(validation_id))
        assert shown["channel"] == "whatsapp"
        assert verify_phone(project, phone, code_in(provider.asked[0].form["Body"]),
                            validation_id).status == 200

    def test_stays_away_when_a_receipt_came(self, api, provider, second):
        second.script(WHATSAPP_TOOK_IT)
        project = live_phone_project(api, fallback={"after_seconds": 10, "to": "whatsapp"})
        sender = add_phone_sender(project, "twilio", twilio(provider))
        add_phone_sender(project, "whatsapp_cloud", whatsapp(second))
        validation_id = send_sms(project, number()).data["validation_id"]
        project.wait_for_step(validation_id, "sent")
        ours = message_id(project, validation_id)
        assert TestTwilioReceipts.post(api, sender, ours, {"MessageStatus": "delivered"}).data == {
            "recorded": True}
        time.sleep(13)
        assert second.asked == [] and project.validation(validation_id)["fallbacks"] == []

    def test_comes_at_once_when_the_first_way_failed(self, api, provider, second):
        provider.script((400, {"code": 21614, "message": "x"}))
        second.script(WHATSAPP_TOOK_IT)
        project = live_phone_project(api, fallback={"after_seconds": 300, "to": "whatsapp"})
        add_phone_sender(project, "twilio", twilio(provider))
        add_phone_sender(project, "whatsapp_cloud", whatsapp(second))
        send_sms(project, number())
        second.wait_for(seconds=20)


class TestTrouble:
    def test_a_provider_that_is_down_holds_no_request_and_nothing_is_late(self, api, provider, second):
        provider.script("hang")
        project = live_phone_project(api, otp_ttl_seconds=60)
        add_phone_sender(project, "twilio", twilio(provider), name="Down", priority=1)
        add_phone_sender(project, "twilio", twilio(second), name="Second", priority=2)
        began = time.monotonic()
        ids = [send_sms(project, number()).data["validation_id"] for _ in range(6)]
        assert time.monotonic() - began < 5, "no request waits for a provider"
        for validation_id in ids:
            timeline = project.wait_for_step(validation_id, "sent", seconds=55)
            assert attempts_in(timeline)[-1]["text"].startswith("Try")
        provider.close()

    def test_what_cannot_be_sent_in_time_is_given_up(self, api, provider):
        provider.script((503, ""))
        project = live_phone_project(api, otp_ttl_seconds=60)
        add_phone_sender(project, "twilio", twilio(provider))
        sent = send_sms(project, number()).data
        wait_for(lambda: api.get(f"/messages/{message_id(project, sent['validation_id'])}")
                 .data["status"] in ("failed", "expired"), seconds=90)
        asked = len(provider.asked)
        provider.script(TWILIO_TOOK_IT)
        time.sleep(3)
        assert len(provider.asked) == asked
