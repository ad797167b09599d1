"""Faces are searched in memory, at every node: who was enrolled at one is found at the other, and who is gone isn't."""

import pytest

from support.client import Client, make_caller, wait_for
from support.face_logins import EASY_FMR, enrol, name, use_faces
from support.face_workers import wait_until_on
from support.faces import Faces, again, encoded
from support.project import Project

SERVER = {"biometrics": {"enabled": True, "search": True}}
SECONDS_MAX = 2  # Until any node knows what another one did.


@pytest.fixture(scope="module")
def ana(server, api):
    for node in server.nodes():
        wait_until_on(Client(node, api.token, api.contract))
    return Faces(lambda: make_caller(api)[0]).cut(1, -1, upright=40)


@pytest.fixture(params=[0, 1], ids=["by the first", "by the second"])
def both(server, api, request):
    """Who acts at one node, and who looks at the other; each with a key of their own."""
    here, there = server.nodes()[request.param], server.nodes()[1 - request.param]
    return [Client(node, make_caller(api)[0].token, api.contract) for node in (here, there)]


@pytest.fixture
def shop(api):
    return use_faces(Project(api), reject_duplicate_faces=True)


def found(shop, caller, picture):
    answer = caller.post("/biometric/search", {"project_id": shop.id, "face_image": encoded(picture),
                                               "match_fmr": EASY_FMR})
    return [person["user_id"] for person in answer.data["results"]]


@pytest.mark.parametrize("end", ["face deleted", "person erased"])
def test_a_node_knows_what_another_did(shop, both, ana, end):
    here, there = both
    other_day = again(ana, light=0.95)
    assert found(shop, there, other_day) == [], "its index is there, and empty"
    user = name()
    face = enrol(shop, user, ana, api=here, activate=True).data

    wait_for(lambda: found(shop, there, other_day) == [user], SECONDS_MAX)
    assert enrol(shop, name(), other_day, api=there, activate=True).code == "DUPLICATE_FACE"

    path = f"{shop.path}/users/{user}"
    gone = here.delete(f"{path}/faces/{face['face_id']}" if end == "face deleted" else path)
    assert gone.status < 300, gone
    wait_for(lambda: found(shop, there, other_day) == [], SECONDS_MAX)
    somebody = name()
    assert enrol(shop, somebody, other_day, api=there, activate=True).status == 201
    wait_for(lambda: found(shop, here, ana) == [somebody], SECONDS_MAX)
