"""Asking again is no way to more tries, more messages or another person's code."""

import pytest

from support.project import Project, address
from test_parallel import Burst, count_codes, send_bytes, verify_bytes

MAX_ATTEMPTS = 5
ROUNDS = 15


@pytest.fixture
def burst(server):
    made = Burst(server)
    yield made
    made.close()


def test_no_resend_gives_a_try_back(api, burst):
    """Wrong tries and resends together: of one validation no more tries are compared than it has."""
    for _ in range(ROUNDS):
        project = Project(api)
        project.set_email(max_attempts=MAX_ATTEMPTS)
        email = address()
        validation_id = project.send(email).data["validation_id"]
        requests = []
        for n in range(20):
            # No code has ten digits.
            requests.append(verify_bytes(api, email, f"{n:010}", validation_id))
            if n % 5 == 0:
                requests.append(send_bytes(api, project, email))

        answers = burst.run(requests)

        codes = count_codes(answers)
        assert codes["INVALID_OTP"] == MAX_ATTEMPTS, codes
        assert project.validation(validation_id)["attempts_remaining"] == 0
        sent = {answer.data["validation_id"] for answer in answers if answer.status == 200}
        for other in sent - {validation_id}:  # Asked for after the end of the first: one of its own.
            assert project.validation(other)["attempts_remaining"] == MAX_ATTEMPTS


def test_a_replaced_code_is_good_no_longer(api, burst):
    """The old code and a resend at once: either the old one was used, or the new one alone is good."""
    for n in range(ROUNDS):
        project = Project(api)
        email = address()
        validation_id = project.send(email).data["validation_id"]
        old = project.code(email)
        # After a wrong try a resend replaces the code.
        project.verify(email, project.wrong_code(email), validation_id)
        requests = [verify_bytes(api, email, old, validation_id), send_bytes(api, project, email)]
        if n % 2:
            requests.reverse()

        answers = burst.run(requests)
        used = answers[n % 2]

        if used.status == 200:
            assert project.verify(email, old, validation_id).code == "ALREADY_VALIDATED"
            continue
        assert used.code == "INVALID_OTP"
        new = project.code(email)
        assert new != old
        assert project.verify(email, new, validation_id).status == 200


def test_parallel_resends_stay_within_the_window_and_one_validation(api, burst):
    for _ in range(ROUNDS):
        project = Project(api)
        email = address()
        first = project.send(email).data["validation_id"]

        answers = burst.run([send_bytes(api, project, email) for _ in range(20)])

        assert count_codes(answers) == {200: 4, "RATE_LIMITED": 16}
        assert {answer.data["validation_id"] for answer in answers if answer.status == 200} == {first}
        assert len({message["otp"] for message in project.inbox(email)}) == 1


def test_no_spelling_escapes_the_window(api):
    project = Project(api)
    spellings = ["ana@example.com", "ANA@EXAMPLE.COM", " ana@example.com\t", "ａｎａ@example.com",
                 "ana@ｅｘａｍｐｌｅ.com", "ana+x@example.com", "Ana+Y+z@Example.com", "ana@example。com",
                 "𝐚𝐧𝐚@example.com"]
    answers = [project.send(spelling) for spelling in spellings]

    assert count_codes(answers) == {200: 5, "RATE_LIMITED": len(spellings) - 5}
