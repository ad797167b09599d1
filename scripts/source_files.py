"""What the source checks share: the files of the checkout, and how a problem is told."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOT_SOURCE = {".git", "build", "dist", "node_modules", "__pycache__"}


def source_files():
    """Paths of tracked and of new, not ignored files, relative to the top of the checkout."""
    listing = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=False)
    if listing.returncode == 0:
        names = sorted(set(listing.stdout.decode().split("\0")) - {""})
        paths = [pathlib.PurePosixPath(name) for name in names]
    else:  # A release archive has no .git.
        paths = sorted(pathlib.PurePosixPath(path.relative_to(ROOT)) for path in ROOT.rglob("*"))
    return [path for path in paths
            if not NOT_SOURCE & set(path.parts)
            and (ROOT / path).is_file() and not (ROOT / path).is_symlink()]


def read_text(path):
    """The text of a file, or nothing where it is not text."""
    data = (ROOT / path).read_bytes()
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


class Problems:
    """Collects what is wrong, so that one run names everything."""

    def __init__(self):
        self.count = 0

    def add(self, path, line, what, fix):
        self.count += 1
        print(f"{path}:{line}: {what}\n    fix: {fix}")

    def exit(self, name, checked):
        if self.count:
            print(f"{name}: {self.count} problem{'s' if self.count > 1 else ''}")
            sys.exit(1)
        print(f"{name}: {checked} files are fine")
