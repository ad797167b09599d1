"""The link that is mailed with a lock: to whom, what it ends, and what it must not."""

from concurrent.futures import ThreadPoolExecutor
import secrets

import pytest

from support.client import wait_for
from support.links import has_button, path_of, press, send_link, show, with_links
from support.project import Project, address

LOCK_AFTER = 6
SERVER = {"limits": {"failures_before_wait": 0, "failures_before_lock": LOCK_AFTER,
                     "email_sends_per_hour": 0, "email_sends_per_day": 0}}


@pytest.fixture
def project(api):
    made = Project(api)
    made.set_email(max_attempts=10)
    return made


def lock(project, email, **fields):
    validation_id = project.send(email, **fields).data["validation_id"]
    for _ in range(LOCK_AFTER):
        answer = project.verify(email, "0000000000", validation_id)
        assert answer.code == "INVALID_OTP"
    return validation_id


def mails(project, email):
    return [message for message in project.inbox(email) if message["kind"] == "unlock"]


def unlock_path(project, email):
    message, = mails(project, email)
    return path_of(message["link"])


@pytest.mark.parametrize("language, words", [
    ("en", "Logging in to {} is paused"), ("es", "El acceso a {} está en pausa"),
    ("pt", "O acesso a {} está em pausa")])
def test_a_lock_is_told_once_by_mail(project, language, words):
    email = address()
    validation_id = lock(project, email, language=language)
    for _ in range(3):
        assert project.verify(email, "0000000000", validation_id).code == "LOCKED"
        assert project.send(email).code == "LOCKED"

    wait_for(lambda: mails(project, email)[0]["status"] == "delivered")
    message, = mails(project, email)
    assert message["subject"] == words.format(project.name)
    assert message["otp"] is None and message["validation_id"] == validation_id
    assert message["link"] in message["text"] and f'href="{message["link"]}"' in message["html"]
    types = [entry["type"] for entry in project.timeline(validation_id)]
    assert types.count("unlock_queued") == 1 and types.count("sent") <= 1
    token = message["link"].rsplit("/", 1)[1]
    assert token not in str(project.timeline(validation_id))


def test_the_button_ends_the_lock_and_opening_does_not(api, project):
    email = address()
    validation_id = lock(project, email)
    path = unlock_path(project, email)
    for _ in range(3):
        page = show(api, path)
        assert page.status == 200 and has_button(page)
        assert email not in page.text and "a•••@example.com" in page.text
        assert api.request("HEAD", path, token=None).status == 200
    assert project.send(email).code == "LOCKED"

    answer = press(api, path)

    assert answer.status == 200 and not has_button(answer)
    assert api.items(f"{project.path}/locks") == []
    assert project.verify(email, project.inbox(email)[-1]["otp"], validation_id).status == 200
    assert press(api, path).status == 404 and show(api, path).status == 404


def test_the_failures_are_forgotten_and_a_new_lock_has_a_new_link(api, project):
    email = address()
    validation_id = lock(project, email)
    first = unlock_path(project, email)
    assert press(api, first).status == 200
    api.post(f"/validations/{validation_id}/cancel")

    lock(project, email)

    second, old = [path_of(message["link"]) for message in mails(project, email)]
    assert second != first == old
    assert press(api, first).status == 404
    assert project.send(email).code == "LOCKED"
    assert press(api, second).status == 200


def test_a_stranger_to_the_project_is_told_alike_and_not_written_to(api, project):
    project.use_directory()
    email = address()
    lock(project, email)
    answer = project.send(email)
    assert answer.code == "LOCKED"
    assert answer.details == {"unlock": ["link", "other_factor", "operator"]}
    assert project.inbox(email) == []


def test_of_many_at_once_one_ends_it(api, project):
    email = address()
    lock(project, email)
    path = unlock_path(project, email)
    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda _: press(api, path).status, range(12)))
    assert sorted(statuses) == [200] + [404] * 11


def test_an_operator_who_was_faster_ends_the_link(api, project):
    email = address()
    lock(project, email)
    path = unlock_path(project, email)
    one, = api.items(f"{project.path}/locks")
    assert api.delete(f"/locks/{one['lock_id']}").status == 200
    assert show(api, path).status == press(api, path).status == 404


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_a_form_of_another_site_ends_nothing(api, project, headers):
    email = address()
    lock(project, email)
    answer = press(api, unlock_path(project, email), **headers)
    assert answer.status == 403 and has_button(answer)
    assert project.send(email).code == "LOCKED"


def test_forged_links_end_nothing(api, project):
    email = address()
    lock(project, email)
    token = unlock_path(project, email).rsplit("/", 1)[1]
    for forged in (secrets.token_urlsafe(16), token[:-1], token + "A", token.swapcase(), "x"):
        assert show(api, "/login/unlock/" + forged).status == 404
        assert press(api, "/login/unlock/" + forged).status == 404
    assert show(api, "/login/link/" + token).status == 404
    assert press(api, "/login/link/" + token).status == 404
    assert project.send(email).code == "LOCKED"


def test_a_lock_holds_links_to_log_in_too(api, project):
    with_links(project, max_attempts=10)
    email = address()
    validation_id, path = send_link(project, email)
    for _ in range(LOCK_AFTER):
        project.verify(email, "0000000000", validation_id)

    answer = press(api, path)

    assert answer.status == 429 and int(answer.headers["Retry-After"]) > 0
    assert press(api, unlock_path(project, email)).status == 200
    assert press(api, path).status == 303


def test_the_token_is_told_nowhere(api, server, project):
    email = address()
    lock(project, email)
    path = unlock_path(project, email)
    token = path.rsplit("/", 1)[1]
    for send in (show, press, press):
        send(api, path)

    metrics = api.send("GET", "/metrics", listener="operations", token=None).text
    stored = b"".join(file.read_bytes() for file in server.data_dir.iterdir() if file.is_file())
    assert token not in server.log() and token not in metrics and token.encode() not in stored
    assert "/login/unlock/{token}" in server.log()
