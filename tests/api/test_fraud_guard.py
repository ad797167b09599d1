"""The guard of phone messages: what it stops, what it says, and how it is overruled."""

import pytest

from support.client import make_caller, wait_for
from support.phones import OPEN_LOOPBACK, TWILIO_TOOK_IT, Provider, add_phone_sender, \
    live_phone_project, send_sms, twilio, verify_phone
from support.project import Project
from support.receiver import Receiver

SERVER = {"outbound": OPEN_LOOPBACK}


@pytest.fixture(scope="module")
def provider():
    made = Provider(TWILIO_TOOK_IT)
    yield made
    made.close()


@pytest.fixture
def live(api, provider):
    project = live_phone_project(api)
    add_phone_sender(project, "twilio", twilio(provider))
    return project


def guard(project, **settings):
    answer = project.api.put(f"{project.path}/fraud-guard", settings)
    assert answer.status == 200, answer.text
    return answer.data


def blocks(project):
    return project.api.items(f"{project.path}/fraud-blocks")


def pump(project, count, start=1000):
    """Sends to neighbouring numbers; gives the answers up to the first that was stopped."""
    answers = []
    for i in range(count):
        answers.append(send_sms(project, f"+34600{start + i:06d}"))
        if answers[-1].status != 200:
            break
    return answers


class TestAttacks:
    def test_neighbouring_numbers_are_stopped_and_let_go_again(self, api, live):
        answers = pump(live, 60)
        stopped = answers[-1]
        assert stopped.code == "SENDING_BLOCKED" and len(answers) <= 50
        assert stopped.details["until"].endswith("Z")
        found = blocks(live)
        assert found[0]["scope"] == "block" and found[0]["key"] == "+3460000"
        assert found[0]["status"] == "active" and found[0]["dry_run"] is False
        # Others' numbers are none of it.
        assert send_sms(live, "+34611222333").status == 200

        for block in found:
            ended = api.delete(f"/fraud-blocks/{block['block_id']}").data
            assert ended["status"] == "over" and ended["ended_at"]
        assert send_sms(live, "+34600009999").status == 200
        assert api.delete("/fraud-blocks/blk_none").code == "BLOCK_NOT_FOUND"

    def test_a_rule_that_runs_dry_stops_nothing(self, live):
        guard(live, rules={"block": "dry_run", "range": "off", "country": "off"})
        assert {answer.status for answer in pump(live, 40)} == {200}
        assert [block["dry_run"] for block in blocks(live)] == [True]

    def test_people_who_give_codes_back_are_left_alone(self, live, provider):
        for i in range(30):
            phone = f"+34622{i * 37 % 1000:06d}"
            sent = send_sms(live, phone)
            assert sent.status == 200
            form = wait_for(lambda number=phone: next(
                (asked.form for asked in list(provider.asked) if asked.form.get("To") == number), None))
            code = form["Body"].rsplit("#", 1)[1]
            assert verify_phone(live, form["To"], code, sent.data["validation_id"]).status == 200
        assert blocks(live) == []


