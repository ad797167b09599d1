"""sdk/python as a package: its types, what it needs, and that its tests can fail."""

import ast
import os
import pathlib
import re
import subprocess
import sys

from conftest import HERE, SDK

SOURCES = sorted((SDK / "src/accessd").rglob("*.py"))


def mypy(tmp_path, *arguments):
    return subprocess.run(["/usr/bin/mypy", "--strict", "--python-version", "3.9", "--cache-dir", str(tmp_path), *arguments],
                          cwd=SDK / "src", env=os.environ | {"MYPYPATH": str(SDK / "src")}, capture_output=True, text=True,
                          timeout=300, check=False)


def test_its_types_are_those_of_the_api_as_it_is_described_now():
    done = subprocess.run([sys.executable, str(SDK / "generate.py"), "--check"], capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_it_is_typed_without_gaps_for_python_3_9(tmp_path):
    assert (SDK / "src/accessd/py.typed").exists()
    done = mypy(tmp_path, "-p", "accessd")
    assert done.returncode == 0, done.stdout


USE = '''
from accessd import Accessd, codes

def use(accessd: Accessd) -> None:
    sent = accessd.send_email_otp(email="ana@example.com", project_id="prj_1")
    text: str = sent["validation_id"]
    sent["otp"]  # no such member
    accessd.send_email_otp(project_id="prj_1")  # no email
    accessd.send_email_otp(email="ana@example.com", project="prj_1")  # no such field
    accessd.send_pigeon()  # no such operation
    for user in accessd.list_users("prj_1", search="ana"):
        name: int = user["name"]  # a text or None
    codes.InvalidPigeon  # no such code
'''


def test_it_types_what_goes_in_and_comes_out(tmp_path):
    file = tmp_path / "use.py"
    file.write_text(USE, encoding="utf-8")
    found = {int(line) for line in re.findall(r"use\.py:(\d+): error", mypy(tmp_path / "cache", str(file)).stdout)}
    assert found == {number for number, line in enumerate(USE.splitlines(), 1) if "  # " in line}


def test_python_3_9_can_read_it():
    for file in SOURCES:
        ast.parse(file.read_text(encoding="utf-8"), str(file), feature_version=(3, 9))


def test_it_needs_the_standard_library_alone():
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else (
                [node.module] if isinstance(node, ast.ImportFrom) else [])
            for name in names:
                top = name.split(".")[0]
                assert top == "accessd" or top in sys.stdlib_module_names, f"{file} imports {name}"


def test_a_client_that_does_nothing_passes_nothing():
    stub = pathlib.Path(HERE / "support/do_nothing_python")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rA", "--tb=no", "test_python.py"], cwd=HERE,
        env=os.environ | {"ACCESSD_PYTHON_SDK": str(stub)}, capture_output=True, text=True, timeout=300, check=False)
    outcomes = {name: kind for kind, name in
                re.findall(r"^(PASSED|FAILED|ERROR) test_python\.py::(\S+)", done.stdout, re.M)}
    passed = {name for name, kind in outcomes.items() if kind == "PASSED"}
    assert passed == set() and len(outcomes) > 50, done.stdout
