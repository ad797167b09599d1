"""Enrolling and logging in with a face, with real models and real faces, from an empty database."""

import base64
import os
import time

import jwt
import pytest
from PIL import Image, ImageFilter

from support.browser import Browser, allow_redirect
from support.client import make_caller
from support.face_logins import (EASY_FMR, enrol, enrolled, faces_of, name, show, start, use_faces,
                                 verify)
from support.face_workers import wait_until_on
from support.faces import Faces, again, encoded, jpeg, photograph, png
from support.project import Project, address

SERVER = {"biometrics": {"enabled": True, "search": True}}


@pytest.fixture(scope="module")
def faces(api):
    wait_until_on(api)
    return Faces(lambda: make_caller(api)[0])


@pytest.fixture
def ana(faces):
    """Two pictures of one person, of different days."""
    return faces.twice()


@pytest.fixture
def others(faces):
    return [faces.cut(6, place) for place in range(3)]


@pytest.fixture
def shop(project):
    return use_faces(project)


class TestEnrolling:
    def test_a_face_is_active_once_it_was_shown(self, shop, ana):
        first, second = ana
        user = name()

        begun = enrol(shop, user, first)

        assert begun.status == 201, begun
        data = begun.data
        assert data["status"] == "pending" and data["remaining"] == ["face", "liveness"]
        assert data["quality"][0]["eye_distance"] > 20
        assert len(data["challenge"]["prompts"]) == 3
        assert begun.headers["RateLimit-Remaining"] == "9"
        assert [face["status"] for face in faces_of(shop, user)] == ["provisional"]
        matched = verify(shop, user, data["validation_id"], second)
        assert matched.status == 200, matched
        assert matched.data["remaining"] == ["liveness"]
        assert matched.data["score"] >= matched.data["threshold"]
        live = show(shop, data["validation_id"], second)
        assert live.status == 200, live
        assert live.data["assurance"] == "low" and live.data["status"] == "validated"
        assert live.data["user"]["user_id"] == user
        assert live.data["login"]["status"] == "complete"
        claims = shop.api.post("/tokens/introspect", {"token": live.data["token"]}).data
        assert claims["active"] and claims["sub"] == user and claims["amr"] == ["face"]
        assert [face["status"] for face in faces_of(shop, user)] == ["active"]

    def test_several_pictures_of_one_person(self, shop, ana, others):
        user = name()
        assert enrolled(shop, user, *ana)["pictures"] == 2

        mixed = enrol(shop, name(), ana[0], others[0])

        assert mixed.code == "FACE_REJECTED" and mixed.details["index"] == 1

    def test_another_face_of_somebody_enrolled(self, shop, ana, others):
        user = name()
        enrolled(shop, user, ana[0])

        assert enrol(shop, user, others[0]).code == "FACE_ALREADY_REGISTERED"
        assert enrol(shop, user, ana[1]).status == 201
        limited, _ = make_caller(shop.api, scope="access")
        for field in ("replace", "activate"):
            refused = enrol(shop, user, others[0], api=limited, **{field: True})
            assert refused.code == "INSUFFICIENT_SCOPE", field

    def test_duplicates(self, project, ana):
        use_faces(project, reject_duplicate_faces=True)
        enrolled(project, name(), ana[0])

        assert enrol(project, name(), again(ana[0], light=0.95)).code == "DUPLICATE_FACE"

    def test_duplicates_of_another_day(self, project, ana):
        use_faces(project, reject_duplicate_faces=True)
        enrolled(project, name(), ana[0])

        assert enrol(project, name(), ana[1]).code == "DUPLICATE_FACE"

    def test_unknown_people(self, shop, ana):
        shop.use_directory()

        assert enrol(shop, name(), ana[0]).code == "USER_NOT_FOUND"

    def test_consent(self, project, ana):
        use_faces(project, require_consent=True)
        user = name()
        assert enrol(project, user, ana[0]).code == "CONSENT_REQUIRED"
        consent = {"text_version": "2026-03", "accepted_at": "2026-03-01T09:30:00Z",
                   "ip": "203.0.113.9"}
        future = enrol(project, user, ana[0], consent=consent | {"accepted_at": "2999-01-01T00:00:00Z"})
        assert "consent.accepted_at" in future.issues

        face = enrolled(project, user, ana[0], consent=consent)

        path = f"{project.path}/users/{user}/consents"
        receipt, = project.api.get(path).data["items"]
        assert receipt["consent_id"] == face["consent_id"]
        assert receipt["text_version"] == "2026-03" and receipt["ip"] == "203.0.113.9"
        withdrawn = project.api.delete(f"{path}/{face['consent_id']}")
        assert withdrawn.data["faces_destroyed"] == 1
        assert faces_of(project, user) == []
        assert project.api.get(path).data["items"][0]["withdrawn_at"]
        assert project.api.delete(f"{path}/{face['consent_id']}").data["faces_destroyed"] == 0
        assert project.api.delete(f"{path}/cns_none").code == "CONSENT_NOT_FOUND"

    def test_destroying_a_face(self, shop, ana):
        user = name()
        face_id = enrolled(shop, user, ana[0])["face_id"]
        path = f"{shop.path}/users/{user}/faces/{face_id}"

        assert shop.api.delete(path).status == 200

        assert shop.api.delete(path).code == "FACE_NOT_FOUND"
        begun = shop.api.post("/biometric/start", {"user_id": user, "project_id": shop.id})
        assert begun.code == "FACE_NOT_REGISTERED"

    def test_a_persons_export_tells_of_faces_and_consents_without_their_numbers(self, shop, ana, others):
        user = name()
        enrolled(shop, user, ana[0], consent={"text_version": "2026-03", "accepted_at": "2026-03-02T09:00:00Z"})
        validation_id = start(shop, user)["validation_id"]
        verify(shop, user, validation_id, others[0])

        told = shop.api.get(f"{shop.path}/users/{user}/export").data

        (face,), (consent,) = told["faces"]["items"], told["consents"]["items"]
        assert face["face_id"] == faces_of(shop, user)[0]["face_id"] and face["refreshed_at"] is None
        assert face["consent_id"] == consent["consent_id"] and consent["text_version"] == "2026-03"
        assert [seen["seen_as"] for seen in told["pictures_seen"]["items"]] == ["enrolled"]
        assert {failure["contact"] for failure in told["failures"]["items"]} == {user}
        assert not {"sealed_template", "sealed_refresh", "key_id"} & set(face)

    def test_an_erased_person_leaves_no_face(self, shop, ana):
        user = name()
        enrolled(shop, user, ana[0])

        erased = shop.api.delete(f"{shop.path}/users/{user}").data["erased"]

        assert erased["faces"] == 1
        assert shop.api.get(f"{shop.path}/users/{user}/faces").code == "USER_NOT_FOUND"


