"""Traces: what a collector gets, where traceparent goes, and that no secret or contact is in either."""

import http.server
import json
import os
import re
import threading

import pytest

from support.client import Client, wait_for
from support.live_mail import live_project
from support.project import Project, address
from support.relay import ScriptedRelay
from support.server import Server

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
HEX = re.compile(r"^[0-9a-f]+$")


class Collector:
    """Takes OTLP, and what a source of people is asked."""

    def __init__(self, status=200):
        self.status = status
        self.bodies, self.headers = [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.headers.append((self.path, dict(self.headers)))
                if self.path == "/v1/traces" and outer.status == 200:
                    outer.bodies.append(json.loads(body))
                self.send_response(outer.status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def do_GET(self):
                outer.headers.append((self.path, dict(self.headers)))
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(b'{"user_id": "u1", "email": "found@example.com"}')

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def spans(self):
        return [span for body in list(self.bodies) for resource in body["resourceSpans"]
                for scope in resource["scopeSpans"] for span in scope["spans"]]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def attributes(span):
    return {item["key"]: next(iter(item["value"].values())) for item in span["attributes"]}


def traced(folder, collector, smtp=None, **environment):
    server = Server(folder, outbound={"allow": ["127.0.0.0/8"]}, **({"smtp": smtp} if smtp else {}))
    server.environment |= {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
                           "OTEL_EXPORTER_OTLP_HEADERS": "x-team=logins"} | environment
    server.credentials = server.create_key()
    return server.start()


@pytest.fixture
def collector():
    made = Collector()
    yield made
    made.close()


@pytest.fixture
def server(tmp_path, collector):
    made = traced(tmp_path, collector)
    yield made
    if made.process:
        assert made.stop() == 0


@pytest.fixture
def api(server):
    return Client(server).log_in(*server.credentials)


def test_a_request_is_a_span_of_its_callers_trace(api, collector):
    api.get("/projects/prj_none", headers={"traceparent": PARENT})

    span = wait_for(lambda: next((span for span in collector.spans() if span["traceId"] == PARENT[3:35]), None), 20)
    assert span["name"] == "GET /v2/access/projects/{project_id}" and span["kind"] == 2
    assert span["parentSpanId"] == PARENT[36:52]
    assert HEX.match(span["spanId"]) and len(span["spanId"]) == 16
    assert int(span["endTimeUnixNano"]) >= int(span["startTimeUnixNano"])
    told = attributes(span)
    assert told["http.route"] == "/v2/access/projects/{project_id}"
    assert told["http.response.status_code"] == "404" and told["error.type"] == "PROJECT_NOT_FOUND"
    assert told["accessd.request_id"]
    resource = collector.bodies[0]["resourceSpans"][0]["resource"]
    assert {"key": "service.name", "value": {"stringValue": "accessd"}} in resource["attributes"]
    assert ("/v1/traces", "logins") in [(path, headers.get("x-team")) for path, headers in collector.headers]


def test_the_trace_goes_on_to_whom_the_server_asks(api, collector):
    project = Project(api)
    source = api.post(f"{project.path}/sources", {
        "name": "CRM", "kind": "http", "settings": {
            "url": f"{collector.url}/people?email={{email}}",
            "mapping": {"user_id": "/user_id", "email": "/email"}}}).data
    api.post(f"/sources/{source['source_id']}/test", {"email": "found@example.com"}, headers={"traceparent": PARENT})

    asked = wait_for(lambda: next((headers for path, headers in collector.headers if path.startswith("/people")), None))
    parent = asked["traceparent"]
    assert parent[3:35] == PARENT[3:35] and parent[36:52] != PARENT[36:52]
    client = wait_for(lambda: next((span for span in collector.spans() if span["name"] == "GET"), None), 20)
    assert client["kind"] == 3
    assert client["spanId"] == parent[36:52] and client["traceId"] == PARENT[3:35]
    assert attributes(client) == {"http.request.method": "GET", "http.response.status_code": "200"}


def of_trace(collector, name):
    return [span for span in collector.spans() if span["name"] == name and span["traceId"] == PARENT[3:35]]


def test_what_a_request_reads_and_writes_is_in_its_trace(api, collector):
    engine = "postgresql" if os.environ.get("ACCESSD_TEST_NODES_POSTGRES") else "sqlite"
    project = Project(api)
    project.set_email()
    email = address()
    headers = {"traceparent": PARENT}
    sent = api.post("/email/send-otp", {"email": email, "project_id": project.id}, headers=headers).data
    # A wrong code: what the store is told to undo or keep is an answer like any other.
    refused = api.post("/email/verify-otp", {"email": email, "otp": project.wrong_code(email), "validation_id": sent["validation_id"]},
                       headers=headers)
    assert (refused.status, refused.code) == (403, "INVALID_OTP")

    assert api.get(f"/validations/{sent['validation_id']}", headers=headers).status == 200

    looked = "GET /v2/access/validations/{validation_id}"
    wait_for(lambda: of_trace(collector, looked), 20)  # The last of the three, so that all have arrived.
    requests = {span["spanId"]: span["name"] for span in collector.spans() if span["kind"] == 2}
    assert looked in {requests[span["parentSpanId"]] for span in of_trace(collector, "store read")}
    writes = of_trace(collector, "store write")
    assert {requests[span["parentSpanId"]] for span in writes} == {
        "POST /v2/access/email/send-otp", "POST /v2/access/email/verify-otp"}
    for span in writes:
        told = attributes(span)
        assert span["kind"] == 3 and span["status"] == {} and told["db.system.name"] == engine
        took_us = (int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"])) / 1000
        assert 0 <= int(told["accessd.store.waited_us"]) + int(told["accessd.store.ran_us"]) <= took_us + 1000


def test_what_nobody_waits_for_is_no_trace(api, collector):
    api.get("/keys")

    wait_for(lambda: any(span["name"] == "GET /v2/access/keys" for span in collector.spans()), 20)
    assert all("parentSpanId" in span for span in collector.spans() if span["name"].startswith("store "))


def test_a_message_on_its_way_is_a_trace(tmp_path, collector):
    relay = ScriptedRelay()
    server = traced(tmp_path, collector, smtp=relay.smtp_settings())
    try:
        project = live_project(Client(server).log_in(*server.credentials))
        assert project.send(address()).status == 200

        sent = wait_for(lambda: next((span for span in collector.spans() if span["name"] == "SMTP send"), None), 20)
        way = wait_for(lambda: next((span for span in collector.spans() if span["name"] == "deliver message"), None), 20)
        assert way["kind"] == 5 and "parentSpanId" not in way and way["status"] == {}
        assert attributes(way)["accessd.channel"] == "email" and attributes(way)["accessd.message_id"].startswith("msg_")
        assert (sent["traceId"], sent["parentSpanId"], sent["kind"]) == (way["traceId"], way["spanId"], 3)
        assert "@" not in json.dumps(collector.bodies)
    finally:
        assert server.stop() == 0
        relay.close()


def test_no_secret_and_no_contact_leaves_in_a_span(api, server, collector):
    project = Project(api)
    project.set_email()
    project.set_flow(status="active")
    email = address()
    done = project.log_in(email)
    wait_for(lambda: any("verify-otp" in span["name"] for span in collector.spans()), 20)

    text = json.dumps(collector.bodies)
    for secret in (email, email.split("@")[0], server.credentials[1], api.token, json.dumps(done)):
        assert secret not in text
    assert not re.search(r"eyJ|whsec_|Bearer", text)


def test_a_callers_wish_not_to_be_traced_holds(api, collector):
    api.get("/projects", headers={"traceparent": PARENT[:-1] + "0"})
    api.get("/keys")

    wait_for(lambda: any(span["name"] == "GET /v2/access/keys" for span in collector.spans()), 20)
    assert not any(span["traceId"] == PARENT[3:35] for span in collector.spans())


def test_a_collector_that_fails_costs_spans_and_nothing_else(tmp_path):
    broken = Collector(status=503)
    server = traced(tmp_path, broken)
    try:
        api = Client(server).log_in(*server.credentials)
        assert api.get("/projects").status == 200
        dropped = wait_for(lambda: next((line for line in server._read_metrics().splitlines()
                                         if line.startswith("accessd_trace_spans_dropped_total")
                                         and not line.endswith(" 0")), None), 20)
        assert dropped
        wait_for(lambda: "the collector doesn't take traces" in server.log(), 20)
    finally:
        assert server.stop() == 0
        broken.close()


def test_nothing_is_sent_unless_the_environment_asks(tmp_path, collector):
    server = traced(tmp_path, collector, OTEL_SDK_DISABLED="true")
    Client(server).log_in(*server.credentials).get("/projects")
    assert server.stop() == 0

    assert collector.headers == []
