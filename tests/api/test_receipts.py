"""Receipts and bounces: what relays say about mails afterwards, and what strangers say."""

import json
import re
import time

import pytest

from support.client import Client
from support.project import address
from support.relay import ScriptedRelay
from support.senders import OPEN_LOOPBACK, add_sender, live_project, mailgun_body, settings_of, \
    signature
from support.server import Server

OPERATORS_SECRET = "operators-receipt-secret-0123456789"
KEY = "mailgun-signing-key-5f3a"
SERVER = {"outbound": OPEN_LOOPBACK}


class Sent:
    """A mail that left through a project's own sender."""

    def __init__(self, api, relay):
        self.api = api
        self.project = live_project(api)
        self.sender = add_sender(self.project, settings_of(relay), mailgun_signing_key=KEY)
        self.secret = self.sender["receipt_secret"]
        self.path = f"/senders/{self.sender['sender_id']}/receipts"
        self.to = address()
        self.validation_id = self.project.send(self.to).data["validation_id"]
        self.project.wait_for_step(self.validation_id, "sent")
        self.message = next(message for message in relay.messages if message["To"] == self.to)
        self.message_id = self.message["Message-ID"]

    def post(self, body, headers, path=None, kind="application/json"):
        return self.api.request("POST", path or self.path, body, token=None,
                                headers={"Content-Type": kind} | headers)

    def say(self, event, **fields):
        body = json.dumps({"event": event, "message_id": self.message_id} | fields)
        return self.post(body, signature(self.secret, body))

    def types(self):
        return [entry["type"] for entry in self.project.timeline(self.validation_id)]


@pytest.fixture(scope="module")
def relay():
    made = ScriptedRelay()
    yield made
    made.close()


@pytest.fixture
def sent(api, relay):
    return Sent(api, relay)


class TestOwnForm:
    def test_a_delivered_mail_is_shown_as_delivered(self, sent):
        assert sent.say("delivered", vendor_field={"any": "thing"}).data["recorded"] is True
        timeline = sent.project.timeline(sent.validation_id)
        receipt = next(entry for entry in timeline if entry["type"] == "receipt")
        assert "the recipient has the message" in receipt["text"]
        assert "delivered" in sent.types()

    def test_a_bounce_says_why_in_plain_words(self, sent):
        answer = f"550 5.1.1 <{sent.to}>: unknown"
        assert sent.say("bounced", status="5.1.1", answer=answer).data["recorded"] is True
        timeline = sent.project.timeline(sent.validation_id)
        failed = next(entry for entry in timeline if entry["type"] == "delivery_failed")
        assert failed["reason"] == "the mailbox doesn't exist"
        receipt = next(entry for entry in timeline if entry["type"] == "receipt")
        assert receipt["provider_answer"] == "550 5.1.1 <address>: unknown"
        assert sent.to not in json.dumps(timeline)

    def test_repetitions_change_nothing(self, sent):
        body = json.dumps({"event": "bounced", "message_id": sent.message_id})
        headers = signature(sent.secret, body)
        assert sent.post(body, headers).data["recorded"] is True
        before = sent.types()
        for _ in range(3):
            assert sent.post(body, headers).data["recorded"] is False
        assert sent.types() == before

    def test_what_failed_is_not_delivered_later(self, sent):
        sent.say("bounced")
        sent.say("delivered")
        assert "delivered" not in sent.types()

    def test_complaints_and_delays_are_only_noted(self, sent):
        sent.say("deferred", status="4.2.2")
        sent.say("complained")
        assert sent.types().count("receipt") == 2
        assert "delivery_failed" not in sent.types() and "delivered" not in sent.types()
        code = re.search(r"^ {4}(\d{6})\r?$", sent.message.get_body(("plain",)).get_content(),
                         re.MULTILINE)[1]
        assert sent.project.verify(sent.to, code, sent.validation_id).status == 200


