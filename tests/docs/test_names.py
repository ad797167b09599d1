"""What documents name exists: commands and options of the command line, settings, and environment variables made of settings.

Pages outside of docs/guide and docs/tasks tell of more than a test can act out; that nothing in them is misspelt, renamed or gone can be
seen without acting."""

import os
import pathlib
import re
import shlex
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = (ROOT / os.environ["ACCESSD_BIN"]).resolve()
# What was decided once, and what was true of a release, may name what is gone since.
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")),
         *sorted((ROOT / "docs/guide").glob("*.md")), *sorted((ROOT / "docs/tasks").glob("*.md")),
         *sorted((ROOT / "examples").glob("*/README.md")), *sorted((ROOT / "sdk").glob("*/README.md"))]


BEFORE_A_COMMAND = re.compile(r"(?:^|[|;&(]|\bsudo(?: -u \w+)?|\b[A-Z_]+=\S*\s)\s*$")
INTERNAL = {"face-worker"}  # Started by the server alone, and in no help.


def said(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=60, check=True).stdout


class Command:
    """A command as its help shows it."""

    def __init__(self, *path):
        text = said(*path, "--help")
        self.options = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text.split("Examples:")[0]))
        _, _, listed = text.split("Examples:")[0].partition("Subcommands:\n")
        self.inner = {name: Command(*path, name) for name in re.findall(r"^  ([a-z][a-z-]*) ", listed, re.M)}


@pytest.fixture(scope="module")
def program():
    return Command()


def fault(program, line):
    """What is wrong with a line that begins with accessd, or nothing."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        words = line.split()  # Part of a longer text.
    command, path = program, "accessd"
    for word in words[1:]:
        if word in ("|", "&&", "||", ";", ">", "<", "&", "…", "..."):
            break
        if word.startswith("-"):
            if word.split("=")[0] not in command.options:
                return f"{path} has no option {word}"
        elif command.inner:
            if word in INTERNAL:
                break
            if word not in command.inner:
                return f"{path} has no command {word}"
            command, path = command.inner[word], f"{path} {word}"
    return None


def lines_of(text):
    """What is shown as a command: in `code` of a sentence, or in a block of shell."""
    blocks = re.findall(r"^ *```(?:sh|bash|console)[^\n]*\n(.*?)^ *```", text, re.M | re.S)
    rest = re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S)
    for shown in [*re.findall(r"`([^`\n]+)`", rest), *"".join(blocks).replace("\\\n", " ").splitlines()]:
        for found in re.finditer(r"\baccessd(?= |$)", shown):
            if BEFORE_A_COMMAND.search(shown[:found.start()]):
                yield shown[found.start():].strip()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_and_options_exist(program, page):
    faults = {line: wrong for line in lines_of(page.read_text(encoding="utf-8")) if (wrong := fault(program, line))}
    assert faults == {}


@pytest.fixture(scope="module")
def settings():
    named = set()
    for section in re.split(r"^## \[", said("config", "reference"), flags=re.M)[1:]:
        name = section.split("]")[0]
        named |= {f"{name}.{setting}" for setting in re.findall(r"^\| `([a-z_0-9]+)` \|", section, re.M)}
    assert len(named) > 100
    return named


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_settings_exist(settings, page):
    text = page.read_text(encoding="utf-8")
    sections = {name.split(".")[0] for name in settings}
    named = {name for name in re.findall(r"`([a-z]+\.[a-z_]{2,})(?: = [^`]*)?`", text) if name.split(".")[0] in sections}
    assert named - settings == set()
    variables = {f"ACCESSD_{name.upper().replace('.', '_')}" for name in settings}
    ours = set(re.findall(r"\bACCESSD_(?:" + "|".join(section.upper() for section in sections) + r")_[A-Z_]+[A-Z]\b", text))
    assert ours - variables == set()


class TestTheReader:
    """It would be worth nothing if it took everything."""

    @pytest.mark.parametrize("line", ["accessd frobnicate", "accessd key make", "accessd serve --prot 1", "accessd --json",
                                      "accessd config check --data-dir x"])
    def test_it_finds_what_is_not_there(self, program, line):
        assert fault(program, line)

    @pytest.mark.parametrize("line", ["accessd", "accessd serve --dev --port 8081", "accessd key create --name=shop | tee key",
                                      "accessd restore FILE --replace", "accessd config print > now.toml  # keep it"])
    def test_it_takes_what_is(self, program, line):
        assert fault(program, line) is None

    def test_it_sees_code_in_sentences_and_blocks(self):
        text = "Run `accessd doctor`, or:\n\n```sh\nsudo -u accessd accessd backup \\\n  x.db\n```\n\n```text\naccessd is up\n```\n"
        assert list(lines_of(text)) == ["accessd doctor", "accessd backup    x.db"]
