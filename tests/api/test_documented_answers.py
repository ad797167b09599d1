"""The answers that README.md and docs/errors.md show are those that a server gives."""

import json
import pathlib
import re

import pytest

from support.project import Project

ROOT = pathlib.Path(__file__).resolve().parents[2]
ANA = "user@example.com"


def shown(page, first_word):
    """The one block of JSON on a page that has this in it."""
    blocks = re.findall(r"```json\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.S)
    found = [block for block in blocks if first_word in block]
    assert len(found) == 1, f"{page} has {len(found)} blocks with {first_word}"
    return json.loads(found[0])


def faults(expected, given, place=""):
    """Where an answer differs from what is shown. … stands for anything; times and ids of their own kind are alike."""
    if isinstance(expected, dict) and isinstance(given, dict):
        missing = [f"{place}.{name} isn't on both sides" for name in expected.keys() ^ given.keys()]
        return missing + [fault for name in expected.keys() & given.keys()
                          for fault in faults(expected[name], given[name], f"{place}.{name}")]
    if isinstance(expected, str) and isinstance(given, str):
        pattern = ".*".join(re.escape(part) for part in expected.split("…"))
        time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
        alike = re.fullmatch(pattern, given, re.S) or (re.fullmatch(time, expected) and re.fullmatch(time, given))
        return [] if alike else [f"{place}: {expected} is shown, {given} answered"]
    return [] if expected == given else [f"{place}: {expected} is shown, {given} answered"]


@pytest.fixture
def fixed(api):
    project = Project(api)
    project.set_test_recipients({"destination": ANA, "code": "123456"})
    return project


def test_the_first_login_of_the_readme(fixed):
    sent = fixed.send(ANA)
    assert faults(shown("README.md", "resend_after_seconds"), sent.json) == []
    verified = fixed.verify(ANA, "123456", sent.data["validation_id"])
    assert faults(shown("README.md", "remaining_methods"), verified.json) == []


@pytest.mark.parametrize("page", ["README.md", "docs/errors.md"])
def test_a_wrong_code(fixed, page):
    sent = fixed.send(ANA)
    refused = fixed.verify(ANA, "000000", sent.data["validation_id"])
    assert faults(shown(page, '"success": false'), refused.json) == []


def test_a_wrong_code_as_a_problem(fixed):
    sent = fixed.send(ANA)
    refused = fixed.api.post("/email/verify-otp", {"email": ANA, "otp": "000000", "validation_id": sent.data["validation_id"]},
                             headers={"Accept": "application/problem+json"})
    expected = shown("docs/errors.md", "about:blank") | {"request_id": refused.headers["X-Request-Id"]}
    assert faults(expected, refused.json) == []


def test_the_comparison_finds_differences():
    assert faults({"a": 1}, {"a": 2}) and faults({"a": 1}, {}) and faults({}, {"a": 1})
    assert faults({"a": "val_…"}, {"a": "msg_1"}) and not faults({"a": "val_…"}, {"a": "val_1"})