class TestAttacks:
    """Nothing of what is refused or passed over here may leave a trace."""

    @pytest.fixture
    def body(self, sent):
        return json.dumps({"event": "bounced", "message_id": sent.message_id})

    def untouched(self, sent):
        return "receipt" not in sent.types() and "delivery_failed" not in sent.types()

    @pytest.mark.parametrize("headers", [
        {}, {"X-Accessd-Signature": ""}, {"X-Accessd-Signature": "t=1,v1="},
        {"X-Accessd-Signature": "t=,v1=00"}, {"X-Accessd-Signature": "v1=" + "0" * 64},
        {"X-Accessd-Signature": f"t={int(time.time())},v1=" + "0" * 64},
        {"X-Accessd-Signature": f"t={int(time.time())},v1=" + "zz" * 32}])
    def test_unsigned_and_forged(self, sent, body, headers):
        assert sent.post(body, headers).code == "INVALID_CREDENTIALS"
        assert self.untouched(sent)

    def test_signed_with_another_secret(self, sent, body):
        assert sent.post(body, signature("rcs_other", body)).code == "INVALID_CREDENTIALS"
        assert sent.post(body, signature("", body)).code == "INVALID_CREDENTIALS"
        assert sent.post(body, signature(KEY, body)).code == "INVALID_CREDENTIALS"
        assert self.untouched(sent)

    def test_another_body_under_a_good_signature(self, sent, body):
        headers = signature(sent.secret, body.replace("bounced", "delivered"))
        assert sent.post(body, headers).code == "INVALID_CREDENTIALS"
        assert self.untouched(sent)

    @pytest.mark.parametrize("age", [301 + 5, -301 - 5, 86400])
    def test_stale_and_from_the_future(self, sent, body, age):
        headers = signature(sent.secret, body, at=time.time() - age)
        assert sent.post(body, headers).code == "INVALID_CREDENTIALS"
        assert self.untouched(sent)

    def test_another_senders_receipt(self, api, relay, sent, body):
        stranger = Sent(api, relay)
        answer = sent.post(body, signature(stranger.secret, body), path=stranger.path)
        assert answer.data["recorded"] is False
        sibling = add_sender(sent.project, settings_of(relay), name="second", priority=50)
        answer = sent.post(body, signature(sibling["receipt_secret"], body),
                           path=f"/senders/{sibling['sender_id']}/receipts")
        assert answer.data["recorded"] is False, "it didn't hand this mail over"
        assert self.untouched(sent)

    def test_senders_that_are_not_there(self, sent, body):
        for name in ("snd_06earla4d0004b6uqohnmbmp3ovn4", "smtp", "x", "..%2Fsmtp"):
            answer = sent.post(body, signature(sent.secret, body), path=f"/senders/{name}/receipts")
            assert answer.status == 404, name

    def test_a_deleted_sender_takes_no_receipts(self, sent, body):
        sent.api.delete(f"/senders/{sent.sender['sender_id']}")
        assert sent.post(body, signature(sent.secret, body)).code == "SENDER_NOT_FOUND"

    def test_an_old_secret_is_good_no_longer(self, sent, body):
        renewed = sent.api.patch(f"/senders/{sent.sender['sender_id']}",
                                 {"renew_receipt_secret": True}).data["receipt_secret"]
        assert sent.post(body, signature(sent.secret, body)).code == "INVALID_CREDENTIALS"
        assert sent.post(body, signature(renewed, body)).data["recorded"] is True

    def test_mails_that_never_were(self, sent):
        name = "msg_06earm7th000e6ftlvip699sqpabv"
        for message_id in (name, f"<{name}@x>"):
            body = json.dumps({"event": "bounced", "message_id": message_id})
            assert sent.post(body, signature(sent.secret, body)).data["recorded"] is False
        body = json.dumps({"event": "bounced", "message_id": "' OR 1=1 --"})
        assert sent.post(body, signature(sent.secret, body)).code == "INVALID_REQUEST"

    def test_other_media_types(self, sent, body):
        answer = sent.post(body, signature(sent.secret, body), kind="text/plain")
        assert answer.code == "UNSUPPORTED_MEDIA_TYPE"


