"""Live projects whose mail goes to a relay of the test's."""

import re

import pytest

from support.client import Client
from support.project import Project
from support.server import Server

TIMEOUT_SECONDS = 2  # Of one mail, instead of 20: the tests wait for it.
IN_TIME = "the relay didn't answer in time"
BROKE = "the connection to the relay broke"


@pytest.fixture
def start_live(tmp_path):
    """Starts a server with the given [smtp] settings; returns a live project and the server."""
    servers = []

    def start_server(smtp, **sections):
        server = Server(tmp_path / f"server-{len(servers)}", smtp=smtp, **sections)
        credentials = server.create_key()
        servers.append(server.start())
        return live_project(Client(server).log_in(*credentials)), server

    yield start_server
    for server in servers:
        assert server.stop() in (0, None)
        faults = [line for line in server.log().splitlines() if '"level":"error"' in line]
        assert faults == [], "a relay's fault is none of the server's"


def live_project(api):
    project = Project(api)
    assert api.patch(project.path, {"mode": "live"}).data["mode"] == "live"
    return project


def code_in(message):
    text = message.get_body(("plain",)).get_content()
    return re.search(r"^ {4}([0-9]{6,8})\r?$", text, re.MULTILINE)[1]


def attempts_of(project, validation_id):
    return [entry for entry in project.timeline(validation_id) if entry["type"] == "attempt"]
