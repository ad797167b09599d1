"""Files of people: imported all at once, exported, and told row by row."""

import time

import pytest

from support.client import wait_for
from support.project import Project, address
from support.server import POSTGRES

# The last transaction of an import holds all other writes. On PostgreSQL, which has its rows to copy across, that is some
# seconds for a hundred thousand (decision 44): on a machine that does more, longer than a login waits.
MANY = 10_000 if POSTGRES else 100_000


@pytest.fixture(autouse=True, scope="module")
def many_numbers(server):
    """What the files hold is digits by the thousand: somebody's code stands among them by chance."""
    server.secrets.has_numbers = True


def start(project, text, content_type="text/csv", **query):
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    return project.api.request("POST", f"/sources/{project.source_id}/import", data,
                               headers={"Content-Type": content_type}, query=query)


def finish(project, begun, seconds=60):
    assert begun.status == 202, begun
    path = f"/imports/{begun.data['import_id']}"

    def done():
        shown = project.api.get(path).data
        return shown if shown["status"] != "running" else None
    return wait_for(done, seconds)


def take(project, text, **query):
    return finish(project, start(project, text, **query))


def people(project):
    return {user["user_id"]: user for user in project.api.items(f"{project.path}/users")}


FILE = ("name,email,country_code,phone,user_id,plan\n"
        "Ana,ANA@example.com,34,600 00 00 01,ana,gold\n"
        "\"Bob \"\"B\"\" Ñ\",,,+44 20 7946 0000,bob,\n")


def test_people_are_taken_in_as_the_file_says(project):
    done = take(project, FILE)

    assert done["status"] == "done" and done["problem"] is None
    assert (done["rows"], done["added"], done["changed"], done["refused"]) == (2, 2, 0, 0)
    assert done["bytes_read"] == done["bytes"] == len(FILE.encode())
    known = people(project)
    assert known["ana"]["email"] == "ana@example.com" and known["ana"]["phone"] == "+34600000001"
    assert known["ana"]["claims"] == {"plan": "gold"} and known["bob"]["name"] == 'Bob "B" Ñ'
    assert known["bob"]["phone"] == "+442079460000"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_what_spreadsheets_make_of_it_is_tolerated(project, delimiter):
    text = "\ufeff" + FILE.replace(",", delimiter).replace("\n", "\r\n")

    done = take(project, text)

    assert done["added"] == 2 and set(people(project)) == {"ana", "bob"}


def test_every_refused_row_is_told_with_its_line(project):
    text = ("name,email,country_code,phone,user_id\n"
            "x,nobody,,,\n" "x,a@example.com,,0600,\n" "x,,,,\n" "x,b@example.com\n"
            "x,c@example.com,34,0600000001,\n" "x,d@example.com,,,a b\n"
            "ok,e@example.com,,,\n" "x,E@example.com,,,\n" "\"x\"y,f@example.com,,,\n")

    done = take(project, text)

    assert done["status"] == "done" and done["added"] == 1 and done["refused"] == 8
    assert [row["line"] for row in done["refused_rows"]] == [2, 3, 4, 5, 6, 7, 9, 10]
    rows = project.api.items(f"/imports/{done['import_id']}/refused-rows", limit=3)
    assert rows == done["refused_rows"] and all(row["reason"] for row in rows)
    assert "nobody" not in str(rows), "a report repeats nothing of a row"


def test_a_dry_run_changes_nothing(project):
    project.add_user(user_id="cyd")

    done = take(project, FILE, mode="replace", dry_run="true")

    assert done["dry_run"] and (done["added"], done["removed"]) == (2, 1)
    assert set(people(project)) == {"cyd"}


def test_replacing_erases_whoever_is_missing(project):
    project.add_user(user_id="cyd", email="cyd@example.com")
    project.log_in("cyd@example.com")

    done = take(project, FILE, mode="replace")

    assert done["removed"] == 1 and set(people(project)) == {"ana", "bob"}
    assert project.inbox("cyd@example.com") == []


def test_replacing_with_a_refused_row_changes_nothing(project):
    project.add_user(user_id="cyd")

    done = take(project, FILE + "x,nobody,,,,\n", mode="replace")

    assert done["status"] == "failed" and "refused" in done["problem"]
    assert set(people(project)) == {"cyd"}


