#!/usr/bin/env python3
"""Which source files may be compiled as one (cmake/unity.cmake): prints a line for each group, its files divided by ';'.

Names in unnamed namespaces are a file's own; two files that are compiled as one share them. A file therefore joins a group only
if it mentions no name that another of the group keeps to itself, and the other way round. That is looked up by the form that
our sources have (.clang-format): what such a namespace holds starts at the beginning of a line. The order of groups and files
is that of the names, so the same sources make the same program.
"""

import re
import sys

DECLARED = [
    re.compile(r"(?:struct|class|enum class|enum|union) (\w+)"),
    re.compile(r"using (\w+) ="),
    re.compile(r"(?:using|namespace) (?:\w+::)*(\w+)(?:;| =)"),
    re.compile(r"[^=({]*?(\w+)\("),
    re.compile(r"[^=({]*?(\w+)\s*(?:\[\w*\])?\s*(?:=|\{|;)"),
]
QUIET = re.compile(r'//[^\n]*|"(?:\\.|[^"\\\n])*"')
MENTIONED = re.compile(r"(?<![\w.])(?<!->)(?<!::)[A-Za-z_]\w*")


def own_names(text):
    """By name, what the file has to itself: "" for what it declares, and the whole of "using a::b;"."""
    names = {name: "" for name in re.findall(r"^(?:namespace |#define |static [^=(;]*?)(\w+)(?: =|\(| )", text, re.M)}
    inside = False
    for line in text.split("\n"):
        if line.startswith("namespace {"):
            inside = True
        elif line.startswith("}  // namespace"):
            inside = False
        elif inside and line and line[0] not in " /}#{)" and not line.startswith(("TEST", "INSTANTIATE")):
            found = next((m for m in (form.match(line) for form in DECLARED) if m), None)
            if found:
                names[found[1]] = ""
    names |= {name: whole for whole, name in re.findall(r"^(using (?:\w+::)+(\w+));", text, re.M)}
    # A suite's name becomes a type's.
    names |= {name: "" for name in re.findall(r"^TEST\w*\(\s*(\w+)", text, re.M)}
    return {name: whole for name, whole in names.items() if name not in {"accessd", "operator", "void", "const", "template"}}


def have_clash(own, other, mentioned):
    """Whether a file that mentions `mentioned` and has `other` to itself would meet a name of `own`."""
    return any(not (own[name] and own[name] == other.get(name)) for name in own.keys() & mentioned)


def groups(paths, size):
    """The files of `paths`, joined to groups of at most `size`."""
    joined = []  # Of each group: its files, their own names, all names that they mention.
    for path in sorted(paths):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        mentioned = set(MENTIONED.findall(QUIET.sub("", text)))
        own = own_names(text)
        for files, names, all_mentioned in joined:
            if len(files) < size and not have_clash(names, own, mentioned) and not have_clash(own, names, all_mentioned):
                break
        else:
            files, names, all_mentioned = [], {}, set()
            joined.append((files, names, all_mentioned))
        files.append(path)
        names.update(own)
        all_mentioned.update(mentioned)
    return [files for files, _, _ in joined]


if __name__ == "__main__":
    for group in groups(sys.argv[2:], int(sys.argv[1])):
        print(";".join(group))
