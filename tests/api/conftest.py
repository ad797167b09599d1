"""Fixtures of the API tests. Each file gets a server of its own, on free ports, in its own folder.

A file that needs other settings says so: SERVER = {"server": {"docs": True}}.
"""

import pytest

# Before their first import, so that what they assert explains itself too.
pytest.register_assert_rewrite("support.client", "support.contract", "support.live_mail",
                              "support.project")

from support.client import Client  # noqa: E402
from support.project import Project  # noqa: E402
from support.server import Server  # noqa: E402


@pytest.fixture(scope="module")
def server(request, tmp_path_factory):
    settings = getattr(request.module, "SERVER", {})
    made = Server(tmp_path_factory.mktemp("accessd"), **settings)
    made.credentials = made.create_key()
    yield made.start()
    status = made.stop()
    faults = [line for line in made.log().splitlines() if '"level":"error"' in line]
    assert faults == [], "whatever a test asked for, nothing of it is a fault of the server's"
    assert status == 0


@pytest.fixture(scope="module")
def api(server):
    """A caller that may do everything in every project."""
    return Client(server).log_in(*server.credentials)


@pytest.fixture
def project(api):
    """A test project of this test alone."""
    return Project(api)
