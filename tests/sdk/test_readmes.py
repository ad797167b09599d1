"""The first logins of the clients' READMEs, as they stand there."""

import os
import re
import subprocess
import sys

import pytest
from support.server import ROOT

TRANSPILE = """
const ts = require('typescript');
const { outputText, diagnostics } = ts.transpileModule(require('fs').readFileSync(0, 'utf8'), {
  reportDiagnostics: true,
  compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
});
if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics.map((one) => one.messageText)));
process.stdout.write(outputText);
"""


def first_login(readme, language):
    section = (ROOT / readme).read_text(encoding="utf-8").split("## A first login")[1]
    return re.search(rf"```{language}\n(.*?)```", section, re.S)[1]


@pytest.fixture
def environment(server, url, project):
    client_id, client_secret = server.credentials
    return os.environ | {"URL": url, "PROJECT": project["project_id"], "CLIENT_ID": client_id, "CLIENT_SECRET": client_secret,
                         "PYTHONPATH": str(ROOT / "sdk/python/src"), "PYTHONDONTWRITEBYTECODE": "1"}


def run(command, environment, folder, text=None):
    return subprocess.run(command, env=environment, cwd=folder, input=text, capture_output=True, text=True, timeout=240,
                          check=False)


@pytest.mark.parametrize("code, said", [("123456", r"^logged in: usr_\w+ eyJ"), ("000000", r"^wrong, 2 tries left")])
def test_python(environment, tmp_path, code, said):
    program = first_login("sdk/python/README.md", "python")
    assert '"123456"' in program
    done = run([sys.executable, "-c", program.replace("123456", code)], environment, tmp_path)
    assert re.search(said, done.stdout), done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A project of somebody's, in which the client is installed as npm would."""
    folder = tmp_path_factory.mktemp("project")
    place = folder / "node_modules/accessd"
    place.mkdir(parents=True)
    (place / "package.json").write_text((ROOT / "sdk/typescript/package.json").read_text(encoding="utf-8"), encoding="utf-8")
    subprocess.run(["node", ROOT / "web/node_modules/typescript/bin/tsc", "-p", ROOT / "sdk/typescript", "--outDir",
                    place / "dist"], check=True, timeout=240)
    return folder


@pytest.mark.parametrize("code, said", [("123456", r"^logged in: usr_\w+ eyJ"), ("000000", r"^wrong, 2 tries left")])
def test_typescript(environment, installed, code, said):
    program = first_login("sdk/typescript/README.md", "ts")
    assert "'123456'" in program
    made = run(["node", "-e", TRANSPILE], os.environ, ROOT / "web", program.replace("123456", code))
    assert made.returncode == 0, made.stderr
    (installed / "login.mjs").write_text(made.stdout, encoding="utf-8")
    done = run(["node", "login.mjs"], environment, installed)
    assert re.search(said, done.stdout), done.stdout + done.stderr
