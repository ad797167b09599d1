"""The description of the API against the server that serves it, and against the source."""

import re

import jsonschema
import pytest

from support.client import Client
from support.codes import STATUS_OF_CODE
from support.contract import Contract
from support.server import ROOT

SERVER = {"server": {"docs": True}}  # The description covers the pages too.

METHODS = {"get", "post", "put", "patch", "delete"}
# router.get("/path", scope, ...), over any number of lines.
ROUTE = re.compile(r'(?<!operations_)router\.(get|post_form|post|put|patch|remove)\(\s*"([^"]+)",\s*(\w+)')
# router.add("POST", "/path", {.scope = anyone, ...: a route that isn't like the others.
ADDED_ROUTE = re.compile(r'router\.add\(\s*"([A-Z]+)",\s*"([^"]+)",\s*\{\.scope = (\w+)')
SCOPES = {"anyone": None, "any_token": "any", "access": "access", "manage": "manage",
          "read": "read", "access_or_browser": "access", "access_or_person": "access",
          "read_or_browser": "read"}
BROWSER_SCOPES = {"access_or_browser", "access_or_person", "read_or_browser"}


@pytest.fixture(scope="module")
def document(server):
    return Client(server).send("GET", "/openapi.json").json


@pytest.fixture(scope="module")
def operations(document):
    return {(method, path): operation for path, item in document["paths"].items()
            for method, operation in item.items() if method in METHODS}


def routes_in_source():
    text = (ROOT / "src/app/routes.cpp").read_text(encoding="utf-8")
    api = text[:text.index("void App::add_operations_routes")]
    methods = {"remove": "delete", "post_form": "post"}
    found = {(methods.get(method, method), path): SCOPES[scope]
             for method, path, scope in ROUTE.findall(api)}
    found |= {(method.lower(), path): SCOPES[scope]
              for method, path, scope in ADDED_ROUTE.findall(api)}
    assert len(found) > 40, "the pattern no longer fits routes.cpp"
    return found


def responses(document, operation):
    contract = Contract(document)
    return {status: contract.resolve(response)
            for status, response in operation["responses"].items()}


def test_every_route_is_described_and_every_description_has_a_route(operations):
    described, built = set(operations), set(routes_in_source())

    assert built - described == set(), "add these to openapi/accessd.yaml"
    assert described - built == set(), "src/app/routes.cpp has no such routes"


def test_scopes_are_those_of_the_routes(operations):
    for (method, path), scope in routes_in_source().items():
        operation = operations[method, path]
        assert operation.get("x-scope") == scope, (method, path)
        assert (operation.get("security") == []) is (scope is None), (method, path)


def test_routes_for_browsers_are_marked(operations):
    text = (ROOT / "src/app/routes.cpp").read_text(encoding="utf-8")
    built = {(method, path) for method, path, scope in ROUTE.findall(text)
             if scope in BROWSER_SCOPES}
    built |= {(method.lower(), path) for method, path, scope in ADDED_ROUTE.findall(text)
              if scope in BROWSER_SCOPES}
    marked = {key for key, operation in operations.items() if operation.get("x-browser")}
    assert marked == built and len(built) == 14


def test_the_server_answers_every_operation(server, document, operations):
    api = Client(server, contract=Contract(document)).log_in(*server.credentials)
    for (method, path), operation in operations.items():
        filled = re.sub(r"\{[a-z_]+\}", "x", path)
        body = {} if "requestBody" in operation else None

        answer = api.send(method.upper(), filled, body)

        api.contract.check(answer)
        assert answer.status != 405, (method, path)
        if "{file}" not in path and "{method}" not in path:
            assert answer.code != "NOT_FOUND", (method, path)
        api.log_in(*server.credentials)  # One of the operations revokes the token.


