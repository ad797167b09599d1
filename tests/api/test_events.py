"""Events: listed with filters, and followed as they happen."""

import json
import socket
import time

import pytest

from support.client import Client, make_caller, wait_for
from support.project import Project, address
from support.server import Server, each_node_by_itself


class Follower:
    """A stream of events, read as a browser would."""

    def __init__(self, server, token, query, last_id=None):
        self.socket = socket.create_connection(server.address(), timeout=10)
        extra = f"Last-Event-ID: {last_id}\r\n" if last_id is not None else ""
        self.socket.sendall((f"GET /v2/access/events/stream?{query} HTTP/1.1\r\nHost: x\r\n"
                             f"Authorization: Bearer {token}\r\n{extra}\r\n").encode())
        self.buffer = b""
        self.head = self._until(b"\r\n\r\n").decode()

    def _until(self, end):
        while end not in self.buffer:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError
            self.buffer += more
        text, self.buffer = self.buffer.split(end, 1)
        return text

    def next(self):
        """The next event: (id, type, data)."""
        while True:
            fields = dict(line.split(": ", 1) for line in self._until(b"\n\n").decode().split("\n")
                          if not line.startswith(":"))
            if "data" in fields:
                return int(fields["id"]), fields["event"], json.loads(fields["data"])

    def ends(self):
        try:
            while True:
                self.next()
        except EOFError:
            return True

    def close(self):
        self.socket.close()


class TestLists:
    def test_what_happened_is_listed_newest_first(self, project):
        email = address()
        login = project.log_in(email)
        events = project.api.items("/events", project_id=project.id)
        types = [event["type"] for event in events]
        assert types.index("login.completed") < types.index("validation.created")
        assert {"validation.created", "otp.sent", "otp.delivered", "validation.validated",
                "user.created", "login.completed"} == set(types)
        sequences = [event["data"]["sequence"] for event in events]
        assert sequences == sorted(sequences, reverse=True)
        assert email not in json.dumps(events)

        user_id = login["user"]["user_id"]
        completed = project.api.items("/events", project_id=project.id, user_id=user_id,
                                      type="login.completed,login.failed")
        assert [event["type"] for event in completed] == ["login.completed"]
        pages = project.api.items("/events", limit=2, project_id=project.id)
        assert pages == events
        at = events[0]["timestamp"]
        assert project.api.items("/events", project_id=project.id, to="2020-01-01T00:00:00Z") == []
        assert events[0] in project.api.items("/events", project_id=project.id, **{"from": at})

    def test_what_can_not_be_meant_is_refused(self, api, project):
        assert "project_id" in api.get("/events").issues
        for name, value in (("type", "login"), ("from", "yesterday"), ("limit", "0"), ("x", "y")):
            assert name in api.get("/events", query={"project_id": project.id, name: value}).issues

    def test_a_token_of_one_project_needs_not_name_it(self, api, project):
        bound, _ = make_caller(api, project_id=project.id)
        project.add_user(email=address())
        assert [event["type"] for event in bound.items("/events")] == ["user.created"]
        assert bound.get("/events",
                         query={"project_id": Project(api).id}).code == "PROJECT_NOT_FOUND"


class TestStreams:
    def test_events_arrive_as_they_happen(self, server, api, project):
        project.add_user(email=address())
        follower = Follower(server, api.token, f"project_id={project.id}&type=user.created")
        assert follower.head.startswith("HTTP/1.1 200") and "text/event-stream" in follower.head
        assert "Content-Length" not in follower.head
        users = [project.add_user(email=address())["user_id"] for _ in range(3)]
        got = [follower.next() for _ in users]
        assert [data["data"]["user_id"] for _, _, data in got] == users
        assert {kind for _, kind, _ in got} == {"user.created"}
        follower.close()

        again = Follower(server, api.token, f"project_id={project.id}", last_id=got[0][0])
        assert [again.next()[2]["data"]["user_id"] for _ in range(2)] == users[1:]
        again.close()

    def test_a_stream_holds_no_worker(self, tmp_path):
        with Server(tmp_path, server={"workers": 1}) as server:
            api = Client(server).log_in(*server.create_key())
            project = Project(api)
            followers = [Follower(server, api.token, f"project_id={project.id}") for _ in range(5)]
            project.add_user(email=address())
            assert [one.next()[1] for one in followers] == ["user.created"] * 5
            began = time.monotonic()
            assert server.stop() == 0
            assert time.monotonic() - began < 10
            assert all(one.ends() for one in followers)

    @each_node_by_itself
    def test_a_caller_has_ten_at_most(self, server, api, project):
        caller, _ = make_caller(api)
        query = f"project_id={project.id}"
        followers = [Follower(server, caller.token, query) for _ in range(10)]
        refused = caller.get("/events/stream", query={"project_id": project.id})
        assert refused.code == "BUSY"
        for one in followers:
            one.close()
        wait_for(lambda: Follower(server, caller.token, query).head.startswith("HTTP/1.1 200"))

    def test_a_revoked_token_sees_nothing_more(self, server, api, project):
        caller, _ = make_caller(api)
        follower = Follower(server, caller.token, f"project_id={project.id}")
        assert caller.post("/auth/revoke", {"all": True}).status == 200
        began = time.monotonic()
        assert follower.ends()
        assert time.monotonic() - began < 4

    @pytest.mark.parametrize("query, headers", [
        ({"after": "x"}, {}), ({"type": "x"}, {}), ({}, {"Last-Event-ID": "-1"}),
        ({}, {"Last-Event-ID": "evt_1"})])
    def test_what_can_not_be_meant_is_refused(self, api, project, query, headers):
        answer = api.get("/events/stream", query={"project_id": project.id} | query,
                         headers=headers)
        assert answer.code == "INVALID_REQUEST"

    def test_strangers_follow_nothing(self, api, project):
        stranger, _ = make_caller(api, project_id=Project(api).id)
        assert stranger.get("/events/stream",
                            query={"project_id": project.id}).code == "PROJECT_NOT_FOUND"
        blind, _ = make_caller(api, scope="access")
        assert blind.get("/events/stream",
                         query={"project_id": project.id}).code == "INSUFFICIENT_SCOPE"