class TestLoggingIn:
    @pytest.fixture
    def user(self, shop, ana):
        user = name()
        enrolled(shop, user, ana[0])
        return user

    def test_another_face(self, shop, user, others):
        begun = start(shop, user)

        refused = verify(shop, user, begun["validation_id"], others[0])

        assert refused.code == "FACE_NOT_MATCHED" and refused.details == {"attempts_remaining": 4}
        assert "score" not in refused.text

    def test_camera_like_changes_of_the_enrolled_picture_match(self, shop, user, ana):
        validation_id = start(shop, user)["validation_id"]
        for change in ({"turn": 4}, {"light": 0.8}, {"blur": 1.0}, {"scale": 0.7}, {"quality": 50}):
            matched = verify(shop, user, validation_id, again(ana[0], **change))
            assert matched.status == 200, (change, matched)

    def test_liveness_of_somebody_else(self, shop, user, ana, others):
        validation_id = start(shop, user)["validation_id"]
        assert verify(shop, user, validation_id, ana[1]).status == 200

        assert show(shop, validation_id, others[0]).code == "FACE_NOT_MATCHED"

    def test_pictures_that_were_seen_before(self, shop, user, ana):
        first = start(shop, user)["validation_id"]
        assert show(shop, first, ana[0]).code == "IMAGE_REPLAYED"
        assert show(shop, first, ana[1]).status == 200

        second = start(shop, user)["validation_id"]
        assert show(shop, second, ana[1]).code == "IMAGE_REPLAYED"

        assert show(shop, second, again(ana[1], quality=70)).code == "IMAGE_REPLAYED"
        edge = round(ana[1].width * 0.015)
        cropped = ana[1].crop((edge, edge, ana[1].width - edge, ana[1].height - edge))
        assert show(shop, second, cropped).code == "IMAGE_REPLAYED"

    def test_copies_of_pictures_that_were_seen_before(self, shop, user, ana):
        """Which share of copies is known again, of ten people: tests/face/fingerprint_test.cpp."""
        first = start(shop, user)["validation_id"]
        for name, copy in {
                "smaller": again(ana[0], scale=0.8), "much smaller": again(ana[0], scale=0.6, quality=60),
                "darker": again(ana[0], light=0.85), "brighter": again(ana[0], light=1.15),
                "mirrored": jpeg(ana[0].transpose(Image.FLIP_LEFT_RIGHT)),
                "recompressed": again(ana[0], quality=50)}.items():
            assert show(shop, first, copy).code == "IMAGE_REPLAYED", name

    def test_another_user_project_or_token(self, shop, user, ana):
        begun = start(shop, user)
        validation_id = begun["validation_id"]
        assert verify(shop, name(), validation_id, ana[1]).code == "VALIDATION_NOT_FOUND"
        other = Project(shop.api)
        bound, _ = make_caller(shop.api, project_id=other.id)
        assert verify(shop, user, validation_id, ana[1], api=bound).code == "VALIDATION_NOT_FOUND"

        own = shop.api.with_token(begun["token"])
        foreign = shop.api.with_token(start(shop, user)["token"])
        assert verify(shop, user, validation_id, ana[1], api=foreign).code == "VALIDATION_NOT_FOUND"
        head, payload, signature = begun["token"].split(".")
        tampered = shop.api.with_token(".".join((head, payload[:-2] + "AA", signature)))
        assert verify(shop, user, validation_id, ana[1], api=tampered).code == "INVALID_TOKEN"
        assert own.get(f"/validations/{validation_id}").code == "INSUFFICIENT_SCOPE"
        assert own.post("/biometric/start", {"user_id": user, "project_id": shop.id}).code \
            == "INSUFFICIENT_SCOPE"

        matched = verify(shop, user, validation_id, ana[1], api=own)
        assert matched.status == 200, matched
        assert not {"score", "threshold", "match_fmr", "user"} & set(matched.data)

    def test_a_validations_token_is_bound_to_it(self, shop, user):
        begun = start(shop, user)
        claims = jwt.decode(begun["token"], options={"verify_signature": False})
        assert claims["sub"] == begun["validation_id"] and claims["user_id"] == user
        assert jwt.get_unverified_header(begun["token"])["typ"] == "validation+jwt"
        assert shop.api.post("/tokens/introspect", {"token": begun["token"]}).data \
            == {"active": False}

    def test_expiry(self, project, ana):
        use_faces(project, validation_ttl_seconds=60)
        user = name()
        enrolled(project, user, ana[0])
        begun = start(project, user)
        canceled = start(project, user)["validation_id"]
        assert project.api.post(f"/validations/{canceled}/cancel").status == 200
        assert verify(project, user, canceled, ana[1]).code == "VALIDATION_CANCELED"
        assert begun["expires_at"] < time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                                   time.gmtime(time.time() + 62))

    def test_attempts(self, project, ana, others):
        use_faces(project, max_attempts=2)
        user = name()
        enrolled(project, user, ana[0])
        validation_id = start(project, user)["validation_id"]
        for left in (1, 0):
            refused = verify(project, user, validation_id, others[0])
            assert refused.details["attempts_remaining"] == left

        assert verify(project, user, validation_id, ana[1]).code == "ATTEMPTS_EXHAUSTED"
        assert project.validation(validation_id)["status"] == "failed"

    def test_the_published_limit(self, shop, user):
        for _ in range(8):  # Enrolling and one more below make ten.
            start(shop, user)
        start(shop, user)

        refused = shop.api.post("/biometric/start", {"user_id": user, "project_id": shop.id})

        assert refused.code == "RATE_LIMITED" and refused.details["scope"] == "biometric_calls"

    def test_more_than_a_picture_can_show(self, project, ana):
        use_faces(project, min_assurance="active")
        user = name()
        enrolled(project, user, ana[0])
        begun = start(project, user)

        asked = show(project, begun["validation_id"], ana[1])

        assert asked.code == "CHALLENGE_REQUIRED"
        assert asked.details["prompts"] == begun["challenge"]["prompts"]
        still = [again(ana[1], turn=turn, shift=(turn / 100, 0)) for turn in (0, 3, 6, 9)]
        refused = show(project, begun["validation_id"], *still)
        assert refused.code == "LIVENESS_FAILED", refused
        assert refused.details["reason"] in ("wrong_pose", "flat_motion", "repeated_frame",
                                             "track_lost", "spoof_suspected")
        assert len(refused.details["prompts"]) == 3
        assert show(project, begun["validation_id"], *still).code == "IMAGE_REPLAYED"

    def test_two_methods(self, project, ana):
        use_faces(project, policy={"all": ["email", "biometric"]})
        email = address()
        sent = project.send(email).data
        done = project.verify(email, project.code(email), sent["validation_id"]).data
        user = done["user"]["user_id"]
        assert done["login"]["remaining_methods"] == ["biometric"]
        enrolled(project, user, ana[0])

        validation_id = start(project, user, login_id=sent["login_id"])["validation_id"]
        assert verify(project, user, validation_id, ana[1]).status == 200
        live = show(project, validation_id, ana[1]).data

        assert live["login"]["status"] == "complete"
        claims = project.api.post("/tokens/introspect", {"token": live["token"]}).data
        assert claims["amr"] == ["otp", "face", "mfa"]
        assert project.api.post("/biometric/start", {
            "user_id": user, "project_id": project.id,
            "login_id": sent["login_id"]}).code == "LOGIN_COMPLETE"

    def test_of_another_person_than_the_logins(self, project, ana):
        use_faces(project, policy={"all": ["email", "biometric"]})
        email = address()
        sent = project.send(email).data
        project.verify(email, project.code(email), sent["validation_id"])
        user = name()
        enrolled(project, user, ana[0])

        assert project.api.post("/biometric/start", {
            "user_id": user, "project_id": project.id,
            "login_id": sent["login_id"]}).code == "LOGIN_USER_MISMATCH"

    def test_the_timeline_tells_what_happened(self, shop, user, ana, others):
        validation_id = start(shop, user)["validation_id"]
        verify(shop, user, validation_id, others[0])
        verify(shop, user, validation_id, ana[1])
        show(shop, validation_id, ana[1])

        shown = shop.validation(validation_id)

        assert shown["channel"] == "biometric" and shown["user_id"] == user
        assert [entry["type"] for entry in shown["timeline"]] == [
            "created", "face_not_matched", "face_matched", "liveness_passed", "validated"]
        assert shop.api.get(f"{shop.path}/stats").data["totals"]["faces"] == {
            "matched": 1, "not_matched": 1, "live": 1, "not_live": 0}


