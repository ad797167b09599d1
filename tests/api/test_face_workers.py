"""Face workers from outside: on, off and why, lost and replaced. What they answer is tested with their routes."""

import json
import signal
import subprocess
import time

import pytest

from support.client import Client, wait_for
from support.face_workers import (biometrics, copy_models, end, is_running, need_models,
                                  wait_until_on, workers)
from support.project import Project, address
from support.server import Server, find_program

SERVER = {"biometrics": {"enabled": True, "workers": 1}}


@pytest.fixture(autouse=True, scope="module")
def models():
    need_models()


def started(folder, **faces_settings):
    return Server(folder, biometrics={"enabled": True, "workers": 1} | faces_settings)


def doctor_says(server):
    findings = json.loads(server.run("doctor", "--json", check=False).stdout)
    return next(found for found in findings if found["check"] == "biometrics")


def log_in_by_code(server):
    project = Project(Client(server).log_in(*server.create_key()))
    email = address()
    validation_id = project.send(email).data["validation_id"]
    assert project.verify(email, project.code(email), validation_id).status == 200


class TestOn:
    def test_a_server_with_models_says_so(self, api):
        wait_until_on(api)
        assert api.get("/readyz", token=None).json == {"status": "ready"}

    def test_one_worker_more_stands_ready(self, server, api):
        wait_until_on(api)
        wait_for(lambda: len(workers(server)) == 2, 60)
        wait_for(lambda: "accessd_face_workers 2" in api.get("/metrics", listener="operations", token=None).text, 60)

    def test_a_lost_worker_is_replaced(self, server, api):
        wait_for(lambda: len(workers(server)) == 2, 60)
        before = workers(server)

        end(before[0])

        wait_for(lambda: len(workers(server)) == 2 and workers(server) != before, 60)
        assert biometrics(api) == "ok"
        lost = 'accessd_face_workers_lost_total{cause="died"} 1'
        wait_for(lambda: lost in api.get("/metrics", listener="operations", token=None).text, 60)

    def test_a_supervisor_that_ends_all_processes_ends_requests_no_sooner(self, server):
        wait_for(lambda: len(workers(server)) == 2, 60)
        before = set(workers(server))
        for pid in before:
            for sent in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                end(pid, sent)
        time.sleep(0.2)  # Nothing happens, for which no moment can be waited.
        assert set(workers(server)) == before

    def test_workers_see_nothing_of_the_server(self, server):
        wait_for(lambda: len(workers(server)) == 2, 60)
        for pid in workers(server):
            def is_closed_in(pid=pid):
                with open(f"/proc/{pid}/status", encoding="utf-8") as status:
                    text = status.read()
                return "Seccomp:\t2" in text and "NoNewPrivs:\t1" in text
            wait_for(is_closed_in, 60)  # One that just started loads its models first.
            try:
                with open(f"/proc/{pid}/environ", "rb") as environment:
                    assert environment.read() == b"ORT_DISABLE_TELEMETRY=1\0"
            except PermissionError:
                pass  # Even to its own user it is closed; only root looks in.

    def test_doctor_starts_a_worker_of_its_own(self, server):
        found = doctor_says(server)
        assert found["status"] == "ok" and "a worker starts" in found["text"]


def test_workers_end_with_their_server_however_it_ends(tmp_path):
    for way in ("stop", "kill"):
        server = started(tmp_path / way)
        server.start()
        wait_for(lambda: len(workers(server)) == 2, 60)
        pids = workers(server)

        getattr(server, way)()

        wait_for(lambda: not any(is_running(pid) for pid in pids), 10)


def test_a_server_without_models_serves_codes_and_says_what_is_missing(tmp_path):
    with started(tmp_path, models_dir=str(tmp_path / "none")) as server:
        api = Client(server)
        wait_for(lambda: "is missing" in biometrics(api), 30)
        assert biometrics(api).startswith("off: ")
        assert api.get("/readyz", token=None).json == {"status": "ready"}
        log_in_by_code(server)
        found = doctor_says(server)
        assert found["status"] == "warn" and "tools/models/fetch" in found["text"]
    assert '"message":"biometrics are off"' in server.log()


def test_a_server_with_a_broken_model_serves_codes_and_names_it(tmp_path):
    folder = copy_models(tmp_path / "models")
    broken = folder / "facemesh.onnx"
    broken.write_bytes(broken.read_bytes()[:-1000] + bytes(1000))

    with started(tmp_path, models_dir=str(folder)) as server:
        api = Client(server)
        wait_for(lambda: "facemesh.onnx" in biometrics(api), 30)
        log_in_by_code(server)


def test_models_that_come_later_are_taken_without_a_restart(tmp_path):
    folder = tmp_path / "models"
    with started(tmp_path, models_dir=str(folder)) as server:
        api = Client(server)
        wait_for(lambda: "is missing" in biometrics(api), 30)

        copy_models(folder)

        wait_until_on(api)


def test_switched_off_is_said_and_starts_nothing(tmp_path):
    with Server(tmp_path, biometrics={"enabled": False}) as server:
        assert biometrics(Client(server)) == "off: switched off by biometrics.enabled"
        assert workers(server) == []
        assert doctor_says(server)["status"] == "ok"


def test_the_worker_is_no_command_for_people():
    typed = subprocess.run([find_program(), "face-worker"], capture_output=True, text=True,
                           timeout=60, check=False)
    shown = subprocess.run([find_program(), "help"], capture_output=True, text=True, timeout=60,
                           check=True)

    assert typed.returncode == 2 and "by itself" in typed.stderr
    assert "face-worker" not in shown.stdout