def test_other_methods_are_refused(server, document):
    api = Client(server, contract=Contract(document))
    for path, item in document["paths"].items():
        filled = re.sub(r"\{[a-z_]+\}", "x", path)
        # What a path says literally may be another's value: /users/export and /users/{user_id}.
        others = {method for other, its in document["paths"].items() for method in its
                  if re.fullmatch(re.sub(r"\{[a-z_]+\}", "[^/{}]+", other), filled)}
        for method in METHODS - set(item) - others:
            answer = api.send(method.upper(), filled)
            assert answer.code == "METHOD_NOT_ALLOWED", (method, path)
            assert method.upper() not in answer.headers["Allow"].replace(" ", "").split(",")


def test_tokens_are_asked_for_where_the_description_says_so(server, document, operations):
    api = Client(server, contract=Contract(document))
    for (method, path), operation in operations.items():
        answer = api.send(method.upper(), re.sub(r"\{[a-z_]+\}", "x", path))
        is_refused = answer.code == "MISSING_TOKEN"
        assert is_refused is (operation.get("security") != []), (method, path)


def test_codes_are_known_and_have_their_status(document, operations):
    seen = set()
    for where, operation in operations.items():
        for status, response in responses(document, operation).items():
            for code in response.get("x-codes", []):
                assert STATUS_OF_CODE[code] == int(status), (where, code)
                seen.add(code)
    assert set(STATUS_OF_CODE) - seen <= {"METHOD_NOT_ALLOWED", "NOT_FOUND", "INTERNAL"}


def test_codes_of_the_source_are_those_of_the_tests():
    text = (ROOT / "src/http/public_error.cpp").read_text(encoding="utf-8")
    pairs = dict((name, int(status))
                 for status, name in re.findall(r'\{\s*(\d{3}),\s*"([A-Z_]+)"', text))
    assert pairs == STATUS_OF_CODE


def test_every_parameter_of_a_path_is_described(document, operations):
    contract = Contract(document)
    for (method, path), operation in operations.items():
        item = document["paths"][path]
        described = [contract.resolve(parameter) for parameter in
                     item.get("parameters", []) + operation.get("parameters", [])]
        names = {parameter["name"] for parameter in described if parameter["in"] == "path"}
        assert names == set(re.findall(r"\{([a-z_]+)\}", path)), (method, path)
        assert all(parameter["required"] for parameter in described if parameter["in"] == "path")


def test_operations_have_names_of_their_own(operations):
    names = [operation["operationId"] for operation in operations.values()]
    assert len(names) == len(set(names))
    assert all(operation["summary"] and operation["tags"] for operation in operations.values())


def test_every_event_has_a_webhook_that_is_described(document):
    described = document["webhooks"]
    assert set(described) == set(document["components"]["schemas"]["EventType"]["enum"])
    for name, item in described.items():
        schema = item["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert schema["properties"]["type"] == {"const": name}
    names = [item["post"]["operationId"] for item in described.values()]
    assert len(names) == len(set(names))


def test_no_description_lost_what_stands_behind_a_comma(document):
    """In YAML `{description: A, or b}` is a description and a name without a value."""
    def look(node, where):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            is_example = any("example" in str(part) for part in where)
            may_be_null = is_example or key in ("default", "const") or where[-1:] == ("enum",)
            assert value is not None or may_be_null, (*where, key)
            if isinstance(value, (dict, list)) and not is_example:
                look(value, (*where, key))
    look(document, ())


def examples_of(media):
    if "example" in media:
        yield media["example"]
    for example in media.get("examples", {}).values():
        yield example["value"]


def test_examples_follow_their_schemas(document, operations):
    resolver = jsonschema.RefResolver.from_schema(document)
    checked = 0
    for where, operation in operations.items():
        contents = [response.get("content", {})
                    for response in responses(document, operation).values()]
        contents.append(operation.get("requestBody", {}).get("content", {}))
        for content in contents:
            for kind, media in content.items():
                if not kind.endswith("json") or "schema" not in media:
                    continue
                validator = jsonschema.Draft202012Validator(media["schema"], resolver=resolver)
                for example in examples_of(media):
                    problem = jsonschema.exceptions.best_match(validator.iter_errors(example))
                    assert problem is None, (where, problem.json_path, problem.message)
                    checked += 1
    assert checked > 50
