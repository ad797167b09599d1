"""The guard of phone messages: what it stops, what it says, and how it is overruled."""

import pytest

from support.client import make_caller, wait_for
from support.phones import OPEN_LOOPBACK, TWILIO_TOOK_IT, Provider, add_phone_sender, \
    live_phone_project, send_sms, twilio, verify_phone
from support.project import Project

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
