#!/usr/bin/python3
"""Follows docs/guide word for word on a machine on which accessd's packages are to be installed, and then the page about upgrading;
see scripts/package_test.

    guide_with_packages.py FOLDER NEXT     the folder that holds the packages, and the next version's accessd"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import machine  # noqa: E402
import snippets  # noqa: E402


def follow(made, page):
    name = str(page.relative_to(machine.ROOT))
    steps = snippets.read(page, name)
    made.follow(steps)
    print(f"{name}: {sum(step.what == 'run' and step.is_of('package') for step in steps)} blocks of commands")


def main():
    packages, following = (pathlib.Path(word).resolve() for word in sys.argv[1:])
    made = machine.Machine("", way="package")
    try:
        status, printed = made.run(f"cp {packages}/accessd*.deb ~/")
        if status:
            sys.exit(printed)
        for page in sorted((machine.ROOT / "docs/guide").glob("[0-9]*.md")):
            follow(made, page)
        status, printed = made.run(f"mkdir ~/new && cd ~/new && cp {following} accessd_next.deb")
        if status:
            sys.exit(printed)
        follow(made, machine.ROOT / "docs/tasks/upgrade.md")
        status, printed = made.run("dpkg-query -W -f '${Version}' accessd")
        if not printed.endswith("+next"):
            sys.exit(f"after the upgrade there is still {printed}")
    except machine.Failed as failed:
        sys.exit(f"{failed}\n{(made.folder / 'shell.log').read_text(errors='replace')}")
    finally:
        made.close()


if __name__ == "__main__":
    main()
