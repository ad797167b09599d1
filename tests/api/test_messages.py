"""Messages and statistics, as those see them who look after a project."""

import datetime

import pytest

from support.client import make_caller, wait_for
from support.project import Project, address

MISSING = "msg_" + "0" * 29


def listed(project, **query):
    return project.api.get(f"{project.path}/messages", query=query).data["items"]


class TestMessages:
    def test_a_message_tells_how_it_went(self, project):
        email = address()
        sent = project.send(email, metadata={"order": 1}).data
        project.wait_for_step(sent["validation_id"], "delivered")

        [message] = listed(project)

        assert message["status"] == "delivered" and message["test"] is True
        assert message["kind"] == "code"
        assert message["validation_id"] == sent["validation_id"]
        assert message["login_id"] == sent["login_id"]
        assert message["attempts_made"] == 1 and message["next_attempt_at"] is None
        shown = project.api.get(f"/messages/{message['message_id']}").data
        [attempt] = shown.pop("attempts")
        assert shown == message
        assert attempt["sender"] == "inbox" and attempt["outcome"] == "accepted"
        assert attempt["number"] == 1 and attempt["duration_ms"] >= 0

    def test_neither_code_nor_contact_is_shown(self, project):
        email = address()
        project.set_test_recipients({"destination": email, "code": "90817263",
                                     "outcome": "undelivered"})
        sent = project.send(email).data
        project.wait_for_step(sent["validation_id"], "delivery_failed")

        [message] = listed(project, recipient=email)
        whole = project.api.get(f"/messages/{message['message_id']}")

        for text in (str(message), str(whole.json)):
            assert "90817263" not in text and email not in text
        assert whole.data["status"] == "failed"
        assert whole.data["attempts"][0]["provider_answer"].startswith("550")
        assert whole.data["attempts"][0]["reason"]

    def test_filters(self, project):
        one, two, bad = address(), address(), address()
        project.set_test_recipients({"destination": bad, "outcome": "undelivered"},
                                    {"destination": two, "outcome": "provider_down"})
        first = project.send(one).data
        second = project.send(two).data
        third = project.send(bad).data
        project.wait_for_step(first["validation_id"], "delivered")
        project.wait_for_step(third["validation_id"], "delivery_failed")

        def ids(**query):
            return [item["validation_id"] for item in listed(project, **query)]

        everyone = [third["validation_id"], second["validation_id"], first["validation_id"]]
        assert ids() == everyone and ids(channel="email") == everyone
        assert ids(status="delivered") == [first["validation_id"]]
        assert ids(status="queued") == [second["validation_id"]]
        assert ids(status="failed") == [third["validation_id"]]
        assert ids(status="sent") == ids(status="expired") == ids(status="superseded") == []
        assert ids(recipient=one.upper()) == [first["validation_id"]]
        assert ids(recipient=one, status="failed") == []
        assert ids(recipient=address()) == []
        assert ids(validation_id=second["validation_id"]) == [second["validation_id"]]
        assert ids(login_id=third["login_id"], status="failed") == [third["validation_id"]]
        assert ids(validation_id="' OR 1=1 --") == []

    def test_pages(self, project):
        for _ in range(3):
            project.send(address())
        first = project.api.get(f"{project.path}/messages", query={"limit": "2"}).data
        rest = project.api.get(f"{project.path}/messages",
                               query={"limit": "2", "cursor": first["next_cursor"]}).data
        assert len(first["items"]) == 2 and len(rest["items"]) == 1
        assert rest["next_cursor"] is None

    @pytest.mark.parametrize("query", [{"status": "lost"}, {"channel": "fax"},
                                       {"recipient": "nobody"}, {"code": "1"}])
    def test_a_wrong_filter_is_named(self, project, query):
        answer = project.api.get(f"{project.path}/messages", query=query)
        assert set(answer.issues) == set(query)

    def test_a_superseded_message_is_found(self, project):
        email = address()
        project.set_test_recipients({"destination": email, "outcome": "provider_down"})
        validation_id = project.send(email).data["validation_id"]
        project.wait_for_step(validation_id, "attempt")
        project.api.post(f"/validations/{validation_id}/cancel")
        wait_for(lambda: listed(project, status="superseded"))

    def test_other_projects_messages_are_not_found(self, api, project):
        project.send(address())
        [message] = listed(project)
        other = Project(api)
        bound = make_caller(api, project_id=other.id, scope="read")[0]

        assert bound.get(f"/messages/{message['message_id']}").code == "MESSAGE_NOT_FOUND"
        assert bound.get(f"{project.path}/messages").code == "PROJECT_NOT_FOUND"
        for unknown in (MISSING, "msg_x", "val_" + "0" * 29):
            assert api.get(f"/messages/{unknown}").code == "MESSAGE_NOT_FOUND"
        assert listed(other, validation_id=message["validation_id"]) == []

    def test_reading_is_all_it_takes_and_no_less(self, api, project):
        project.send(address())
        for scope, status in (("read", 200), ("access", 403)):
            caller = make_caller(api, scope=scope)[0]
            for route in ("messages", "stats", "templates"):
                assert caller.get(f"{project.path}/{route}").status == status


