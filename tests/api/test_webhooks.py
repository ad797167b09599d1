"""Webhooks: set-up, what is sent, retries, the log, sending again, and switching off."""

import datetime
import re
import time

import pytest

from support.client import Client, make_caller, parse_time, wait_for
from support.project import Project, address
from support.receiver import OPEN_LOOPBACK, Receiver, add_webhook, deliveries, signature
from support.relay import free_port
from support.senders import live_project
from support.server import Server

SERVER = {"outbound": OPEN_LOOPBACK}
PUBLIC = "https://192.0.32.10/hooks"  # Always paused: nothing connects there.


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


class TestSetUp:
    def test_a_webhook_is_made_shown_changed_and_deleted(self, project):
        made = add_webhook(project, PUBLIC, ["login.completed", "user.created"],
                           description="Shop", status="paused")
        path = f"/webhooks/{made['webhook_id']}"
        assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", made["secret"])
        assert made["warnings"] == [] and made["events"] == ["login.completed", "user.created"]

        shown = project.api.get(path)
        assert "secret" not in shown.data and made["secret"] not in shown.text
        assert shown.data["status"] == "paused" and shown.data["description"] == "Shop"
        assert [item["webhook_id"] for item in
                project.api.get(f"{project.path}/webhooks").data["items"]] == [made["webhook_id"]]

        changed = project.api.patch(path, {"events": ["*"], "description": ""})
        assert changed.data["events"] == ["*"] and changed.data["url"] == PUBLIC
        assert project.api.delete(path).data["deleted"] is True
        assert project.api.get(path).code == "WEBHOOK_NOT_FOUND"

    def test_a_change_holds_only_for_what_was_read(self, project):
        made = add_webhook(project, PUBLIC, status="paused")
        path = f"/webhooks/{made['webhook_id']}"
        tag = project.api.get(path).headers["ETag"]
        assert project.api.patch(path, {"description": "A"}, headers={"If-Match": tag}).status == 200
        for late in (project.api.patch(path, {"description": "B"}, headers={"If-Match": tag}),
                     project.api.post(f"{path}/rotate-secret", headers={"If-Match": tag}),
                     project.api.delete(path, headers={"If-Match": tag})):
            assert late.code == "PRECONDITION_FAILED"

    def test_another_projects_token_finds_nothing(self, api, project, receiver):
        made = add_webhook(project, receiver.url)
        project.add_user(email=address())
        delivery = wait_for(lambda: deliveries(api, made["webhook_id"]))[0]
        stranger, _ = make_caller(api, project_id=Project(api).id)
        path = f"/webhooks/{made['webhook_id']}"
        span = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
        for refused in (stranger.get(path), stranger.patch(path, {"status": "paused"}),
                        stranger.delete(path), stranger.post(f"{path}/rotate-secret"),
                        stranger.post(f"{path}/test", {}), stranger.get(f"{path}/deliveries"),
                        stranger.post(f"{path}/redeliver", span)):
            assert refused.code == "WEBHOOK_NOT_FOUND"
        path = f"/deliveries/{delivery['delivery_id']}"
        assert stranger.get(path).code == "DELIVERY_NOT_FOUND"
        assert stranger.post(f"{path}/redeliver").code == "DELIVERY_NOT_FOUND"
        assert stranger.get(f"{project.path}/webhooks").code == "PROJECT_NOT_FOUND"

    @pytest.mark.parametrize("events", [[], ["login"], ["*", "login.completed"], ["LOGIN.COMPLETED"],
                                        ["login.completed", "login.completed"], ["security.*"]])
    def test_events_that_are_none_are_refused(self, project, events):
        refused = project.api.post(f"{project.path}/webhooks", {"url": PUBLIC, "events": events})
        assert refused.code == "INVALID_REQUEST"
        assert refused.json["details"]["fields"][0]["field"] == "events"

    def test_a_project_has_twenty_webhooks_at_most(self, project):
        for _ in range(20):
            add_webhook(project, PUBLIC, status="paused")
        assert project.api.post(f"{project.path}/webhooks",
                                {"url": PUBLIC, "events": ["*"]}).code == "CONFLICT"

    def test_set_up_knows_of_webhooks(self, project):
        def step():
            return project.api.get(f"{project.path}/setup").data["steps"][-1]

        assert step()["step"] == "webhooks" and step()["status"] == "warning"
        made = add_webhook(project, PUBLIC, status="paused")
        assert "paused" in step()["next"]
        project.api.delete(f"/webhooks/{made['webhook_id']}")
        with_receiver = Receiver()
        add_webhook(project, with_receiver.url)
        assert step() == {"step": "webhooks", "title": "Webhooks", "status": "done", "next": None}
        with_receiver.close()


