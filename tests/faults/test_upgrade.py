"""Two builds on one database under load: the release that was built, and accessd_next, which is the same with the steps
that the next two releases would add to the schema (tests/tools/next_release.cpp)."""

import http.client
import os
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

from harness.balancer import is_ready  # noqa: E402
from harness.faults import Fault  # noqa: E402
from harness.run import Run  # noqa: E402
from support.client import wait_for  # noqa: E402


class Restart(Fault):
    """One node after the other, those that `nodes` names, as another build."""

    answers_all = True

    def __init__(self, name, nodes, program, release="next"):
        self.name = name
        self.nodes = nodes
        self.program = program
        self.release = release

    def break_it(self, world, choice):
        for node in (world.nodes[number] for number in self.nodes):
            assert node.stop() == 0
            node.program = self.program
            node.environment = node.environment | {"TEST_RELEASE": self.release}
            node.start()
            wait_for(lambda node=node: is_ready(node), 20)


@pytest.fixture
def run(tmp_path):
    run = Run(tmp_path, "postgres")
    yield run
    run.close()


def test_an_older_release_serves_on_the_newer_schema_until_one_that_it_is_too_old_for(run):
    world, old = run.world, run.world.nodes[0].program
    new = os.environ["ACCESSD_NEXT_BIN"]
    run.warm_up()
    before = schema(world)

    run.do(Restart("the second node is upgraded, the first one goes on", [1], new))
    assert schema(world) == before + 1
    assert world.nodes[0].starts == 1, "the older release was never away"
    assert all(logins(node) for node in world.nodes), "both builds served"

    run.do(Restart("the older release starts again on the newer schema", [0], old))
    run.do(Restart("back to the older release, and the first one, too, is upgraded", [1, 0], old))
    run.do(Restart("all are upgraded", [1, 0], new))
    assert schema(world) == before + 1

    run.do(Restart("the release after it takes away what only the older one needed", [1], new, "after_next"))
    assert schema(world) == before + 2
    run.do(Restart("the release before it starts again", [0], new))
    assert all(logins(node) for node in world.nodes), "both builds served"

    # Only the release that is too old for that refuses, with a sentence, and changes nothing.
    node = world.nodes[0]
    assert node.stop() == 0
    node.program = old
    for command in ("serve", "migrate"):
        refused = node.run(command, check=False)
        assert refused.returncode != 0
        assert f"schema version {before + 2}, made by a newer release" in refused.stderr, refused.stderr
    node.program = new
    node.start()
    world.wait_until_ready()
    assert schema(world) == before + 2
    run.do(Restart("all are the release after it", [0], new, "after_next"))
    run.finish()
    assert run.crowd.counts["validated"] > 20, run.crowd.counts


def schema(world):
    return int(world.read("SELECT max(version) FROM schema_migrations")[0][0])


def logins(node):
    """Right codes that this node took since it started."""
    return re.findall(r'^accessd_http_requests_total\{.*verify-otp".*status="200".*\} [1-9]', metrics(node), re.MULTILINE)


def metrics(node):
    connection = http.client.HTTPConnection(*node.address("operations"), timeout=10)
    connection.request("GET", "/metrics")
    return connection.getresponse().read().decode()
