"""Holds answers to the rules for all of them, and to the OpenAPI document the server serves."""

import json
import re

import jsonschema

from support.codes import STATUS_OF_CODE, TOKEN_CODES

API = "/v2/access/"
ENVELOPE_TYPE = "application/json"
PROBLEM_TYPE = "application/problem+json"


def without_parameters(content_type):
    return content_type.split(";")[0].strip().lower()


def check_success(body):
    assert set(body) == {"success", "data", "message"}, body
    assert body["success"] is True
    assert isinstance(body["data"], dict), body
    assert isinstance(body["message"], str) and body["message"], body


def check_failure(status, body):
    assert set(body) == {"success", "error", "code", "details"}, body
    assert body["success"] is False
    check_code(status, body["code"])
    assert isinstance(body["error"], str) and len(body["error"]) > 5, body
    assert isinstance(body["details"], dict), body
    if body["code"] == "INVALID_REQUEST":
        fields = body["details"]["fields"]
        assert fields and all(set(issue) == {"field", "issue"} for issue in fields), body


def check_problem(status, body):
    assert body["status"] == status, body
    check_code(status, body["code"])
    assert isinstance(body["details"], dict), body
    assert body["title"] and isinstance(body["title"], str), body
    assert "type" in body, body


def check_code(status, code):
    assert STATUS_OF_CODE.get(code) == status, f"{code} came with status {status}"


def check_headers(answer):
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", answer.headers.get("X-Request-Id", ""))
    assert answer.headers.get("X-Content-Type-Options") == "nosniff"
    assert answer.headers.get("Cache-Control"), "no Cache-Control"
    assert answer.headers.get("Server") == "accessd", "the Server header must tell no version"
    if answer.status in (429, 503) and answer.code is not None:
        assert int(answer.headers["Retry-After"]) >= 1
    if answer.code in TOKEN_CODES:
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    if answer.status == 405:
        assert answer.headers["Allow"]
    if answer.path.startswith(API):
        assert answer.headers["Cache-Control"] == "no-store"


class Contract:
    """The OpenAPI document, ready to judge answers by."""

    def __init__(self, document):
        self.document = document
        self._resolver = jsonschema.RefResolver.from_schema(document)
        self._validators = {}
        self._templates = sorted(document["paths"], key=lambda path: path.count("{"))
        self._patterns = {
            path: re.compile(re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(path)) + r"\Z")
            for path in self._templates}

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            _, node = self._resolver.resolve(node["$ref"])
        return node

    def find_template(self, path):
        return next((template for template in self._templates
                     if self._patterns[template].match(path)), None)

    def operation(self, template, method):
        return self.resolve(self.document["paths"][template]).get(method.lower())

    def check(self, answer):
        """Raises AssertionError where the answer isn't what the document says."""
        where = f"{answer.method} {answer.path} -> {answer.status} {answer.raw[:600]}"
        try:
            check_headers(answer)
            self._check_body(answer)
            if not answer.is_operations:
                self._check_documented(answer)
        except (AssertionError, KeyError, jsonschema.ValidationError) as problem:
            raise AssertionError(f"{where}\n{type(problem).__name__}: {problem}") from None

    def check_hook(self, body):
        """The same for what a webhook gets."""
        hook = self.document["webhooks"][body["type"]]["post"]
        self._check_schema(hook["requestBody"]["content"][ENVELOPE_TYPE]["schema"], body, "a webhook")

    @staticmethod
    def _check_body(answer):
        if answer.method == "HEAD":
            assert answer.raw == b""
            return
        kind = without_parameters(answer.headers.get("Content-Type", ""))
        if kind in ("text/csv", "text/event-stream") and answer.status == 200:
            return  # A file, or events without an end, as the document says.
        if answer.path.startswith(API) or answer.code is not None:
            assert kind in (ENVELOPE_TYPE, PROBLEM_TYPE), kind
            if answer.status < 400:
                check_success(answer.json)
            elif kind == PROBLEM_TYPE:
                check_problem(answer.status, answer.json)
            else:
                check_failure(answer.status, answer.json)

    def _check_documented(self, answer):
        if answer.code == "MALFORMED_HTTP":
            return  # No route saw it.
        template = self.find_template(answer.path)
        if template is None:
            assert answer.code in ("NOT_FOUND", "MALFORMED_HTTP", "URI_TOO_LONG"), \
                "OpenAPI has no such path"
            return
        method = "GET" if answer.method == "HEAD" else answer.method
        operation = self.operation(template, method)
        if operation is None:
            assert answer.status == 405, f"OpenAPI doesn't know {method} {template}"
            return
        responses = operation["responses"]
        wanted = next((key for key in (str(answer.status), f"{answer.status // 100}XX", "default")
                       if key in responses), None)
        assert wanted, f"OpenAPI doesn't know status {answer.status} of {method} {template}"
        response = self.resolve(responses[wanted])
        if answer.code is not None and "x-codes" in response:
            assert answer.code in response["x-codes"], "OpenAPI doesn't know this code here"
        for name, header in response.get("headers", {}).items():
            assert name in answer.headers or not self.resolve(header).get("required"), name
        self._check_content(answer, response.get("content", {}))
        if answer.status < 300 and answer.request_json is not None:
            schema = operation["requestBody"]["content"][ENVELOPE_TYPE]["schema"]
            self._check_schema(schema, answer.request_json, "the request")

    def _check_content(self, answer, content):
        if answer.method == "HEAD" or not answer.raw:
            return
        kind = without_parameters(answer.headers.get("Content-Type", ""))
        assert kind in content, f"OpenAPI doesn't know {kind} here, only {list(content)}"
        schema = content[kind].get("schema")
        if schema is not None and kind.endswith("json"):
            self._check_schema(schema, answer.json, "the answer")

    def _check_schema(self, schema, value, what):
        name = json.dumps(schema, sort_keys=True)
        if name not in self._validators:
            self._validators[name] = jsonschema.Draft202012Validator(schema,
                                                                     resolver=self._resolver)
        problem = jsonschema.exceptions.best_match(self._validators[name].iter_errors(value))
        assert problem is None, f"{what}, at {problem.json_path}: {problem.message[:500]}"
