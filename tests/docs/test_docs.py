"""Every command and snippet of docs/guide and docs/tasks, done as the pages say.

The guide's pages follow each other on one machine. Each task has a machine of its own, on which the guide's server runs already
(machine/task_begins)."""

import os
import pathlib
import re

import pytest

import machine
import snippets
from snippets import PROGRAMS

HERE = pathlib.Path(__file__).resolve().parent
ROOT = machine.ROOT
GUIDE = sorted((ROOT / "docs/guide").glob("[0-9]*.md"))
TASKS = sorted(path for path in (ROOT / "docs/tasks").glob("*.md") if path.name != "README.md")
PAGES = [*GUIDE, *TASKS, ROOT / "docs/guide/README.md", ROOT / "docs/tasks/README.md"]
PROGRAM = str((ROOT / os.environ["ACCESSD_BIN"]).resolve())


def name_of(path):
    return str(path.relative_to(ROOT))


@pytest.fixture
def new_machine():
    why = machine.why_not()
    if why:
        pytest.skip(f"the documents were not run, for this takes namespaces: {why}")
    postgres = os.environ.get("ACCESSD_DOCS_POSTGRES", "")
    made = machine.Machine(PROGRAM, postgres if os.path.isdir(postgres) else "")
    yield made
    made.close()


def test_the_guide_works_from_its_first_line_to_its_last(new_machine):
    for page in GUIDE:
        new_machine.follow(snippets.read(page, name_of(page)))


@pytest.mark.parametrize("page", TASKS, ids=[path.stem for path in TASKS])
def test_a_task_works(new_machine, page):
    status, printed = new_machine.run((HERE / "machine/task_begins").read_text(encoding="utf-8"))
    assert status == 0, printed + new_machine.journal()
    new_machine.follow(snippets.read(page, name_of(page)))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_nothing_in_a_page_goes_untried(page):
    faults = [f"{snippet.place}: {snippet.fault()}" for snippet in snippets.read(page, name_of(page)) if snippet.fault()]
    assert faults == []


@pytest.mark.parametrize("folder", ["guide", "tasks"])
def test_every_page_is_in_the_index(folder):
    index = (ROOT / f"docs/{folder}/README.md").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / f"docs/{folder}").glob("*.md")} - {"README.md"}
    assert {page for page in pages if f"({page})" not in index} == set()


def test_every_error_code_has_its_section():
    """docs/errors.md#otp_expired is where an answer's `code` leads: what it is, why it comes, what to do."""
    text = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    description = (ROOT / "openapi/accessd.yaml").read_text(encoding="utf-8")
    listed = description.split("\n    ErrorCode:")[1].split("enum:")[1].split("\n    ")[0:200]
    codes = set(re.findall(r"\b[A-Z][A-Z_]{3,}\b", "\n".join(listed).split("ErrorDetails")[0]))
    sections = {match[1]: match[2] for match in re.finditer(r"^### ([A-Z_]+)\n(.*?)(?=^###? |\Z)", text, re.M | re.S)}
    assert codes and codes == set(sections)
    for code, section in sections.items():
        assert section.strip().split("\n")[0] and "**Why:**" in section and "**Do:**" in section, code


class TestTheRunner:
    """It would be worth nothing if it took everything."""

    def snippet(self, first_line, text):
        return snippets.Snippet("a page", 1, first_line, text)

    @pytest.mark.parametrize("pieces", [
        [("sh run", "false\n")], [("sh run", "false\necho on\n")], [("sh run", "cat nothing | wc -l\n")],
        [("sh run status=1", "true\n")], [("sh run", "echo a\n"), ("text output", "b\n")],
        [("sh run", "echo a\n"), ("text output", "a…c\n")], [("sh run", "unknown-command\n")]])
    def test_it_finds_what_a_page_gets_wrong(self, new_machine, pieces):
        with pytest.raises(machine.Failed):
            new_machine.follow([self.snippet(*piece) for piece in pieces])

    def test_it_keeps_what_one_block_leaves_for_the_next(self, new_machine):
        new_machine.follow([self.snippet("sh run", "mkdir deeper && cd deeper\nNAME=Ana\n"),
                            self.snippet("toml file=a.toml", 'name = "Eva"\n'), self.snippet("toml append=a.toml", "x = 1\n"),
                            self.snippet("sh run", 'pwd; echo "$NAME"; cat a.toml\n'),
                            self.snippet("text output", '…/deeper\nAna\nname = "Eva"\nx = 1\n'),
                            self.snippet("sh run status=3", "exit_with() { return 3; }; exit_with\n")])

    def test_it_does_what_is_for_its_own_way_alone(self, new_machine):
        new_machine.follow([self.snippet("sh run way=package", "false\n"), self.snippet("sh run way=source", "WAY=source\n"),
                            self.snippet("sh run", 'echo "$WAY"\n'), self.snippet("text output way=package", "package\n"),
                            self.snippet("text output way=source", "source\n")])
        assert self.snippet("sh run way=snap", "true\n").fault()

    @pytest.mark.parametrize("first_line", ["sh", "python", "toml", "json", "sh example", "python run", "python example"])
    def test_it_takes_no_command_without_a_mark(self, first_line):
        assert first_line.split()[0] in PROGRAMS and self.snippet(first_line, "x\n").fault()

    def test_nothing_of_a_machine_is_left(self, new_machine):
        status, _ = new_machine.run("touch /etc/of-the-machine /var/lib/of-the-machine && hostname >/dev/null")
        assert status == 0
        assert not pathlib.Path("/etc/of-the-machine").exists() and not pathlib.Path("/var/lib/of-the-machine").exists()
