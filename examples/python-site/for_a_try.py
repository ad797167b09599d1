"""An accessd with a test project, on a folder that goes with it."""

import atexit
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from accessd import Accessd

START_SECONDS_MAX = 20
BUILT = pathlib.Path(__file__).resolve().parents[2] / "build/release/accessd"


def start(redirect_url):
    """Settings like those that the environment may hold. It ends with this process."""
    program = os.environ.get("ACCESSD_BIN", str(BUILT))
    if not pathlib.Path(program).exists():
        sys.exit(f'there is no {program}: run "make build" first, or set ACCESSD_BIN')
    folder = pathlib.Path(tempfile.mkdtemp(prefix="accessd-example-"))
    environment = {"ACCESSD_SERVER_PORT": os.environ.get("ACCESSD_PORT", str(free_port())),
                   "ACCESSD_SERVER_OPERATIONS_PORT": "0", "ACCESSD_STORE_DATA_DIR": str(folder / "data")}
    process = subprocess.Popen([program, "serve", "--dev"], cwd=folder, env=os.environ | environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def end():
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    known = read_quick_start(process, folder / "data/quick_start.env")
    accessd = Accessd(known["URL"], client_id=known["CLIENT_ID"], client_secret=known["CLIENT_SECRET"])
    # Set-up that a customer does once, in the console or like this.
    project = accessd.get_project(known["PROJECT"])
    flow = next(iter(accessd.list_flows(known["PROJECT"])))
    accessd.change_flow(flow["flow_id"], redirect_urls=[redirect_url])
    return {"ACCESSD_URL": known["URL"], "ACCESSD_PROJECT": project["slug"], "ACCESSD_CLIENT_ID": known["CLIENT_ID"],
            "ACCESSD_CLIENT_SECRET": known["CLIENT_SECRET"]}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def read_quick_start(process, file):
    """What `serve --dev` writes down when it is ready: NAME='value' lines."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while not file.exists() or "TOKEN='" not in file.read_text(encoding="utf-8"):
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit("accessd did not start; its messages are above")
        time.sleep(0.05)
    return dict(re.findall(r"^([A-Z_]+)='(.*)'$", file.read_text(encoding="utf-8"), re.M))
