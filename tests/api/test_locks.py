"""Wrong codes in a row: who waits, what is locked, and what ends it. The numbers are made small."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from support.client import make_caller
from support.project import Project, address

WAIT_AFTER, LOCK_AFTER = 4, 9
SERVER = {"limits": {"failures_before_wait": WAIT_AFTER, "failures_before_lock": LOCK_AFTER,
                     "email_sends_per_hour": 0, "email_sends_per_day": 0,
                     "client_sends_per_hour": 0}}


@pytest.fixture
def project(api):
    made = Project(api)
    made.set_email(max_attempts=10)
    return made


@pytest.fixture
def burst(api):
    """Sends requests on connections of their own, all at once."""
    def run(requests):
        with ThreadPoolExecutor(len(requests)) as pool:
            return list(pool.map(lambda request: api.send(*request), requests))
    return run


def verify(project, email, otp, validation_id, ip=None):
    body = {"email": email, "otp": otp, "validation_id": validation_id}
    if ip is not None:
        body["client"] = {"ip": ip}
    return project.api.post("/email/verify-otp", body)


def fail(project, email, validation_id, ip=None):
    return verify(project, email, "0000000000", validation_id, ip)


def fresh(project, email, **fields):
    """A new validation of the address."""
    return project.send(email, **fields).data["validation_id"]


def lock(project, email):
    """Fails from ever new addresses until the method pauses."""
    validation_id = fresh(project, email)
    for n in range(LOCK_AFTER):
        assert fail(project, email, validation_id, f"198.51.100.{n}").code == "INVALID_OTP"
    return validation_id


def assert_locked(answer):
    assert answer.code == "LOCKED", answer
    assert answer.details == {"unlock": ["link", "other_factor", "operator"]}
    assert "RateLimit-Limit" not in answer.headers


def test_a_client_that_fails_waits_and_others_do_not(project):
    email = address()
    validation_id = fresh(project, email)
    for _ in range(WAIT_AFTER):
        assert fail(project, email, validation_id, "192.0.2.1").code == "INVALID_OTP"

    refused = verify(project, email, project.code(email), validation_id, "::ffff:192.0.2.1")
    assert refused.code == "RATE_LIMITED"
    assert refused.details == {"limit": WAIT_AFTER, "window_seconds": 30, "scope": "failures_wait",
                               "retry_after_seconds": refused.details["retry_after_seconds"]}
    assert 25 <= refused.details["retry_after_seconds"] <= 30
    assert project.validation(validation_id)["attempts_remaining"] == 10 - WAIT_AFTER
    assert verify(project, email, project.code(email), validation_id, "192.0.2.2").status == 200


def test_whoever_asked_for_the_code_is_taken_to_give_it_back(project):
    email = address()
    validation_id = fresh(project, email, client={"ip": "2001:db8:5:5::1"})
    for _ in range(WAIT_AFTER):
        fail(project, email, validation_id)

    for ip in (None, "2001:db8:5:5:ffff::9"):
        assert fail(project, email, validation_id, ip).code == "RATE_LIMITED"
    assert fail(project, email, validation_id, "2001:db8:5:6::1").code == "INVALID_OTP"


def test_a_new_code_is_no_new_try(project):
    email = address()
    first = fresh(project, email)
    for _ in range(WAIT_AFTER):
        fail(project, email, first)
    project.api.post(f"/validations/{first}/cancel")

    second = fresh(project, email)

    assert second != first
    assert fail(project, email, second).code == "RATE_LIMITED"


@pytest.mark.parametrize("knows", [True, False], ids=["known", "unknown"])
def test_too_many_failures_lock_known_and_unknown_people_alike(api, project, knows):
    email = address()
    project.use_directory(*([email] if knows else []))
    validation_id = lock(project, email)

    for _ in range(2):
        assert_locked(project.send(email))
        assert_locked(fail(project, email, validation_id, "203.0.113.1"))
    assert project.validation(validation_id)["attempts_remaining"] == 10 - LOCK_AFTER
    assert Project(api).send(email).status == 200, "another project's tries never count"
    assert project.send(address()).status == 200
    one, = api.items(f"{project.path}/locks")
    assert (one["failures"], one["method"], one["destination"]) == (
        LOCK_AFTER, "email", "a•••@example.com")
    assert (one["user_id"] is not None) is knows


def test_a_success_starts_the_count_anew(project):
    email = address()
    for network in ("198.51.100", "192.0.2"):
        validation_id = fresh(project, email)
        for n in range(LOCK_AFTER - 1):
            assert fail(project, email, validation_id, f"{network}.{n}").code == "INVALID_OTP"
        done = verify(project, email, project.code(email), validation_id, "203.0.113.1")
        assert done.status == 200


def test_an_operator_lets_a_person_in_again(api, project):
    email = address()
    validation_id = lock(project, email)
    one, = api.items(f"{project.path}/locks")
    stranger, _ = make_caller(api, project_id=Project(api).id)
    reader, _ = make_caller(api, scope="read")
    path = f"/locks/{one['lock_id']}"
    assert stranger.delete(path).code == "LOCK_NOT_FOUND"
    assert reader.delete(path).code == "INSUFFICIENT_SCOPE"
    assert_locked(project.send(email))

    cleared = api.delete(path)

    assert cleared.data["lock_id"] == one["lock_id"]
    assert api.delete(path).code == "LOCK_NOT_FOUND"
    assert api.items(f"{project.path}/locks") == []
    assert verify(project, email, project.code(email), validation_id).status == 200


def test_locks_come_in_pages(api, project):
    for _ in range(3):
        lock(project, address())

    ids = [item["lock_id"] for item in api.items(f"{project.path}/locks", limit=2)]

    assert ids == sorted(ids, reverse=True) and len(set(ids)) == 3


@pytest.mark.parametrize("lock_id", ["lock_", "lock_x", "val_06earm7th000d6ftlvip699sqpaau",
                                     "lock_" + "0" * 29])
def test_a_lock_that_is_none_is_not_found(api, lock_id):
    assert api.delete(f"/locks/{lock_id}").code == "LOCK_NOT_FOUND"


def test_parallel_tries_get_no_more_than_the_limit(api, burst, project):
    for _ in range(3):
        email = address()
        validation_id = fresh(project, email)
        requests = [("POST", "/v2/access/email/verify-otp",
                     {"email": email, "otp": "0000000000", "validation_id": validation_id,
                      "client": {"ip": f"198.51.100.{n}"}}) for n in range(24)]

        codes = [answer.code for answer in burst(requests)]

        assert sorted(set(codes)) == ["INVALID_OTP", "LOCKED"]
        assert codes.count("INVALID_OTP") == LOCK_AFTER


@pytest.mark.parametrize("client", [{"ip": "nowhere"}, {"ip": 7}, {"port": 1}, [], "192.0.2.1"])
def test_a_client_that_is_none_is_refused(project, client):
    email = address()
    validation_id = fresh(project, email)

    answer = project.api.post("/email/verify-otp", {"email": email, "otp": "123456",
                                                    "validation_id": validation_id,
                                                    "client": client})

    assert any(field.startswith("client") for field in answer.issues)
