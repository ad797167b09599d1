"""Keys and tokens: getting them, telling true from forged, ending them."""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from support import tokens
from support.client import make_caller, make_key, wait_for
from support.project import address


def get_token(api, key, secret=None):
    return api.post("/auth/token", {"client_id": key["client_id"],
                                    "client_secret": secret or key["client_secret"]}, token=None)


def assert_revoked(caller):
    """Revocation holds within two seconds."""
    wait_for(lambda: caller.get("/projects").code == "TOKEN_REVOKED", seconds=2)


class TestCredentials:
    def test_a_key_gets_a_token_for_an_hour(self, api):
        key = make_key(api, scope="access read")

        answer = get_token(api, key)

        assert answer.status == 200
        assert set(answer.data) == {"access_token", "token_type", "expires_in", "scope"}
        assert answer.data["token_type"] == "Bearer"
        assert answer.data["expires_in"] == 3600
        assert answer.data["scope"] == "access read"
        header, claims, _ = tokens.parts(answer.data["access_token"])
        assert header["alg"] == "ES256" and header["typ"] == "at+jwt"
        assert claims["aud"] == "accessd" and claims["sub"] == key["client_id"]
        assert claims["projects"] == "*" and claims["exp"] - claims["iat"] == 3600

    def test_the_secret_is_shown_once(self, api):
        key = make_key(api)

        shown = api.get(f"/keys/{key['key_id']}")

        assert shown.status == 200
        assert "client_secret" not in shown.data
        assert key["client_secret"] not in shown.text
        listed = api.get("/keys", query={"limit": 200})
        assert key["key_id"] in listed.text and key["client_secret"] not in listed.text

    @pytest.mark.parametrize("change", [
        {"client_secret": "sk_wrong"},
        {"client_id": "key_" + "0" * 29},
        {"client_id": "nobody"},
        {"client_secret": "x" * 200},
    ], ids=["wrong secret", "unknown id", "not an id", "long secret"])
    def test_wrong_credentials_are_refused_alike(self, api, change):
        key = make_key(api)
        body = {"client_id": key["client_id"], "client_secret": key["client_secret"]}

        refused = api.post("/auth/token", body | change, token=None)

        assert refused.code == "INVALID_CREDENTIALS"
        assert refused.details == {}

    def test_the_tenth_failure_closes_the_door_for_a_minute(self, api):
        key, other = make_key(api), make_key(api)
        for _ in range(10):
            assert get_token(api, key, "sk_wrong").code == "INVALID_CREDENTIALS"

        refused = get_token(api, key)

        assert refused.code == "RATE_LIMITED"
        assert refused.details["limit"] == 10
        assert refused.details["window_seconds"] == 60
        assert refused.details["scope"] == "token_failures"
        assert 1 <= refused.details["retry_after_seconds"] <= 60
        assert int(refused.headers["Retry-After"]) == refused.details["retry_after_seconds"]
        assert get_token(api, other).status == 200

    def test_of_many_wrong_ones_at_once_ten_are_answered(self, api):
        key = make_key(api)

        with ThreadPoolExecutor(40) as pool:
            codes = Counter(pool.map(lambda _: get_token(api, key, "sk_wrong").code, range(40)))

        assert codes == {"INVALID_CREDENTIALS": 10, "RATE_LIMITED": 30}
        assert get_token(api, key).code == "RATE_LIMITED"

    def test_many_right_ones_at_once_are_let_in(self, api):
        key = make_key(api)
        for _ in range(9):
            assert get_token(api, key, "sk_wrong").code == "INVALID_CREDENTIALS"

        with ThreadPoolExecutor(40) as pool:
            statuses = Counter(pool.map(lambda _: get_token(api, key).status, range(40)))

        assert statuses == {200: 40}

    def test_right_credentials_cost_nothing(self, api):
        key = make_key(api)

        answers = [get_token(api, key).status for _ in range(15)]

        assert answers == [200] * 15

    def test_a_revoked_key_is_worth_nothing(self, api):
        caller, key = make_caller(api, scope="read")
        assert caller.get("/projects").status == 200

        gone = api.delete(f"/keys/{key['key_id']}")

        assert gone.data["revoked_at"] is not None
        assert_revoked(caller)
        assert get_token(api, key).code == "INVALID_CREDENTIALS"

    def test_a_key_is_renamed_and_notes_its_use(self, api):
        key = make_key(api)
        assert key["last_used_at"] is None
        get_token(api, key)

        renamed = api.patch(f"/keys/{key['key_id']}", {"name": "Till 7"})

        assert renamed.data["name"] == "Till 7"
        assert api.get(f"/keys/{key['key_id']}").data["last_used_at"] is not None


