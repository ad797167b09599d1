"""examples/ that use the clients, started as their READMEs say and used by a person."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.parse

import accessd
import pytest
from support.browser import solve
from support.client import wait_for
from support.server import ROOT, find_program

EXAMPLES = ROOT / "examples"


@pytest.fixture
def site(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = os.environ | {"PORT": str(port), "ACCESSD_BIN": find_program(), "PYTHONDONTWRITEBYTECODE": "1"}
    log = (tmp_path / "log").open("w+")
    process = subprocess.Popen([sys.executable, EXAMPLES / "python-site/site.py"], env=environment, stdout=log,
                               stderr=subprocess.STDOUT)
    yield wait_for(lambda: re.search(r"The site: (\S+)   \(accessd: (\S+)\)", (tmp_path / "log").read_text()), 30)
    process.terminate()
    assert process.wait(30) == 0
    log.close()


class Browser:
    """Keeps the site's cookie."""

    def __init__(self, url):
        self.address = urllib.parse.urlsplit(url).netloc
        self.cookie = None

    def send(self, method, path, **headers):
        connection = http.client.HTTPConnection(self.address, timeout=20)
        connection.request(method, path, headers=headers | ({"Cookie": self.cookie} if self.cookie else {}))
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        if answer.headers.get("Set-Cookie"):
            self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        return answer


def through_the_login_page(accessd_url, login_url):
    """Does what the page at `login_url` does; the path and query of the site that the browser is sent to."""
    project = urllib.parse.urlsplit(login_url).path.rsplit("/", 1)[1]
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(login_url).query))
    nobody = accessd.Accessd(accessd_url)
    challenge = nobody.create_challenge(project=project)
    login = nobody.open_login(project=project, redirect_url=query["redirect_url"], state=query["state"],
                              code_challenge=query["code_challenge"],
                              proof=solve(challenge["challenge"], challenge["difficulty"]))
    browser = accessd.Accessd(accessd_url, token=login["login_token"])
    sent = browser.send_email_otp(email="user@example.com")
    back = browser.verify_email_otp(email="user@example.com", otp="123456", validation_id=sent["validation_id"])
    place = urllib.parse.urlsplit(back["redirect_url"])
    return f"{place.path}?{place.query}"


def test_a_person_logs_in_on_the_hosted_page_and_out_again(site):
    site_url, accessd_url = site.groups()
    browser = Browser(site_url)
    assert "Log in to go on" in browser.send("GET", "/").text

    to_login = browser.send("GET", "/login")
    before = browser.cookie
    back = through_the_login_page(accessd_url, to_login.headers["Location"])
    assert browser.send("GET", back).headers["Location"] == "/"

    assert "Hello, user@example.com" in browser.send("GET", "/").text
    assert browser.cookie != before, "the session before the login is not the one after it"
    assert browser.send("GET", back).headers["Location"] == "/?note=failed"
    assert browser.send("POST", "/logout", Origin="https://evil.example").status == 403
    assert "Hello" in browser.send("GET", "/").text
    assert browser.send("POST", "/logout", Origin=site_url).status == 303
    assert "Hello" not in browser.send("GET", "/").text


def test_another_browser_can_do_nothing_with_the_answer(site):
    site_url, accessd_url = site.groups()
    victim, thief = Browser(site_url), Browser(site_url)
    back = through_the_login_page(accessd_url, victim.send("GET", "/login").headers["Location"])
    thief.send("GET", "/login")
    for stranger in (thief, Browser(site_url)):
        assert stranger.send("GET", back).headers["Location"] == "/?note=failed"
        assert "Hello" not in stranger.send("GET", "/").text


@pytest.fixture(scope="module")
def built_sdk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sdk")
    subprocess.run(["node", ROOT / "web/node_modules/typescript/bin/tsc", "-p", ROOT / "sdk/typescript", "--outDir", folder],
                   check=True, timeout=240)
    shutil.copy(ROOT / "sdk/typescript/package.json", folder)  # Says that these are modules.
    return folder / "node.js"


@pytest.mark.parametrize("program", [[sys.executable, "log_in.py"], ["node", "log_in.mjs"]], ids=["python", "typescript"])
@pytest.mark.parametrize("typed, said", [
    ("user@example.com\n000000\n123456\n", r"Wrong; 2 tries left\.\n(.*: )?Logged in: usr_"),
    ("user@example.com\n1\n2\n3\n", r"Wrong; 0 tries left\.\n(.*: )?Not logged in\.")], ids=["right", "wrong"])
def test_server_to_server(server, url, project, built_sdk, program, typed, said):
    client_id, client_secret = server.credentials
    done = subprocess.run(program, cwd=EXAMPLES / "server-to-server", input=typed, text=True, capture_output=True, timeout=60,
                          env=os.environ | {"URL": url, "PROJECT": project["project_id"], "CLIENT_ID": client_id,
                                            "CLIENT_SECRET": client_secret, "ACCESSD_SDK": str(built_sdk),
                                            "PYTHONDONTWRITEBYTECODE": "1"}, check=False)
    assert re.search(said, done.stdout), done.stdout + done.stderr