class TestWhereWebhooksMayLead:
    @pytest.mark.parametrize("url", [
        "https://10.0.0.1/", "https://169.254.169.254/latest/meta-data/", "https://[::1]/",
        "https://[::ffff:10.0.0.1]/", "https://0.0.0.0/", "https://192.168.1.1:8443/",
        "https://[64:ff9b::a00:1]/", "https://[fd00::1]/", "http://192.0.32.10:8080/",
        "http://10.0.0.1:8080/", "https://192.0.32.10:22/", "https://192.0.32.10:1023/",
        "http://127.0.0.1:80/", "http://shop.example:8080/"])
    def test_addresses_that_are_not_allowed(self, project, url):
        refused = project.api.post(f"{project.path}/webhooks",
                                   {"url": url, "events": ["*"], "status": "paused"})
        assert refused.code == "URL_NOT_ALLOWED", refused
        assert refused.json["details"]["field"] == "url"
        made = add_webhook(project, PUBLIC, status="paused")
        assert project.api.patch(f"/webhooks/{made['webhook_id']}",
                                 {"url": url}).code == "URL_NOT_ALLOWED"

    @pytest.mark.parametrize("url", [
        "hooks", "//shop.example/", "ftp://shop.example/", "https://", "https:///x",
        "https://user:pw@shop.example/", "https://shop.example/#x", "https://2130706433/",
        "https://0x7f.1/", "https://127.1/", "https://shop.example\\@10.0.0.1/",
        "https://shop.example:0/", "https://shop.example/ x", "javascript:alert(1)"])
    def test_texts_that_are_no_address(self, project, url):
        refused = project.api.post(f"{project.path}/webhooks", {"url": url, "events": ["*"]})
        assert refused.code == "INVALID_REQUEST", refused

    @pytest.mark.parametrize("url", ["https://192.0.32.10/", "https://192.0.32.10:8443/x?y=z",
                                     "https://192.0.32.10:1024/", "https://[2606:4700::1111]/"])
    def test_addresses_that_are_allowed(self, project, url):
        assert add_webhook(project, url, status="paused")["url"] == url

    def test_a_name_that_nobody_knows_yet_is_taken_with_a_warning(self, project):
        made = add_webhook(project, "https://shop.invalid/", status="paused")
        assert "shop.invalid" in made["warnings"][0]

    def test_plain_http_is_for_test_projects(self, api, receiver):
        project = live_project(api)
        refused = api.post(f"{project.path}/webhooks", {"url": receiver.url, "events": ["*"]})
        assert refused.code == "URL_NOT_ALLOWED"

    def test_loopback_is_closed_unless_the_operator_opens_it(self, tmp_path, receiver):
        with Server(tmp_path) as server:
            api = Client(server).log_in(*server.create_key())
            project = Project(api)
            for url in (receiver.url, f"https://localhost:{receiver.port}/"):
                refused = api.post(f"{project.path}/webhooks", {"url": url, "events": ["*"]})
                assert refused.code == "URL_NOT_ALLOWED"
        assert receiver.hooks == []


    def test_what_counts_is_the_address_at_the_moment_of_connecting(self, tmp_path, receiver):
        """Saved while the operator had opened it; or while its name led elsewhere, which is the same to the server."""
        server = Server(tmp_path, **SERVER)
        key = server.create_key()
        server.start()
        api = Client(server).log_in(*key)
        project = Project(api)
        hooks = [add_webhook(project, url, ["user.created"])["webhook_id"] for url in (
            receiver.url, f"http://localhost:{receiver.port}/", f"https://localhost:{receiver.port}/")]
        assert server.stop() == 0
        for node in filter(None, (server, server.second_node)):
            node.settings["outbound"] = {"allow": ["10.0.0.0/8"]}
            node.write_config()
        server.start()
        api = Client(server).log_in(*key)

        project.api = api
        project.add_user(email=address())

        tried = [wait_for(lambda one=webhook_id: deliveries(api, one))[0] for webhook_id in hooks]
        assert all(one["status"] == "queued" and one["last_status"] is None for one in tried)
        plain, named, encrypted = (one["last_reason"] for one in tried)
        assert "without TLS" in plain and "without TLS" in named and "isn't public" in encrypted
        assert receiver.hooks == []
        assert server.stop() == 0


