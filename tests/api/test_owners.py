"""The first owner, and the last one. Each test has a server of its own: both are about all admins."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.client import Client, wait_for
from support.console import Browser, invite
from support.project import address
from support.server import ISSUER, Server

LINK = re.compile(re.escape(ISSUER) + r"/console/link/([A-Za-z0-9_-]{43})\n")


class Telling(Server):
    """A server whose standard output is kept."""

    def start(self):
        with open(self.folder / "output", "ab") as output:
            output.truncate(0)
            self.output = output
            if self.second_node:
                self.second_node.output = output
            return super().start()

    def told(self):
        return (self.folder / "output").read_text(encoding="utf-8")

    def first_link(self, api):
        """Of several nodes, the one that started last prints the link that works."""
        nodes = 2 if self.second_node else 1
        found = wait_for(lambda: len(LINK.findall(self.told())) == nodes and LINK.findall(self.told()))
        works = [link for link in found if Browser(api).sign_in(link).code == "INVALID_REQUEST"]
        assert len(works) == 1, self.told()
        return works[0]


@pytest.fixture
def fresh(tmp_path):
    server = Telling(tmp_path)
    server.credentials = server.create_key()
    with server:
        yield server


@pytest.fixture
def api(fresh):
    return Client(fresh).log_in(*fresh.credentials)


def test_the_printed_link_makes_the_first_owner_once(fresh, api):
    link = fresh.first_link(api)
    browser = Browser(api)
    assert "email" in browser.sign_in(link).issues

    done = browser.sign_in(link, email="Eva@Example.com", name="Eva")
    assert done.status == 200
    assert done.data["admin"] | {"admin_id": "", "created_at": "", "updated_at": ""} == {
        "admin_id": "", "email": "eva@example.com", "name": "Eva", "role": "owner",
        "projects": "*", "has_second_factor": False, "created_at": "", "updated_at": ""}
    assert Browser(api).sign_in(link, email="max@example.com").code == "INVALID_CREDENTIALS"
    assert link not in fresh.log()


def test_of_two_first_owners_one_wins(fresh, api):
    link = fresh.first_link(api)

    def attempt(n):
        return Browser(api).sign_in(link, email=f"owner-{n}@example.com")

    api.contract  # Read once, before many ask.
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(8)))
    assert sorted(answer.status for answer in answers) == [200] + [401] * 7
    assert len(api.items("/admins")) == 1


def test_the_printed_link_is_dead_once_there_is_an_admin(fresh, api):
    link = fresh.first_link(api)
    invite(api)
    assert Browser(api).sign_in(link, email=address()).code == "INVALID_CREDENTIALS"


def test_a_restart_prints_another_link_and_ends_the_first(fresh, api):
    first = fresh.first_link(api)
    fresh.stop()
    fresh.start()
    second = fresh.first_link(api)
    assert second != first
    assert Browser(api).sign_in(first, email=address()).code == "INVALID_CREDENTIALS"
    assert Browser(api).sign_in(second, email=address()).status == 200
    fresh.stop()
    fresh.start()
    fresh.stop()
    assert fresh.told() == "", "quiet when there is an admin"


def test_the_last_owner_stays(fresh, api):
    owner = Browser(api, fresh.first_link(api), email=address())
    path = f"/admins/{owner.admin['admin_id']}"
    for answer in (api.delete(path), owner.delete(path), api.patch(path, {"role": "viewer"}),
                   owner.patch(path, {"role": "editor", "projects": "*"})):
        assert (answer.status, answer.code) == (409, "CONFLICT")
    refused = fresh.run("admin", "remove", "--email", owner.admin["email"], check=False)
    assert refused.returncode == 1 and "last owner" in refused.stderr
    assert owner.get("/console/session").status == 200, "a refused change signs nobody out"

    second = invite(api)
    assert owner.patch(path, {"role": "viewer"}).status == 200
    assert api.delete(f"/admins/{second['admin_id']}").code == "CONFLICT"


def test_of_two_owners_who_remove_each_other_one_stays(fresh, api):
    admins = [invite(api)["admin_id"] for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(lambda one: api.delete(f"/admins/{one}").status, admins))
    assert sorted(codes) == [200, 409]


# Commands

def run_json(server, *arguments):
    return json.loads(server.run(*arguments, "--json").stdout)


@pytest.mark.parametrize("is_running", [True, False])
def test_admins_by_command(tmp_path, is_running):
    server = Server(tmp_path)
    server.credentials = server.create_key()
    if is_running:
        server.start()
    made = run_json(server, "admin", "invite", "--email", "Eva@Example.com", "--role", "owner")
    assert made["email"] == "eva@example.com" and made["url"].startswith(ISSUER + "/console/link/")
    again = server.run("admin", "invite", "--email", "eva@example.com", "--role", "viewer",
                       check=False)
    assert again.returncode == 1 and "accessd admin link" in again.stderr
    link = run_json(server, "admin", "link", "--email", "eva@example.com")
    shown = server.run("admin", "invite", "--email", "max@example.com", "--role", "viewer")
    assert "/console/link/" in shown.stdout and "until" in shown.stderr
    assert [one["email"] for one in run_json(server, "admin", "list")] == [
        "max@example.com", "eva@example.com"]
    assert "max@example.com" in server.run("admin", "list").stdout
    assert "Removed max@example.com" in server.run("admin", "remove", "--email",
                                                   "max@example.com").stdout
    for command in ("link", "remove"):
        gone = server.run("admin", command, "--email", "max@example.com", check=False)
        assert gone.returncode == 1 and "accessd admin list" in gone.stderr

    if not is_running:
        server.start()
    api = Client(server).log_in(*server.credentials)
    assert Browser(api).sign_in(made["url"]).code == "INVALID_CREDENTIALS", "the later link counts"
    assert Browser(api).sign_in(link["url"]).data["admin"]["email"] == "eva@example.com"
    actions = [entry["action"] for entry in api.items("/audit", actor="command")]
    assert actions == ["admin.deleted", "admin.created", "admin.link_made", "admin.created",
                       "key.created"]
    for one in (made, link):
        assert one["url"].rsplit("/", 1)[1] not in server.log()
    server.stop()


@pytest.mark.parametrize("arguments, hint", [
    (["--email", "nobody", "--role", "owner"], "--email"),
    (["--email", "a@example.com", "--role", "root"], "--role"),
    (["--email", "a@example.com", "--role", "owner", "--projects", "prj_1"], "--projects"),
    (["--email", "a@example.com", "--role", "viewer", "--projects", "prj_1"], "--projects"),
    (["--email", "a@example.com", "--role", "viewer", "--name", "a\x1b[31m"], "--name"),
])
def test_what_a_command_refuses(tmp_path, arguments, hint):
    server = Server(tmp_path)
    server.create_key()
    refused = server.run("admin", "invite", *arguments, check=False)
    assert refused.returncode == 1 and hint in refused.stderr and "\x1b" not in refused.stderr
    assert run_json(server, "admin", "list") == []
