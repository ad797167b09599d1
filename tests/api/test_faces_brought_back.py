"""Faces that were destroyed stay destroyed when PostgreSQL's own tools bring a database back, or a standby takes over without
its last transactions. Runs over two nodes only: the embedded store's part is test_face_backups."""

import re
import subprocess
import time

import pytest

from support.client import Client, make_caller, wait_for
from support.face_logins import enrolled, faces_of, name, start, use_faces
from support.face_workers import wait_until_on
from support.faces import Faces
from support.project import Project
from support.server import Server

TOLD = "the database was brought back"


class Shop:
    """Two nodes and their people: `gone` will have been erased after the copy was made, `stays` not."""

    def __init__(self, folder):
        self.server = Server(folder, biometrics={"enabled": True})
        assert self.server.second_node, "it takes a PostgreSQL server: ACCESSD_TEST_NODES_POSTGRES"
        self.server.credentials = self.server.create_key()
        self.server.start()
        self.api = Client(self.server).log_in(*self.server.credentials)
        self.project = use_faces(Project(self.api))
        for node in self.server.nodes():
            wait_until_on(Client(node, self.api.token, self.api.contract))
        faces = Faces(lambda: make_caller(self.api)[0])
        self.gone, self.stays = name(), name()
        for number, user_id in enumerate((self.gone, self.stays)):
            enrolled(self.project, user_id, faces.cut(6, number))

    @property
    def lists(self):
        return [node.data_dir / "destroyed-faces.list" for node in (self.server, self.server.second_node)]

    def url(self):
        return self.server.postgres.url

    def ask(self, sql):
        done = subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", self.url(), "-c", sql], capture_output=True, text=True,
                              check=True, stdin=subprocess.DEVNULL)
        return done.stdout.split()

    def held(self):
        return [int(count) for count in self.ask("SELECT count(*) FROM faces; SELECT count(*) FROM face_keys")]

    def erase(self, user_id):
        assert self.api.delete(f"{self.project.path}/users/{user_id}").status == 200

    def copy(self):
        subprocess.run(["pg_dump", "-Fc", "-f", self.server.folder / "monday", self.url()], check=True, stdin=subprocess.DEVNULL)

    def bring_back(self):
        """The copy in the place of the database, as pg_restore and a return to a point in time make it."""
        database = re.search(r"/(api_\w+)\?", self.url())[1]
        server = self.url().replace(f"/{database}?", "/postgres?")
        subprocess.run(["psql", "-qX", server, "-c", f"DROP DATABASE {database}", "-c", f"CREATE DATABASE {database}"],
                       check=True, stdin=subprocess.DEVNULL)
        subprocess.run(["pg_restore", "-d", self.url(), self.server.folder / "monday"], check=True, stdin=subprocess.DEVNULL)

    def destroyed_keys(self):
        return set(self.ask("SELECT id FROM destroyed_faces WHERE id LIKE 'fkey%'"))


@pytest.fixture
def shop(tmp_path):
    made = Shop(tmp_path)
    yield made
    made.server.stop()


@pytest.fixture
def came_back(shop):
    """Stopped nodes, and a database in which somebody is who was erased since."""
    shop.copy()
    shop.erase(shop.gone)
    assert shop.server.stop() == 0
    shop.bring_back()
    assert shop.held() == [2, 2]
    return shop


def test_nodes_that_have_the_list_destroy_again_before_they_serve(came_back):
    shop = came_back
    shop.server.start()

    assert shop.held() == [1, 1]
    shop.api.log_in(*shop.server.credentials)
    assert faces_of(shop.project, shop.gone) == [], "the person is back, as of that day; the face isn't"
    assert start(shop.project, shop.stays)["status"] == "pending"
    assert TOLD in shop.server.log()

    shop.server.stop()
    told = shop.server.log().count(TOLD)
    shop.server.start()
    assert shop.server.log().count(TOLD) == told, "once is enough"


def test_a_node_without_the_list_refuses_until_it_is_told(came_back):
    shop = came_back
    kept = shop.server.folder / "kept.list"
    shop.lists[0].rename(kept)
    shop.lists[1].unlink()

    for command in ("serve", "restore"):
        refused = shop.server.run(command, check=False)
        assert refused.returncode == 1 and "destroyed-faces.list" in refused.stderr, (command, refused)
        assert "--destroyed-faces" in refused.stderr
    refused = shop.server.run("restore", "--destroyed-faces", "/nowhere.list", check=False)
    assert refused.returncode == 1 and "/nowhere.list" in refused.stderr
    assert shop.held() == [2, 2]

    assert "destroyed 1 face:" in shop.server.run("restore", "--destroyed-faces", str(kept)).stdout
    assert shop.held() == [1, 1]
    shop.server.start()
    for listed in shop.lists:
        assert listed.read_text(encoding="utf-8").split()[1::2] == kept.read_text(encoding="utf-8").split()[1::2]


def test_whoever_answers_for_it_goes_on_without_a_list(came_back):
    shop = came_back
    for listed in shop.lists:
        listed.unlink()

    shop.server.run("restore", "--without-destroyed-faces")
    shop.server.start()

    assert shop.held() == [2, 2]


def test_a_standby_that_lost_the_last_transactions_is_noticed_by_nodes_that_run(shop):
    shop.ask("CREATE TABLE kept_faces AS SELECT * FROM faces; CREATE TABLE kept_keys AS SELECT * FROM face_keys")
    shop.erase(shop.gone)
    erased = shop.destroyed_keys()
    assert len(erased) == 1
    for listed in shop.lists:
        wait_for(lambda listed=listed: erased <= set(listed.read_text(encoding="utf-8").split()))

    # What the erasing did is lost, and the number that it had goes to another's.
    shop.ask("""
        BEGIN;
        DELETE FROM destroyed_faces; DELETE FROM counters WHERE name = 'destroyed_faces';
        INSERT INTO faces SELECT * FROM kept_faces k WHERE NOT EXISTS (SELECT 1 FROM faces f WHERE f.id = k.id);
        INSERT INTO face_keys SELECT * FROM kept_keys k WHERE NOT EXISTS (SELECT 1 FROM face_keys f WHERE f.id = k.id);
        INSERT INTO destroyed_faces (sequence, id, project_id, change_number) VALUES (1, 'fkey_of_another', '', 0);
        INSERT INTO counters (name, value) VALUES ('destroyed_faces', 1);
        COMMIT""")

    wait_for(lambda: shop.held() == [1, 1], 20)
    assert shop.destroyed_keys() == erased | {"fkey_of_another"}
    shop.erase(shop.stays)
    everything = shop.destroyed_keys()
    assert len(everything) == 3
    for listed in shop.lists:
        wait_for(lambda listed=listed: everything <= set(listed.read_text(encoding="utf-8").split()))
    time.sleep(2)  # Two more looks of each node.
    assert shop.server.log().count(TOLD) <= 2, "each node once, at most"
