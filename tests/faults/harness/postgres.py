"""A PostgreSQL server of its own that syncs its commits to the disk, and may be killed."""

import importlib.machinery
import importlib.util
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]


def _load_script():
    loader = importlib.machinery.SourceFileLoader("test_postgres", str(ROOT / "scripts/test_postgres"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("test_postgres", loader))
    loader.exec_module(module)
    return module


SCRIPT = _load_script()
START_SECONDS_MAX = 60
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "checkpoint_timeout": "30s",
    "wal_writer_delay": "10s",  # What isn't committed is lost for certain when it is killed.
    "log_min_messages": "fatal",
    "unix_socket_directories": "",
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """One cluster; start() and kill() as often as wanted."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.process = None
        self.before = SCRIPT.owner()
        self.data = self.folder / "data"
        self.folder.mkdir(parents=True)
        SCRIPT.reachable(self.folder)
        if self.before:
            shutil.chown(self.folder, SCRIPT.USER, SCRIPT.USER)
        subprocess.run([*self.before, SCRIPT.binaries() / "initdb", "-D", self.data, "-U", "accessd", "-A", "trust",
                        "--data-checksums", "-E", "UTF8", "--locale=C.UTF-8"], cwd=self.folder,
                       stdout=subprocess.DEVNULL, check=True)

    def url(self, port=None):
        return f"postgresql://accessd@127.0.0.1:{port or self.port}/postgres?sslmode=disable"

    def start(self):
        self._launch()
        deadline = time.monotonic() + START_SECONDS_MAX
        ask = [SCRIPT.binaries() / "pg_isready", "-q", "-U", "accessd", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ask, check=False).returncode != 0:
            has_ended = self.process.poll() is not None
            told = (self.folder / "log").read_text()[-2000:]
            assert time.monotonic() < deadline, told
            if has_ended:
                # A process that was killed holds what they share until it is gone.
                assert "pre-existing shared memory block" in told, told
                time.sleep(0.2)
                self._launch()
            time.sleep(0.05)
        return self

    def _launch(self):
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                [*self.before, SCRIPT.binaries() / "postgres", "-D", self.data, "-p", str(self.port),
                 "-clisten_addresses=127.0.0.1", *options],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kill(self):
        """As a loss of power would end it, all of its processes at the same moment."""
        # Stopped first: a child that it started meanwhile would outlive it.
        self.process.send_signal(signal.SIGSTOP)
        main = self.process.pid
        children = pathlib.Path(f"/proc/{main}/task/{main}/children").read_text(encoding="ascii").split()
        for process in [main, *map(int, children)]:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def restart_at_once(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()
        self.start()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)

    def query(self, sql):
        """Rows as lists of text."""
        done = subprocess.run(["psql", "-qAtX", "-F", "\t", self.url(), "-c", sql], capture_output=True, text=True,
                              check=True, stdin=subprocess.DEVNULL)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def use_numbers(self, count):
        """Transactions of no one's, one after the other."""
        subprocess.run(["psql", "-qAtX", self.url()], input="SELECT txid_current();\n" * count, text=True,
                       stdout=subprocess.DEVNULL, check=True)

    def check_integrity(self):
        """Every page against its checksum, every table and every index against each other. Raises CalledProcessError."""
        self.query("CREATE EXTENSION IF NOT EXISTS amcheck")
        subprocess.run([SCRIPT.binaries() / "pg_amcheck", "--heapallindexed", "--parent-check", "-h", "127.0.0.1", "-p",
                        str(self.port), "-U", "accessd", "-d", "postgres"],
                       stdout=subprocess.PIPE, check=True, stdin=subprocess.DEVNULL)
