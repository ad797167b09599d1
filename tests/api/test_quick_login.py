"""The first login as the documentation shows it, bodies word for word."""

import re
import time

from support import tokens
from support.client import wait_for
from support.server import ISSUER

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def send(api, project):
    return api.post("/v2/access/email/send-otp",
                    f'{{"email": "user@example.com", "project_id": "{project.id}"}}')


def verify(api, validation_id, otp="123456"):
    return api.post("/v2/access/email/verify-otp",
                    f'{{"email": "user@example.com", "otp": "{otp}", '
                    f'"validation_id": "{validation_id}"}}')


def test_a_new_project_logs_its_test_user_in(api, project):
    before = time.time()

    sent = send(api, project)
    assert sent.status == 200
    assert set(sent.data) == {"validation_id", "status", "expires_at", "channel", "destination",
                              "attempts_remaining", "resend_after_seconds", "login_id"}
    assert sent.data["status"] == "pending"
    assert sent.data["channel"] == "email"
    assert sent.data["attempts_remaining"] == 3
    assert sent.data["destination"] != "user@example.com"
    assert sent.data["destination"].endswith("@example.com")
    assert sent.data["validation_id"].startswith("val_")
    assert sent.data["login_id"].startswith("login_")
    assert RFC3339.fullmatch(sent.data["expires_at"])
    assert "123456" not in sent.text
    assert sent.headers["RateLimit-Limit"] == "5"
    assert sent.headers["RateLimit-Remaining"] == "4"
    assert 1 <= int(sent.headers["RateLimit-Reset"]) <= 60

    done = verify(api, sent.data["validation_id"])
    assert done.status == 200
    assert done.data["status"] == "validated"
    assert done.data["validation_id"] == sent.data["validation_id"]
    assert done.data["login"] == {"login_id": sent.data["login_id"], "status": "complete",
                                  "remaining_methods": []}
    assert done.data["user"]["email"] == "user@example.com"
    assert done.data["token_type"] == "Bearer"
    assert done.data["expires_in"] == 900

    claims = tokens.verify_with_pyjwt(api, done.data["token"], project.id)
    assert claims["sub"] == done.data["user"]["user_id"]
    assert claims["login_id"] == sent.data["login_id"]
    assert claims["amr"] == ["otp"]
    assert claims["test"] is True
    assert claims["exp"] - claims["iat"] == 900
    assert before - 1 <= claims["auth_time"] <= time.time() + 1


def test_a_wrong_code_is_refused_with_the_tries_that_are_left(api, project):
    validation_id = send(api, project).data["validation_id"]

    refused = verify(api, validation_id, "000000")

    assert refused.status == 403
    assert refused.json == {"success": False, "error": "Invalid OTP code", "code": "INVALID_OTP",
                            "details": {"attempts_remaining": 2}}
    assert verify(api, validation_id).status == 200


def test_jose_accepts_the_login_token_for_its_project_only(api, project, tmp_path):
    token = verify(api, send(api, project).data["validation_id"]).data["token"]
    options = {"issuer": ISSUER, "audience": project.id, "typ": "login+jwt",
               "algorithms": ["ES256"]}

    accepted = tokens.verify_with_jose(api, token, tmp_path, **options)
    assert accepted["payload"]["aud"] == project.id
    assert accepted["protectedHeader"]["alg"] == "ES256"
    assert accepted["protectedHeader"]["typ"] == "login+jwt"

    other = tokens.verify_with_jose(api, token, tmp_path, **options | {"audience": "prj_other"})
    assert other == {"error": "ERR_JWT_CLAIM_VALIDATION_FAILED"}
    header, payload, signature = tokens.parts(token)
    forged = tokens.join(header, payload | {"sub": "somebody-else"}, signature)
    assert tokens.verify_with_jose(api, forged, tmp_path, **options) == {
        "error": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"}


def test_the_key_set_is_public_cacheable_and_holds_no_private_part(api):
    answer = api.get("/.well-known/jwks.json", token=None)

    assert "max-age=600" in answer.headers["Cache-Control"]
    assert answer.json["keys"]
    for key in answer.json["keys"]:
        assert {"kty", "crv", "kid", "x", "y", "alg", "use"} == set(key)
        assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")


def test_the_inbox_shows_what_the_person_would_see(api, project):
    validation_id = send(api, project).data["validation_id"]

    message = wait_for(lambda: next((message for message in project.inbox("user@example.com")
                                     if message["status"] == "delivered"), None))

    assert message["validation_id"] == validation_id
    assert message["otp"] == "123456"
    assert message["destination"] == "user@example.com"
    assert "123456" in message["subject"] and project.name in message["subject"]
    assert "123456" in message["text"] and "123456" in message["html"]


def test_the_login_can_be_looked_up_afterwards(api, project):
    done = project.log_in("user@example.com")

    login = api.get(f"/logins/{done['login']['login_id']}").data
    assert login["status"] == "complete"
    assert login["user_id"] == done["user"]["user_id"]
    assert login["methods_done"] == ["email"]
    assert login["remaining_methods"] == []
    assert login["completed_at"] is not None
    user = api.get(f"{project.path}/users/{login['user_id']}").data
    assert user["email"] == "user@example.com"
    again = project.log_in("user@example.com")
    assert again["user"]["user_id"] == user["user_id"]
    assert again["login"]["login_id"] != login["login_id"]
