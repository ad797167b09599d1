"""Servers that have something in their store: for the commands that look after it."""

import os

import pytest

from support.client import Client
from support.project import Project
from support.server import Server


def filled(server, people=20):
    api = Client(server).log_in(*server.credentials)
    project = Project(api)
    for number in range(people):
        project.add_user(email=f"ana{number}@example.com")
    return project


@pytest.fixture
def stored(tmp_path):
    """A stopped server with a project and people in its store."""
    server = Server(tmp_path)
    server.credentials = server.create_key()
    with server:
        server.project_id = filled(server).id
    return server


def user_count(server):
    api = Client(server).log_in(*server.credentials)
    return len(api.get(f"/projects/{server.project_id}/users", query={"limit": 200}).data["items"])


def scribble(copy):
    pages = bytearray(copy.read_bytes())
    for start in range(8192, len(pages), 4096):
        pages[start:start + 64] = os.urandom(64)
    copy.write_bytes(pages)