class TestBrowsers:
    @pytest.fixture
    def browser(self, project):
        use_faces(project, policy={"all": ["email", "biometric"]})
        return Browser(allow_redirect(project)).open()

    def prove_email(self, project, browser):
        email = address()
        sent = browser.send(email).data
        assert browser.verify(email, project.code(email), sent["validation_id"]).status == 200
        return next(user["user_id"] for user in project.api.items(f"{project.path}/users")
                    if user["email"] == email)

    def test_enrols_only_after_another_method(self, project, browser, ana):
        early = browser.post("/biometric/register-face", {"face_image": encoded(ana[0])})
        assert early.code == "INSUFFICIENT_SCOPE"
        user = self.prove_email(project, browser)
        assert browser.post("/biometric/register-face",
                            {"face_image": encoded(ana[0]), "user_id": name()}
                            ).code == "INSUFFICIENT_SCOPE"

        begun = browser.post("/biometric/register-face", {"face_image": encoded(ana[0])})

        assert begun.status == 201, begun
        assert "token" not in begun.data and "quality" not in begun.data
        body = {"validation_id": begun.data["validation_id"], "face_image": encoded(ana[1])}
        matched = browser.post("/biometric/verify-face", body)
        assert matched.status == 200, matched
        assert "score" not in matched.data and "RateLimit-Limit" not in matched.headers
        live = browser.post("/biometric/liveness-check", body)
        assert live.status == 200, live
        assert "token" not in live.data and "code=" in live.data["redirect_url"]
        assert [face["user_id"] for face in faces_of(project, user)] == [user]

    def test_learns_nothing_of_other_people(self, project, browser, ana):
        user = name()
        enrolled(project, user, ana[0])

        known = browser.post("/biometric/start", {"user_id": user})
        unknown = browser.post("/biometric/start", {"user_id": name()})

        assert known.status == unknown.status == 201
        assert set(known.data) == set(unknown.data)
        seen = [browser.get(f"/validations/{begun.data['validation_id']}").data
                for begun in (known, unknown)]
        for shown in seen:
            for changing in ("validation_id", "created_at", "expires_at"):
                shown.pop(changing)
        assert seen[0] == seen[1]
        body = {"validation_id": unknown.data["validation_id"], "face_image": encoded(ana[1])}
        assert browser.post("/biometric/verify-face", body).code == "FACE_NOT_MATCHED"
        body["validation_id"] = known.data["validation_id"]
        assert browser.post("/biometric/verify-face", body | {"user_id": user}).code \
            == "INSUFFICIENT_SCOPE"
        for field in ("client", "metadata"):
            assert field in browser.post("/biometric/start", {"user_id": user, field: {}}).issues