class TestWhatIsSent:
    def test_a_login_arrives_event_by_event(self, project, receiver):
        made = add_webhook(project, receiver.url)
        email = address()
        login = project.send(email, metadata={"cart": "7"}).data
        project.verify(email, project.code(email), login["validation_id"])

        completed = receiver.wait_for("login.completed")[0]
        created = receiver.wait_for("validation.created")[0]
        assert completed.headers["Content-Type"] == "application/json"
        assert set(completed.json) == {"type", "timestamp", "data"}
        data = completed.json["data"]
        assert data["project_id"] == project.id and data["test"] is True
        assert data["login_id"] == login["login_id"]
        assert created.json["data"]["metadata"] == {"cart": "7"}
        assert email not in created.body.decode()
        assert abs(int(completed.headers["webhook-timestamp"]) - time.time()) < 30
        assert re.fullmatch(r"evt_[0-9a-z]+", completed.id)
        for hook in receiver.hooks:
            assert hook.headers["webhook-signature"] == signature(made["secret"], hook)
            project.api.contract.check_hook(hook.json)
        wait_for(lambda: len(deliveries(project.api, made["webhook_id"])) == len(
            project.api.items("/events", project_id=project.id)))
        sequences = sorted(hook.json["data"]["sequence"] for hook in receiver.hooks)
        assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))

    def test_only_what_was_asked_for_and_happens_from_then_on(self, project, receiver):
        project.add_user(email=address())
        add_webhook(project, receiver.url, ["user.deleted"])
        user = project.add_user(email=address())
        project.api.delete(f"{project.path}/users/{user['user_id']}")

        hook = receiver.wait_for("user.deleted")[0]
        assert hook.json["data"]["user_id"] == user["user_id"]
        assert len(receiver.hooks) == 1

    def test_both_secrets_sign_after_a_rotation(self, project, receiver):
        made = add_webhook(project, receiver.url, ["user.created"])
        rotated = project.api.post(f"/webhooks/{made['webhook_id']}/rotate-secret").data
        assert rotated["secret"] != made["secret"]
        ends = parse_time(rotated["old_secret_until"])
        left = ends - datetime.datetime.now(datetime.timezone.utc)
        assert datetime.timedelta(hours=23, minutes=59) < left <= datetime.timedelta(hours=24)
        project.add_user(email=address())

        hook = receiver.wait_for("user.created")[0]
        assert hook.headers["webhook-signature"].split(" ") == [
            signature(rotated["secret"], hook), signature(made["secret"], hook)]

    def test_a_paused_webhook_gets_its_events_later(self, project, receiver):
        made = add_webhook(project, receiver.url, ["user.created"], status="paused")
        project.add_user(email=address())
        path = f"/webhooks/{made['webhook_id']}"
        assert project.api.get(path).data["health"]["events_waiting"] == 1
        time.sleep(0.5)
        assert receiver.hooks == []
        project.api.patch(path, {"status": "active"})
        assert len(receiver.wait_for("user.created")) == 1

    def test_a_test_sends_a_sample_and_tells_the_answer(self, project, receiver):
        made = add_webhook(project, receiver.url)
        receiver.answer = (202, {"X-Seen": "yes", "Set-Cookie": "a=b"}, "gracias ñ".encode())
        path = f"/webhooks/{made['webhook_id']}/test"
        result = project.api.post(path, {"type": "user.created"}).data
        assert result["accepted"] is True and result["status"] == 202
        assert result["answer"] == "gracias ñ" and result["headers"]["x-seen"] == "yes"
        assert "set-cookie" not in result["headers"]
        hook = receiver.wait_for("user.created")[0]
        assert hook.id == result["event_id"] and "sample" in hook.json["data"]["reason"]
        assert hook.headers["webhook-signature"] == signature(made["secret"], hook)

        receiver.answer = (500, {}, b"\xff broken")
        result = project.api.post(path).data
        assert result["accepted"] is False and result["status"] == 500
        assert "500" in result["reason"] and result["answer"] == "? broken"
        assert project.api.post(path, {"type": "nothing"}).code == "INVALID_REQUEST"


