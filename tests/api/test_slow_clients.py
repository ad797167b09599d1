"""Clients that take their time: thousands of silent ones, some that send a byte now and then, some that
never read. Nobody else notices, and each is let go when its time is up."""

import resource
import socket
import statistics
import threading
import time

import pytest

from support.project import Project, address
from support.raw import request_bytes

SILENT, DRIPPING, DEAF = 3000, 100, 50
SILENT_SECONDS, HEADER_SECONDS, WRITE_SECONDS = 6, 4, 4
# How much longer a login may take among slow clients, on a machine that may be busy with other tests.
TIMES_AS_LONG_MAX = 10
# What a connection may cost the server; a buffer of 16 KiB each would be 48 MB.
CONNECTION_BYTES_MAX = 40_000

SERVER = {"server": {
    "silent_timeout_seconds": SILENT_SECONDS, "write_timeout_seconds": WRITE_SECONDS,
    "header_timeout_seconds": HEADER_SECONDS, "body_timeout_seconds": HEADER_SECONDS}}


def memory_of(server):
    with open(f"/proc/{server.process.pid}/statm", encoding="ascii") as pages:
        return int(pages.read().split()[1]) * resource.getpagesize()


@pytest.fixture(scope="module", autouse=True)
def enough_files():
    """Both sides of every connection are on this machine; the server inherits the limit."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 3 * SILENT
    if before[1] != resource.RLIM_INFINITY and before[1] < wanted:
        pytest.skip(f"ulimit -Hn is {before[1]}; this test needs {wanted} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(wanted, before[0]), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.fixture
def crowd(server):
    """Opens connections that are closed in the end."""
    opened = []

    def connect(count):
        made = [socket.create_connection(server.address(), timeout=30) for _ in range(count)]
        opened.extend(made)
        return made

    yield connect
    for one in opened:
        one.close()


def is_closed(connection):
    """Whether the server let go of it; whatever it said before is read."""
    connection.settimeout(0.01)
    try:
        while connection.recv(65536):
            pass
        return True
    except TimeoutError:
        return False
    except ConnectionResetError:
        return True


def wait_until_closed(connections, seconds):
    deadline = time.monotonic() + seconds
    left = list(connections)
    while left and time.monotonic() < deadline:
        left = [one for one in left if not is_closed(one)]
    assert not left, f"{len(left)} of {len(connections)} are open after {seconds} s"


def usual_login_seconds(project):
    project.log_in(address())
    return max(0.1, statistics.median(log_in_for(project, 1)))


def log_in_for(project, seconds):
    """How long each login took, one after the other."""
    times = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        assert project.log_in(address())["token"]
        times.append(time.monotonic() - began)
    return times


def test_people_log_in_among_thousands_who_say_nothing(server, api, crowd):
    project = Project(api)
    usual = usual_login_seconds(project)
    before = memory_of(server)
    silent = crowd(SILENT)

    times = log_in_for(project, 2)

    assert statistics.median(times) < TIMES_AS_LONG_MAX * usual
    assert memory_of(server) - before < SILENT * CONNECTION_BYTES_MAX
    wait_until_closed(silent, 4 * SILENT_SECONDS)
    assert project.log_in(address())["token"]


@pytest.mark.parametrize("start", [
    b"GET /v2/access/projects HTTP/1.1\r\nHost: a\r\n",
    b"POST /v2/access/email/send-otp HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    b"Authorization: Bearer %s\r\nContent-Length: 60000\r\n\r\n{"], ids=["head", "body"])
def test_a_byte_now_and_then_wins_no_time(server, api, crowd, start):
    project = Project(api)
    usual = usual_login_seconds(project)
    dripping = crowd(DRIPPING)
    for one in dripping:
        one.sendall(start.replace(b"%s", api.token.encode()))
    stop = threading.Event()

    def drip():
        while not stop.wait(0.2):
            for one in dripping:
                try:
                    one.send(b"x")
                except OSError:
                    pass  # The server has closed it.

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        began = time.monotonic()
        times = log_in_for(project, HEADER_SECONDS / 2)
        assert statistics.median(times) < TIMES_AS_LONG_MAX * usual
        wait_until_closed(dripping, 4 * HEADER_SECONDS)
        assert time.monotonic() - began >= HEADER_SECONDS * 0.8, "let go for another reason"
    finally:
        stop.set()
        thread.join()


def test_who_does_not_read_is_let_go(server, api, crowd):
    project = Project(api)
    usual = usual_login_seconds(project)
    deaf = crowd(DEAF)
    request = request_bytes("GET", "/openapi.json")
    for one in deaf:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.settimeout(0.05)
        try:
            one.sendall(request * 200)  # Answers of some 30 MB, of which none is read.
        except (TimeoutError, ConnectionError):
            pass
    before = memory_of(server)

    times = log_in_for(project, 2)

    assert statistics.median(times) < TIMES_AS_LONG_MAX * usual
    assert memory_of(server) - before < 64 * 1024 * 1024, "answers pile up for who doesn't read"
    time.sleep(WRITE_SECONDS + 1)
    for one in deaf:  # Reading now finds what was underway, and then the end.
        one.settimeout(10)
        try:
            while one.recv(1 << 20):
                pass
        except ConnectionResetError:
            pass
    assert project.log_in(address())["token"]