class TestPictures:
    """What isn't a usable picture, and is refused at once."""

    def detect(self, api, data):
        text = data if isinstance(data, str) else base64.b64encode(data).decode()
        caller, _ = make_caller(api)
        begun = time.monotonic()
        answer = caller.post("/biometric/detect", {"face_image": text})
        assert time.monotonic() - begun < 5
        return answer

    def rejected(self, shop, picture):
        answer = enrol(shop, name(), picture)
        assert answer.code == "FACE_REJECTED", answer
        assert answer.details["hint"]
        return answer.details["reason"]

    def test_wrong_kinds(self, api, ana):
        whole = jpeg(ana[0])
        for wrong in ("not base64!", "data:image/gif;base64,R0lGODlhAQABAAAAACw=", b"GIF89a" + bytes(90),
                      b"<svg xmlns='http://www.w3.org/2000/svg'/>", whole[:200],
                      whole[: len(whole) // 2], b"\xff\xd8" + bytes(100)):
            assert self.detect(api, wrong).code == "INVALID_IMAGE", wrong[:40]

    def test_data_uris_and_png(self, api, ana):
        uri = "data:image/jpeg;base64," + encoded(ana[0])
        assert len(self.detect(api, uri).data["faces"]) == 1
        assert len(self.detect(api, png(ana[0])).data["faces"]) == 1

    def test_bombs(self, api):
        huge = png(Image.new("1", (16000, 16000)))
        assert len(huge) < 100_000
        assert self.detect(api, huge).code == "INVALID_IMAGE"
        small = Image.new("RGB", (64, 48), (90, 120, 60))
        progressive = jpeg(small, progressive=True)
        last = progressive.rindex(b"\xff\xda")
        many_scans = progressive[:-2] + progressive[last:-2] * 5000 + b"\xff\xd9"
        plain = jpeg(small)
        frame = plain.index(b"\xff\xc0")
        nested = plain[:frame] + plain + plain[frame:]
        wide = plain[:frame + 5] + b"\xff\xff\xff\xff" + plain[frame + 9:]
        for bomb in (many_scans, nested, wide):
            assert self.detect(api, bomb).code == "INVALID_IMAGE", len(bomb)
        large = png(Image.frombytes("RGB", (1500, 1500), os.urandom(3 * 1500 * 1500)))
        assert len(large) > 6 * 1024 * 1024
        assert self.detect(api, large).code == "INVALID_IMAGE"

    def test_no_face_and_two(self, shop, faces):
        assert self.rejected(shop, Image.new("RGB", (640, 480), (90, 120, 60))) == "no_face"
        assert self.rejected(shop, photograph(1)) == "multiple_faces"

    def test_small_dark_bright_and_blurred(self, shop, ana):
        first, _ = ana
        small = Image.new("RGB", (1200, 1200), (120, 120, 120))
        small.paste(first.resize((110, 110)), (540, 540))
        assert self.rejected(shop, small) in ("face_too_small", "too_blurry")
        assert self.rejected(shop, again(first, light=0.12)) in ("too_dark", "no_face")
        assert self.rejected(shop, first.filter(ImageFilter.GaussianBlur(9))) in (
            "too_blurry", "no_face")

    def test_exif_orientation_is_applied(self, shop, ana):
        exif = Image.Exif()
        exif[0x0112] = 6  # To be shown turned by a quarter, clockwise.
        turned = jpeg(ana[0].transpose(Image.ROTATE_90), exif=exif)
        user = name()
        enrolled(shop, user, turned)
        validation_id = start(shop, user)["validation_id"]

        assert verify(shop, user, validation_id, ana[1]).status == 200

    def test_bodies_that_are_too_large(self, api):
        caller, _ = make_caller(api)
        try:
            answer = caller.post("/biometric/detect", {"face_image": "A" * (9 * 1024 * 1024 + 100)})
        except OSError:
            return  # The answer came, and the connection ended, before all of it was sent.
        assert answer.code == "BODY_TOO_LARGE"

    def test_fields(self, shop):
        both = shop.api.post("/biometric/register-face", {
            "user_id": "42", "project_id": shop.id, "face_image": "AA", "face_images": ["AA", "AA"]})
        assert "face_image" in both.issues
        few = shop.api.post("/biometric/register-face",
                            {"user_id": "42", "project_id": shop.id, "face_images": ["AA"]})
        assert "face_images" in few.issues
        frames = shop.api.post("/biometric/liveness-check",
                               {"validation_id": "val_x", "frames": ["AA", "AA"]})
        assert "frames" in frames.issues


class TestStandAlone:
    def test_compare(self, api, ana, others):
        caller, _ = make_caller(api)
        answer = caller.post("/biometric/compare", {
            "probe": encoded(ana[0]), "gallery": [encoded(ana[1]), encoded(others[0])],
            "match_fmr": EASY_FMR})

        assert [result["decision"] for result in answer.data["results"]] == ["match", "no_match"]
        assert answer.data["matched"] is True
        assert answer.data["results"][0]["false_match_rate"] < EASY_FMR

    def test_search(self, shop, ana, others):
        user = name()
        enrolled(shop, user, ana[0])
        enrolled(shop, name(), others[0])
        caller, _ = make_caller(shop.api)
        body = {"project_id": shop.id, "max_results": 3, "match_fmr": EASY_FMR}

        found = caller.post("/biometric/search", body | {"face_image": encoded(ana[1])}).data
        unknown = caller.post("/biometric/search", body | {"face_image": encoded(others[1])}).data

        assert found["decision"] == "match" and found["results"][0]["user_id"] == user
        assert found["faces_searched"] == 2
        assert unknown["decision"] == "unknown" and unknown["results"] == []
        elsewhere = caller.post("/biometric/search",
                                body | {"face_image": encoded(ana[1]), "project_id": Project(shop.api).id})
        assert elsewhere.data["faces_searched"] == 0

    def test_detect(self, api, faces):
        caller, _ = make_caller(api)
        answer = caller.post("/biometric/detect", {"face_image": encoded(photograph(1))})
        assert len(answer.data["faces"]) >= 2
        assert answer.data["width"] == photograph(1).size[0]


def test_nothing_of_a_face_is_written_down(server, shop, ana):
    user = name()
    face = enrolled(shop, user, ana[0])
    validation_id = start(shop, user)["validation_id"]
    picture = jpeg(ana[1])
    assert show(shop, validation_id, picture).status == 200

    told = str(shop.api.get(f"{shop.path}/users/{user}/faces").json) + server.log()

    assert face["face_id"] in told
    for secret in (encoded(picture)[100:160], "embedding", "score"):
        assert secret not in server.log()
    stored = server.stored()
    assert picture[400:460] not in stored and picture[400:460].hex().encode() not in stored


def test_flows_with_faces_alone_are_refused_unless_meant(project):
    api = project.api
    assert project.set_email(enabled=False).code == "FLOW_NOT_READY"
    assert project.set_flow(policy={"any": ["biometric"]}).code == "FLOW_NOT_READY"
    use_faces(project, biometric_only=True)
    assert project.set_flow(policy={"any": ["biometric"]}).status == 200
    assert project.set_email(enabled=False).status == 200
    refused = api.put(f"/flows/{project.flow_id}/methods/biometric", {"enabled": True})
    assert refused.code == "FLOW_NOT_READY"
