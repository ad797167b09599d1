"""The short version: every fault some times on each engine. `make soak` runs it as long as asked."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

from harness.faults import SHORT  # noqa: E402
from harness.run import Run  # noqa: E402

ROUNDS = {"sqlite": 3, "postgres": 1}


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_promises_outlive_every_fault(engine, tmp_path):
    run = Run(tmp_path, engine)
    try:
        run.warm_up()
        for _ in range(ROUNDS[engine]):
            for fault in SHORT:
                if engine in fault.engines:
                    run.do(fault)
        run.finish()
    finally:
        run.close()
    assert run.crowd.counts["validated"] > 20, run.crowd.counts
    assert run.crowd.counts["wrong"] > 10, run.crowd.counts
