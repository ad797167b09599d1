#!/usr/bin/python3
"""Breaks things for as long as asked, and says what was broken and what was promised.

    make soak ARGS="--engine postgres --kills 200"
    make soak ARGS="--minutes 60"

SIGTERM ends it after the fault under way, with the last look at everything.
"""

import argparse
import math
import pathlib
import signal
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

from harness.faults import LONG, Again, KillDatabase, KillNode  # noqa: E402
from harness.run import Run  # noqa: E402


KILLS_AT_A_TIME = 3  # Between two looks at what was promised.


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--engine", choices=["sqlite", "postgres"], action="append")
    options.add_argument("--kills", type=int, default=0, help="only kill -9, so many of them on each engine")
    options.add_argument("--minutes", type=float, default=5, help="every fault, for so long on each engine")
    options.add_argument("--seed", type=int, default=int(time.time()))
    chosen = options.parse_args()
    is_over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: is_over.set())
    print(f"seed {chosen.seed}")
    for engine in chosen.engine or ["sqlite", "postgres"]:
        with tempfile.TemporaryDirectory(prefix="accessd-soak-") as folder:
            run = Run(folder, engine, chosen.seed, say=lambda line: print(line, flush=True))
            try:
                before = run.warm_up()
                for fault in faults(engine, chosen, is_over):
                    if not is_over.is_set():
                        run.do(fault)
                run.finish(before)
            finally:
                run.close()


def faults(engine, chosen, is_over):
    if chosen.kills:
        kinds = [fault for fault in (KillNode(), KillDatabase()) if engine in fault.engines]
        for number in range(math.ceil(chosen.kills / KILLS_AT_A_TIME)):
            yield Again(kinds[number % len(kinds)], KILLS_AT_A_TIME)
        return
    until = time.monotonic() + chosen.minutes * 60
    while time.monotonic() < until and not is_over.is_set():
        yield from (fault for fault in LONG if engine in fault.engines)


if __name__ == "__main__":
    main()
