"""Projects' own senders: set-up, what is shown of them, where they may lead, and test messages."""

import pytest

from support.client import Client, make_caller, wait_for
from support.project import Project, address
from support.relay import PASSWORD, SENDER, USER, ScriptedRelay, free_port
from support.senders import OPEN_LOOPBACK, add_sender, attempts_in, live_project, settings_of
from support.server import Server, each_node_by_itself

SERVER = {"outbound": OPEN_LOOPBACK}
PUBLIC = {"host": "192.0.32.10", "from": "codes@shop.example"}  # Nothing connects there.


@pytest.fixture
def relay():
    made = ScriptedRelay()
    yield made
    made.close()


class TestSetUp:
    def test_a_sender_is_made_shown_changed_and_deleted(self, project):
        made = add_sender(project, PUBLIC | {"user": USER, "password": PASSWORD}, priority=3)
        path = f"/senders/{made['sender_id']}"
        assert made["settings"] == {
            "host": "192.0.32.10", "port": 587, "security": "starttls", "user": USER,
            "has_password": True, "from": "codes@shop.example", "from_name": None,
            "reply_to": None}
        assert made["health"]["status"] == "ok" and made["warnings"] == []
        assert made["receipts_url"].endswith(f"/v2/access{path}/receipts")

        shown = project.api.get(path)
        assert "receipt_secret" not in shown.data and PASSWORD not in shown.text
        assert shown.data["priority"] == 3
        assert [item["sender_id"] for item in
                project.api.get(f"{project.path}/senders").data["items"]] == [made["sender_id"]]

        changed = project.api.patch(path, {"status": "paused", "settings": {"from_name": "Shop"}})
        assert changed.data["status"] == "paused"
        assert changed.data["settings"]["from_name"] == "Shop"
        assert changed.data["settings"]["has_password"] is True
        assert project.api.delete(path).data["deleted"] is True
        assert project.api.get(path).code == "SENDER_NOT_FOUND"

    def test_a_change_holds_only_for_what_was_read(self, project):
        made = add_sender(project, PUBLIC)
        path = f"/senders/{made['sender_id']}"
        tag = project.api.get(path).headers["ETag"]
        assert project.api.patch(path, {"name": "A"}, headers={"If-Match": tag}).status == 200
        late = project.api.patch(path, {"name": "B"}, headers={"If-Match": tag})
        assert late.code == "PRECONDITION_FAILED"
        assert project.api.delete(path, headers={"If-Match": tag}).code == "PRECONDITION_FAILED"

    def test_another_projects_token_finds_nothing(self, api, project):
        made = add_sender(project, PUBLIC)
        other = Project(api)
        stranger, _ = make_caller(api, project_id=other.id)
        path = f"/senders/{made['sender_id']}"
        assert stranger.get(path).code == "SENDER_NOT_FOUND"
        assert stranger.patch(path, {"name": "mine"}).code == "SENDER_NOT_FOUND"
        assert stranger.delete(path).code == "SENDER_NOT_FOUND"
        assert stranger.post(f"{path}/test", {"recipient": address()}).code == "SENDER_NOT_FOUND"
        assert stranger.get(f"{project.path}/senders").code == "PROJECT_NOT_FOUND"

    @pytest.mark.parametrize("settings, field", [
        ({"user": USER}, "settings.password"),
        ({"password": PASSWORD}, "settings.user"),
        ({"from": "nobody"}, "settings.from"),
        ({"from": "a@b.example\r\nBcc: c@d.example"}, "settings.from"),
        ({"from_name": "Shop\nX: y"}, "settings.from_name"),
        ({"reply_to": "x"}, "settings.reply_to"),
        ({"port": 0}, "settings.port"),
        ({"security": "none"}, "settings.security"),
        ({"host": "smtp.example.com/x"}, "settings.host"),
        ({"tls_verify": False}, "settings.tls_verify"),
    ])
    def test_settings_that_cannot_be_meant_are_refused(self, project, settings, field):
        refused = project.api.post(f"{project.path}/senders", {
            "name": "x", "kind": "smtp", "settings": PUBLIC | settings})
        assert refused.code == "INVALID_REQUEST", refused
        assert field in [issue["field"] for issue in refused.json["details"]["fields"]]

    def test_a_kept_password_goes_to_no_other_server(self, project):
        """Else whoever may change a sender could have it sent to a server of their own."""
        made = add_sender(project, PUBLIC | {"user": USER, "password": PASSWORD})
        path = f"/senders/{made['sender_id']}"
        for change in ({"host": "198.41.0.4"}, {"port": 2525}, {"user": "other"},
                       {"security": "tls"}):
            refused = project.api.patch(path, {"settings": change})
            assert refused.code == "INVALID_REQUEST", change
            assert refused.json["details"]["fields"][0]["field"] == "settings.password"
        assert project.api.get(path).data["settings"]["host"] == "192.0.32.10"
        moved = project.api.patch(path, {"settings": {"host": "198.41.0.4", "password": "new"}})
        assert moved.data["settings"]["host"] == "198.41.0.4"

    def test_a_project_has_ten_senders_at_most(self, project):
        for number in range(10):
            add_sender(project, PUBLIC, name=f"Relay {number}")
        assert project.api.post(f"{project.path}/senders", {
            "name": "one more", "kind": "smtp", "settings": PUBLIC}).code == "CONFLICT"

    def test_a_host_that_nobody_knows_yet_is_taken_with_a_warning(self, project):
        made = add_sender(project, PUBLIC | {"host": "relay.invalid"})
        assert "relay.invalid" in made["warnings"][0]


