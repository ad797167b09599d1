"""The Python client under test, and the helpers of tests/api beside those of this folder.

ACCESSD_PYTHON_SDK names a folder with another module `accessd` to test, to see the tests fail."""

import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
SDK = HERE.parents[1] / "sdk/python"
sys.path[:0] = [os.environ.get("ACCESSD_PYTHON_SDK", str(SDK / "src")), str(HERE), str(HERE.parent / "api")]

import accessd  # noqa: E402
from support.server import Server  # noqa: E402
from python_proxy import FaultyProxy  # noqa: E402

SETTINGS = {"limits": {"client_logins_per_hour": 0, "client_sends_per_hour": 0},
            "outbound": {"allow": ["127.0.0.0/8"]}}


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("accessd"), **SETTINGS)
    made.credentials = made.create_key()
    with made:
        yield made


@pytest.fixture(scope="session")
def url(server):
    host, port = server.address()
    return f"http://{host}:{port}"


@pytest.fixture(scope="session")
def make_client(server, url):
    def make(**options):
        client_id, client_secret = server.credentials
        return accessd.Accessd(**{"url": url, "client_id": client_id, "client_secret": client_secret} | options)
    return make


@pytest.fixture(scope="session")
def client(make_client):
    return make_client()


@pytest.fixture
def project(client):
    return client.create_project(name=f"Shop {os.urandom(3).hex()}", allowed_countries=["*"])


@pytest.fixture
def proxy(url):
    made = FaultyProxy(url)
    yield made
    made.close()
