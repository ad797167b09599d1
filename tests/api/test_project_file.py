"""`accessd project export|apply`: a project's set-up as a file, made again elsewhere, and secrets that never are in it."""

import json
import os
import re
import subprocess

import pytest

from support.project import Project
from support.senders import OPEN_LOOPBACK, add_sender
from support.server import ROOT, find_program

SERVER = {"outbound": OPEN_LOOPBACK}
PASSWORD = "a secret of the mail relay"
HOST = "192.0.32.10"  # Nothing connects there.


def run(server, *arguments, check=0, **environment):
    done = subprocess.run([find_program(), "project", *arguments, "--config", str(server.config_file)],
                          env=server.environment | environment, capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == check, done.stdout + done.stderr
    return done.stdout if check == 0 else done.stderr


def export(server, project):
    return json.loads(run(server, "export", project))


def apply(server, tmp_path, file, *options, check=0, **environment):
    path = tmp_path / "project.json"
    path.write_text(json.dumps(file), encoding="utf-8")
    return run(server, "apply", str(path), *options, check=check, **environment)


@pytest.fixture
def shop(api):
    """A project with something in every section."""
    project = Project(api, default_language="es", branding={"primary_color": "#336699"})
    source = api.post(f"{project.path}/sources", {"name": "People", "kind": "directory"}).data
    project.set_email(otp_length=8, max_attempts=5)
    assert project.set_flow(source_id=source["source_id"], status="active").status == 200
    add_sender(project, {"host": HOST, "from": "codes@shop.example", "user": "u", "password": PASSWORD})
    api.post(f"{project.path}/webhooks", {"url": f"https://{HOST}/hooks", "events": ["otp.sent"]})
    api.put(f"{project.path}/templates/email/en",
            {"subject": "Your code", "text": "Code {{code}}", "html": "<p>Code {{code}}</p>"})
    project.set_test_recipients({"destination": "test@example.com", "code": "123456"})
    api.put(f"{project.path}/fraud-guard", {"messages_per_day": 77})
    return project


def secret_name(file):
    return file["senders"][0]["settings"]["password"].removeprefix("env:")


def renamed(file, slug):
    return file | {"project": file["project"] | {"slug": slug, "name": slug}}


def test_a_file_holds_every_section_and_no_secret(server, shop):
    text = run(server, "export", shop.id)
    file = json.loads(text)

    assert PASSWORD not in text and "whsec_" not in text and "rcs_" not in text
    assert re.fullmatch(r"env:ACCESSD_[A-Z0-9_]+_PASSWORD", file["senders"][0]["settings"]["password"])
    assert file["project"]["default_language"] == "es"
    assert [source["name"] for source in file["sources"]] == ["Everyone", "People"]
    assert file["flows"][0]["source"] == "People" and "source_id" not in file["flows"][0]
    assert file["flows"][0]["methods"]["email"]["otp_length"] == 8
    assert file["templates"] == [{"channel": "email", "language": "en", "subject": "Your code",
                                  "text": "Code {{code}}", "html": "<p>Code {{code}}</p>"}]
    assert file["fraud_guard"]["messages_per_day"] == 77
    assert not re.search(r'"[a-z]+_id": "(prj|flw|src|snd|whk)_', text)


def test_applying_what_was_exported_changes_nothing(server, shop, tmp_path):
    file = export(server, shop.json["slug"])

    assert apply(server, tmp_path, file) == "0 changes made\n"


def test_a_project_is_made_anew_from_its_file_and_once(server, api, shop, tmp_path):
    file = renamed(export(server, shop.id), "copy-" + shop.json["slug"])
    environment = {secret_name(file): PASSWORD}

    first = apply(server, tmp_path, file, **environment)
    second = apply(server, tmp_path, file)

    assert "+ project copy-" in first and "whsec_" in first and PASSWORD not in first
    assert second == "0 changes made\n"
    again = export(server, file["project"]["slug"])
    for section in ("sources", "flows", "webhooks", "templates", "test_recipients", "fraud_guard", "project"):
        assert again[section] == file[section], section
    made = next(item for item in api.get("/projects", query={"limit": "200"}).data["items"]
                if item["slug"] == file["project"]["slug"])
    sender = api.get(f"/projects/{made['project_id']}/senders").data["items"][0]
    assert sender["settings"]["has_password"] is True


def test_a_dry_run_tells_differences_and_changes_nothing(server, shop, tmp_path):
    file = export(server, shop.id)
    file["flows"][0]["methods"]["email"]["otp_length"] = 6
    file["senders"][0]["priority"] = 3
    file["project"]["default_language"] = "pt"
    environment = {secret_name(file): PASSWORD}

    told = apply(server, tmp_path, file, "--dry-run", **environment)

    assert 'default_language: "es" -> "pt"' in told
    assert "email: otp_length: 8 -> 6" in told and "priority: 10 -> 3" in told
    assert told.endswith("3 changes to make; nothing was changed\n")
    assert export(server, shop.id)["flows"][0]["methods"]["email"]["otp_length"] == 8
    assert apply(server, tmp_path, file, **environment).endswith("3 changes made\n")
    assert apply(server, tmp_path, file) == "0 changes made\n"


def test_a_policy_and_its_methods_change_together(server, shop, tmp_path):
    """A policy needs its methods on; switching one off needs a policy without it: the order is the program's care."""
    file = export(server, shop.id)
    flow = file["flows"][0]
    flow["methods"]["phone"]["enabled"] = True
    flow["methods"]["email"]["enabled"] = False
    flow["policy"] = {"any": ["phone"]}

    apply(server, tmp_path, file)

    assert apply(server, tmp_path, file) == "0 changes made\n"
    after = export(server, shop.id)["flows"][0]
    assert after["policy"] == {"any": ["phone"]} and after["methods"]["email"]["enabled"] is False


def test_what_a_file_doesnt_name_stays_unless_asked(server, shop, tmp_path):
    file = export(server, shop.id)
    file["webhooks"] = []

    kept = apply(server, tmp_path, file)
    assert "not in the file, kept" in kept and kept.endswith("0 changes made\n")
    assert apply(server, tmp_path, file, "--remove").endswith("1 change made\n")
    assert export(server, shop.id)["webhooks"] == []
    del file["senders"]  # A section that isn't there is nobody's wish.
    assert apply(server, tmp_path, file, "--remove") == "0 changes made\n"
    assert len(export(server, shop.id)["senders"]) == 1


def test_secrets_come_from_where_the_file_says(server, api, shop, tmp_path):
    file = export(server, shop.id)
    kept = tmp_path / "password"
    kept.write_text("another secret\n", encoding="utf-8")
    file["senders"][0]["settings"]["password"] = f"file:{kept}"

    assert apply(server, tmp_path, file) == "0 changes made\n"  # One is set; which one, nobody can tell.
    assert "secrets are sent again" in apply(server, tmp_path, file, "--with-secrets")


@pytest.mark.parametrize("break_it, said", [
    (lambda file: file["senders"][0]["settings"].update(password="in clear"),
     "senders.0.settings.password holds a secret itself"),
    (lambda file: file.update(accessd_project=2), '"accessd_project" must be 1'),
    (lambda file: file.update(flow=[]), 'there is no section "flow"'),
    (lambda file: file["project"].pop("slug"), '"project.slug"'),
    (lambda file: file.update(flows={}), '"flows" must be a list'),
    (lambda file: file["flows"][0].update(source="Nobody"), "there is no source named Nobody"),
    (lambda file: file["flows"][0]["methods"]["email"].update(otp_length=3), "otp_length must be"),
])
def test_a_file_that_cant_be_applied_says_why(server, shop, tmp_path, break_it, said):
    file = export(server, shop.id)
    break_it(file)

    assert said in apply(server, tmp_path, file, check=1)
    assert "in clear" not in apply(server, tmp_path, file, check=1)


def test_a_missing_secret_is_named_before_anything_is_sent(server, shop, tmp_path):
    file = renamed(export(server, shop.id), "other-" + shop.json["slug"])

    assert f"env:{secret_name(file)} isn't set" in apply(server, tmp_path, file, check=1)


def test_changes_are_in_the_audit_as_a_commands(server, api, shop, tmp_path):
    file = export(server, shop.id)
    file["project"]["default_language"] = "pt"
    apply(server, tmp_path, file)

    entry = api.get("/audit", query={"target_id": shop.id, "action": "project.changed"}).data["items"][0]
    assert (entry["actor"], entry["actor_kind"]) == ("command", "command")


def test_without_a_server_it_says_so(shell_folder):
    done = subprocess.run([find_program(), "project", "export", "shop"], cwd=shell_folder, capture_output=True,
                          text=True, timeout=60, check=False, env={"PATH": os.environ["PATH"]})

    assert done.returncode == 1 and "start it first" in done.stderr


@pytest.fixture
def shell_folder(tmp_path):
    subprocess.run([find_program(), "init"], cwd=tmp_path, check=True, capture_output=True, timeout=60,
                   env={"PATH": os.environ["PATH"]})
    return tmp_path


def test_every_secret_that_the_api_takes_is_one_to_the_file():
    """A new provider's secret must not slip into files in clear."""
    api = (ROOT / "openapi/accessd.yaml").read_text(encoding="utf-8")
    inline = re.findall(r"^ +([a-z_]+): \{type: \[string, \"null\"\].*writeOnly: true", api, re.MULTILINE)
    block = re.findall(r"^ +([a-z_]+):(?: &\w+)?\n(?: +\w+: [^\n]*\n){1,4}? +writeOnly: true", api, re.MULTILINE)
    source = (ROOT / "src/app/project_file.cpp").read_text(encoding="utf-8")
    known = set(re.findall(r'"([a-z_]+)"', source.split("kSecretFields{")[1].split("};")[0]))

    assert len(inline) >= 6 and set(inline) | set(block) <= known
