"""What the server makes of requests that are not what they should be."""

import json
import random

import pytest

from support.contract import check_failure
from support.project import address
from support.raw import RawConnection, request_bytes

SEND = "/v2/access/email/send-otp"
BODY_MAX = 64 * 1024


class TestJson:
    @pytest.mark.parametrize("body, line, column", [
        ("", 1, 1), ("{", 1, 2), ('{"email": }', 1, 11), ('{\n  "email": "a"\n  "b": 1}', 3, 3),
        ('{"a": 1} x', 1, 10), ('{"a": tru}', 1, 10), ("[1,]", 1, 4), ("{'a': 1}", 1, 2),
        ('{"a": 1,}', 1, 9), ('{"a": "\t"}', 1, 8), ('{"a": 01}', 1, 8), ('{"a": +1}', 1, 7),
        ('{"a": .5}', 1, 7), ('{"a": NaN}', 1, 7), ('{"a": "\\x"}', 1, 9),
        ("\ufeff{}", 1, 1), ("{} // done", 1, 4), ('{"a": 0x10}', 1, 8),
    ])
    def test_a_mistake_is_shown_where_it_is(self, api, body, line, column):
        answer = api.post(SEND, body)

        assert answer.code == "INVALID_JSON"
        assert answer.details["line"] == line
        assert abs(answer.details["column"] - column) <= 1

    @pytest.mark.parametrize("body, line", [
        ('{"email": "a@example.com", "email": "b@example.com"}', 1),
        ('{\n"metadata": {"x": 1,\n"x": 2}}', 3),
        ('{"metadata": {"\\u0061": 1,\n "a": 2}}', 2),
    ])
    def test_a_name_stands_only_once(self, api, body, line):
        answer = api.post(SEND, body)

        assert answer.code == "INVALID_JSON"
        assert answer.details["line"] == line

    @pytest.mark.parametrize("text", [
        b'\xff', b'\xc0\xaf', b'\xed\xa0\x80', b'\xf5\x80\x80\x80', b'\xe2\x82', b'\x80',
        rb'\ud800', rb'\udc00\ud800', rb'\ud800x'])
    def test_text_is_utf_8(self, api, text):
        body = b'{"email": "a' + text + b'@example.com", "project_id": "prj_1"}'
        assert api.post(SEND, body).code == "INVALID_JSON"

    @pytest.mark.parametrize("number", ["1e400", "-1e999", "1" * 33, "0." + "1" * 40,
                                        "9" * 25, "1e" + "9" * 20])
    def test_absurd_numbers_are_refused(self, api, number):
        answer = api.post(SEND, f'{{"metadata": {{"n":\n {number}}}}}')
        assert answer.code == "INVALID_JSON"
        assert answer.details["line"] == 2 and answer.details["column"] >= 1

    @pytest.mark.parametrize("opening, closing", [("[", "]"), ('{"a":', "}")])
    @pytest.mark.parametrize("depth", [33, 1000, 10_000])
    def test_deep_nesting_is_refused(self, api, opening, closing, depth):
        inner = opening * depth + "1" + closing * depth
        assert api.post(SEND, f'{{"metadata": {inner}}}').code == "INVALID_JSON"

    def test_nesting_within_reason_is_taken(self, project):
        metadata = {"a": {"b": {"c": [[[[1]]]]}}}
        assert project.send(address(), metadata=metadata).status == 200

    @pytest.mark.parametrize("body", ["[]", "1", '"x"', "null", "true", "[{}]"])
    def test_a_body_is_an_object(self, api, body):
        assert api.post(SEND, body).code == "INVALID_REQUEST"

    def test_all_wrong_fields_are_named_at_once(self, api):
        answer = api.post(SEND, {"email": 1, "language": "de", "client": {"ip": "x", "mac": "y"},
                                 "metadata": [], "colour": "red", "flow_id": ""})

        assert set(answer.issues) == {"email", "project_id", "language", "client.ip", "client.mac",
                                      "metadata", "colour", "flow_id"}
        assert all(issue for issue in answer.issues.values())


