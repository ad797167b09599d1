"""Customers' databases under the tests' control: real servers on free ports, in folders of their own."""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

START_SECONDS_MAX = 60
POSTGRES_PROGRAMS = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
USER = "nobody"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def unprivileged(command):
    """Neither server starts as root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", f"--reuid={USER}", "--regid=nogroup", "--clear-groups", *command]


class DatabaseServer:
    """One process on one folder; ended, and its folder removed, by stop()."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="accessd-db-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, USER, "nogroup")
        self.port = free_port()
        self.process = None
        self.log = open(self.folder / "log", "wb")  # pylint: disable=consider-using-with

    def run(self, command, text=None, check=True):
        done = subprocess.run(unprivileged(command), input=text, capture_output=True, text=True,
                              timeout=START_SECONDS_MAX, check=False, cwd=self.folder,
                              env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C"})
        if check and done.returncode != 0:
            raise AssertionError(f"{command[0]} ended with {done.returncode}: {done.stderr}")
        return done

    def launch(self, command):
        self.process = subprocess.Popen(unprivileged(command), stdout=self.log, stderr=self.log,
                                        stdin=subprocess.DEVNULL, cwd=self.folder,
                                        env={"PATH": os.environ["PATH"], "HOME": str(self.folder),
                                             "LC_ALL": "C"})
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError("the database server didn't start")
            time.sleep(0.1)
        return self

    def is_ready(self):
        raise NotImplementedError

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Postgres(DatabaseServer):
    kind = "postgres"

    def __init__(self):
        super().__init__()
        self.programs = POSTGRES_PROGRAMS[-1]

    def start(self):
        data = self.folder / "data"
        word = self.folder / "word"
        word.write_text("owner-word\n", encoding="ascii")
        self.run([str(self.programs / "initdb"), "-D", str(data), "-U", "owner", "-A", "scram-sha-256",
                  f"--pwfile={word}", "--no-sync", "-E", "UTF8"])
        return self.launch([str(self.programs / "postgres"), "-D", str(data), "-p", str(self.port),
                            "-h", "127.0.0.1", "-k", str(self.folder), "-c", "fsync=off"])

    def is_ready(self):
        return self.run([str(self.programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p",
                         str(self.port)], check=False).returncode == 0

    def execute(self, sql):
        address = f"postgresql://owner:owner-word@127.0.0.1:{self.port}/postgres"
        return self.run([str(self.programs / "psql"), "-v", "ON_ERROR_STOP=1", "-qtA", address],
                        text=sql).stdout


class Maria(DatabaseServer):
    kind = "mysql"

    def start(self):
        data = self.folder / "data"
        self.run(["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db",
                  "--auth-root-authentication-method=normal"])
        return self.launch(["/usr/sbin/mariadbd", "--no-defaults", f"--datadir={data}",
                            f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve",
                            f"--socket={self.folder}/socket", f"--pid-file={self.folder}/pid",
                            "--innodb-flush-log-at-trx-commit=0"])

    def is_ready(self):
        return self.run(["mariadb-admin", "--no-defaults", f"--socket={self.folder}/socket", "-uroot",
                         "ping"], check=False).returncode == 0

    def execute(self, sql):
        return self.run(["mariadb", "--no-defaults", f"--socket={self.folder}/socket", "-uroot", "-N"],
                        text=sql).stdout
