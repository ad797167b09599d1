"""What operators see: health, metrics, documentation, the log, and a stop that loses nothing."""

import gzip
import http.client
import json
import re
import threading
import time

import pytest

from support.client import Client, wait_for
from support.project import Project, address
from support.raw import RawConnection, request_bytes
from support.server import Server

SECRET_LOOKS = {
    "a token": re.compile(r"eyJ[A-Za-z0-9_-]{10,}"),
    "a client secret": re.compile(r"sk_[A-Za-z0-9_-]{20,}"),
    "an address": re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+\.[a-z]+"),
    "a bearer": re.compile(r"[Bb]earer"),
}


def operations(api, path):
    return api.get(path, listener="operations", token=None)


class TestHealth:
    def test_the_server_is_alive_and_ready(self, api):
        for listener in ("api", "operations"):
            alive = api.get("/healthz", listener=listener, token=None)
            assert (alive.status, alive.json) == (200, {"status": "ok"})
        assert api.get("/readyz", token=None).json == {"status": "ready"}

    def test_operators_see_each_part(self, api):
        answer = operations(api, "/readyz")

        assert answer.status == 200
        assert answer.json["status"] == "ready"
        parts = answer.json["parts"]
        assert parts["store"] == parts["migrations"] == parts["server"] == "ok"
        assert "biometrics" in parts

    def test_the_version_is_told(self, api):
        for listener in ("api", "operations"):
            answer = api.get("/version", listener=listener, token=None)
            assert set(answer.json) == {"name", "version", "commit", "api_version"}
            assert answer.json["name"] == "accessd" and answer.json["api_version"] == "v2"
            assert re.fullmatch(r"\d+\.\d+\.\d+.*", answer.json["version"])

    def test_what_operators_see_is_not_on_the_api(self, api):
        assert api.get("/metrics", token=None).code == "NOT_FOUND"
        assert "parts" not in api.get("/readyz", token=None).json
        assert operations(api, "/v2/access/projects").code == "NOT_FOUND"
        assert operations(api, "/openapi.json").code == "NOT_FOUND"


class TestMetrics:
    def read(self, api):
        answer = operations(api, "/metrics")
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        values = {}
        for line in answer.text.splitlines():
            if not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                values[name] = float(value)
        return answer.text, values

    def total(self, values, *parts):
        return sum(value for name, value in values.items() if all(part in name for part in parts))

    def test_requests_errors_and_deliveries_are_counted(self, api, project):
        _, before = self.read(api)
        email = address()
        validation_id = project.send(email).data["validation_id"]
        project.verify(email, "12345678", validation_id)
        project.wait_for_step(validation_id, "delivered")

        _, after = self.read(api)

        def rise(*parts):
            return self.total(after, *parts) - self.total(before, *parts)

        assert rise("_total{", "send-otp") == 1
        assert rise("_total{", "INVALID_OTP") == 1
        assert rise("accessd_deliveries_total{", "inbox") == 1

    def test_refusals_are_counted_by_limit(self, api, project):
        email = address()
        _, before = self.read(api)

        answers = [project.send(email).status for _ in range(7)]

        _, after = self.read(api)
        name = 'accessd_limit_refusals_total{scope="email_sends"}'
        assert answers.count(429) == 2
        assert after[name] - before.get(name, 0) == 2

    def test_every_line_is_well_formed_and_names_no_person(self, api, project):
        email = address()
        project.log_in(email)

        text, values = self.read(api)

        assert values
        for line in text.splitlines():
            assert re.fullmatch(r"# (HELP|TYPE) [a-z_:]+ .*|"
                                r"[a-z_:]+(\{([a-z_]+=\"[^\"]*\",?)*\})? [0-9eE.+-]+(Inf|NaN)?",
                                line), line
        assert email not in text and project.id not in text
        assert "val_" not in text