class TestWhereSendersMayLead:
    @pytest.mark.parametrize("host", [
        "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "224.0.0.1", "::1", "[::1]", "fd00::1", "fe80::1", "::ffff:10.0.0.1",
        "::ffff:169.254.169.254", "64:ff9b::a00:1"])
    def test_inner_addresses_are_refused(self, project, host):
        refused = project.api.post(f"{project.path}/senders", {
            "name": "x", "kind": "smtp", "settings": PUBLIC | {"host": host}})
        assert refused.code == "URL_NOT_ALLOWED", refused
        assert refused.json["details"]["field"] == "settings.host"
        made = add_sender(project, PUBLIC)
        assert project.api.patch(f"/senders/{made['sender_id']}",
                                 {"settings": {"host": host}}).code == "URL_NOT_ALLOWED"

    @pytest.mark.parametrize("host", ["167772161", "0x0a000001", "012.0.0.1", "10.1", "0xa.0.0.1"])
    def test_addresses_in_disguise_are_no_hosts(self, project, host):
        refused = project.api.post(f"{project.path}/senders", {
            "name": "x", "kind": "smtp", "settings": PUBLIC | {"host": host}})
        assert refused.code == "INVALID_REQUEST", refused

    @pytest.mark.parametrize("port, is_taken", [
        (22, False), (80, False), (443, False), (1023, False), (25, True), (465, True),
        (587, True), (2525, True), (1024, True), (65535, True)])
    def test_ports_are_those_of_mail(self, project, port, is_taken):
        answer = project.api.post(f"{project.path}/senders", {
            "name": "x", "kind": "smtp", "settings": PUBLIC | {"port": port}})
        assert (answer.status == 201) is is_taken
        if not is_taken:
            assert answer.code == "URL_NOT_ALLOWED"
            assert answer.json["details"]["field"] == "settings.port"


class TestTestMessages:
    def test_one_arrives_and_the_answer_says_so(self, project, relay):
        made = add_sender(project, settings_of(relay, reply_to="help@shop.example"))
        to = address()
        done = project.api.post(f"/senders/{made['sender_id']}/test",
                                {"recipient": to, "language": "es"})
        assert done.data["accepted"] is True and done.data["outcome"] == "accepted"
        assert done.data["provider_answer"].startswith("250")
        message = relay.messages[0]
        assert message["To"] == to and message["Reply-To"] == "help@shop.example"
        assert "Mensaje de prueba" in message["Subject"]

    def test_what_went_wrong_is_said_in_words(self, project):
        made = add_sender(project, {"host": "127.0.0.1", "port": free_port(), "security": "none",
                                    "from": SENDER})
        done = project.api.post(f"/senders/{made['sender_id']}/test", {"recipient": address()})
        assert done.data["accepted"] is False
        assert done.data["reason"] == "can't connect to the relay"

    def test_there_are_five_a_minute(self, project, relay):
        made = add_sender(project, settings_of(relay))
        path = f"/senders/{made['sender_id']}/test"
        for _ in range(5):
            assert project.api.post(path, {"recipient": address()}).status == 200
        refused = project.api.post(path, {"recipient": address()})
        assert refused.code == "RATE_LIMITED"
        assert len(relay.messages) == 5


