"""Programs of Node.js that tests need, installed from tests/standardwebhooks/package-lock.json."""

import fcntl
import hashlib
import pathlib
import shutil
import subprocess
import tempfile

from support.server import ROOT

SOURCE = ROOT / "tests/standardwebhooks"


def folder():
    """Where the packages are: a copy beside the build's temporary files, installed once for each lock file."""
    lock_file = SOURCE / "package-lock.json"
    name = "accessd-node-" + hashlib.sha256(lock_file.read_bytes()).hexdigest()[:16]
    place = pathlib.Path(tempfile.gettempdir()) / name
    place.mkdir(exist_ok=True)
    with open(place / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for file in ("package.json", "package-lock.json", "verify.mjs", "transpile.mjs"):
            shutil.copy(SOURCE / file, place / file)
        if not (place / "done").exists():
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=place,
                           check=True, timeout=300, capture_output=True)
            (place / "done").touch()
    return place


def run(program, text):
    """What a program of that folder writes for this input."""
    done = subprocess.run(["node", program], cwd=folder(), input=text, text=True, timeout=60,
                          capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