class TestTypesAndSizes:
    @pytest.mark.parametrize("headers", [
        {"Content-Type": None}, {"Content-Type": "text/plain"}, {"Content-Type": "application/xml"},
        {"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": ""},
        {"Content-Type": "application/jsonx"}, {"Content-Encoding": "gzip"},
        {"Content-Encoding": "br"}])
    def test_only_plain_json_is_read(self, server, api, headers):
        names = {"Content-Type": "application/json"} | headers
        lines = [f"{name}: {value}" for name, value in names.items() if value is not None]
        data = request_bytes("POST", SEND, "{}", api.token, lines)
        if names["Content-Type"] is None:
            data = data.replace(b"Content-Type: application/json\r\n", b"")

        with RawConnection(server) as connection:
            connection.send(data)
            answer = connection.read("POST", SEND)

        assert answer.code == "UNSUPPORTED_MEDIA_TYPE"
        api.contract.check(answer)

    @pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8",
                                      "APPLICATION/JSON", "application/json;charset=UTF-8"])
    def test_json_may_name_its_charset(self, project, kind):
        body = {"email": address(), "project_id": project.id}
        answer = project.api.post(SEND, body, headers={"Content-Type": kind})
        assert answer.status == 200

    def test_a_body_has_a_most(self, server, api, project):
        body = {"email": address(), "project_id": project.id}
        largest = json.dumps(body).ljust(BODY_MAX)
        assert api.post(SEND, largest).status == 200

        for size in (BODY_MAX + 1, 10 ** 9):
            head = request_bytes("POST", SEND, b"", api.token, ["Content-Type: application/json",
                                 f"Content-Length: {size}"], length=False)
            with RawConnection(server) as connection:
                connection.send(head)
                answer = connection.read("POST", SEND)
                assert answer.code == "BODY_TOO_LARGE"
                api.contract.check(answer)

    def test_a_body_in_chunks_has_the_same_most(self, server, api):
        head = request_bytes("POST", SEND, b"", api.token, [
            "Content-Type: application/json", "Transfer-Encoding: chunked"], length=False)
        chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
        with RawConnection(server) as connection:
            connection.send(head + chunk * 16)
            connection.send(b"1\r\n \r\n")
            answer = connection.read("POST", SEND)
        assert answer.code == "BODY_TOO_LARGE"
        api.contract.check(answer)

    def test_the_token_is_asked_for_before_the_body(self, server, api):
        head = request_bytes("POST", SEND, b"", None, [
            "Content-Type: application/json", "Content-Length: 1000000"], length=False)
        with RawConnection(server) as connection:
            connection.send(head)
            answer = connection.read("POST", SEND)
        assert answer.code == "MISSING_TOKEN"
        api.contract.check(answer)