class TestTokens:
    @pytest.mark.parametrize("value", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz"])
    def test_no_token_is_told_apart_from_a_bad_one(self, api, value):
        answer = api.get("/projects", headers={"Authorization": value}, token=None)

        assert answer.code in ("MISSING_TOKEN", "INVALID_TOKEN")
        if value is None:
            assert answer.code == "MISSING_TOKEN"

    @pytest.mark.parametrize("token", ["x", "a.b.c", "..", "a.b", "a.b.c.d", "e30.e30.e30",
                                       "x" * 9000, "eyJhbGciOiJFUzI1NiJ9.e30.AAAA"])
    def test_what_is_no_token_is_refused(self, api, token):
        assert api.get("/projects", token=token).code == "INVALID_TOKEN"

    def test_a_login_token_opens_no_api(self, api, project):
        login_token = project.log_in("user@example.com")["token"]

        assert api.get("/projects", token=login_token).code == "INVALID_TOKEN"
        assert api.post("/auth/renew", token=login_token).code == "INVALID_TOKEN"

    def test_an_api_token_is_no_login_token(self, api):
        assert api.post("/tokens/introspect", {"token": api.token}).data == {"active": False}

        assert api.post("/tokens/revoke", {"token": api.token}).status == 200
        assert api.get("/projects").status == 200
        key_ids = {key["kid"] for key in tokens.jwks(api)["keys"]}
        assert tokens.parts(api.token)[0]["kid"] not in key_ids

    def test_forged_tokens_are_refused(self, api, project):
        header, claims, signature = tokens.parts(api.token)
        own_key = ec.generate_private_key(ec.SECP256R1())
        published = tokens.jwks(api)["keys"][0]
        login_header, login_claims, login_signature = tokens.parts(
            project.log_in("user@example.com")["token"])

        def own_signature(head, body):
            text = (tokens.encode(head) + "." + tokens.encode(body)).encode()
            r, s = utils.decode_dss_signature(own_key.sign(text, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")

        def confused(secret):
            return jwt.encode(claims, secret, algorithm="HS256", headers=header | {"alg": "HS256"})

        point = own_key.public_key().public_numbers()
        own_jwk = {"kty": "EC", "crv": "P-256", "x": tokens.encode(point.x.to_bytes(32, "big")),
                   "y": tokens.encode(point.y.to_bytes(32, "big"))}
        with_jwk = header | {"jwk": own_jwk}
        forged = {
            "no algorithm": tokens.join(header | {"alg": "none"}, claims),
            "no algorithm, signature kept": tokens.join(header | {"alg": "none"}, claims,
                                                        signature),
            "algorithm None": tokens.join(header | {"alg": "None"}, claims, signature),
            "HS256 with the published x": confused(published["x"]),
            "HS256 with the published key": confused(json.dumps(published)),
            "HS256 without a secret": confused(""),
            "other algorithm": tokens.join(header | {"alg": "ES384"}, claims, signature),
            "unknown kid": tokens.join(header | {"kid": "sig_" + "0" * 29}, claims, signature),
            "kid is a path": tokens.join(header | {"kid": "../../dev/null"}, claims, signature),
            "no kid": tokens.join({name: value for name, value in header.items() if name != "kid"},
                                  claims, signature),
            "kid of a login key": tokens.join(header | {"kid": login_header["kid"]}, claims,
                                              signature),
            "wrong typ": tokens.join(header | {"typ": "login+jwt"}, claims, signature),
            "plain typ": tokens.join(header | {"typ": "JWT"}, claims, signature),
            "no typ": tokens.join({name: value for name, value in header.items() if name != "typ"},
                                  claims, signature),
            "own key": tokens.join(header, claims, own_signature(header, claims)),
            "own key in the header": tokens.join(with_jwk, claims,
                                                 own_signature(with_jwk, claims)),
            "more scope": tokens.join(header, claims | {"scope": "access read"}, signature),
            "expiry long past": tokens.join(header, claims | {"exp": 1}, signature),
            "later expiry": tokens.join(header, claims | {"exp": claims["exp"] + 1}, signature),
            "no signature": tokens.join(header, claims),
            "zero signature": tokens.join(header, claims, bytes(64)),
            "short signature": tokens.join(header, claims, signature[:63]),
            "long signature": tokens.join(header, claims, signature + b"\0"),
            "login token called api token": tokens.join(login_header | {"typ": "at+jwt"},
                                                        login_claims, login_signature),
            "crit": tokens.join(header | {"crit": ["exp"]}, claims, signature),
        }
        assert api.get("/projects").status == 200

        for name, token in forged.items():
            answer = api.get("/projects", token=token)
            assert answer.code == "INVALID_TOKEN", name

    def test_every_changed_byte_breaks_a_token(self, api):
        token = api.token
        places = range(0, len(token) - 1, 23)  # The last character carries bits nobody reads.

        for place in places:
            other = "A" if token[place] != "A" else "B"
            changed = token[:place] + other + token[place + 1:]
            assert api.get("/projects", token=changed).code == "INVALID_TOKEN", place

    def test_renewal_keeps_who_and_when(self, api):
        caller, key = make_caller(api, scope="read")
        _, before, _ = tokens.parts(caller.token)

        renewed = caller.post("/auth/renew")

        assert renewed.status == 200
        _, after, _ = tokens.parts(renewed.data["access_token"])
        assert after["sub"] == key["client_id"]
        assert after["auth_time"] == before["auth_time"]
        assert after["scope"] == "read"
        assert after["jti"] != before["jti"]
        assert caller.get("/projects", token=renewed.data["access_token"]).status == 200
        assert caller.get("/projects").status == 200

    def test_a_token_revokes_itself_alone(self, api):
        caller, _ = make_caller(api, scope="read")
        renewed = caller.post("/auth/renew").data["access_token"]

        assert caller.post("/auth/revoke").data == {"revoked": True}

        assert_revoked(caller)
        assert caller.post("/auth/renew").code == "TOKEN_REVOKED"
        assert caller.get("/projects", token=renewed).status == 200

    def test_a_token_revokes_all_of_its_key(self, api):
        caller, key = make_caller(api, scope="read")
        renewed = caller.with_token(caller.post("/auth/renew").data["access_token"])
        bystander, _ = make_caller(api, scope="read")

        assert caller.post("/auth/revoke", {"all": True}).status == 200

        assert_revoked(caller)
        assert_revoked(renewed)
        assert bystander.get("/projects").status == 200
        time.sleep(0.01)  # Ids tell milliseconds.
        fresh = get_token(api, key).data["access_token"]
        assert caller.get("/projects", token=fresh).status == 200

    def test_revoking_others_needs_manage(self, api):
        reader, _ = make_caller(api, scope="read")
        manager, _ = make_caller(api, scope="manage")
        victim, _ = make_caller(api, scope="read")
        jti = tokens.parts(victim.token)[1]["jti"]

        assert reader.post("/auth/revoke", {"jti": jti}).status == 200  # Of its own key: none.
        assert victim.get("/projects").status == 200
        assert manager.post("/auth/revoke", {"jti": jti}).status == 200
        assert_revoked(victim)
        assert manager.post("/auth/revoke", {"jti": "x"}).issues.keys() == {"jti"}
        assert manager.post("/auth/revoke", {"jti": jti, "all": True}).issues.keys() == {"all"}


class TestLoginTokens:
    def test_introspection_tells_the_claims(self, api, project):
        done = project.log_in("user@example.com")

        told = api.post("/tokens/introspect", {"token": done["token"]}).data

        assert told["active"] is True
        assert told["token_type"] == "login+jwt"
        assert told["aud"] == project.id
        assert told["sub"] == done["user"]["user_id"]
        assert told["login_id"] == done["login"]["login_id"]

    def test_a_revoked_login_token_is_inactive_and_another_stays(self, api, project):
        first = project.log_in("user@example.com")["token"]
        second = project.log_in("user@example.com")["token"]

        assert api.post("/tokens/revoke", {"token": first}).status == 200

        wait_for(lambda: api.post("/tokens/introspect", {"token": first}).data == {"active": False},
                 seconds=2)
        assert api.post("/tokens/introspect", {"token": second}).data["active"] is True
        assert api.post("/tokens/revoke", {"token": first}).status == 200  # Nothing more to do.

    def test_forged_login_tokens_are_inactive(self, api, project):
        token = project.log_in("user@example.com")["token"]
        header, claims, signature = tokens.parts(token)

        for forged in (tokens.join(header, claims | {"sub": "other"}, signature),
                       tokens.join(header | {"alg": "none"}, claims),
                       tokens.join(header | {"typ": "at+jwt"}, claims, signature), "x"):
            assert api.post("/tokens/introspect", {"token": forged}).data == {"active": False}

    def test_mapped_claims_travel_under_their_own_name(self, api, project):
        email = address()
        claims = {"plan": "gold", "roles": ["a", "b"], "level": 3}
        user = project.add_user(user_id="ana.7", email=email, claims=claims)

        done = project.log_in(email)

        told = tokens.verify_with_pyjwt(api, done["token"], project.id)
        assert user["user_id"] == "ana.7" == told["sub"]
        assert told["claims"] == claims
        refused = api.patch(f"{project.path}/users/ana.7", {"claims": {"sub": "root"}})
        assert "claims.sub" in refused.issues
