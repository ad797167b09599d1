"""ETag and If-Match on everything that can be changed: of two writers, one learns of the other."""

import threading

import pytest

from support.client import make_key

WEAK = 'W/"x"'


def things(api, project):
    """Path, a change and whether it can be deleted, for each kind of thing."""
    key = make_key(api, project_id=project.id)
    user = project.add_user(email="ana@example.com")
    source = api.post(f"{project.path}/sources", {"name": "People", "kind": "directory"}).data
    flow = api.post(f"{project.path}/flows", {"name": "Staff"}).data
    recipients = [{"destination": "eve@example.com", "code": "111111", "outcome": "delivered"}]
    return {
        "key": (f"/keys/{key['key_id']}", "PATCH", {"name": "{}"}, True),
        "user": (f"{project.path}/users/{user['user_id']}", "PATCH", {"name": "{}"}, True),
        "source": (f"/sources/{source['source_id']}", "PATCH", {"name": "{}"}, True),
        "method": (f"/flows/{flow['flow_id']}/methods/email", "PUT", {"max_attempts": 0}, False),
        "flow": (f"/flows/{flow['flow_id']}", "PATCH", {"name": "{}"}, True),
        "test recipients": (f"{project.path}/test-recipients", "PUT",
                            {"recipients": recipients}, False),
        "project": (project.path, "PATCH", {"name": "{}"}, True),
    }


def filled(body, number):
    """The body of the change with this number; each differs."""
    if "max_attempts" in body:
        return {"max_attempts": number + 4}
    if "recipients" in body:
        return {"recipients": [body["recipients"][0] | {"code": f"{number:06}"}]}
    return {"name": f"Name {number}"}


def test_a_change_needs_the_newest_tag(api, project):
    for kind, (path, method, body, _) in things(api, project).items():
        first = api.get(path).headers["ETag"]
        assert api.get(path).headers["ETag"] == first, kind

        changed = api.request(method, path, filled(body, 1), headers={"If-Match": first})
        assert changed.status == 200, kind
        second = changed.headers["ETag"]
        assert second not in (first, None), kind
        assert api.get(path).headers["ETag"] == second, kind

        before = api.get(path).data
        for stale in (first, "W/" + second, '"x"', f'"x", {first}', WEAK):
            answer = api.request(method, path, filled(body, 2), headers={"If-Match": stale})
            assert answer.code == "PRECONDITION_FAILED", (kind, stale)
            assert api.get(path).data == before, kind
        malformed = api.request(method, path, filled(body, 2), headers={"If-Match": "x"})
        assert list(malformed.issues) == ["If-Match"], kind

        for good in (f'"x", {second}', "*", None):
            answer = api.request(method, path, filled(body, 3), headers={"If-Match": good})
            assert answer.status == 200, (kind, good)


def test_a_deletion_needs_the_newest_tag(api, project):
    for kind, (path, method, body, is_deletable) in things(api, project).items():
        if not is_deletable:
            continue
        first = api.get(path).headers["ETag"]
        second = api.request(method, path, filled(body, 1)).headers["ETag"]

        assert api.delete(path, headers={"If-Match": first}).code == "PRECONDITION_FAILED", kind
        assert list(api.delete(path, headers={"If-Match": "x"}).issues) == ["If-Match"], kind
        assert api.get(path).headers["ETag"] == second, kind
        assert api.delete(path, headers={"If-Match": second}).status == 200, kind


def test_what_was_made_comes_with_its_tag(api, project):
    made = [
        (api.post("/projects", {"name": "Tagged"}), "/projects/{project_id}"),
        (api.post("/keys", {"name": "tagged"}), "/keys/{key_id}"),
        (api.post(f"{project.path}/flows", {"name": "Tagged"}), "/flows/{flow_id}"),
        (api.post(f"{project.path}/sources", {"name": "Tagged", "kind": "open"}),
         "/sources/{source_id}"),
        (api.post(f"{project.path}/users", {"name": "Tagged"}), project.path + "/users/{user_id}"),
    ]
    for answer, path in made:
        assert api.get(path.format(**answer.data)).headers["ETag"] == answer.headers["ETag"], path


@pytest.mark.parametrize("kind", ["project", "flow", "method", "source", "user", "key",
                                  "test recipients"])
def test_of_writers_with_one_tag_one_wins(api, project, kind):
    path, method, body, _ = things(api, project)[kind]
    writers = 6  # Numbers 0 to 5: each would change something.
    for _ in range(3):
        tag = api.request(method, path, filled(body, 6)).headers["ETag"]
        start = threading.Barrier(writers)
        statuses = []

        def write(number, tag=tag, start=start, statuses=statuses):
            start.wait()
            answer = api.request(method, path, filled(body, number), headers={"If-Match": tag})
            statuses.append(answer.status)

        threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(statuses) == [200] + [412] * (writers - 1)
