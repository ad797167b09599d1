"""accessd models and accessd biometrics calibrate: what the operator sees, tries and measures, without a running server."""

import itertools
import json
import subprocess

import pytest

from support.face_workers import copy_models, need_models
from support.faces import jpeg, photograph
from support.server import Server, find_program

# Where faces are on two photographs: left, top, side.
PEOPLE = {3: [(500, 256, 400), (968, 179, 400)], 6: [(164, 420, 400), (1393, 171, 400)]}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """With a configuration; it isn't started."""
    need_models()
    folder = tmp_path_factory.mktemp("models-commands")
    return Server(folder, biometrics={"enabled": True,
                                      "models_dir": str(copy_models(folder / "models"))})


@pytest.fixture(scope="module")
def folder(server):
    """The models that its configuration names."""
    return server.config_file.parent / "models"


def portraits(folder):
    """Files of the people of two photographs."""
    names = []
    for number, places in PEOPLE.items():
        for x, y, side in places:
            name = f"{number}-{x}.jpg"
            (folder / name).write_bytes(jpeg(photograph(number).crop((x, y, x + side, y + side))))
            names.append(name)
    return names


def test_list_names_files_model_and_calibration(server):
    shown = json.loads(server.run("models", "list", "--json").stdout)
    names = {file["name"] for file in shown["files"]}

    assert len(names) >= 3 and all(len(file["sha256"]) == 64 for file in shown["files"])
    assert shown["passive"] == "" and "Labeled Faces in the Wild" in shown["calibration"]
    text = server.run("models", "list").stdout
    assert shown["model"] in text and "assurance passive can't be asked for" in text


def test_check_computes_known_answers(server):
    assert json.loads(server.run("models", "check", "--json").stdout)["works"] is True


def test_add_tries_a_manifest_and_says_how_to_use_it(server, folder):
    manifest = json.loads((folder / "default.json").read_text())
    own = folder / "own.json"
    own.write_text(json.dumps(manifest | {"name": "own-1"}))
    before = json.loads(server.run("models", "list", "--json").stdout)["model"]

    told = server.run("models", "add", str(own)).stdout

    assert f'embedder_manifest = "{own}"' in told and "must enrol again" in told
    assert before not in told

    manifest["embedders"][0]["sha256"] = "0" * 64
    own.write_text(json.dumps(manifest))
    refused = server.run("models", "add", str(own), check=False)
    assert refused.returncode != 0 and "SHA-256" in refused.stderr


def test_bench_tells_times_on_one_and_two_threads(server, folder, tmp_path):
    name = portraits(tmp_path)[0]
    command = [find_program(), "models", "bench", str(tmp_path / name), "--json", "--config",
               str(server.config_file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=True)  # 60 pictures.
    lines = done.stdout.splitlines()

    assert [json.loads(line)["threads"] for line in lines] == [1, 2]
    assert all(json.loads(line)["min_ms"] > 0 for line in lines)
    (tmp_path / "none.jpg").write_bytes(b"no picture")
    assert server.run("models", "bench", str(tmp_path / "none.jpg"), check=False).returncode != 0


def test_calibrate_measures_pairs_by_group(server, tmp_path):
    names = portraits(tmp_path)
    again = [f"again-{name}" for name in names]
    for name, copy in zip(names, again):
        (tmp_path / copy).write_bytes((tmp_path / name).read_bytes())
    same = [f"{name},{copy},1,{name[0]}" for name, copy in zip(names, again)]
    different = [f"{one},{other},0,{one[0]}" for one, other in itertools.combinations(names, 2)]
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("\n".join(["imgA,imgB,same,group", *same, *different, ""]))

    told = server.run("biometrics", "calibrate", "--pairs", str(pairs)).stdout
    groups = [json.loads(line) for line in server.run(
        "biometrics", "calibrate", "--pairs", str(pairs), "--json").stdout.splitlines()]

    assert "4 pairs of one person, 6 of two; equal error rate 0.00 %" in told
    assert "in use, match_fmr 0.001: 0 of 4 rightful refused" in told
    assert [group["group"] for group in groups][1:] == ["3", "6"]
    few = server.run("biometrics", "calibrate", "--pairs", str(pairs), "--out",
                     str(tmp_path / "table.json"), check=False)
    assert few.returncode != 0 and "too few pairs" in few.stderr
    pairs.write_text("imgA,imgB,same\na.jpg,b.jpg,perhaps\n")
    wrong = server.run("biometrics", "calibrate", "--pairs", str(pairs), check=False)
    assert wrong.returncode != 0 and "line 2" in wrong.stderr
