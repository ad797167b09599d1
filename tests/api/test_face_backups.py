"""Faces that were destroyed stay destroyed, whatever backup comes back; and who must enrol again."""

import json
import sqlite3

import pytest

from support.client import Client, make_caller
from support.face_logins import enrolled, faces_of, name, start, use_faces
from support.face_workers import wait_until_on
from support.faces import Faces
from support.project import Project
from support.server import Server


@pytest.fixture
def server(tmp_path):
    made = Server(tmp_path, biometrics={"enabled": True})
    made.credentials = made.create_key()
    yield made.start()
    if made.is_running():
        made.stop()


@pytest.fixture
def shop(server):
    api = Client(server).log_in(*server.credentials)
    return use_faces(Project(api))


@pytest.fixture
def people(shop):
    """Two people who are enrolled, and a backup in which they are."""
    wait_until_on(shop.api)
    faces = Faces(lambda: make_caller(shop.api)[0])
    gone, stays = name(), name()
    enrolled(shop, gone, faces.cut(6, 0))
    enrolled(shop, stays, faces.cut(6, 1))
    return gone, stays


def restore(server, *options, check=True):
    backup = server.folder / "monday.db"
    done = server.run("restore", str(backup), "--replace", *options, check=check)
    return done


def counts(server):
    with sqlite3.connect(server.data_dir / "accessd.db") as database:
        return [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("faces", "face_keys")]


def test_an_erased_face_does_not_come_back(server, shop, people):
    gone, stays = people
    server.run("backup", str(server.folder / "monday.db"))
    shop.api.delete(f"{shop.path}/users/{gone}")
    server.stop()

    done = restore(server)

    assert "destroyed 1 face:" in done.stdout
    assert counts(server) == [1, 1]
    server.start()
    shop.api.log_in(*server.credentials)
    assert faces_of(shop, gone) == [], "the person is back, as of that day; the face isn't"
    assert start(shop, stays)["status"] == "pending"
    again = shop.api.post("/biometric/start", {"user_id": gone, "project_id": shop.id})
    assert again.code == "FACE_NOT_REGISTERED"


def test_what_was_destroyed_just_before_the_end_counts_too(server, shop, people):
    gone, _ = people
    server.run("backup", str(server.folder / "monday.db"))
    shop.api.delete(f"{shop.path}/users/{gone}")
    server.kill()
    (server.data_dir / "destroyed-faces.list").unlink(missing_ok=True)

    restore(server)  # The store that is there says what it destroyed.

    assert counts(server) == [1, 1]


def test_without_the_list_a_backup_with_faces_is_refused(server, shop, people):
    gone, _ = people
    server.run("backup", str(server.folder / "monday.db"))
    shop.api.delete(f"{shop.path}/users/{gone}")
    server.stop()
    listed = server.data_dir / "destroyed-faces.list"
    kept = server.folder / "kept.list"
    listed.rename(kept)
    for path in server.data_dir.glob("accessd.db*"):
        path.unlink()

    refused = restore(server, check=False)
    assert refused.returncode == 1 and "destroyed-faces.list" in refused.stderr
    assert not (server.data_dir / "accessd.db").exists()

    restore(server, "--destroyed-faces", str(kept))
    assert counts(server) == [1, 1]
    for path in server.data_dir.glob("accessd.db*"):
        path.unlink()
    restore(server, "--without-destroyed-faces")
    assert counts(server) == [2, 2]


def test_the_list_tells_nothing_of_people(server, shop, people):
    gone, _ = people
    shop.api.delete(f"{shop.path}/users/{gone}")
    server.stop()
    server.start()
    server.stop()

    listed = (server.data_dir / "destroyed-faces.list").read_text(encoding="utf-8")

    assert listed.count("\n") == 1 and listed.split()[1].startswith("fkey_")
    assert gone not in listed and shop.id not in listed
    assert (server.data_dir / "destroyed-faces.list").stat().st_mode & 0o777 == 0o600


def test_who_must_enrol_again(server, shop, people):
    gone, stays = people
    report = json.loads(server.run("faces", "reenrol-report", "--json").stdout)
    assert [row["is_current"] for row in report["models"]] == [True]
    assert report["must_enrol_again"] == []
    assert "Everybody can log in" in server.run("faces", "reenrol-report").stdout
    server.stop()
    with sqlite3.connect(server.data_dir / "accessd.db") as database:
        database.execute("UPDATE faces SET model = 'an older one' WHERE user_id = ?", (gone,))
    database.close()

    report = json.loads(server.run("faces", "reenrol-report", "--json").stdout)

    assert report["must_enrol_again"] == [{"project_id": shop.id, "user_ids": [gone]}]
    assert gone in server.run("faces", "reenrol-report").stdout
    assert stays not in server.run("faces", "reenrol-report").stdout
