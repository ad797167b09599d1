"""The machines of a fault run: nodes, their store, a relay that takes mail, and what stands between."""

import pathlib
import shutil
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "api"))

from harness.balancer import Balancer  # noqa: E402
from harness.postgres import Postgres  # noqa: E402
from harness.proxy import Proxy  # noqa: E402
from support.client import Client, wait_for  # noqa: E402
from support.project import Project  # noqa: E402
from support.relay import ScriptedRelay  # noqa: E402
from support.server import Server  # noqa: E402

READY_SECONDS_MAX = 40


class Node(Server):
    """Killed and started so often that its log is searched for secrets once, at the end of a run."""

    def check_secrets(self, metrics=""):
        pass

    def check_log(self):
        self.secrets.learn()
        shown = sorted(self.secrets.found_in_text(self.log()))
        assert not shown, f"secrets were written down: {shown[:20]}"


class World:
    """`engine`: sqlite with one node, or postgres with several. Every node reaches its database by a proxy."""

    def __init__(self, folder, engine, nodes=2):
        self.folder = pathlib.Path(folder)
        self.engine = engine
        self.postgres = None
        self.proxies = []
        self.relay = ScriptedRelay()
        if engine == "postgres":
            # Not below pytest's folder, which is closed to the user that the server runs as.
            self.postgres_folder = pathlib.Path(tempfile.mkdtemp(prefix="accessd-postgres-"))
            self.postgres = Postgres(self.postgres_folder / "cluster").start()
        self.nodes = [self._make_node(number) for number in range(nodes if self.postgres else 1)]
        self.credentials = self.nodes[0].create_key()
        for node in self.nodes:
            node.start()
        self.balancer = Balancer(self.nodes)
        self.api = Client(self.nodes[0]).log_in(*self.credentials)
        self.project = Project(self.api)
        # The same person asks often: what is counted here is what the limits let through.
        self.live = Project(self.api)
        self.api.patch(self.live.path, {"mode": "live"})

    def _make_node(self, number):
        store = {}
        if self.postgres:
            self.proxies.append(Proxy(self.postgres.port))
            store = {"url": self.postgres.url(self.proxies[-1].port), "connections": 12}
        node = Node(self.folder / f"node{number}", store=store, smtp=self.relay.smtp_settings(),
                    server={"drain_seconds": 1 if self.postgres else 0})
        node.settings["store"]["data_dir"] = str(node.data_dir)
        node.write_config()
        if number:
            node.environment = self.nodes_environment
        self.nodes_environment = node.environment
        return node

    def client(self):
        """A caller by way of the balancer, over connections of its own."""
        return Client(_Balanced(self), self.api.token, self.api.contract)

    def wait_until_ready(self, seconds=READY_SECONDS_MAX):
        from harness.balancer import is_ready
        wait_for(lambda: all(is_ready(node) for node in self.nodes if node.is_running()), seconds)

    def read(self, table_query):
        """Rows of the store, as lists of text."""
        if self.postgres:
            return self.postgres.query(table_query)
        import sqlite3
        with sqlite3.connect(f"file:{self.nodes[0].database()}?mode=ro", uri=True) as database:
            return [[str(value) for value in row] for row in database.execute(table_query)]

    def mails(self, recipient, seconds):
        """What arrived for one address, once something has. A message that a killed node held is leased for a while."""
        return wait_for(lambda: [mail for mail in list(self.relay.messages) if mail["To"] == recipient], seconds)

    def check_integrity(self):
        """What the engine's own checks say of its files."""
        if self.postgres:
            self.postgres.check_integrity()
            return
        import sqlite3
        with sqlite3.connect(f"file:{self.nodes[0].database()}?mode=ro", uri=True) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    def close(self):
        self.balancer.close()
        for node in self.nodes:
            if node.is_running():
                node.kill()
        for proxy in self.proxies:
            proxy.close()
        if self.postgres:
            self.postgres.stop()
            shutil.rmtree(self.postgres_folder, ignore_errors=True)
        self.relay.close()


class _Balanced:
    """What a Client needs to know of a server, of all nodes at once."""

    def __init__(self, world):
        self._world = world
        self.secrets = world.nodes[0].secrets
        self.starts = 0

    def address(self, _listener="api"):
        return "127.0.0.1", self._world.balancer.port


def sleep_or(stop: threading.Event, seconds):
    """Waits; true when it is time to stop."""
    return stop.wait(seconds)


def footprint(node):
    """Memory in KiB, open files and threads of a node."""
    process = pathlib.Path(f"/proc/{node.process.pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    return {"memory": int(status["VmRSS"].split()[0]), "threads": int(status["Threads"]),
            "files": len(list((process / "fd").iterdir())), "at": time.monotonic()}
