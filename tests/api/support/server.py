"""Starts and stops the program under test."""

import base64
import contextlib
import http.client
import json
import os
import pathlib
import sqlite3
import subprocess
import threading
import time

import pytest

from support.secrets import Secrets

ROOT = pathlib.Path(__file__).resolve().parents[3]
ISSUER = "https://login.example.com"
ALL_SCOPES = "access manage read"
START_SECONDS_MAX = 20
# Set, servers of tests keep everything in a database of their own on this PostgreSQL server, and each is two nodes
# among which requests are spread.
POSTGRES = os.environ.get("ACCESSD_TEST_NODES_POSTGRES", "")
STOP_SECONDS_MAX = 40


def find_program():
    """The binary that ACCESSD_BIN names. Without one no test here means anything."""
    program = os.environ.get("ACCESSD_BIN", "")
    if not program:
        raise RuntimeError("set ACCESSD_BIN to the program to test, such as build/release/accessd")
    if os.sep in program and not os.path.isabs(program):
        candidates = [pathlib.Path.cwd() / program, ROOT / program]
        program = str(next((path for path in candidates if path.exists()), candidates[0]))
    return program


def toml(settings):
    lines = []
    for section, values in settings.items():
        lines.append(f"[{section}]")
        lines += [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    return "\n".join(lines) + "\n"


# Of tests that look into the embedded store's file; of those that follow a count in one process's memory.
each_node_by_itself = pytest.mark.skipif(bool(POSTGRES), reason="each node counts for itself, as docs/decisions say")
embedded_only = pytest.mark.skipif(bool(POSTGRES), reason="looks into the file of the embedded store")


class Database:
    """A database of its own on the tests' PostgreSQL server; it goes with the server."""

    def __init__(self, server_url):
        name = "api_" + os.urandom(6).hex()
        subprocess.run(["psql", "-q", server_url, "-c", f"CREATE DATABASE {name}"], check=True,
                       stdin=subprocess.DEVNULL)
        self.url = server_url.replace("/postgres?", f"/{name}?")


class OneNode:
    """What a Client needs to know of one of a server's nodes, to ask that one alone."""

    def __init__(self, server, node):
        self._node = node
        self.secrets = server.secrets

    @property
    def starts(self):
        return self._node.starts

    def address(self, listener="api"):
        return "127.0.0.1", self._node.ports[listener]


class Server:
    """One process on one data directory. Each start takes free ports; the log is kept whole."""

    def __init__(self, folder, **sections):
        self.folder = pathlib.Path(folder)
        self.data_dir = self.folder / "data"
        self.config_file = self.folder / "accessd.toml"
        self.log_file = self.folder / "log.jsonl"
        self.ports = {}
        self.starts = 0
        self.output = subprocess.DEVNULL  # Where the server's standard output goes.
        self.process = None
        self.program = find_program()
        self.secrets = Secrets()
        self.environment = dict(os.environ)
        self.environment["ACCESSD_MASTER_KEY"] = (
            base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("="))
        self.settings = {
            "server": {"address": "127.0.0.1", "port": 0, "operations_port": 0,
                       "public_url": ISSUER},
            "store": {"data_dir": str(self.data_dir)},
            "biometrics": {"enabled": False},  # Who needs faces says so: models take memory and time.
            "log": {"format": "json"},
        }
        for name, values in sections.items():
            self.settings.setdefault(name, {}).update(values)
        self.second_node = None
        self._turn = 0
        if POSTGRES and "url" not in self.settings["store"]:
            self.postgres = Database(POSTGRES)
            self.settings["store"] |= {"url": self.postgres.url, "connections": 8}
            second = self.folder / "second"
            store = self.settings["store"] | {"data_dir": str(second / "data")}
            self.second_node = Server(second, **self.settings | {"store": store})
            self.second_node.environment = self.environment
        self.write_config()

    def write_config(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config_file.write_text(toml(self.settings), encoding="utf-8")

    def run(self, *arguments, check=True):
        """Runs a command of the program with this server's configuration."""
        done = subprocess.run([self.program, *arguments, "--config", str(self.config_file)],
                              env=self.environment, capture_output=True, text=True, timeout=60,
                              check=False)
        if check and done.returncode != 0:
            raise AssertionError(f"accessd {' '.join(arguments)} ended with {done.returncode}:\n"
                                 f"{done.stdout}{done.stderr}")
        return done

    def create_key(self, scope=ALL_SCOPES, name="tests"):
        """Client id and secret of a key for all projects."""
        made = json.loads(self.run("key", "create", "--name", name, "--all-projects", "--scope",
                                   scope, "--json").stdout)
        return made["client_id"], made["client_secret"]

    def start(self):
        assert self.process is None, "the server runs already"
        self.ports = {}
        self.starts += 1
        self.process = subprocess.Popen(
            [self.program, "serve", "--config", str(self.config_file)], env=self.environment,
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.PIPE)
        if self.second_node:
            self.second_node.start()
        self._is_listening = threading.Event()
        self._reader = threading.Thread(target=self._read_log, args=(self.process.stderr,),
                                        daemon=True)
        self._reader.start()
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self._is_listening.wait(0.05):
            if self.process.poll() is not None or time.monotonic() > deadline:
                status = self.process.poll()
                self.kill()
                raise AssertionError(f"the server didn't start (status {status}):\n{self.log()}")
        return self

    def _read_log(self, stream):
        with stream, open(self.log_file, "ab", buffering=0) as copy:
            for line in stream:
                copy.write(line)
                if len(self.ports) < 2 and b"listening" in line:
                    entry = json.loads(line)
                    if entry.get("message") == "listening":
                        self.ports[entry["listener"]] = int(entry["port"])
                    if len(self.ports) == 2:
                        self._is_listening.set()

    def stop(self):
        """Asks the server to end, and returns its exit status. Whatever the server wrote anywhere must
        tell no secret of those that its callers saw."""
        if self.process is None:
            return None
        metrics = self._read_metrics()
        self.process.terminate()
        status = self._reap(STOP_SECONDS_MAX)
        self.check_secrets(metrics)
        if self.second_node:
            self.second_node.secrets = self.secrets
            status = self.second_node.stop() or status
        return status

    def kill(self):
        """Ends the server as a power cut would."""
        if self.process is None:
            return
        self.process.kill()
        self._reap(STOP_SECONDS_MAX)
        if self.second_node:
            self.second_node.kill()
        self.check_secrets()

    def _read_metrics(self):
        connection = http.client.HTTPConnection(*self.address("operations"), timeout=10)
        try:
            connection.request("GET", "/metrics")
            return connection.getresponse().read().decode()
        except (OSError, http.client.HTTPException):
            return ""  # It ended by itself, or is about to: some tests want that.
        finally:
            connection.close()

    def check_secrets(self, metrics=""):
        """Raises AssertionError where a secret was written down. The server must have stopped."""
        secrets = self.secrets
        secrets.learn()
        secrets.credentials.update(self._own_secrets())
        shown = {("log", *one) for one in secrets.found_in_text(self.log())}
        shown |= {("metrics", *one) for one in secrets.found_in_text(metrics)}
        for path in self.data_dir.glob("*.db*"):
            shown |= {(path.name, *one) for one in secrets.found_in_file(path)}
        wal = self.data_dir / "accessd.db-wal"
        if (self.data_dir / "accessd.db").exists() and not (wal.exists() and wal.stat().st_size):
            shown |= {("database", *one) for one in
                      secrets.found_in_database(self.data_dir / "accessd.db")}
        assert not shown, f"secrets were written down: {sorted(shown)[:20]}"

    def _own_secrets(self):
        """What the server was given by its operator."""
        passwords = [values["password"] for values in self.settings.values()
                     if values.get("password")]
        master_key = self.environment.get("ACCESSD_MASTER_KEY")
        return [*passwords, *([master_key] if master_key else [])]

    def _reap(self, seconds):
        process, self.process = self.process, None
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            self._reader.join()
            raise AssertionError(f"the server didn't end within {seconds} s") from None
        self._reader.join()
        return status

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def log(self):
        own = self.log_file.read_text(encoding="utf-8") if self.log_file.exists() else ""
        return own + (self.second_node.log() if self.second_node else "")

    def address(self, listener="api"):
        """Of one node after the other, where there are two."""
        self._turn += 1
        node = self.second_node if self.second_node and self._turn % 2 else self
        return "127.0.0.1", node.ports[listener]

    def nodes(self):
        """Each by itself; the same one twice where there is but one."""
        return OneNode(self, self), OneNode(self, self.second_node or self)

    def database(self):
        """The file of the embedded store, to look into while the server is stopped."""
        files = [path for path in self.data_dir.iterdir()
                 if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3"]
        assert len(files) == 1, files
        return files[0]

    def edit(self, statement):
        """Runs one statement on the store of a stopped server, and returns how many rows it changed."""
        assert self.process is None, "the server is running"
        return self.edit_meanwhile(statement)

    def edit_meanwhile(self, statement):
        """The same beside a running server: of what it keeps no copy of."""
        if "url" in self.settings["store"]:
            done = subprocess.run(["psql", "-X", self.settings["store"]["url"], "-c", statement], capture_output=True,
                                  text=True, check=True, stdin=subprocess.DEVNULL)
            return int(done.stdout.split()[-1])
        with contextlib.closing(sqlite3.connect(self.database())) as database, database:
            return database.execute(statement).rowcount

    def read(self, query):
        """Rows of the store, as lists of text."""
        if "url" in self.settings["store"]:
            done = subprocess.run(["psql", "-qAtX", "-F", "\t", self.settings["store"]["url"], "-c", query],
                                  capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
            return [line.split("\t") for line in done.stdout.splitlines()]
        with contextlib.closing(sqlite3.connect(f"file:{self.database()}?mode=ro", uri=True)) as database:
            return [[str(value) for value in row] for row in database.execute(query)]

    def stored(self):
        """All that is at rest: the bytes of the data folders, and a dump of the database that nodes share."""
        nodes = [self, self.second_node] if self.second_node else [self]
        kept = b"".join(path.read_bytes() for node in nodes for path in node.data_dir.iterdir() if path.is_file())
        if "url" in self.settings["store"]:
            kept += subprocess.run(["pg_dump", self.settings["store"]["url"]], capture_output=True, check=True,
                                   stdin=subprocess.DEVNULL).stdout
        return kept

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.is_running():
            self.stop()
