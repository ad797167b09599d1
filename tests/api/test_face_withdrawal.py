"""Withdrawing consent on the page where it was given: by the person's own browser, and by nobody else's."""

import pytest

from support.browser import Browser, allow_redirect
from support.client import make_caller
from support.face_logins import enrolled, faces_of, name, use_faces
from support.face_workers import wait_until_on
from support.faces import Faces
from support.project import address

PATH = "/biometric/withdraw-consent"
CONSENT = {"text_version": "t-1", "accepted_at": "2026-01-02T03:04:05Z"}
SERVER = {"biometrics": {"enabled": True}, "limits": {"client_logins_per_hour": 0}}


@pytest.fixture(scope="module")
def faces(api):
    wait_until_on(api)
    return Faces(lambda: make_caller(api)[0])


@pytest.fixture
def shop(project):
    return use_faces(allow_redirect(project))


def person(shop, faces):
    """Somebody with a face, and a consent for it."""
    email, user_id = address(), name()
    shop.add_user(email=email, user_id=user_id)
    enrolled(shop, user_id, faces.cut(6, 0), consent=CONSENT)
    return email, user_id


def log_in(shop, email):
    browser = Browser(shop).open()
    validation_id = browser.send(email).data["validation_id"]
    assert browser.verify(email, shop.code(email), validation_id).status == 200
    return browser


def consents_of(shop, user_id):
    return shop.api.get(f"{shop.path}/users/{user_id}/consents").data["items"]


def test_who_has_shown_who_they_are_withdraws_everything(shop, faces):
    email, user_id = person(shop, faces)
    browser = log_in(shop, email)

    answer = browser.post(PATH)

    assert answer.status == 200 and answer.data == {"faces_destroyed": 1}
    assert faces_of(shop, user_id) == []
    assert all(consent["withdrawn_at"] for consent in consents_of(shop, user_id))
    assert browser.post(PATH).data == {"faces_destroyed": 0}
    events = {event["type"] for event in shop.api.items("/events", project_id=shop.id)}
    assert {"consent.withdrawn", "face.deleted"} <= events


def test_a_face_without_consent_goes_too(shop, faces):
    email, user_id = address(), name()
    shop.add_user(email=email, user_id=user_id)
    enrolled(shop, user_id, faces.cut(6, 0))
    assert log_in(shop, email).post(PATH).data == {"faces_destroyed": 1}
    assert faces_of(shop, user_id) == []


def test_a_login_that_has_shown_nobody_withdraws_nothing(shop, faces):
    email, user_id = person(shop, faces)
    browser = Browser(shop).open()
    assert browser.post(PATH).code == "INSUFFICIENT_SCOPE"
    validation_id = browser.send(email).data["validation_id"]
    assert browser.post(PATH).code == "INSUFFICIENT_SCOPE"
    assert browser.verify(email, "000000", validation_id).code == "INVALID_OTP"
    assert browser.post(PATH).code == "INSUFFICIENT_SCOPE"
    assert len(faces_of(shop, user_id)) == 1


def test_nobody_withdraws_for_somebody_else(shop, faces):
    _, user_id = person(shop, faces)
    other = log_in(shop, address())
    assert other.post(PATH, {"user_id": user_id}).code == "INVALID_REQUEST"
    assert other.post(PATH).data == {"faces_destroyed": 0}
    assert len(faces_of(shop, user_id)) == 1
    assert len([one for one in consents_of(shop, user_id) if not one["withdrawn_at"]]) == 1


def test_keys_have_a_route_of_their_own(api):
    assert api.post(PATH).code == "INSUFFICIENT_SCOPE"
