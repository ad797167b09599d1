"""Certificates of customers' databases: checked against the name, though an address is connected to."""

import os
import pathlib
import subprocess
import tempfile

import pytest

from support.databases import Maria, Postgres, USER
from support.source import PASSWORD, database_settings, look_up, use_source

FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="accessd-tls-"))
QUERY = "SELECT 'ana' AS user_id, email FROM (SELECT 'ana@example.com' AS email) AS t WHERE email = :email"


def make_certificates():
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=FOLDER, check=True, capture_output=True)
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA",
            "-days", "2")
    openssl("req", *new_key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (FOLDER / "names").write_text("subjectAltName=DNS:localhost\n", encoding="ascii")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-out", "server.pem", "-days", "2", "-extfile", "names")
    (FOLDER / "server.key").chmod(0o600)
    if os.geteuid() == 0:
        for path in (FOLDER, *FOLDER.iterdir()):
            subprocess.run(["chown", f"{USER}:nogroup", str(path)], check=True)


make_certificates()
SERVER = {"outbound": {"allow": ["127.0.0.1", "::1"], "database_ca_file": str(FOLDER / "ca.pem")}}


class SecurePostgres(Postgres):
    def launch(self, command):
        return super().launch([*command, "-c", "ssl=on", "-c", f"ssl_cert_file={FOLDER}/server.pem",
                               "-c", f"ssl_key_file={FOLDER}/server.key"])

    def add_reader(self):
        self.execute(f"CREATE USER reader PASSWORD '{PASSWORD}'; CREATE DATABASE shop OWNER reader;")


class SecureMaria(Maria):
    def launch(self, command):
        return super().launch([*command, f"--ssl-cert={FOLDER}/server.pem",
                               f"--ssl-key={FOLDER}/server.key", f"--ssl-ca={FOLDER}/ca.pem"])

    def add_reader(self):
        self.execute(f"CREATE DATABASE shop; CREATE USER reader@'%' IDENTIFIED BY '{PASSWORD}'; "
                     "GRANT SELECT ON shop.* TO reader@'%';")


@pytest.fixture(scope="module", params=[SecurePostgres, SecureMaria], ids=["postgres", "mysql"])
def database(request):
    made = request.param().start()
    made.add_reader()
    yield made
    made.stop()


@pytest.mark.parametrize("host, is_good", [("localhost", True), ("127.0.0.1", False)])
def test_a_certificate_must_name_the_host(project, database, host, is_good):
    source_id = use_source(project, database.kind, database_settings(
        database.port, host=host, tls="verify", query=QUERY, mapping={}))

    found = look_up(project, source_id, email="ana@example.com")

    assert found["status"] == ("known" if is_good else "refused"), found
    if not is_good:
        assert not found["has_answered"]


def test_encryption_can_be_had_without_that(project, database):
    made = project.api.post(f"{project.path}/sources", {
        "name": "x", "kind": database.kind, "settings": database_settings(
            database.port, tls="require", query=QUERY, mapping={})})

    assert any("tls is require" in warning for warning in made.data["warnings"])
    assert look_up(project, made.data["source_id"], email="ana@example.com")["status"] == "known"