class TestRetries:
    def test_an_endpoint_that_was_down_gets_everything_with_the_same_ids(self, project):
        port = free_port()
        made = add_webhook(project, f"http://127.0.0.1:{port}/hooks", ["user.created"])
        users = {project.add_user(email=address())["user_id"] for _ in range(3)}
        failed = wait_for(lambda: len(found := deliveries(project.api, made["webhook_id"],
                                                          status="queued")) == 3 and found)
        assert {one["last_reason"] for one in failed} == {"nobody listens there"}
        assert all(one["last_status"] is None and one["next_try_at"] for one in failed)
        health = project.api.get(f"/webhooks/{made['webhook_id']}").data["health"]
        assert health["failing_since"] and health["last_success_at"] is None

        receiver = Receiver(port=port)
        hooks = receiver.wait_for("user.created", 3, seconds=30)
        receiver.close()
        assert {hook.json["data"]["user_id"] for hook in hooks} == users
        assert {hook.id for hook in hooks} == {one["event_id"] for one in failed}
        done = wait_for(lambda: len(found := deliveries(project.api, made["webhook_id"],
                                                        status="delivered")) == 3 and found)
        assert all(one["ended_at"] and one["next_try_at"] is None for one in done)
        shown = project.api.get(f"/deliveries/{done[0]['delivery_id']}").data
        assert [one["status"] for one in shown["attempts"]][-1] == 204
        assert shown["attempts"][0]["reason"] == "nobody listens there"
        first, second = (parse_time(one["started_at"]) for one in shown["attempts"][:2])
        assert 5 <= (second - first).total_seconds() < 12

    def test_each_try_is_logged_and_redirects_are_failures(self, project, receiver):
        elsewhere = Receiver()
        receiver.answer = (302, {"Location": elsewhere.url, "X-A": "b"}, b"x" * 9000)
        made = add_webhook(project, receiver.url, ["user.created"])
        project.add_user(email=address())

        one = wait_for(lambda: deliveries(project.api, made["webhook_id"]))[0]
        shown = project.api.get(f"/deliveries/{one['delivery_id']}").data
        attempt = shown["attempts"][0]
        assert shown["status"] == "queued" and attempt["status"] == 302
        assert "redirect" in attempt["reason"] and attempt["headers"]["x-a"] == "b"
        assert attempt["answer"] == "x" * 4096
        assert shown["body"] == receiver.hooks[0].body.decode()
        assert elsewhere.hooks == []
        elsewhere.close()

    def test_a_slow_endpoint_delays_nobody(self, project, receiver):
        slow = Receiver(answer=lambda hook: time.sleep(3) or (204, {}, b""))
        add_webhook(project, slow.url, ["user.created"])
        add_webhook(project, receiver.url, ["user.created"])
        for _ in range(30):
            project.add_user(email=address())
        began = time.monotonic()
        receiver.wait_for("user.created", 30, seconds=10)
        assert time.monotonic() - began < 3
        slow.close()

    def test_one_delivery_is_sent_again(self, project, receiver):
        made = add_webhook(project, receiver.url, ["user.created"])
        project.add_user(email=address())
        one = wait_for(lambda: deliveries(project.api, made["webhook_id"], status="delivered"))[0]
        again = project.api.post(f"/deliveries/{one['delivery_id']}/redeliver").data
        assert again["status"] == "queued"
        first, second = receiver.wait_for("user.created", 2)
        assert first.id == second.id and first.body == second.body
        wait_for(lambda: project.api.get(f"/deliveries/{one['delivery_id']}").data["tries"] == 2)

    def test_a_range_is_sent_again(self, project, receiver):
        made = add_webhook(project, receiver.url, ["user.created"])
        for _ in range(3):
            project.add_user(email=address())
        hooks = receiver.wait_for("user.created", 3)
        wait_for(lambda: len(deliveries(project.api, made["webhook_id"], status="delivered")) == 3)
        times = sorted(hook.json["timestamp"] for hook in hooks)
        path = f"/webhooks/{made['webhook_id']}/redeliver"
        answer = project.api.post(path, {"from": times[1], "to": "2100-01-01T00:00:00Z"}).data
        assert answer["events_in_range"] == sum(time >= times[1] for time in times)
        expected = 3 + answer["events_in_range"]
        again = receiver.wait_for("user.created", expected)[3:]
        assert {hook.id for hook in again} == {
            hook.id for hook in hooks if hook.json["timestamp"] >= times[1]}
        assert project.api.post(path, {"from": times[1], "to": times[1]}).code == "INVALID_REQUEST"
        assert "from" in project.api.post(path, {"from": "now", "to": times[1]}).issues