@pytest.mark.parametrize("text", ["", "\n\n", "name,plan\nx,y\n", "email,email\n", "email,sub\n",
                                  "email,a b\n", "email,\"x\n", b"\xff\xfee\x00m\x00"])
def test_a_header_that_is_none_is_told(project, text):
    done = take(project, text)
    assert done["status"] == "failed" and done["problem"] and done["rows"] == 0


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_another_media_type_is_refused(project, content_type):
    assert start(project, FILE, content_type).code == "UNSUPPORTED_MEDIA_TYPE"


def test_wrong_parameters_are_named(project):
    assert set(start(project, FILE, mode="merge").issues) == {"mode"}
    assert set(start(project, FILE, dry_run="1").issues) == {"dry_run"}


def test_an_import_is_its_projects_alone(api, project):
    done = take(project, FILE)
    from support.client import make_caller
    stranger, _ = make_caller(api, project_id=Project(api).id)
    assert stranger.get(f"/imports/{done['import_id']}").code == "IMPORT_NOT_FOUND"
    assert api.get("/imports/imp_0").code == "IMPORT_NOT_FOUND"
    refused = stranger.request("POST", f"/sources/{project.source_id}/import", FILE.encode(),
                               headers={"Content-Type": "text/csv"})
    assert refused.code == "SOURCE_NOT_FOUND"


def test_many_rows_take_seconds_and_logins_go_on(project):
    lines = ["name,email,country_code,phone,user_id,plan"]
    lines += [f"Person {n},person{n}@example.com,34,6{n:08},id-{n},gold" for n in range(MANY)]
    email = address()
    started = time.monotonic()
    begun = start(project, "\n".join(lines))
    waits = []
    path = f"/imports/{begun.data['import_id']}"
    progress = set()
    while project.api.get(path).data["status"] == "running":
        progress.add(project.api.get(path).data["rows"])
        before = time.monotonic()
        project.send(address() if waits else email)
        waits.append(time.monotonic() - before)
        time.sleep(0.02)
        assert time.monotonic() - started < 240
    took = time.monotonic() - started

    done = finish(project, begun)

    assert done["added"] == MANY and done["refused"] == 0, done
    assert len(progress) > 1, "progress is visible while it runs"
    print(f"{MANY} rows in {took:.1f} s; the longest send meanwhile {max(waits):.2f} s")


def test_an_export_can_be_imported_again(api, project):
    take(project, FILE)
    project.add_user(user_id="eve", name="=1+1", claims={"plan": "@x", "n": 7})

    answer = api.get(f"{project.path}/users/export")

    assert answer.headers["Content-Type"].startswith("text/csv")
    text = answer.text
    assert "'=1+1" in text and "'@x" in text, "no spreadsheet runs what a person calls themselves"
    other = Project(api)
    assert take(other, text)["added"] == 3
    mine, theirs = people(project), people(other)
    for user_id, user in mine.items():
        for field in ("email", "phone", "name"):
            assert theirs[user_id][field] == user[field]
    assert theirs["eve"]["claims"] == {"plan": "@x", "n": "7"}


def test_all_that_is_held_about_a_person_is_told(api, project):
    email = address()
    user_id = project.log_in(email)["user"]["user_id"]
    project.send(email)
    project.log_in(address())

    data = api.get(f"{project.path}/users/{user_id}/export").data

    assert data["user"]["email"] == email
    assert len(data["validations"]["items"]) == 2 and len(data["logins"]["items"]) == 2
    assert len(data["messages"]["items"]) == 2 and data["events"]["items"]
    assert all(item["destination"] == email for item in data["validations"]["items"])
    assert project.code(email) not in str(data)
    assert api.get(f"{project.path}/users/nobody/export").code == "USER_NOT_FOUND"


@pytest.mark.parametrize("search, found", [
    ("ana", {"ana", "u-1"}), ("ANA@", {"u-1"}), ("ana@example.com", {"u-1"}), ("+34 600", {"u-2"}),
    ("u-", {"u-1", "u-2"}), ("zed", set()), ("%", set()), ("'", set())])
def test_people_are_found_by_how_a_contact_begins(project, search, found):
    project.add_user(user_id="ana")
    project.add_user(user_id="u-1", email="ana@example.com")
    project.add_user(user_id="u-2", phone="+34600000001")

    users = project.api.items(f"{project.path}/users", search=search)

    assert {user["user_id"] for user in users} == found