class TestStats:
    def stats(self, project, **query):
        answer = project.api.get(f"{project.path}/stats", query=query)
        assert answer.status == 200, answer
        return answer.data

    def test_logins_are_counted_by_what_became_of_them(self, project):
        done, wrong, idle = address(), address(), address()
        project.log_in(done)
        failed = project.send(wrong).data["validation_id"]
        for _ in range(3):
            project.verify(wrong, project.wrong_code(wrong), failed)
        canceled = project.send(idle).data["validation_id"]
        project.wait_for_step(canceled, "delivered")
        project.api.post(f"/validations/{canceled}/cancel")
        wait_for(lambda: self.stats(project)["funnel"]["delivered"] == 3)

        shown = self.stats(project)

        totals = shown["totals"]
        assert totals["logins"]["started"] == 3 and totals["logins"]["completed"] == 1
        assert totals["logins"]["completed_by_method"] == \
            {"email": 1, "phone": 0, "biometric": 0}
        assert totals["codes"] == {"asked": 3, "tried": 2, "validated": 1, "failed": 1,
                                   "expired": 0, "canceled": 1, "unknown_people": 0}
        assert totals["messages"]["queued"] == totals["messages"]["sent"] == 3
        assert shown["funnel"] == {"sent": 3, "delivered": 3, "tried": 2, "validated": 1}
        assert sum(one["logins"]["started"] for one in shown["buckets"]) == 3
        times = shown["delivery_times"]
        assert times["email"]["handed_over"]["messages"] == 3
        assert times["email"]["delivered"]["messages"] == 3
        assert 0 <= times["email"]["delivered"]["median_ms"] <= times["email"]["delivered"]["p95_ms"]
        assert times["sms"] == times["whatsapp"] == {
            what: {"messages": 0, "median_ms": None, "p95_ms": None}
            for what in ("handed_over", "delivered")}

    def test_limits_and_unknown_people_are_counted(self, project):
        email = address()
        for _ in range(7):
            project.send(email)
        project.use_directory(address())
        project.send(address())

        totals = self.stats(project)["totals"]

        assert totals["limits"]["rate_limited"] >= 1
        assert totals["codes"]["unknown_people"] == 1 and totals["codes"]["asked"] == 1

    def test_steps_are_whole_hours_or_days(self, project):
        shown = self.stats(project, **{"from": "2026-03-01T09:30:00Z", "to": "2026-03-01T11:00:01Z"})
        assert [one["start"] for one in shown["buckets"]] == [
            f"2026-03-01T{hour}:00:00.000Z" for hour in ("09", "10", "11")]
        assert (shown["from"], shown["to"]) == ("2026-03-01T09:00:00.000Z",
                                                "2026-03-01T12:00:00.000Z")
        shown = self.stats(project, **{"from": "2026-02-27", "to": "2026-03-02", "step": "day"})
        assert [one["start"][:10] for one in shown["buckets"]] == ["2026-02-27", "2026-02-28",
                                                                   "2026-03-01"]
        assert shown["step_seconds"] == 86400
        assert 24 <= len(self.stats(project)["buckets"]) <= 25
        assert 30 <= len(self.stats(project, step="day")["buckets"]) <= 31

    @pytest.mark.parametrize("query, wrong", [
        ({"from": "yesterday"}, "from"), ({"to": "2026-02-30"}, "to"),
        ({"to": "2026-03-01T25:00:00Z"}, "to"), ({"to": "2026-03-01T10:00:00+02:00"}, "to"),
        ({"from": "2026-03-01T10:00:00.Z"}, "from"), ({"from": "2026-03-0-"}, "from"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "from"),
        ({"from": "2026-01-01", "to": "2026-03-01"}, "from"),
        ({"from": "1970-01-01", "step": "day"}, "from"), ({"step": "minute"}, "step"),
        ({"from": "0001-01-01"}, "from"), ({"to": "9999-12-31"}, "from"), ({"by": "x"}, "by"),
    ])
    def test_a_wrong_range_is_named(self, project, query, wrong):
        answer = project.api.get(f"{project.path}/stats", query=query)
        if query == {"to": "9999-12-31"}:
            assert answer.status == 200 and answer.data["totals"]["logins"]["started"] == 0
        else:
            assert set(answer.issues) == {wrong}

    def test_other_projects_are_not_counted(self, api, project):
        project.send(address())
        other = Project(api)
        assert self.stats(other)["totals"]["logins"]["started"] == 0
        bound = make_caller(api, project_id=other.id, scope="read")[0]
        assert bound.get(f"{project.path}/stats").code == "PROJECT_NOT_FOUND"

    def test_the_clock_is_that_of_the_server(self, project):
        project.send(address())
        today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
        buckets = self.stats(project, step="day")["buckets"]
        assert buckets[-1]["start"].startswith(today)
        assert buckets[-1]["logins"]["started"] == 1