class TestRouting:
    @pytest.mark.parametrize("path", ["/", "/v2", "/v2/access", "/v2/access/", "/v2/access/nothing",
                                      "/v2/access/projects/", "/v1/access/projects",
                                      "/v2/access//projects", "/v2/access/PROJECTS",
                                      "/v2/access/../../etc/passwd", "/favicon.ico"])
    def test_no_route_is_told_in_the_envelope(self, server, api, path):
        with RawConnection(server) as connection:
            answer = connection.exchange("GET", path, b"", api.token)
        assert answer.code == "NOT_FOUND"
        check_failure(404, answer.json)

    @pytest.mark.parametrize("method, path, allowed", [
        ("GET", SEND, {"POST"}), ("DELETE", SEND, {"POST"}),
        ("PUT", "/v2/access/projects", {"GET", "POST"}),
        ("POST", "/v2/access/validations", {"GET"}),
        ("POST", "/v2/access/projects/prj_x", {"GET", "PATCH", "DELETE"}),
        ("POST", "/.well-known/jwks.json", {"GET"}), ("POST", "/healthz", {"GET"})])
    def test_another_method_is_told_which_are_there(self, api, method, path, allowed):
        answer = api.request(method, path, {} if method == "PUT" else None)

        assert answer.code == "METHOD_NOT_ALLOWED"
        named = {name.strip() for name in answer.headers["Allow"].split(",")}
        assert allowed <= named
        assert method not in named

    @pytest.mark.parametrize("method", ["BREW", "TRACE", "PROPFIND", "get"])
    def test_a_strange_method_is_refused(self, server, method):
        with RawConnection(server) as connection:
            answer = connection.exchange(method, "/v2/access/projects")
        assert answer.code in ("METHOD_NOT_ALLOWED", "MALFORMED_HTTP")
        check_failure(answer.status, answer.json)

    @pytest.mark.parametrize("accept", ["text/html", "image/png", "application/xml, text/plain",
                                        "application/json;q=0", "*/*;q=0"])
    def test_who_takes_no_json_gets_none(self, api, accept):
        answer = api.get("/projects", headers={"Accept": accept})
        assert answer.code == "NOT_ACCEPTABLE"

    @pytest.mark.parametrize("accept", ["*/*", "application/*", "application/json",
                                        "text/html, */*;q=0.1", "application/problem+json",
                                        "Application/JSON"])
    def test_who_takes_json_gets_it(self, api, accept):
        answer = api.get("/projects", headers={"Accept": accept})
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("application/json")

    def test_a_very_long_path_is_refused(self, server):
        with RawConnection(server) as connection:
            answer = connection.exchange("GET", "/" + "x" * 20_000)
        assert answer.code == "URI_TOO_LONG"
        check_failure(414, answer.json)

    def test_many_headers_are_refused(self, server):
        with RawConnection(server) as connection:
            answer = connection.exchange("GET", "/healthz",
                                         headers=[f"X-{n}: {'y' * 500}" for n in range(60)])
        assert answer.code == "HEADERS_TOO_LARGE"
        check_failure(431, answer.json)

    @pytest.mark.parametrize("data", [
        b"GET /healthz HTTP/1.1\r\n\r\n", b"GET /healthz HTTP/3.0\r\nHost: a\r\n\r\n",
        b"GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n", b"GET healthz HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\nHost: a\n\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nx"])
    def test_what_is_not_http_is_refused_and_the_connection_closed(self, server, data):
        with RawConnection(server) as connection:
            connection.send(data)
            answer = connection.read()
            assert answer.code == "MALFORMED_HTTP"
            check_failure(400, answer.json)
            assert connection.is_closed()


