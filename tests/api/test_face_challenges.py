"""Logins in which people do what the challenge asks: real models, heads rendered in space, over HTTP. How many of the rightful
and of the attackers pass is measured in tests/face/liveness_test.cpp."""

import pytest

from support.client import make_caller
from support.face_films import film
from support.face_logins import enrol, enrolled, faces_of, name, show, start, use_faces, verify
from support.face_workers import wait_until_on
from support.faces import Faces, again
from support.project import Project

SERVER = {"biometrics": {"enabled": True}}

RUNS = 4  # A film is accepted 96 times of 100.


@pytest.fixture(scope="module")
def people(api):
    """Two of them, with enough around their heads to be turned."""
    wait_until_on(api)
    faces = Faces(lambda: make_caller(api)[0])
    return [faces.cut(6, place, factor=2.6) for place in (0, 2)]


@pytest.fixture
def shop(project):
    return use_faces(project, min_assurance="active", refresh_faces=True)


def perform(shop, user, picture, begun, prompts=None):
    """Shows the straight frame as the face, then all of them."""
    frames = film(picture, prompts or begun["challenge"]["prompts"])
    matched = verify(shop, user, begun["validation_id"], frames[0])
    assert matched.status == 200, matched
    return show(shop, begun["validation_id"], *frames), frames


def log_in(shop, user, picture):
    for _ in range(RUNS):
        begun = start(shop, user)
        answer, frames = perform(shop, user, picture, begun)
        if answer.status == 200:
            return answer.data, frames
        assert answer.code == "LIVENESS_FAILED", answer
    raise AssertionError(f"refused {RUNS} times, last {answer}")


def two_days_pass(server, user):
    """For the face: what is compared is when it was enrolled."""
    changed = server.edit_meanwhile("UPDATE faces SET created_at = created_at - 172800000, "
                                    f"refreshed_at = refreshed_at - 172800000 WHERE user_id = '{user}'")
    assert changed == 1


def enrol_with_frames(shop, user, picture, **fields):
    """Begun, and the picture shown: the frames are what is left."""
    begun = enrol(shop, user, picture, enrol_frames=True, **fields)
    assert begun.status == 201, begun
    shown = film(picture, ["blink"])[0]
    assert verify(shop, user, begun.data["validation_id"], shown).status == 200
    return begun.data


def perform_enrolling(shop, picture):
    """Somebody else each time: one person may make ten calls a minute."""
    for _ in range(RUNS):
        user = name()
        begun = enrol_with_frames(shop, user, picture)
        answer = show(shop, begun["validation_id"], *film(picture, begun["challenge"]["prompts"]))
        if answer.status == 200:
            return user, answer.data
        assert answer.code == "LIVENESS_FAILED", answer
    raise AssertionError(f"refused {RUNS} times, last {answer}")


def events(shop, user, kind):
    return [event for event in shop.api.items("/events", project_id=shop.id, user_id=user)
            if event["type"] == kind]


def test_who_does_what_is_asked_is_live(shop, people):
    user = name()
    enrolled(shop, user, people[0])

    done, frames = log_in(shop, user, people[0])

    assert done["assurance"] == "active" and done["status"] == "validated"
    claims = shop.api.post("/tokens/introspect", {"token": done["token"]}).data
    assert claims["sub"] == user and claims["amr"] == ["face"]
    again = start(shop, user)
    assert show(shop, again["validation_id"], *frames).code == "IMAGE_REPLAYED"


def test_another_persons_head_and_what_was_not_asked_are_refused(shop, people):
    user = name()
    enrolled(shop, user, people[0])
    begun = start(shop, user)

    others = show(shop, begun["validation_id"], *film(people[1], begun["challenge"]["prompts"]))
    assert others.code in ("FACE_NOT_MATCHED", "LIVENESS_FAILED"), others
    begun = start(shop, user)
    asked = begun["challenge"]["prompts"]
    answer, _ = perform(shop, user, people[0], begun, asked[1:] + asked[:1])

    assert answer.code == "LIVENESS_FAILED", answer
    assert answer.details["reason"] in ("wrong_order", "wrong_pose", "track_lost")