class TestMailgun:
    def test_delivered_and_failed(self, sent):
        name = sent.message_id.strip("<>")
        assert sent.post(mailgun_body(KEY, "delivered", name), {}).data["recorded"] is True
        assert "delivered" in sent.types()
        status = {"message": f"550 <{sent.to}> gone", "enhanced-code": "5.2.1"}
        failed = mailgun_body(KEY, "failed", name, token="b" * 50, severity="permanent",
                              **{"delivery-status": status})
        assert sent.post(failed, {}).data["recorded"] is True
        entry = next(entry for entry in sent.project.timeline(sent.validation_id)
                     if entry["type"] == "delivery_failed")
        assert entry["reason"] == "the mailbox is disabled"

    def test_events_of_no_interest_are_taken_and_passed_over(self, sent):
        body = mailgun_body(KEY, "opened", sent.message_id)
        assert sent.post(body, {}).data["recorded"] is False

    def test_forged_stale_and_reused(self, sent):
        name = sent.message_id
        assert sent.post(mailgun_body("other", "failed", name), {}).code == "INVALID_CREDENTIALS"
        old = mailgun_body(KEY, "failed", name, at=time.time() - 400)
        assert sent.post(old, {}).code == "INVALID_CREDENTIALS"
        # The signature doesn't cover the event: a token is good for one receipt.
        token = "c" * 50
        assert sent.post(mailgun_body(KEY, "delivered", name, token=token), {}).data["recorded"]
        swapped = mailgun_body(KEY, "failed", name, token=token, severity="permanent")
        assert sent.post(swapped, {}).data["recorded"] is False
        for _ in range(4):  # Whichever node it comes to.
            assert sent.post(swapped, {}).data["recorded"] is False
        assert "delivery_failed" not in sent.types()

    def test_what_is_of_no_interest_is_good_for_no_receipt_either(self, sent):
        token = "d" * 50
        opened = mailgun_body(KEY, "opened", sent.message_id, token=token)
        assert sent.post(opened, {}).data["recorded"] is False
        swapped = mailgun_body(KEY, "failed", sent.message_id, token=token, severity="permanent")
        for _ in range(2):
            assert sent.post(swapped, {}).data["recorded"] is False

    def test_without_its_key_nothing_of_mailguns_is_taken(self, api, relay):
        sent = Sent(api, relay)
        api.patch(f"/senders/{sent.sender['sender_id']}", {"mailgun_signing_key": None})
        for key in (KEY, "", sent.secret):
            body = mailgun_body(key, "failed", sent.message_id)
            assert sent.post(body, {}).code == "INVALID_CREDENTIALS"


REPORT = """From: MAILER-DAEMON@mx.example.net
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
Message-ID: <bounce-1@mx.example.net>

--b
Content-Type: text/plain

I could not deliver it. Action: none of yours.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status}
 <{to}> no such user

--b
Content-Type: text/rfc822-headers

From: codes@example.com
Message-ID: {message_id}

--b--
"""


class TestDeliveryReports:
    @pytest.mark.parametrize("kind", ["multipart/report; boundary=b", "message/rfc822"])
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_a_bounce_from_a_mail_servers_pipe(self, sent, kind, end):
        body = REPORT.format(to=sent.to, action="failed", status="5.1.1",
                             message_id=sent.message_id).replace("\n", end)
        assert sent.post(body, signature(sent.secret, body), kind=kind).data["recorded"] is True
        timeline = sent.project.timeline(sent.validation_id)
        failed = next(entry for entry in timeline if entry["type"] == "delivery_failed")
        assert failed["reason"] == "the mailbox doesn't exist"
        receipt = next(entry for entry in timeline if entry["type"] == "receipt")
        assert receipt["provider_answer"] == "550 5.1.1 <address> no such user"

    def test_the_status_alone_with_our_id(self, sent):
        name = sent.message_id.strip("<>").split("@")[0]
        body = f"Original-Envelope-Id: {name}\n\nAction: delayed\nStatus: 4.4.1\n"
        done = sent.post(body, signature(sent.secret, body), kind="message/delivery-status")
        assert done.data["recorded"] is True
        assert "delivery_failed" not in sent.types()

    def test_reports_need_the_signature(self, sent):
        body = REPORT.format(to=sent.to, action="failed", status="5.1.1",
                             message_id=sent.message_id)
        assert sent.post(body, {}, kind="multipart/report").code == "INVALID_CREDENTIALS"

    def test_what_is_no_report_is_refused(self, sent):
        body = "Hello,\n\nI am on holiday.\n"
        assert sent.post(body, signature(sent.secret, body),
                         kind="message/rfc822").code == "INVALID_REQUEST"


def test_the_address_can_be_looked_at(api, sent):
    assert api.get(sent.path).data["sender_id"] == sent.sender["sender_id"]
    assert api.get("/senders/snd_06earla4d0004b6uqohnmbmp3ovn4/receipts").code == "SENDER_NOT_FOUND"


def test_the_operators_account_takes_receipts_too(tmp_path, relay):
    server = Server(tmp_path / "operator",
                    smtp=relay.smtp_settings(receipt_secret=OPERATORS_SECRET))
    credentials = server.create_key()
    with server:
        api = Client(server).log_in(*credentials)
        project = live_project(api)
        to = address()
        validation_id = project.send(to).data["validation_id"]
        project.wait_for_step(validation_id, "sent")
        message = next(message for message in relay.messages if message["To"] == to)
        body = json.dumps({"event": "delivered", "message_id": message["Message-ID"]})

        def send(secret):
            return api.request("POST", "/senders/smtp/receipts", body, token=None,
                               headers=signature(secret, body))

        assert send("x" * 40).code == "INVALID_CREDENTIALS"
        assert send(OPERATORS_SECRET).data["recorded"] is True
        assert "delivered" in [entry["type"] for entry in project.timeline(validation_id)]