class TestDocumentation:
    def test_the_description_is_served(self, api):
        answer = api.get("/openapi.json", token=None)

        assert answer.headers["Content-Type"].startswith("application/json")
        assert answer.json["openapi"].startswith("3.1")
        packed = api.send("GET", "/openapi.json", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["Vary"] == answer.headers["Vary"] == "Accept-Encoding"
        assert json.loads(gzip.decompress(packed.raw)) == answer.json

    def test_pages_are_off_until_switched_on(self, server, api, tmp_path):
        assert api.get("/docs", token=None).status == 404

        other = Server(tmp_path, server={"docs": True})
        with other:
            reader = Client(other)
            page = reader.get("/docs", token=None)
            assert page.status == 200
            assert page.headers["Content-Type"].startswith("text/html")
            policy = page.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "script-src 'self'" in policy
            names = re.findall(r'(?:src|href)="([^"]+)"', page.text)
            assert names
            for name in names:
                assert not name.startswith(("http:", "https:", "//")), "loads from another host"
                path = name if name.startswith("/") else "/docs/" + name.removeprefix("./")
                assert reader.get(path, token=None).status == 200, name
            assert reader.get("/docs/nothing.js", token=None).code == "NOT_FOUND"
            assert reader.get("/docs/..%2fopenapi.json", token=None).status in (400, 404)


class TestStop:
    @pytest.fixture
    def own(self, tmp_path):
        server = Server(tmp_path)
        credentials = server.create_key()
        server.start()
        yield server, Client(server).log_in(*credentials)
        server.kill()

    def test_it_is_quick_when_nothing_happens(self, own):
        server, _ = own
        idle = RawConnection(server)
        assert idle.exchange("GET", "/healthz").status == 200

        began = time.monotonic()
        assert server.stop() == 0

        assert time.monotonic() - began < 5
        assert idle.is_closed()
        idle.close()

    def test_a_request_that_has_begun_is_finished(self, own):
        server, api = own
        project = Project(api)
        data = request_bytes("POST", "/v2/access/email/send-otp",
                             {"email": address(), "project_id": project.id}, api.token)
        status = []
        with RawConnection(server) as connection:
            connection.send(data[:-10])
            time.sleep(0.2)
            stopping = threading.Thread(target=lambda: status.append(server.stop()))
            stopping.start()
            time.sleep(0.5)
            connection.send(data[-10:])
            answer = connection.read("POST")
            assert answer.status == 200
            assert answer.headers["Connection"] == "close"
            assert connection.is_closed()
        stopping.join(30)
        assert status == [0]

    def test_nobody_new_is_let_in(self, own):
        server, api = own
        address_before = server.address()
        assert server.stop() == 0

        with pytest.raises(OSError):
            connection = http.client.HTTPConnection(*address_before, timeout=2)
            connection.request("GET", "/healthz")

    def test_messages_in_hand_are_sent_after_the_next_start(self, own):
        server, api = own
        project = Project(api)
        ids = [project.send(address()).data["validation_id"] for _ in range(40)]

        assert server.stop() == 0
        server.start()

        def are_delivered():
            return all(any(entry["type"] == "delivered" for entry in project.timeline(one))
                       for one in ids)

        wait_for(are_delivered, seconds=20, pause=0.5)


class TestLog:
    def test_a_request_leaves_a_line_that_its_id_finds(self, server, api, project):
        api.get(project.path, headers={"X-Request-Id": "look-for-me"})

        lines = wait_for(lambda: [json.loads(line) for line in server.log().splitlines()
                                  if "look-for-me" in line])

        assert len(lines) == 1
        assert lines[0]["message"] == "request"
        assert lines[0]["status"] == 200 and lines[0]["method"] == "GET"
        assert lines[0]["route"] == "/v2/access/projects/{project_id}"
        assert lines[0]["project_id"] == project.id
        assert lines[0]["caller"] == server.credentials[0]
        assert lines[0]["duration_ms"] >= 0

    def test_a_login_leaves_lines_that_name_its_project(self, server, project):
        validation_id = project.log_in(address())["validation_id"]

        def logged():
            found = [json.loads(line) for line in server.log().splitlines()
                     if validation_id in line]
            return found if len(found) >= 2 else None

        lines = wait_for(logged)

        assert [line["message"] for line in lines] == ["code requested", "code accepted"]
        assert {line["project_id"] for line in lines} == {project.id}
        assert all(line["request_id"] for line in lines)

    def test_nothing_secret_and_nobodys_contact_is_logged(self, server, api, project):
        emails, codes = [], []
        for _ in range(5):
            email = address()
            emails.append(email)
            validation_id = project.send(
                email, metadata={"note": "metadata-in-here"},
                client={"ip": "192.0.2.77", "user_agent": "agent-in-here"}).data["validation_id"]
            codes.append(project.code(email))
            project.verify(email, project.wrong_code(email), validation_id)
            project.verify(email, codes[-1], validation_id)
        project.add_user(email="bob@example.com", phone="+34600999888", name="Robert-In-Here")
        project.set_test_recipients({"destination": "eve@example.com", "outcome": "provider_down"})
        broken = project.send("eve@example.com").data["validation_id"]
        project.wait_for_step(broken, "attempt")
        key = api.post("/keys", {"name": "name-in-here"}).data
        login_token = project.log_in(address())["token"]
        api.post("/tokens/introspect", {"token": login_token})
        api.post("/auth/token", {"client_id": key["client_id"],
                                 "client_secret": "sk_wrong-in-here"}, token=None)
        api.get("/projects", token="x.token-in-here.y")
        api.get("/projects", query={"cursor": "cursor-in-here"})
        api.get(f"{project.path}/users", query={"email": "carol@example.com"})
        api.get(f"{project.path}/users/path-in-here")
        api.post("/email/send-otp", '{"email": "dave@example.com", "broken-in-here')
        project.send("not-an-address-in-here")

        log = server.log()

        assert log.count('"message":"request"') > 30
        for line in log.splitlines():
            json.loads(line)
        secrets = [*emails, *codes, key["client_secret"], login_token, api.token,
                   server.credentials[1], server.environment["ACCESSD_MASTER_KEY"], "in-here",
                   "In-Here", "192.0.2.77", "+34600999888"]
        shown = [secret for secret in secrets if secret in log]
        assert shown == []
        for name, look in SECRET_LOOKS.items():
            assert not look.search(log), f"{name} is in the log: {look.search(log)[0]}"
