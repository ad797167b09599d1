"""Backup, restore and rekey: what keeps an installation's data, attacked and cut off."""

import contextlib
import json
import os
import re
import sqlite3
import stat
import subprocess
import threading
import time

import pytest

from support.client import Client, wait_for
from support.server import Server, find_program
from support.stored import filled, scribble, stored, user_count  # noqa: F401

FAILED = 1


# Backup and restore

def test_a_backup_beside_a_busy_server_is_whole_and_restores(stored):
    copy = stored.folder / "copy.db"
    with stored:
        api = Client(stored).log_in(*stored.credentials)
        stop = threading.Event()
        made = []

        def write():
            other = Client(stored).log_in(*stored.credentials)
            while not stop.is_set():
                address = f"busy{len(made)}@example.com"
                other.post(f"/projects/{stored.project_id}/users", {"email": address})
                made.append(address)

        writer = threading.Thread(target=write)
        writer.start()
        wait_for(lambda: made)
        try:
            manifest = json.loads(stored.run("backup", str(copy), "--json").stdout)
        finally:
            stop.set()
            writer.join()
        assert made and api.get("/projects").status == 200

    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sorted(path.name for path in stored.folder.iterdir() if "copy" in path.name) == ["copy.db"]
    with contextlib.closing(sqlite3.connect(copy)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        users = database.execute("SELECT count(*) FROM users").fetchone()[0]
    assert (manifest["users"], manifest["projects"], manifest["keys"]) == (users, 1, 1)
    assert 20 <= users <= 20 + len(made) and manifest["bytes"] == copy.stat().st_size

    done = stored.run("restore", str(copy), "--replace")
    assert "kept" in done.stdout and "warning" not in done.stderr
    with stored:
        assert user_count(stored) == min(users, 200)


def test_a_backup_never_overwrites(stored):
    copy = stored.folder / "copy.db"
    copy.write_text("mine", encoding="utf-8")

    done = stored.run("backup", str(copy), check=False)

    assert done.returncode == FAILED and "never overwritten" in done.stderr
    assert copy.read_text(encoding="utf-8") == "mine"


def test_what_a_killed_server_had_in_its_log_is_in_the_backup(stored):
    stored.start()
    stored.kill()
    copy = stored.folder / "copy.db"

    assert json.loads(stored.run("backup", str(copy), "--json").stdout)["users"] == 20


def test_restore_refuses_beside_a_server_and_over_a_store(stored):
    copy = stored.folder / "copy.db"
    stored.run("backup", str(copy))
    with stored:
        done = stored.run("restore", str(copy), "--replace", check=False)
        assert done.returncode == FAILED and str(stored.process.pid) in done.stderr
    done = stored.run("restore", str(copy), check=False)
    assert done.returncode == FAILED and "--replace" in done.stderr
    with stored:
        assert user_count(stored) == 20


def test_restore_brings_back_what_was_lost_and_keeps_what_is_there_aside(stored):
    copy = stored.folder / "copy.db"
    stored.run("backup", str(copy))
    with stored:
        api = Client(stored).log_in(*stored.credentials)
        assert api.delete(f"/projects/{stored.project_id}").status == 200
        stored.kill()  # With the deletion in the log only.

    stored.run("restore", str(copy), "--replace")

    with stored:
        assert user_count(stored) == 20
    aside = next(path for path in stored.data_dir.iterdir() if ".before-" in path.name)
    with contextlib.closing(sqlite3.connect(aside)) as database:
        assert database.execute("SELECT count(*) FROM projects").fetchone() == (0,)


@pytest.mark.parametrize("spoil, part", [
    (lambda copy: copy.write_bytes(b""), "is not a backup"),
    (lambda copy: copy.write_bytes(b"x" * 5000), "is not a backup"),
    (lambda copy: copy.write_bytes(copy.read_bytes()[:-5000]), "damaged|sound"),
    (lambda copy: scribble(copy), "damaged|sound"),
    (lambda copy: alter(copy, "UPDATE schema_migrations SET version = version + 900"),
     "newer release"),
    (lambda copy: alter(copy, "DROP TABLE schema_migrations"), "sound"),
    (lambda copy: alter(copy, "PRAGMA journal_mode = WAL"), "running store")])
def test_restore_touches_nothing_for_a_bad_backup(stored, spoil, part):
    copy = stored.folder / "copy.db"
    stored.run("backup", str(copy))
    spoil(copy)

    done = stored.run("restore", str(copy), "--replace", check=False)

    assert done.returncode == FAILED
    assert re.search(part, done.stderr), done.stderr
    assert [path.name for path in stored.data_dir.iterdir() if "before" in path.name] == []
    with stored:
        assert user_count(stored) == 20


def alter(copy, sql):
    with contextlib.closing(sqlite3.connect(copy)) as database:
        database.execute(sql)
        database.commit()


def test_restore_warns_of_another_master_key(stored):
    copy = stored.folder / "copy.db"
    stored.run("backup", str(copy))
    stored.environment["ACCESSD_MASTER_KEY"] = "A" * 43

    assert "warning" in stored.run("restore", str(copy), "--replace").stderr


# The master key

@pytest.fixture
def keyed(tmp_path):
    """As `stored`, with the master key in its file."""
    server = Server(tmp_path)
    server.data_dir.mkdir(mode=0o700)
    server.key_file = server.data_dir / "master.key"
    server.key_file.write_text(server.environment.pop("ACCESSD_MASTER_KEY"), encoding="utf-8")
    server.key_file.chmod(0o600)
    server.credentials = server.create_key()
    with server:
        server.project_id = filled(server, 2).id
        server.jwks = Client(server).get("/.well-known/jwks.json", token=None).json
    return server


def works(server):
    with server:
        same = Client(server).get("/.well-known/jwks.json", token=None).json == server.jwks
        return same and user_count(server) == 2


def test_rekey_replaces_the_master_key_and_keeps_the_old_one(keyed):
    before = keyed.key_file.read_text(encoding="utf-8")

    done = keyed.run("rekey")

    after = keyed.key_file.read_text(encoding="utf-8")
    old = next(path for path in keyed.data_dir.iterdir() if ".old-" in path.name)
    assert after.strip() != before.strip() and old.read_text(encoding="utf-8") == before
    assert stat.S_IMODE(keyed.key_file.stat().st_mode) == 0o600
    assert after.strip() not in done.stdout + done.stderr
    assert works(keyed)
    keyed.key_file.write_text(before, encoding="utf-8")
    with pytest.raises(AssertionError, match="is not the one this store was made with"):
        keyed.start()


def test_rekey_refuses_beside_a_server(keyed):
    with keyed:
        done = keyed.run("rekey", check=False)
        assert done.returncode == FAILED and str(keyed.process.pid) in done.stderr
    assert works(keyed)


def test_rekey_into_another_file_leaves_the_old_one(keyed):
    new = keyed.folder / "next.key"

    done = keyed.run("rekey", "--new-master-key-file", str(new))

    assert "keys.master_key_file" in done.stderr
    assert keyed.run("rekey", "--new-master-key-file", str(new), check=False).returncode == FAILED
    keyed.settings["keys"] = {"master_key_file": str(new)}
    keyed.write_config()
    assert works(keyed)


def test_a_key_from_the_environment_needs_a_file_for_the_new_one(stored):
    done = stored.run("rekey", check=False)
    assert done.returncode == FAILED and "--new-master-key-file" in done.stderr

    new = stored.folder / "next.key"
    stored.run("rekey", "--new-master-key-file", str(new))
    stored.environment["ACCESSD_MASTER_KEY"] = new.read_text(encoding="utf-8").strip()
    with stored:
        assert user_count(stored) == 20


def test_a_rekey_cut_off_before_its_transaction_harms_nothing(keyed):
    leftover = keyed.data_dir / "master.key.new"
    leftover.write_text("A" * 43, encoding="utf-8")
    leftover.chmod(0o600)

    assert works(keyed)
    keyed.run("rekey")
    assert works(keyed) and not leftover.exists()


def test_a_rekey_cut_off_after_its_transaction_is_completed_by_the_next_start(keyed):
    before = keyed.key_file.read_text(encoding="utf-8")
    keyed.run("rekey")
    new = keyed.key_file.read_text(encoding="utf-8")
    # As it was between the transaction and the change of names.
    keyed.key_file.rename(keyed.data_dir / "master.key.new")
    old = next(path for path in keyed.data_dir.iterdir() if ".old-" in path.name)
    old.rename(keyed.key_file)
    assert keyed.key_file.read_text(encoding="utf-8") == before

    assert works(keyed)
    assert keyed.key_file.read_text(encoding="utf-8") == new


def test_a_rekey_killed_at_any_moment_loses_no_key(keyed):
    for wait in range(12):
        process = subprocess.Popen([find_program(), "rekey", "--config", str(keyed.config_file)],
                                   env=keyed.environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(wait * 0.004)
        process.kill()
        process.wait()
        if wait % 3 == 2:
            assert works(keyed), wait
    assert works(keyed)