class TestSwitchingOff:
    def test_410_switches_it_off_with_an_event_and_a_mail(self, project, receiver):
        contact = address()
        project.api.patch(project.path, {"contact_email": contact})
        receiver.answer = (410, {}, b"")
        made = add_webhook(project, receiver.url, ["user.created"])
        project.add_user(email=address())
        path = f"/webhooks/{made['webhook_id']}"

        shown = wait_for(lambda: (found := project.api.get(path).data)["status"] == "disabled" and found)
        assert shown["disabled_reason"] == "gone"
        event = project.api.items("/events", project_id=project.id, type="webhook.disabled")[0]
        assert event["data"]["webhook_id"] == made["webhook_id"]
        assert event["data"]["reason"] == "gone"
        mail = wait_for(lambda: project.inbox(contact))[0]
        assert mail["kind"] == "webhook_disabled" and made["webhook_id"] in mail["text"]
        assert mail["otp"] is None
        step = project.api.get(f"{project.path}/setup").data["steps"][-1]
        assert step["status"] == "warning" and "disabled" in step["next"]

        project.add_user(email=address())  # Nobody is told of this one,
        receiver.answer = (204, {}, b"")
        project.api.patch(path, {"status": "active"})
        last = project.add_user(email=address())["user_id"]  # but of this one.
        wait_for(lambda: [hook for hook in receiver.of_type("user.created")
                          if hook.json["data"]["user_id"] == last])
        assert len(receiver.of_type("user.created")) == 2


class TestCrashes:
    def test_nothing_is_lost_when_the_server_is_killed(self, tmp_path):
        taken = Receiver(answer=lambda hook: time.sleep(0.05) or (204, {}, b""))
        server = Server(tmp_path, **SERVER)
        key = server.create_key()
        server.start()
        api = Client(server).log_in(*key)
        project = Project(api)
        made = add_webhook(project, taken.url, ["user.created"])
        users = {project.add_user(email=address())["user_id"] for _ in range(60)}
        taken.wait_for("user.created", 5)
        server.kill()
        server.start()
        api = Client(server).log_in(*key)

        def all_there():
            found = {hook.json["data"]["user_id"] for hook in taken.of_type("user.created")}
            return found >= users

        wait_for(all_there, 100)  # Of several nodes, a dead one's lease lasts a minute.
        wait_for(lambda: len(deliveries(api, made["webhook_id"], status="delivered")) == 60, 100)
        ids = {}
        for hook in taken.of_type("user.created"):
            ids.setdefault(hook.json["data"]["user_id"], set()).add(hook.id)
        assert all(len(one) == 1 for one in ids.values()), "a second try had another id"
        assert server.stop() == 0
        taken.close()
