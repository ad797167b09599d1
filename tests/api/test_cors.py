"""Pages of other origins: what they may ask and read, and what they may not."""

import pytest

from support.client import Client, make_caller, wait_for
from support.project import Project

SHOP = "https://shop.example"
OTHER = "https://other.example"
EVIL = "https://evil.example"
SEND = "/v2/access/email/send-otp"


def preflight(server, path, origin, method="POST", headers=None):
    asked = {"Origin": origin, "Access-Control-Request-Method": method,
             "Access-Control-Request-Headers": "authorization"} | (headers or {})
    return Client(server).send("OPTIONS", path, headers=asked)


@pytest.fixture(scope="module")
def shop(server, api):
    made = Project(api, allowed_origins=[SHOP])
    Project(api, allowed_origins=[OTHER])
    wait_for(lambda: preflight(server, SEND, OTHER).status == 204)
    return made


def cors_headers(answer):
    return {name for name in answer.headers if name.startswith("Access-Control-")}


def test_a_preflight_is_answered_for_any_projects_origin(server, shop):
    for origin in (SHOP, OTHER):
        answer = preflight(server, SEND, origin)

        assert (answer.status, answer.raw) == (204, b"")
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert "POST" in answer.headers["Access-Control-Allow-Methods"].split(", ")
        assert set(answer.headers["Access-Control-Allow-Headers"].split(", ")) == {
            "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "X-Request-Id"}
        assert answer.headers["Access-Control-Max-Age"] == "600"
        assert answer.headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_preflight_tells_the_methods_of_the_path(server, shop):
    answer = preflight(server, f"/v2/access/projects/{shop.id}", SHOP, "PATCH")
    methods = answer.headers["Access-Control-Allow-Methods"].split(", ")
    assert set(methods) == {"GET", "HEAD", "PATCH", "DELETE"}


@pytest.mark.parametrize("origin", [EVIL, "null", "*", "", SHOP.upper(), SHOP + ":8443", SHOP + "/",
                                    "http://shop.example", "https://shop.example.evil.example"])
def test_other_origins_learn_nothing(server, shop, origin):
    answer = preflight(server, SEND, origin)
    assert answer.status == 405
    assert cors_headers(answer) == set()

    call = shop.api.get(shop.path, headers={"Origin": origin})
    assert call.status == 200
    assert cors_headers(call) == set()
    assert call.headers["Vary"] == "Origin"


@pytest.mark.parametrize("headers", [{}, {"Origin": SHOP},
                                     {"Access-Control-Request-Method": "POST"}])
def test_options_reaches_no_route_otherwise(server, shop, headers):
    assert Client(server).send("OPTIONS", SEND, headers=headers).status == 405


def test_paths_that_are_not_there_have_no_preflight(server, shop):
    assert preflight(server, "/v2/access/nothing", SHOP).status == 404
    assert preflight(server, "/healthz", SHOP).status == 405
    listener = Client(server).send("OPTIONS", "/metrics", listener="operations",
                                   headers={"Origin": SHOP, "Access-Control-Request-Method": "GET"})
    assert listener.status == 405


def test_an_answer_is_read_only_where_the_tokens_project_lists_the_origin(api, shop):
    of_shop, _ = make_caller(api, project_id=shop.id)
    for origin, is_readable in ((SHOP, True), (OTHER, False)):
        answer = of_shop.get(shop.path, headers={"Origin": origin})
        allowed = answer.headers.get("Access-Control-Allow-Origin")
        assert allowed == (origin if is_readable else None)
        assert answer.headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in answer.headers
    # Refusals too: a page must be able to tell its person what went wrong.
    refused = of_shop.post("/email/send-otp", {"email": "x"}, headers={"Origin": SHOP})
    assert refused.status == 400
    assert refused.headers["Access-Control-Allow-Origin"] == SHOP
    exposed = set(refused.headers["Access-Control-Expose-Headers"].split(", "))
    assert {"X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
            "Retry-After", "ETag"} <= exposed
    # A key for all projects answers to the origins of all.
    assert api.get(shop.path, headers={"Origin": OTHER}).headers[
        "Access-Control-Allow-Origin"] == OTHER


def test_without_a_token_there_is_no_project_and_no_header(server, shop):
    anyone = Client(server, contract=shop.api.contract)
    for answer in (anyone.get(shop.path, headers={"Origin": SHOP}),
                   anyone.get(shop.path, token="x.y.z", headers={"Origin": SHOP}),
                   anyone.post("/auth/token", {}, headers={"Origin": SHOP})):
        assert answer.status >= 400
        assert cors_headers(answer) == set()
        assert answer.headers["Vary"] == "Origin"


def test_an_origin_that_is_taken_off_the_list_is_forgotten(server, api):
    project = Project(api, allowed_origins=["https://gone.example"])
    wait_for(lambda: preflight(server, SEND, "https://gone.example").status == 204, seconds=4)
    api.patch(project.path, {"allowed_origins": []})
    wait_for(lambda: preflight(server, SEND, "https://gone.example").status == 405, seconds=4)


def test_public_keys_are_for_every_page(server, shop):
    keys = Client(server).send("GET", "/.well-known/jwks.json", headers={"Origin": EVIL})
    assert keys.headers["Access-Control-Allow-Origin"] == "*"
    for path in ("/openapi.json", "/version", "/healthz"):
        answer = Client(server).send("GET", path, headers={"Origin": SHOP})
        assert cors_headers(answer) == set(), path
