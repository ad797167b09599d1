#!/usr/bin/python3
"""Follows docs/guide word for word on a machine on which accessd's packages are to be installed; see scripts/package_test.

    guide_with_packages.py FOLDER     the folder that holds the packages"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import machine  # noqa: E402
import snippets  # noqa: E402


def main():
    packages = pathlib.Path(sys.argv[1]).resolve()
    made = machine.Machine("", way="package")
    try:
        status, printed = made.run(f"cp {packages}/accessd*.deb ~/")
        if status:
            sys.exit(printed)
        for page in sorted((machine.ROOT / "docs/guide").glob("[0-9]*.md")):
            name = str(page.relative_to(machine.ROOT))
            steps = snippets.read(page, name)
            made.follow(steps)
            print(f"{name}: {sum(step.what == 'run' and step.is_of('package') for step in steps)} blocks of commands")
    except machine.Failed as failed:
        sys.exit(f"{failed}\n{(made.folder / 'shell.log').read_text(errors='replace')}")
    finally:
        made.close()


if __name__ == "__main__":
    main()
