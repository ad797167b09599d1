#!/usr/bin/python3
"""Compares the includes of src/ with what its folders say they use.

    scripts/check_includes.py [--unused]

With --unused it also names entries of USES that no include needs.

- A folder includes only folders in the USES of its CMakeLists.txt; those stand above it in
  src/CMakeLists.txt, so there are no circles. ARCHITECTURE.md shows who may use whom.
- Only *_handlers.*, http/ and app/ include http/: HTTP stops at the handlers.
- Headers of ours don't include headers that take long to compile. Where it can't be avoided, the
  line says why:  #include <boost/...>  // heavy include: why
- Some libraries are kept in one file, so that replacing them changes one file.
"""

import re
import sys

from source_files import ROOT, Problems, read_text, source_files

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)(.*)$')
HEAVY = re.compile(r"^(boost/|nlohmann/(?!json_fwd\.hpp$)|opencv2/|spdlog/|toml\+\+/|CLI/|"
                   r"kainjow/|prometheus/)")
IN_ONE_FILE = ("spdlog/", "toml++/", "CLI/", "kainjow/")
MAY_INCLUDE_HTTP = {"http", "app"}


def arguments(text, function):
    """The words of each call of a CMake function."""
    text = re.sub(r"#.*", "", text)
    return [call.split() for call in re.findall(function + r"\(([^)]*)\)", text)]


def after(words, keyword):
    """The words between a keyword and the next one."""
    if keyword not in words:
        return []
    found = []
    for word in words[words.index(keyword) + 1:]:
        if word in ("USES", "LIBS", "SHOWS", "FOLDERS"):
            break
        found.append(word)
    return found


def read_folders(problems):
    """What each folder may include, in the order of src/CMakeLists.txt."""
    folders = {}
    order = [words[0] for words in
             arguments((ROOT / "src/CMakeLists.txt").read_text(), "add_subdirectory")]
    web = ["embedded/" + words[0] for words in
           arguments((ROOT / "web/CMakeLists.txt").read_text(), "accessd_embed")]
    for folder in order:
        listing = f"src/{folder}/CMakeLists.txt"
        calls = arguments((ROOT / listing).read_text(), "accessd_library")
        uses, embeds = [], []
        for words in calls:
            uses += after(words, "USES")
            embeds += [lib.replace("accessd_embedded_", "embedded/", 1)
                       for lib in after(words, "LIBS") if lib.startswith("accessd_embedded_")]
        for used in uses:
            if used == "web":
                embeds += web
            elif used not in order[:order.index(folder)]:
                problems.add(listing, 1, f"{folder} uses {used}, which does not stand above it in "
                             "src/CMakeLists.txt",
                             "turn the dependency round: an event, or an interface that "
                             f"{used if used in order else folder} declares")
        folders[folder] = {"uses": uses, "embeds": embeds}
    return folders


def check_own(path, line, included, folder, folders, problems):
    """An include of one of our files."""
    target = included.split("/")[0]
    if "/" not in included:
        written = (included.replace("_", "/", 1) if included.startswith("embedded_")
                   else f"{folder}/{included}")
        problems.add(path, line, f'#include "{included}" names no folder',
                     f'write #include "{written}"')
        return
    if folder == "main.cpp" or target == folder:
        pass
    elif target == "embedded":
        if included.removesuffix(".h") not in folders[folder]["embeds"]:
            name = included.removeprefix("embedded/").removesuffix(".h")
            problems.add(path, line, f'{folder} does not say that it uses "{included}"',
                         f"add accessd_embedded_{name} to the LIBS of src/{folder}/CMakeLists.txt")
    elif target not in folders:
        problems.add(path, line, f'#include "{included}": there is no folder src/{target}',
                     'use <...> for headers of others; "..." starts at src/')
    elif target not in folders[folder]["uses"]:
        order = list(folders)
        if order.index(target) < order.index(folder):
            fix = (f"if ARCHITECTURE.md allows it, add {target} to the USES of "
                   f"src/{folder}/CMakeLists.txt")
        else:
            fix = (f"{target} stands above {folder} in the layers: use an event, or declare an "
                   f"interface in {folder} that {target} implements")
        problems.add(path, line, f'{folder} may not include "{included}"', fix)
    if (target == "http" and folder not in MAY_INCLUDE_HTTP and folder != "main.cpp"
            and not re.search(r"_handlers(_\w+)?\.(h|cpp)$", path.name)):
        problems.add(path, line, f'#include "{included}" outside of a handler',
                     "move what needs HTTP to a *_handlers file; the rest takes plain values")


def main():
    problems = Problems()
    folders = read_folders(problems)
    kept = {library: {} for library in IN_ONE_FILE}
    used = {folder: set() for folder in folders}
    files = [path for path in source_files()
             if path.parts[0] == "src" and path.suffix in (".h", ".cpp")]
    for path in files:
        folder = path.parts[1]
        if folder not in folders and folder != "main.cpp":
            problems.add(path, 1, f"src/CMakeLists.txt does not list the folder {folder}",
                         f"give it a CMakeLists.txt and add_subdirectory({folder})")
            continue
        text = read_text(path) or ""
        if path.suffix == ".h" and "#pragma once" not in text:
            problems.add(path, 1, "no #pragma once", "add it as the first line of code")
        for line, code in enumerate(text.splitlines(), 1):
            match = INCLUDE.match(code)
            if not match:
                continue
            own, foreign, rest = match.groups()
            if own:
                check_own(path, line, own, folder, folders, problems)
                used.get(folder, set()).add(own.split("/")[0])
                continue
            for library in IN_ONE_FILE:
                if foreign.startswith(library):
                    kept[library].setdefault(path, line)
            if (path.suffix == ".h" and HEAVY.match(foreign) and "heavy include:" not in rest
                    and not (folder == "http" and path.stem.endswith("_impl"))):
                problems.add(path, line, f"<{foreign}> in a header makes every includer slow",
                             "include it in the .cpp and declare forward here "
                             "(nlohmann/json_fwd.hpp; a private struct behind a unique_ptr)")
    for library, places in kept.items():
        for path, line in list(places.items())[1:]:
            problems.add(path, line, f"<{library}...> is already used in {list(places)[0]}",
                         "call that file; each of these libraries stays in one file")

    for folder, listed in folders.items() if "--unused" in sys.argv else ():
        for unused in sorted(set(listed["uses"]) - used[folder] - {"web"}):
            print(f"src/{folder}/CMakeLists.txt:1: {folder} includes nothing of {unused}")
    problems.exit("include check", len(files))


if __name__ == "__main__":
    main()