class TestDelivery:
    def test_a_live_project_needs_a_sender_and_its_set_up_says_so(self, api, relay):
        project = live_project(api, contact_email="help@shop.example")
        assert project.send(address()).code == "NO_PROVIDER"
        step = api.get(f"{project.path}/setup").data["steps"][0]
        assert step["status"] == "warning" and "sender" in step["next"]

        made = add_sender(project, settings_of(relay))

        assert api.get(f"{project.path}/setup").data["steps"][0]["status"] == "done"
        sent = project.send(address())
        timeline = project.wait_for_step(sent.data["validation_id"], "sent")
        assert attempts_in(timeline)[0]["text"] == "Try 1 by Relay: accepted."
        assert relay.messages[0]["From"].endswith(f"<{SENDER}>")
        api.patch(f"/senders/{made['sender_id']}", {"status": "paused"})
        assert project.send(address()).code == "NO_PROVIDER"

    def test_the_next_sender_takes_over_by_priority(self, api):
        down, spam, good = free_port(), ScriptedRelay(["550 5.7.1 we don't like you"]), \
            ScriptedRelay()
        try:
            project = live_project(api)
            add_sender(project, settings_of(good), name="third", priority=30)
            add_sender(project, settings_of(spam), name="second", priority=20)
            add_sender(project, {"host": "127.0.0.1", "port": down, "security": "none",
                                 "from": SENDER}, name="first", priority=1)
            timeline = project.wait_for_step(project.send(address()).data["validation_id"], "sent")
            assert [entry["text"] for entry in attempts_in(timeline)] == [
                "Try 1 by first: failed for now.", "Try 2 by second: refused for good.",
                "Try 3 by third: accepted."]
            assert len(good.messages) == 1 and not spam.messages
        finally:
            spam.close()
            good.close()

    def test_a_recipient_who_is_refused_is_not_tried_elsewhere(self, api):
        strict, other = ScriptedRelay(["550 5.1.1 no such person"]), ScriptedRelay()
        try:
            project = live_project(api)
            add_sender(project, settings_of(strict), name="first", priority=1)
            add_sender(project, settings_of(other), name="second")
            timeline = project.wait_for_step(project.send(address()).data["validation_id"],
                                             "delivery_failed")
            assert len(attempts_in(timeline)) == 1 and not other.messages
        finally:
            strict.close()
            other.close()

    @each_node_by_itself
    def test_a_failing_sender_is_passed_over_and_its_health_says_why(self, api, relay):
        project = live_project(api)
        broken = add_sender(project, {"host": "127.0.0.1", "port": free_port(), "security": "none",
                                      "from": SENDER}, name="broken", priority=1)
        add_sender(project, settings_of(relay), name="good")
        path = f"/senders/{broken['sender_id']}"

        def send_one():
            return attempts_in(project.wait_for_step(
                project.send(address()).data["validation_id"], "sent"))

        for _ in range(5):
            assert len(send_one()) == 2
        health = api.get(path).data["health"]
        assert health["status"] == "failing" and health["since"]
        assert health["last_error"] == "can't connect to the relay"
        assert [entry["text"] for entry in send_one()] == ["Try 1 by good: accepted."]
        api.patch(path, {"priority": 2})  # Whoever mends it begins anew.
        assert wait_for(lambda: api.get(path).data["health"]["status"] == "ok")

    def test_secrets_of_senders_are_in_no_log_and_not_on_disk(self, server, project):
        made = add_sender(project, PUBLIC | {"user": USER, "password": "pass-71c0-phrase"})
        text = server.log()
        assert "pass-71c0-phrase" not in text and made["receipt_secret"] not in text
        for path in server.data_dir.iterdir():
            if path.is_file():
                content = path.read_bytes()
                assert b"pass-71c0-phrase" not in content, path
                assert made["receipt_secret"].encode() not in content, path


def test_without_an_opened_network_loopback_is_closed_too(tmp_path):
    server = Server(tmp_path / "closed")
    credentials = server.create_key()
    with server:
        api = Client(server).log_in(*credentials)
        project = Project(api)
        for host in ("127.0.0.1", "localhost", "::1"):
            refused = api.post(f"{project.path}/senders", {
                "name": "x", "kind": "smtp", "settings": PUBLIC | {"host": host}})
            assert refused.code == "URL_NOT_ALLOWED", host
