"""What the tests know of face workers: the processes that a server starts to look at pictures."""

import os
import pathlib
import shutil
import signal

from support.client import wait_for
from support.server import ROOT

MODELS = ROOT / "build/models"
READY_SECONDS_MAX = 60


def need_models():
    """Without them a run would look complete and not be."""
    assert (MODELS / "models.json").exists(), \
        "these tests need the face models: tools/models/fetch brings them"


def copy_models(folder):
    """A folder of models to break."""
    need_models()
    shutil.copytree(MODELS, folder, ignore=shutil.ignore_patterns("samples"))
    return pathlib.Path(folder)


def workers(server):
    """Ids of the processes that the server has started and that run; the oldest, which is ready if any is, first.
    Numbers say nothing of that: the kernel begins again at the end of them."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # It ended meanwhile.
        if int(fields[1]) == server.process.pid and fields[0] != "Z":
            found.append((int(fields[19]), int(entry.name)))  # starttime; the first field was the state, the third.
    return [pid for _, pid in sorted(found)]


def is_running(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def end(pid, with_signal=signal.SIGKILL):
    os.kill(pid, with_signal)


def biometrics(api):
    """What the operator sees of them."""
    return api.get("/readyz", listener="operations", token=None).json["parts"]["biometrics"]


def wait_until_on(api):
    wait_for(lambda: biometrics(api) == "ok", READY_SECONDS_MAX)
