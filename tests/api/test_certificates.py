"""A renewed certificate comes into use without a restart."""

import shutil
import signal
import ssl
import subprocess

import pytest

from support.client import wait_for
from support.server import Server

CHECK_SECONDS = 10  # How often the server looks at the files.


def make_pair(folder, name):
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", "/CN=127.0.0.1"], check=True, capture_output=True)
    return certificate, key


@pytest.fixture
def pair(tmp_path):
    return make_pair(tmp_path, "used")


@pytest.fixture
def server(tmp_path, pair):
    certificate, key = pair
    made = Server(tmp_path, server={"tls_certificate_file": str(certificate),
                                    "tls_key_file": str(key)})
    with made:
        yield made


def shown(server):
    return ssl.get_server_certificate(server.address())


def put(pair, by):
    for target, source in zip(pair, by):
        shutil.copy(source, target)


def test_a_signal_brings_the_new_certificate_and_a_broken_one_changes_nothing(
        server, pair, tmp_path):
    first = shown(server)
    put(pair, make_pair(tmp_path, "next"))
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: shown(server) != first, seconds=5)
    second = shown(server)

    pair[0].write_text("broken")
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "the new certificate can't be used" in server.log(), seconds=5)
    assert shown(server) == second
    assert server.is_running()


def test_changed_files_are_noticed(server, pair, tmp_path):
    first = shown(server)
    put(pair, make_pair(tmp_path, "next"))
    wait_for(lambda: shown(server) != first, seconds=2 * CHECK_SECONDS + 5, pause=0.5)
