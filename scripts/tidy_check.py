#!/usr/bin/python3
"""Reads the checkout for what compilers miss, and prints how to mend it.

    scripts/tidy_check.py

- Migrations are numbered from 0001 without gaps, and each is there for every engine.
- Relative links in *.md lead to files and headings that exist.
- File names in src/ are unique, so that a stack trace is enough to find one.
- Text files end with a newline and hold no marks of an unfinished merge.
- No path of the machine that somebody works on.
- Files that start with #! are executable.
"""

import collections
import os
import re
import urllib.parse

from source_files import ROOT, Problems, read_text, source_files

MIGRATION = re.compile(r"^(\d{4})_([a-z0-9_]+)\.([a-z]+)\.sql$")
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^\[[^\]]+\]:\s*<?(\S+?)>?(?:\s+\".*\")?$")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
MACHINE_PATH = re.compile(r"(?<![\w.$}/-])/(root|home|work)/[\w.-]+")
MERGE_MARK = re.compile(r"^(<{7}|>{7}|\|{7}) |^={7}$")
NO_NEWLINE_NEEDED = {".svg", ".pem"}


def check_migrations(files, problems):
    engines = collections.defaultdict(dict)
    for path in files:
        if path.parts[:3] != ("src", "store", "migrations") or path.suffix != ".sql":
            continue
        match = MIGRATION.match(path.name)
        if not match:
            problems.add(path, 1, "is not named like a migration",
                         "name it 0007_what_it_does.sqlite.sql")
            continue
        number, name, engine = int(match[1]), match[2], match[3]
        if number in engines[engine]:
            problems.add(path, 1, f"number {match[1]} is taken by {engines[engine][number]}",
                         "take the next free number")
        engines[engine][number] = name
    for engine, found in engines.items():
        for number in range(1, max(found) + 1):
            if number not in found:
                problems.add("src/store/migrations", 1,
                             f"{engine} has no migration {number:04}, but a later one",
                             "number migrations without gaps")
        for other, theirs in engines.items():
            for number, name in found.items():
                if theirs.get(number) != name:
                    problems.add(f"src/store/migrations/{number:04}_{name}.{engine}.sql", 1,
                                 f"has no twin for {other}",
                                 f"add {number:04}_{name}.{other}.sql, if need be with only a "
                                 "comment")


def without_code(text):
    """The text with fenced code blanked out and inline code emptied, line by line."""
    fence = None
    for line in text.splitlines():
        mark = re.match(r"^\s*(```+|~~~+)", line)
        if fence:
            if mark and mark[1].startswith(fence):
                fence = None
            yield ""
        elif mark:
            fence = mark[1][:3]
            yield ""
        else:
            yield line


def anchors(path):
    """The names that a page's headings can be linked by."""
    found = collections.Counter()
    names = set()
    text = read_text(path) or ""
    for line in without_code(text):
        match = HEADING.match(line)
        if not match:
            continue
        title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match[1])
        name = re.sub(r"[^\w\- ]", "", title.replace("`", "").lower()).replace(" ", "-")
        names.add(f"{name}-{found[name]}" if found[name] else name)
        found[name] += 1
    return names | set(re.findall(r'<a (?:id|name)="([^"]+)"', text))


def check_links(path, text, problems):
    for number, line in enumerate(without_code(text), 1):
        line = re.sub(r"`[^`]*`", "`code`", line)
        targets = LINK.findall(line) + REFERENCE.findall(line)
        for target in targets:
            if re.match(r"^[a-z][a-z0-9+.-]*:|^//", target):
                continue
            name, _, anchor = urllib.parse.unquote(target).partition("#")
            place = os.path.normpath(os.path.join(path.parent, name)) if name else str(path)
            if not (ROOT / place).exists():
                problems.add(path, number, f"the link to {target} leads nowhere",
                             f"create {place}, or link what took its place")
            elif anchor and place.endswith(".md") and anchor not in anchors(place):
                problems.add(path, number, f"{place} has no heading #{anchor}",
                             "link one of: " + ", ".join(sorted(anchors(place))[:12]))


def check_names(files, problems):
    seen = {}
    for path in files:
        if path.parts[0] != "src" or path.name == "CMakeLists.txt":
            continue
        if path.name in seen:
            problems.add(path, 1, f"{seen[path.name]} has the same name",
                         f"put the folder into it, such as {path.parent.name}_{path.name}")
        seen.setdefault(path.name, path)


def check_text(path, text, problems):
    lines = text.splitlines()
    if text and not text.endswith("\n") and path.suffix not in NO_NEWLINE_NEEDED:
        problems.add(path, len(lines), "no newline at the end", f"echo >> {path}")
    if text.startswith("#!") and not os.access(ROOT / path, os.X_OK):
        problems.add(path, 1, "starts with #! and is not executable", f"chmod +x {path}")
    for number, line in enumerate(lines, 1):
        match = MACHINE_PATH.search(line)
        if match:
            problems.add(path, number, f"{match[0]} is a path of somebody's machine",
                         "write it relative to the checkout, or use a folder of the system "
                         "such as /var/lib/accessd")
        if MERGE_MARK.match(line):
            problems.add(path, number, "a mark of an unfinished merge", "finish the merge")


def main():
    problems = Problems()
    files = source_files()
    check_migrations(files, problems)
    check_names(files, problems)
    for path in files:
        text = read_text(path)
        if text is None or path.parts[:2] == ("fuzz", "corpus"):  # Inputs, byte by byte.
            continue
        check_text(path, text, problems)
        if path.suffix == ".md":
            check_links(path, text, problems)
    problems.exit("tidy check", len(files))


if __name__ == "__main__":
    main()
