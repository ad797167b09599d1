"""The fenced blocks of a page, and what their first line says is to be done with them.

    ```sh run                 runs, and must end with 0
    ```sh run status=1        runs, and must end with 1
    ```sh run until="ready"   runs again until it prints that, for a minute at most
    ```text output            what the block before printed; … stands for anything
    ```toml file=name         becomes that file; append=name adds to it
    ```sh run way=source      runs where accessd was installed that way: source or package
    Blocks in a comment (<!-- -->) run like all others, and readers don't see them: what a page's test needs and a reader has.

    ```text example           isn't run: words to show, never commands
"""

import re
import shlex

FENCE = re.compile(r"^(\s*)(```+)(.*)$")
TO_RUN = {"sh", "bash", "shell", "console"}
# Languages in which nothing may stand that isn't tried.
PROGRAMS = TO_RUN | {"python", "ts", "js", "javascript", "typescript", "sql", "toml", "ini", "yaml", "json"}


class Snippet:
    """One fenced block."""

    def __init__(self, page, line, information, text):
        self.page, self.line, self.text = page, line, text
        words = shlex.split(information)
        self.language = words[0] if words else ""
        self.marks = {}
        for word in words[1:]:
            name, _, value = word.partition("=")
            self.marks[name] = value
        self.what = next((mark for mark in ("run", "output", "file", "append", "example") if mark in self.marks), None)

    def is_of(self, way):
        """Whether somebody who installs accessd that way does what it says."""
        return self.marks.get("way", way) == way

    @property
    def place(self):
        return f"{self.page}:{self.line}"

    def fault(self):
        """What is wrong with its marks, or nothing."""
        if self.marks.get("way", "source") not in ("source", "package"):
            return "there are two ways: source and package"
        if self.what is None and self.language in PROGRAMS:
            return f"a block of {self.language} that no test tries: mark it run, file=, append= or output"
        if self.what == "example" and self.language in PROGRAMS:
            return "what is an example only may not be commands, programs or settings: make it text"
        if self.what == "run" and self.language not in TO_RUN:
            return f"only sh runs; write {self.language} to a file and run that"
        return None


def read(path, name):
    """The snippets of a page, in order."""
    found, opened = [], None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = FENCE.match(line)
        if opened is None:
            if match:
                opened = (number, match[1], match[2], match[3], [])
        elif match and match[2].startswith(opened[2]) and not match[3]:
            start, indent, _, information, lines = opened
            found.append(Snippet(name, start, information, "".join(one.removeprefix(indent) + "\n" for one in lines)))
            opened = None
        else:
            opened[4].append(line)
    assert opened is None, f"{name}:{opened[0]} is never closed"
    return found


def matches(expected, printed):
    """Whether a block of output is what was printed. … is anything; how many blanks part words doesn't count."""
    def tidy(text):
        return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    pattern = ".*?".join(re.escape(part) for part in tidy(expected).split("…"))
    return re.fullmatch(pattern, tidy(printed), re.S) is not None