class TestAnswers:
    @pytest.mark.parametrize("path", ["/healthz", "/openapi.json", "/.well-known/jwks.json",
                                      "/v2/access/projects", "/v2/access/projects/prj_x"])
    def test_head_is_get_without_the_body(self, api, path):
        full = api.request("GET", path)
        head = api.request("HEAD", path)

        assert head.status == full.status
        assert head.text == ""
        for name in ("Content-Type", "Content-Length", "Cache-Control"):
            assert head.headers[name] == full.headers[name], name

    def test_a_connection_serves_many_requests(self, server, api):
        with RawConnection(server) as connection:
            for n in range(20):
                path = "/v2/access/projects" if n % 2 else "/healthz"
                assert connection.exchange("GET", path, b"", api.token).status == 200
                refused = connection.exchange("POST", SEND, "{}", api.token)
                assert refused.code == "INVALID_REQUEST"

    def test_a_connection_is_closed_on_request(self, server):
        with RawConnection(server) as connection:
            answer = connection.exchange("GET", "/healthz", headers=["Connection: close"])
            assert answer.headers["Connection"] == "close"
            assert connection.is_closed()

    def test_requests_in_a_row_are_answered_in_order(self, server, api):
        paths = ["/healthz", "/v2/access/nothing", "/version", "/v2/access/projects"] * 5
        with RawConnection(server) as connection:
            connection.send(b"".join(request_bytes("GET", path, b"", api.token) for path in paths))
            statuses = [connection.read("GET", path).status for path in paths]
        assert statuses == [200, 404, 200, 200] * 5

    @pytest.mark.parametrize("name, is_kept", [
        ("abc-DEF_1.2", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("a/b", False),
        ("ñ", False), ("<script>", False)])
    def test_a_safe_request_id_comes_back(self, server, name, is_kept):
        with RawConnection(server) as connection:
            data = request_bytes("GET", "/healthz").replace(b"X-Request-Id: raw",
                                                            b"X-Request-Id: " + name.encode())
            connection.send(data)
            answer = connection.read()
        assert (answer.headers["X-Request-Id"] == name) is is_kept
        if not is_kept:
            assert answer.headers["X-Request-Id"].startswith("req_")

    def test_refusals_come_as_problems_to_those_who_ask(self, api):
        plain = api.post(SEND, {"colour": "red"}).json

        answer = api.post(SEND, {"colour": "red"}, headers={"Accept": "application/problem+json"})

        assert answer.status == 400
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert answer.json["status"] == 400
        assert answer.json["code"] == plain["code"]
        assert answer.json["details"] == plain["details"]
        missing = api.get("/projects/prj_x", headers={"Accept": "application/problem+json"})
        assert missing.json["code"] == "PROJECT_NOT_FOUND"


def broken_bodies(project_id):
    """Bodies for send-otp that are wrong in one way each, the same ones in every run."""
    choice = random.Random(42)
    good = {"email": "ana@example.com", "project_id": project_id, "language": "es",
            "client": {"ip": "192.0.2.7", "user_agent": "Browser/1"}, "metadata": {"order": 17}}
    text = json.dumps(good).encode()
    for end in range(0, len(text)):
        yield text[:end]
    for start in range(1, len(text), 3):
        yield text[start:]
    for junk in (b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x1f", b"}", b"{", b'"'):
        for _ in range(12):
            place = choice.randrange(1, len(text) - 1)
            yield text[:place] + junk + text[place:] if junk not in b'{}"' \
                else text + junk if choice.random() < 0.3 else junk + text
    wrong = [None, True, False, 0, -1, 1.5, 10 ** 30, "", [], {}, [good], "\u0000", "x" * 5000,
             {"a": {"a": {}}}]
    for name in ("email", "project_id", "language", "client"):
        for value in wrong:
            if not (name == "client" and value == {}):
                yield json.dumps(good | {name: value}).encode()
    for value in (True, 1, "x", [], [1], "x" * 2000, {"x": "y" * 2000}):
        yield json.dumps(good | {"metadata": value}).encode()
    for name in ("Email", "email ", "", "__proto__", "constructor", "emai", "projectId", "$ref",
                 "ñ", "\u202e", "x" * 300):
        yield json.dumps(good | {name: 1}).encode()
    for name in ("email", "project_id"):
        yield json.dumps({key: value for key, value in good.items() if key != name}).encode()
        yield text[:-1] + b', "' + name.encode() + b'": "x"}'
    for number in (b"1e309", b"-1e309", b"1" * 40, b"00", b"1.", b".1", b"1e", b"--1", b"Infinity"):
        yield text.replace(b"17", number)
    for depth in (40, 400, 4000):
        yield text.replace(b"17", b"[" * depth + b"]" * depth)
        yield text.replace(b"17", b'{"a":' * depth + b"1" + b"}" * depth)


def test_no_broken_body_is_more_than_refused(server, api, project):
    bodies = list(broken_bodies(project.id))
    assert len(bodies) >= 300
    codes = set()

    for body in bodies:
        answer = api.post(SEND, body)
        assert 400 <= answer.status < 500, (body[:200], answer)
        codes.add(answer.code)

    assert {"INVALID_JSON", "INVALID_REQUEST", "INVALID_EMAIL"} <= codes
    assert "INTERNAL" not in codes
    assert server.is_running()
    assert project.inbox() == []
    assert project.send(address()).status == 200
