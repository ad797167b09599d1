"""One run: load, a fault, a look at every promise; again and again."""

import collections
import random
import time

from harness.ledger import Crowd
from harness.world import World, footprint

MEMORY_GROWTH_MAX = 1.6  # Of a node that wasn't restarted; caches fill.


class Run:
    """Counts what was broken and what was promised, for the record."""

    def __init__(self, folder, engine, seed=1, crowd=6, say=print):
        self.world = World(folder, engine)
        self.crowd = Crowd(self.world, crowd, seed)
        self.choice = random.Random(seed)
        self.broken = collections.Counter()
        self.say = say
        self.began = time.monotonic()

    def warm_up(self):
        self.crowd.start()
        time.sleep(1.5)
        self.crowd.finish()
        self.crowd.check(sample=5)
        return [footprint(node) for node in self.world.nodes]

    def do(self, fault):
        failures = len(self.crowd.failures())
        self.crowd.start()
        time.sleep(self.choice.uniform(0.2, 0.6))
        fault.break_it(self.world, self.choice)
        self.world.wait_until_ready()
        time.sleep(0.3)
        self.crowd.finish()
        if fault.answers_all:
            assert self.crowd.failures()[failures:] == [], "requests failed"
        self.crowd.check(sample=4, choice=self.choice)
        self.broken[fault.name] += fault.times
        self.say(f"{sum(self.broken.values()):5d}  {fault.name}: {self.promised()}")

    def finish(self, before=None):
        """Everything once more, and what the processes hold."""
        self.crowd.check()
        self.check_events()
        if before:
            self.check_footprint(before)
        self.world.check_integrity()
        for node in self.world.nodes:
            node.check_log()
        self.report()

    def check_events(self):
        """Numbers of events have no gap, and whatever was promised was reported."""
        for first, last, count, distinct in self.world.read(
                "SELECT min(sequence), max(sequence), count(*), count(DISTINCT id) FROM events GROUP BY project_id"):
            assert int(last) - int(first) + 1 == int(count) == int(distinct), (first, last, count, distinct)
        reported = {row[0] for row in self.world.read(
            "SELECT validation_id FROM events WHERE type = 'validation.validated'")}
        promised = {one for ledger in self.crowd.ledgers for one in ledger.validated}
        assert promised <= reported, promised - reported

    def check_footprint(self, before):
        time.sleep(1)
        for node, was in zip(self.world.nodes, before):
            now = footprint(node)
            assert now["threads"] <= was["threads"] + 1, (was, now)
            assert now["files"] <= was["files"] + 14, (was, now)
            assert now["memory"] <= was["memory"] * MEMORY_GROWTH_MAX, (was, now)

    def promised(self):
        return ", ".join(f"{count} {name}" for name, count in sorted(self.crowd.counts.items()))

    def report(self):
        self.say(f"{self.world.engine}: {sum(self.broken.values())} faults in {time.monotonic() - self.began:.0f} s; "
                 + self.promised() + "; nothing that was promised is missing")
        for name, count in sorted(self.broken.items()):
            self.say(f"  {count:4d}  {name}")

    def close(self):
        self.world.close()