def test_a_sure_login_refreshes_the_face(server, shop, people):
    user = name()
    face = enrolled(shop, user, people[0])
    assert faces_of(shop, user)[0]["refreshed_at"] is None
    log_in(shop, user, people[0])
    assert faces_of(shop, user)[0]["refreshed_at"] is None, "the day's own picture says nothing new"
    two_days_pass(server, user)

    done, _ = log_in(shop, user, people[0])

    (shown,) = faces_of(shop, user)
    assert shown["refreshed_at"] and shown["face_id"] == face["face_id"] and shown["pictures"] == 1
    (event,) = events(shop, user, "face.refreshed")
    assert event["data"]["validation_id"] == done["validation_id"]
    timeline = shop.validation(done["validation_id"])["timeline"]
    assert "face_refreshed" in [entry["type"] for entry in timeline]
    log_in(shop, user, people[0])
    assert len(events(shop, user, "face.refreshed")) == 1


def test_frames_of_the_challenge_join_the_face_that_it_enrols(shop, people):
    user, done = perform_enrolling(shop, people[0])

    joined = done["frames_enrolled"]
    assert done["status"] == "validated" and 1 <= joined <= 4
    (face,) = faces_of(shop, user)
    assert face["status"] == "active"
    assert face["frames"] == joined and face["pictures"] == 1 + joined
    (held,) = shop.api.get(f"{shop.path}/users/{user}/export").data["faces"]["items"]
    assert held["frames"] == joined
    log_in(shop, user, people[0])


def test_who_wants_frames_enrolled_has_the_challenge_performed(project, people):
    use_faces(project, min_assurance="low")
    user = name()
    begun = enrol_with_frames(project, user, people[0])

    asked = show(project, begun["validation_id"], film(people[0], ["blink"])[0])

    assert asked.code == "CHALLENGE_REQUIRED" and len(asked.details["prompts"]) == 3
    assert [face["status"] for face in faces_of(project, user)] == ["provisional"]


def test_frames_need_a_validation_and_room(shop, people):
    copies = [again(people[0], turn=turn) for turn in range(5)]
    for pictures, fields in ((people[:1], {"activate": True}), (copies, {})):
        refused = enrol(shop, name(), *pictures, enrol_frames=True, **fields)
        assert refused.code == "INVALID_REQUEST" and "enrol_frames" in refused.issues, refused


def test_frames_of_others_join_nothing(shop, people):
    """Whatever a stranger holds: another validation's token, one of their own making, another project's key, the frames of
    somebody else, those that failed, or the right ones too late."""
    user, stranger = name(), name()
    begun = enrol_with_frames(shop, user, people[0])
    validation_id, asked = begun["validation_id"], begun["challenge"]["prompts"]
    frames = film(people[0], asked)
    foreign = shop.api.with_token(enrol(shop, stranger, people[1], enrol_frames=True).data["token"])
    assert show(shop, validation_id, *frames, api=foreign).code == "VALIDATION_NOT_FOUND"
    bound, _ = make_caller(shop.api, project_id=Project(shop.api).id)
    assert show(shop, validation_id, *frames, api=bound).code == "VALIDATION_NOT_FOUND"
    head, payload, signature = begun["token"].split(".")
    tampered = shop.api.with_token(".".join((head, payload[:-2] + "AA", signature)))
    assert show(shop, validation_id, *frames, api=tampered).code == "INVALID_TOKEN"
    others = show(shop, validation_id, *film(people[1], asked))
    assert others.code in ("FACE_NOT_MATCHED", "LIVENESS_FAILED"), others

    shuffled = show(shop, validation_id, frames[0], *reversed(frames[1:]))
    assert shuffled.code == "LIVENESS_FAILED", shuffled
    assert show(shop, validation_id, *frames).code == "IMAGE_REPLAYED", "they failed once"
    assert shop.api.post(f"/validations/{validation_id}/cancel").status == 200
    assert show(shop, validation_id, *film(people[0], asked)).code == "VALIDATION_CANCELED"

    assert not [face for face in faces_of(shop, user) if face["frames"] or face["status"] == "active"]
