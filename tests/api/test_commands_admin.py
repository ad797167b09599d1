"""Commands beside a running server, over its administration socket."""

import json
import os
import socket
import stat
import subprocess
import sys
import time

import pytest

from support.client import Client, wait_for
from support.server import Server

OK, FAILED, USAGE = 0, 1, 2


@pytest.fixture
def running(tmp_path):
    with Server(tmp_path) as server:
        yield server


def admin_socket(server):
    return server.data_dir / "admin.sock"


def ask(server, line, seconds=10):
    """What the socket answers to raw bytes; None if it closes without an answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(seconds)
        connection.connect(str(admin_socket(server)))
        try:
            connection.sendall(line)
        except BrokenPipeError:
            pass
        answer = b""
        try:
            while not answer.endswith(b"\n"):
                part = connection.recv(65536)
                if not part:
                    break
                answer += part
        except ConnectionResetError:
            pass
        return json.loads(answer) if answer else None


# The administration socket

def test_keys_are_made_listed_and_revoked_beside_a_running_server(running):
    made = json.loads(running.run("key", "create", "--name", "shop", "--all-projects",
                                  "--json").stdout)
    api = Client(running).log_in(made["client_id"], made["client_secret"])
    assert api.get("/projects").status == 200

    assert [key["key_id"] for key in json.loads(running.run("key", "list", "--json").stdout)] == [
        made["key_id"]]
    assert f"Revoked {made['key_id']} (shop)" in running.run("key", "revoke",
                                                             made["key_id"]).stdout

    refused = api.get("/projects")
    assert (refused.status, refused.code) == (401, "TOKEN_REVOKED")
    assert made["client_secret"] not in running.log()


def test_failures_say_the_same_with_and_without_a_server(tmp_path):
    server = Server(tmp_path)
    server.create_key()
    commands = (["key", "revoke", "key_none"],
                ["key", "create", "--name", "x", "--project", "prj_none"],
                ["key", "create", "--name", "", "--all-projects"])
    stopped = [server.run(*command, check=False) for command in commands]
    with server:
        beside = [server.run(*command, check=False) for command in commands]
    assert [(done.returncode, done.stdout, done.stderr) for done in stopped] == [
        (done.returncode, done.stdout, done.stderr) for done in beside]
    assert all(done.returncode != OK for done in beside)


def test_more_keys_than_one_page_are_listed_whole(running):
    for number in range(205):
        answer = ask(running, json.dumps({"command": "key.create", "name": f"k{number}",
                                          "scope": "read", "project_id": ""}).encode() + b"\n")
        assert answer["ok"], answer
    assert len(json.loads(running.run("key", "list", "--json").stdout)) == 205


def test_the_socket_is_its_owners_alone_and_goes_with_the_server(tmp_path):
    server = Server(tmp_path).start()
    status = admin_socket(server).stat()
    assert stat.S_ISSOCK(status.st_mode) and stat.S_IMODE(status.st_mode) == 0o600
    assert server.stop() == 0
    assert not admin_socket(server).exists()


def test_what_a_killed_server_left_is_passed_over_and_replaced(tmp_path):
    server = Server(tmp_path).start()
    server.kill()
    assert admin_socket(server).exists()

    assert running_key_count(server) == 0  # Straight from the store.
    with server:
        assert ask(server, b'{"command":"status"}\n')["data"]["store_healthy"] is True


def running_key_count(server):
    return len(json.loads(server.run("key", "list", "--json").stdout))


def test_a_file_in_the_sockets_place_is_not_removed(tmp_path):
    server = Server(tmp_path)
    server.create_key()
    admin_socket(server).write_text("mine", encoding="utf-8")

    with pytest.raises(AssertionError, match="admin.sock is in the way"):
        server.start()

    assert admin_socket(server).read_text(encoding="utf-8") == "mine"


def test_a_long_path_of_the_data_folder_does_no_harm(tmp_path):
    folder = tmp_path / ("a" * 60) / ("b" * 60)
    with Server(folder) as server:
        assert running_key_count(server) == 0
        assert server.create_key()[0].startswith("key_")


@pytest.mark.parametrize("line, code", [
    (b"nonsense\n", "InvalidJson"),
    (b"[]\n", "InvalidRequest"),
    (b'{"command":"key.create","command":"status"}\n', "InvalidJson"),
    (b'{"command":"frobnicate"}\n', "InvalidRequest"),
    (b'{"command":["status"]}\n', "InvalidRequest"),
    (b'{"command":"status","more":"x"}\n', "InvalidRequest"),
    (b'{"command":"key.create","name":"x","scope":"read","project_id":7}\n', "InvalidRequest"),
    (b'{"command":"key.create","name":"x","scope":"root","project_id":""}\n', "InvalidRequest"),
    (b"\xff\xfe\n", "InvalidJson"),
    (b"{" + b" " * 70_000 + b"}\n", "BodyTooLarge")])
def test_what_is_no_command_is_refused(running, line, code):
    answer = ask(running, line)

    if answer is not None:  # It may be gone with a connection closed over unread bytes.
        assert (answer["ok"], answer["code"]) == (False, code)
    else:
        assert code == "BodyTooLarge"
    assert running_key_count(running) == 0


def test_a_caller_that_says_nothing_holds_nobody_up_for_long(running):
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(admin_socket(running)))
        began = time.monotonic()
        assert running_key_count(running) == 0
        assert time.monotonic() - began < 10


def run_as_nobody(running, script):
    """Python, as a user who may pass every folder down to the socket."""
    opened = [running.data_dir, *running.data_dir.parents[:-1]]
    before = [(path, stat.S_IMODE(path.stat().st_mode)) for path in opened]
    try:
        for path, mode in before:
            path.chmod(mode | 0o055)
        admin_socket(running).chmod(0o666)
        return subprocess.run([sys.executable, "-c", script, str(admin_socket(running))],
                              user=65534, group=65534, extra_groups=[], capture_output=True,
                              text=True, timeout=60, check=False)
    finally:
        for path, mode in before:
            path.chmod(mode)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_another_user_is_refused_even_when_the_modes_let_them_in(running):
    script = ("import socket, sys\n"
              "s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n"
              "s.settimeout(10); s.sendall(b'{\"command\":\"status\"}\\n')\n"
              "print(s.recv(1000))\n")
    # Every run of pytest that starts meanwhile takes the modes of the folder that all of them share back.
    for _ in range(20):
        done = run_as_nobody(running, script)
        if "PermissionError" not in done.stderr:
            break
    assert "store_healthy" not in done.stdout
    assert "ConnectionResetError" in done.stderr or "b''" in done.stdout or (
        "BrokenPipeError" in done.stderr), done
    wait_for(lambda: "another user was refused" in running.log())