class TestDecisions:
    def test_are_events_and_reach_webhooks(self, api, live, provider):
        receiver = Receiver()
        made = api.post(f"{live.path}/webhooks", {
            "url": f"https://127.0.0.1:{receiver.port}/", "status": "paused",
            "events": ["security.fraud_blocked", "security.fraud_unblocked"]})
        assert made.status == 201, made
        pump(live, 60)
        block = blocks(live)[0]
        api.delete(f"/fraud-blocks/{block['block_id']}")
        events = api.items("/events", project_id=live.id)
        blocked = [one["data"] for one in events if one["type"] == "security.fraud_blocked"]
        unblocked = [one["data"] for one in events if one["type"] == "security.fraud_unblocked"]
        assert block["reason"] in blocked[0]["reason"] and blocked[0]["destination"] == block["key"]
        assert blocked[0]["block_id"] == block["block_id"]
        assert [(one["block_id"], one["reason"]) for one in unblocked] == [
            (block["block_id"], f"{block['scope']}: operator")]
        waiting = api.get(f"/webhooks/{made.data['webhook_id']}").data["health"]["events_waiting"]
        assert waiting >= len(blocked) + 1
        assert receiver.hooks == []
        receiver.close()
        audit = api.items("/audit", project_id=live.id, action="fraud_block.ended")
        assert len(audit) == 1

    @pytest.mark.parametrize("rule", ["block", "range", "country", "client", "caps"])
    def test_of_a_rule_that_runs_dry_are_told_and_stop_nothing(self, live, rule):
        off = {name: "off" for name in ("block", "range", "country", "client", "caps")}
        guard(live, rules=off | {rule: "dry_run"}, messages_per_day=20)

        def send(i):
            return send_sms(live, f"+34600{i * 37:06d}", client={"ip": "203.0.113.9"})
        answers = [send(i) for i in range(1, 30)]
        assert {answer.status for answer in answers} == {200}
        found = blocks(live)
        assert [block["dry_run"] for block in found] == [True], found
        reasons = [event["data"]["reason"] for event in live.api.items(
            "/events", project_id=live.id, type="security.fraud_blocked")]
        assert len(reasons) == 1 and reasons[0].startswith("dry_run: ")

        guard(live, rules=off | {rule: "on"}, messages_per_day=20)
        assert send(30).code == "SENDING_BLOCKED", "what it only told is stopped once it is on"


class TestCaps:
    def test_of_messages(self, live):
        guard(live, messages_per_day=2)
        answers = pump(live, 5)
        assert [answer.status for answer in answers] == [200, 200, 403]
        assert answers[-1].details["until"].endswith("T00:00:00.000Z")
        assert [block["scope"] for block in blocks(live)] == ["messages_per_day"]

    def test_of_money_by_the_numbers_start(self, live):
        guard(live, spend_per_day=1, prices={"+34": 0.4, "+346": 0.5, "*": 9})
        assert [answer.status for answer in pump(live, 5)] == [200, 200, 403]
        assert [block["scope"] for block in blocks(live)] == ["spend_per_day"]

    def test_of_test_projects_are_none(self, project):
        assert project.api.put(f"/flows/{project.flow_id}/methods/phone", {"enabled": True}).status == 200
        guard(project, messages_per_day=1)
        assert {answer.status for answer in pump(project, 3)} == {200}


class TestSettings:
    def test_have_standards_and_are_kept(self, api, project):
        shown = api.get(f"{project.path}/fraud-guard")
        assert set(shown.data["rules"].values()) == {"on"}
        changed = guard(project, rules={"country": "dry_run"}, spend_per_day=12.5,
                        prices={"+34": 0.05})
        assert changed["rules"]["country"] == "dry_run" and changed["rules"]["block"] == "on"
        assert api.get(f"{project.path}/fraud-guard").data == changed
        late = api.put(f"{project.path}/fraud-guard", {}, headers={"If-Match": shown.headers["ETag"]})
        assert late.code == "PRECONDITION_FAILED"

    @pytest.mark.parametrize("settings, field", [
        ({"spend_per_day": 5}, "prices"), ({"prices": {"34": 1}}, "prices"),
        ({"prices": {"+34": -1}}, "prices"), ({"messages_per_day": -1}, "messages_per_day"),
        ({"rules": {"all": "off"}}, "rules.all"), ({"rules": {"range": "maybe"}}, "rules.range")])
    def test_that_cannot_be_meant_are_refused(self, project, settings, field):
        assert field in project.api.put(f"{project.path}/fraud-guard", settings).issues

    def test_strangers_reach_nothing(self, api, live):
        guard(live, messages_per_day=1)
        pump(live, 2)
        block_id = blocks(live)[0]["block_id"]
        stranger, _ = make_caller(api, project_id=Project(api).id)
        assert stranger.get(f"{live.path}/fraud-guard").code == "PROJECT_NOT_FOUND"
        assert stranger.get(f"{live.path}/fraud-blocks").code == "PROJECT_NOT_FOUND"
        assert stranger.delete(f"/fraud-blocks/{block_id}").code == "BLOCK_NOT_FOUND"
