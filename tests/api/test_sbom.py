"""The bill of materials: the form that SPDX 2.3 asks for, and nothing missing that the program is made of."""

import json
import os
import pathlib
import re
import subprocess

import pytest

from support.server import ROOT, find_program

ID = re.compile(r"^SPDXRef-[A-Za-z0-9.-]+$")
# Words of licence expressions that appear: names from SPDX's list, and the operators.
LICENCE = re.compile(r"^(NOASSERTION|NONE|\(?[A-Za-z0-9.+-]+\)?( (AND|OR|WITH) \(?[A-Za-z0-9.+-]+\)?)*)$")
RELATIONS = {"DESCRIBES", "DYNAMIC_LINK", "STATIC_LINK", "CONTAINS", "GENERATED_FROM"}
LENGTHS = {"SHA1": 40, "SHA256": 64, "SHA512": 128}


def make(**environment):
    build = pathlib.Path(find_program()).parent
    return subprocess.run(["/usr/bin/python3", ROOT / "scripts/sbom", build], check=True, capture_output=True,
                          text=True, timeout=300, env=os.environ | environment).stdout


@pytest.fixture(scope="module")
def document():
    return json.loads(make(SOURCE_DATE_EPOCH="1790000000"))


def related(document, owner, kind):
    by_id = {part["SPDXID"]: part for part in document["packages"] + document["files"]}
    return [by_id[relation["relatedSpdxElement"]] for relation in document["relationships"]
            if relation["spdxElementId"] == owner and relation["relationshipType"] == kind]


def test_the_document_has_what_spdx_requires(document):
    assert document["spdxVersion"] == "SPDX-2.3" and document["dataLicense"] == "CC0-1.0"
    assert document["SPDXID"] == "SPDXRef-DOCUMENT" and document["name"]
    assert re.fullmatch(r"urn:accessd:spdx:[0-9.]+:[0-9a-f]{64}", document["documentNamespace"])
    assert document["creationInfo"]["created"] == "2026-09-21T14:13:20Z"
    assert all(re.match(r"^(Tool|Person|Organization): ", text) for text in document["creationInfo"]["creators"])


def test_every_part_is_whole_and_named_once(document):
    parts = document["packages"] + document["files"]
    ids = [part["SPDXID"] for part in parts]
    assert len(ids) == len(set(ids)) and all(map(ID.match, ids))
    for package in document["packages"]:
        assert package["name"] and package["versionInfo"] and package["downloadLocation"] == "NOASSERTION"
        assert package["filesAnalyzed"] is False
        assert LICENCE.match(package["licenseDeclared"]), package
    for file in document["files"]:
        assert file["fileName"].startswith("./")
        assert {sum_["algorithm"] for sum_ in file["checksums"]} >= {"SHA1"}
    for sum_ in (sum_ for part in parts for sum_ in part.get("checksums", [])):
        assert re.fullmatch(r"[0-9a-f]+", sum_["checksumValue"])
        assert len(sum_["checksumValue"]) == LENGTHS[sum_["algorithm"]]


def test_relations_lead_to_parts_and_every_part_is_reached(document):
    ids = {part["SPDXID"] for part in document["packages"] + document["files"]} | {"SPDXRef-DOCUMENT"}
    for relation in document["relationships"]:
        assert relation["relationshipType"] in RELATIONS
        assert {relation["spdxElementId"], relation["relatedSpdxElement"]} <= ids
    reached = {relation["relatedSpdxElement"] for relation in document["relationships"]}
    assert ids - reached == {"SPDXRef-DOCUMENT"}


def test_every_library_that_the_program_loads_is_in_it_with_its_version(document):
    """Asked of the loader and of dpkg here, not of the script."""
    listed = {package["name"]: package["versionInfo"]
              for package in related(document, "SPDXRef-accessd", "DYNAMIC_LINK")}
    needed = re.findall(r"NEEDED\s+(\S+)", subprocess.run(["objdump", "-p", find_program()], check=True,
                                                          capture_output=True, text=True).stdout)
    assert len(needed) > 10
    for library in needed:
        found = subprocess.run(["dpkg-query", "-S", f"*/{library}"], check=True, capture_output=True,
                               text=True).stdout
        owners = {line.split(":")[0] for line in found.splitlines()} & set(listed)
        assert owners, library
        for owner in owners:
            version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}\n", owner], check=True,
                                     capture_output=True, text=True).stdout.split()[0]
            assert listed[owner] == version, library


def test_code_of_headers_is_in_it(document):
    names = {package["name"] for package in related(document, "SPDXRef-accessd", "STATIC_LINK")}

    assert {"nlohmann-json3-dev", "libcli11-dev", "libtomlplusplus-dev"} <= names
    assert not {"libgtest-dev", "libbenchmark-dev"} & names  # Of tests, and no part of the program.


def test_npm_packages_that_browsers_get_are_in_it_and_tools_are_not(document):
    lock = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))["packages"]
    served = {package["name"]: package["versionInfo"]
              for package in related(document, "SPDXRef-accessd", "CONTAINS")}

    for name in ("react", "preact", "@mantine/core", "swagger-ui-dist"):
        assert served[name] == lock[f"node_modules/{name}"]["version"]
    assert not {"vite", "typescript", "vitest"} & set(served)


def test_models_are_told_by_their_own_checksums(document):
    pins = dict(reversed(line.split()) for line in
                (ROOT / "tools/models/made.sha256").read_text(encoding="utf-8").splitlines())
    files = {pathlib.Path(file["fileName"]).name: file
             for file in related(document, "SPDXRef-accessd-models", "CONTAINS")}
    if not (ROOT / "build/models/models.json").exists():
        pytest.skip("the face models aren't here")
    for name, digest in pins.items():
        if name.endswith(".onnx"):
            assert {"algorithm": "SHA256", "checksumValue": digest} in files[name]["checksums"]
    assert {"onnxruntime-node", "@vladmandic/human"} <= {
        package["name"] for package in related(document, "SPDXRef-accessd-models", "GENERATED_FROM")}


def test_one_build_gives_one_document(document):
    assert json.loads(make(SOURCE_DATE_EPOCH="1790000000")) == document
