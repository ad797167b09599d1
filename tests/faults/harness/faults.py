"""The faults. Each is a class with break_it(world), called under load: it breaks something, and mends it."""

import random
import signal
import subprocess
import time

from harness.balancer import is_ready
from support.client import wait_for
from support.server import find_program

BACK_SECONDS_MAX = 2.5  # Ready again after the database is.
AWAY_SECONDS_MAX = 3.5  # Not ready after it went.


class Fault:
    engines = ("sqlite", "postgres")
    name = "?"
    answers_all = False  # No request fails while it happens.
    times = 1  # How often break_it() breaks it.

    def break_it(self, world, choice: random.Random):
        raise NotImplementedError


class Again(Fault):
    """One fault several times under the same load, so that clients go on over it."""

    def __init__(self, fault, times):
        self.fault = fault
        self.times = times
        self.name, self.engines, self.answers_all = fault.name, fault.engines, fault.answers_all

    def break_it(self, world, choice):
        for _ in range(self.times):
            self.fault.break_it(world, choice)
            world.wait_until_ready()
            time.sleep(choice.uniform(0.1, 0.5))


class KillNode(Fault):
    name = "kill -9 of a node"

    def break_it(self, world, choice):
        node = choice.choice(world.nodes)
        node.kill()
        time.sleep(choice.uniform(0, 0.1))
        node.start()


class KillDatabase(Fault):
    name = "kill -9 of the database"
    engines = ("postgres",)

    def break_it(self, world, choice):
        world.postgres.kill()
        time.sleep(choice.uniform(0, 0.3))
        world.postgres.start()


class RestartDatabase(Fault):
    name = "immediate restart of the database"
    engines = ("postgres",)

    def break_it(self, world, choice):
        world.postgres.restart_at_once()


class CutAfterCommit(Fault):
    name = "connection cut after the commit was sent"
    engines = ("postgres",)

    def break_it(self, world, choice):
        proxy = choice.choice(world.proxies)
        before = proxy.cuts
        proxy.mode = "cut_after_commit"
        wait_for(lambda: proxy.cuts > before, 10, pause=0.005)


class LoseCommit(Fault):
    """The database dies before the commits arrive, and gives the numbers of the transactions that it lost to others, which
    it says were committed."""

    name = "kill -9 of the database before a commit arrived, its number used again"
    engines = ("postgres",)

    def break_it(self, world, choice):
        before = sum(proxy.held for proxy in world.proxies)
        for proxy in world.proxies:
            proxy.mode = "hold_commit"
        wait_for(lambda: sum(proxy.held for proxy in world.proxies) > before, 10, pause=0.002)
        world.postgres.kill()
        for proxy in world.proxies:
            proxy.mode = "pass"
        world.postgres.start()
        world.postgres.use_numbers(40)


class CutConnections(Fault):
    name = "all connections to the database reset"
    engines = ("postgres",)

    def break_it(self, world, choice):
        choice.choice(world.proxies).cut()
        time.sleep(choice.uniform(0, 0.2))


class DatabaseUnreachable(Fault):
    """Not ready within 3 s, 503 meanwhile, ready again within 2 s."""

    engines = ("postgres",)

    def __init__(self, seconds=30, mode="stall"):
        self.seconds = seconds
        self.mode = mode
        self.name = f"database unreachable for {seconds} s ({mode})"

    def break_it(self, world, choice):
        for proxy in world.proxies:
            proxy.mode = self.mode
        began = time.monotonic()
        wait_for(lambda: not any(is_ready(node) for node in world.nodes), AWAY_SECONDS_MAX)
        time.sleep(max(0.0, self.seconds - (time.monotonic() - began)))
        for proxy in world.proxies:
            proxy.mode = "pass"
        wait_for(lambda: all(is_ready(node) for node in world.nodes), BACK_SECONDS_MAX)


class RollingRestart(Fault):
    name = "SIGTERM of one node after the other, behind a balancer"
    engines = ("postgres",)
    answers_all = True

    def break_it(self, world, choice):
        for node in world.nodes:
            assert node.stop() == 0
            node.start()
            wait_for(lambda node=node: is_ready(node), 10)
            time.sleep(0.5)


class Terminate(Fault):
    name = "SIGTERM under load"
    engines = ("sqlite",)

    def break_it(self, world, choice):
        assert world.nodes[0].stop() == 0
        world.nodes[0].start()


class KilledMigration(Fault):
    """Two start a migration of a new database together; one is killed in the middle. What is there then is whole."""

    name = "two migrations together, one killed"
    engines = ("postgres",)

    def break_it(self, world, choice):
        name = f"migrated_{choice.randrange(10 ** 9)}"
        world.postgres.query(f"CREATE DATABASE {name}")
        url = world.postgres.url().replace("/postgres?", f"/{name}?")
        both = [self.start(world, number, url) for number in (0, 1)]
        time.sleep(choice.uniform(0.02, 0.3))
        both[0].send_signal(signal.SIGKILL)
        assert both[1].wait(60) == 0, "the other one didn't finish"
        both[0].wait(60)
        applied = subprocess.run(["psql", "-qAtX", url, "-c", "SELECT count(*), count(DISTINCT version),"
                                  " max(version) FROM schema_migrations"], capture_output=True, text=True, check=True,
                                 stdin=subprocess.DEVNULL).stdout.strip().split("|")
        assert len(set(applied)) == 1, f"not each step once: {applied}"
        assert self.start(world, 2, url).wait(60) == 0
        world.postgres.query(f"DROP DATABASE {name}")

    @staticmethod
    def start(world, number, url):
        folder = world.folder / f"migration{number}"
        folder.mkdir(exist_ok=True)
        config = folder / "accessd.toml"
        config.write_text(f'[store]\ndata_dir = "{folder}/data"\nurl = "{url}"\n', encoding="utf-8")
        return subprocess.Popen([find_program(), "migrate", "--config", str(config)], env=world.nodes_environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


SHORT = [KillNode(), KillDatabase(), RestartDatabase(), CutAfterCommit(), LoseCommit(), CutConnections(),
         RollingRestart(), Terminate(), KilledMigration(), DatabaseUnreachable(5, "stall"),
         DatabaseUnreachable(5, "refuse")]
LONG = [*SHORT[:-2], DatabaseUnreachable(30, "stall"), DatabaseUnreachable(30, "refuse")]
