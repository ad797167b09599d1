"""accessd doctor: what it finds, and what it says to do."""

import base64
import http.server
import json
import os
import re
import threading
import time

import pytest

from support.client import Client
from support.phones import add_phone_sender
from support.project import Project
from support.relay import EXIM, Exim, ScriptedRelay, free_port, make_certificates
from support.senders import OPEN_LOOPBACK, add_sender, settings_of
from support.stored import scribble, stored  # noqa: F401

OK, FAILED = 0, 1


def examined(server, status=None):
    """What doctor found, by check."""
    done = server.run("doctor", "--json", check=False)
    found = {}
    for finding in json.loads(done.stdout):
        found.setdefault(finding["check"], finding)
        assert bool(finding["advice"]) == (finding["status"] != "ok"), finding
    failed = any(finding["status"] == "fail" for finding in found.values())
    assert done.returncode == (FAILED if failed else OK)
    if status is not None:
        assert done.returncode == status, done.stdout
    return found


def test_doctor_finds_a_healthy_server_well_running_or_not(stored):
    stopped = examined(stored, OK)
    with stored:
        running = examined(stored, OK)
    for found in (stopped, running):
        for check in ("config", "data.mode", "data.room", "clock", "store", "store.write",
                      "master_key", "signing_keys", "tls"):
            assert found[check]["status"] == "ok", found[check]
        assert found["smtp"]["status"] == "warn"


def test_doctor_says_it_in_lines_for_people(stored):
    done = stored.run("doctor")
    lines = done.stdout.splitlines()
    assert any(line.startswith("ok    store ") for line in lines)
    smtp = next(number for number, line in enumerate(lines) if line.startswith("warn  smtp "))
    assert "Set smtp.host" in lines[smtp + 1]


def test_doctor_names_an_open_folder_and_the_command_that_closes_it(stored):
    stored.data_dir.chmod(0o755)
    assert f"chmod 700 {stored.data_dir}" in examined(stored, FAILED)["data.mode"]["advice"]


def test_doctor_notices_a_clock_that_went_back(stored):
    ahead = time.time() + 3600
    os.utime(stored.database(), (ahead, ahead))
    assert "behind" in examined(stored, FAILED)["clock"]["text"]


def test_doctor_notices_a_master_key_of_another_store(stored):
    stored.environment["ACCESSD_MASTER_KEY"] = "A" * 43
    found = examined(stored, FAILED)["master_key"]
    assert found["status"] == "fail" and "A" * 43 not in json.dumps(found)


def test_doctor_notices_damage_and_says_how_to_restore(stored):
    scribble(stored.database())
    assert "accessd restore" in examined(stored, FAILED)["store"]["advice"]


def test_doctor_computes_the_chance_of_guessing_from_the_flows(stored):
    with stored:
        api = Client(stored).log_in(*stored.credentials)
        project = Project(api)
        project.set_email(otp_length=6, max_attempts=10)
        assert project.set_flow(status="active").status == 200
        weak = examined(stored)["limits"]
    # 20 codes a day, 10 tries each, of a million.
    assert weak["status"] == "warn" and "0.0002 a day" in weak["text"], weak


def test_doctor_computes_it_for_codes_by_phone_too(stored):
    with stored:
        api = Client(stored).log_in(*stored.credentials)
        project = Project(api)
        assert api.put(f"/flows/{project.flow_id}/methods/phone",
                       {"enabled": True, "otp_length": 6, "max_attempts": 10}).status == 200
        assert project.set_flow(status="active", policy={"any": ["phone"]}).status == 200
        weak = examined(stored)["limits"]
    assert weak["status"] == "warn" and "by phone with a chance of 0.0002 a day" in weak["text"], weak


@pytest.mark.parametrize("spoil, status, part", [
    (None, "warn", "good for [12] days"),
    ("pair", "fail", "no pair"),
    ("key", "fail", "can't be read as a PEM private key"),
    ("certificate", "fail", "can't be read as a PEM certificate")])
def test_doctor_reads_the_certificate(stored, spoil, status, part):
    first, second = stored.folder / "first", stored.folder / "second"
    for folder in (first, second):
        folder.mkdir()
        make_certificates(folder)
    if spoil == "key":
        (first / "key.pem").write_text("nonsense", encoding="utf-8")
    if spoil == "certificate":
        (first / "cert.pem").write_text("nonsense", encoding="utf-8")
    key = (second if spoil == "pair" else first) / "key.pem"
    stored.settings["server"] |= {"tls_certificate_file": str(first / "cert.pem"),
                                  "tls_key_file": str(key)}
    stored.write_config()

    found = examined(stored)["tls"]

    assert found["status"] == status and re.search(part, found["text"]), found


@pytest.mark.skipif(EXIM is None, reason="Exim isn't installed: apt-get install exim4-daemon-light")
def test_doctor_logs_in_at_the_relay_and_sends_nothing(stored):
    exim = Exim()
    try:
        stored.settings["smtp"] = exim.smtp_settings()
        stored.write_config()
        good = examined(stored)["smtp"]
        assert good["status"] == "ok" and "takes the credentials" in good["text"], good
        stored.settings["smtp"] = exim.smtp_settings(password="wrong")
        stored.write_config()
        bad = examined(stored, FAILED)["smtp"]
        assert bad["status"] == "fail" and "user or password" in bad["text"], bad
        stored.settings["smtp"] = {name: value for name, value in exim.smtp_settings().items()
                                   if name != "ca_file"}
        stored.write_config()
        assert "certificate isn't trusted" in examined(stored, FAILED)["smtp"]["text"]
        assert not (exim.folder / "mail/inbox").exists()
    finally:
        exim.close()


def test_doctor_works_offline(stored):
    stored.settings["smtp"] = {"host": "127.0.0.1", "port": free_port(),
                               "from": "codes@accessd.invalid"}
    stored.write_config()

    found = examined(stored, FAILED)

    assert "can't connect" in found["smtp"]["text"]
    assert [found[check]["status"] for check in ("dns.spf", "dns.dkim", "dns.dmarc")] == ["warn"] * 3


def test_doctor_looks_at_every_account(stored):
    good, down = ScriptedRelay(), free_port()
    try:
        stored.settings["smtp"] = good.smtp_settings()
        stored.settings["smtp2"] = {"host": "127.0.0.1", "port": down, "security": "none",
                                    "from": "codes@accessd.invalid"}
        stored.write_config()

        found = examined(stored, FAILED)

        assert found["smtp"]["status"] == "ok", found["smtp"]
        assert found["smtp2"]["status"] == "fail" and "[smtp2]" in found["smtp2"]["advice"]
    finally:
        good.close()


def test_doctor_of_a_broken_configuration_fails(stored):
    stored.config_file.write_text("[server]\nport = 'many'\n", encoding="utf-8")
    done = stored.run("doctor", check=False)
    assert done.returncode == FAILED and "server.port" in done.stderr


class Provider:
    """Answers as a provider that knows one pair of credentials."""

    def __init__(self, good):
        outer = self
        self.paths, self.good = [], good

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.paths.append(self.path)
                is_good = self.headers.get("Authorization", "") == outer.good
                self.send_response(200 if is_good else 401)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


PROVIDERS = {
    "twilio": ({"account_sid": "AC1", "auth_token": "tw-secret", "from": "+15005550006"}, basic("AC1", "tw-secret"),
               "/2010-04-01/Accounts/AC1.json"),
    "vonage": ({"api_key": "vk", "api_secret": "vo-secret", "from": "Shop"}, basic("vk", "vo-secret"),
               "/accounts/vk/secrets"),
    "whatsapp": ({"phone_number_id": "42", "access_token": "wa-secret", "template": "code"}, "Bearer wa-secret", "/42?"),
}


@pytest.mark.parametrize("section", PROVIDERS)
def test_doctor_asks_providers_of_phone_messages_without_sending(stored, section):
    settings, good, path = PROVIDERS[section]
    provider = Provider(good)
    stored.settings[section] = settings | {"base_url": provider.url}
    stored.write_config()
    assert examined(stored)[section]["status"] == "ok"
    assert len(provider.paths) == 1 and path in provider.paths[0]

    provider.good = "another"
    done = stored.run("doctor", "--json", check=False)
    found = next(finding for finding in json.loads(done.stdout) if finding["check"] == section)
    assert found["status"] == "fail" and "refuses the credentials (status 401)" in found["text"]
    assert "-secret" not in done.stdout + done.stderr
    provider.server.shutdown()
    assert "not reached" in examined_after_close(stored, provider)[section]["text"]


def examined_after_close(stored, provider):
    provider.server.server_close()
    return examined(stored, FAILED)


def test_doctor_tries_projects_own_senders_and_sends_nothing(stored):
    """Their secrets are sealed, so the server that runs tries them: doctor and it may have different rights."""
    relay, provider = ScriptedRelay(), Provider(basic("AC1", "tw-secret"))
    stored.settings["outbound"] = OPEN_LOOPBACK
    stored.write_config()
    with stored:
        project = Project(Client(stored).log_in(*stored.credentials))
        twilio = PROVIDERS["twilio"][0] | {"base_url": provider.url}
        mail = "sender." + add_sender(project, settings_of(relay), name="Post")["sender_id"]
        texts = "sender." + add_phone_sender(project, "twilio", twilio, name="Texts")["sender_id"]
        paused = add_phone_sender(project, "vonage", PROVIDERS["vonage"][0] | {"base_url": provider.url})
        assert project.api.patch(f"/senders/{paused['sender_id']}", {"status": "paused"}).status == 200

        well = examined(stored)
        assert well[mail]["status"] == "ok" and well[mail]["text"].startswith("Post: 127.0.0.1:")
        assert (well[texts]["status"], well[texts]["text"]) == ("ok", "Texts: takes the credentials")
        assert provider.paths == ["/2010-04-01/Accounts/AC1.json"], "the paused one wasn't asked"

        provider.good = "another"
        relay.close()
        done = stored.run("doctor", "--json")  # Its exit code is 0: the installation is well.
        assert "-secret" not in done.stdout + done.stderr
        ill = {finding["check"]: finding for finding in json.loads(done.stdout)}
        assert ill[mail]["status"] == "warn" and "can't connect" in ill[mail]["text"]
        assert ill[texts]["status"] == "warn" and "refuses the credentials (status 401)" in ill[texts]["text"]
        assert project.id in ill[texts]["advice"]

    stopped = examined(stored)["senders"]
    assert stopped["status"] == "warn" and "running server" in stopped["text"]

    stored.settings["outbound"] = {}
    stored.write_config()
    asked = len(provider.paths)
    with stored:
        closed = examined(stored)  # An inner network that the operator doesn't open is closed to doctor, too.
    assert closed[texts]["status"] == "warn" and "not reached" in closed[texts]["text"]
    assert closed[mail]["status"] == "warn" and len(provider.paths) == asked


def test_doctor_goes_on_after_a_sender_whose_secret_cannot_be_opened(stored):
    provider = Provider(basic("AC1", "tw-secret"))
    stored.settings["outbound"] = OPEN_LOOPBACK
    stored.write_config()
    twilio = PROVIDERS["twilio"][0] | {"base_url": provider.url}
    with stored:
        project = Project(Client(stored).log_in(*stored.credentials))
        senders = [add_phone_sender(project, "twilio", twilio, priority=place)["sender_id"] for place in (1, 2)]
        stored.edit_meanwhile(f"UPDATE senders SET sealed_secrets = x'00' WHERE id = '{senders[0]}'")
        found = examined(stored)
    spoiled, sound = (found["sender." + sender] for sender in senders)
    assert spoiled["status"] == "warn" and "not tried" in spoiled["text"]
    assert sound["status"] == "ok"
    assert len(provider.paths) == 1 and "senders" not in found


def test_doctor_holds_flows_of_live_projects_against_the_standards(stored):
    before = examined(stored)
    assert before["nist.3.1.3.1"]["status"] == "ok"
    with stored:
        project = Project(Client(stored).log_in(*stored.create_key()))
        project.set_email()
        project.set_flow(status="active", reveal_unknown_users=True)
        assert examined(stored)["nist.3.1.3.1"]["status"] == "ok"  # Nobody is meant by a test project.
        assert project.api.patch(project.path, {"mode": "live"}).status == 200
        broken = examined(stored)
    for check in ("nist.3.1.3.1", "asvs.6.3.6", "asvs.6.3.8"):
        assert broken[check]["status"] == "warn" and project.flow_id in broken[check]["advice"]


def test_doctor_names_a_configuration_that_everybody_can_read(stored):
    stored.settings["smtp"] = {"host": "127.0.0.1", "port": free_port(), "user": "u", "password": "p",
                               "from": "codes@example.com"}
    stored.write_config()
    stored.config_file.chmod(0o644)
    assert f"chmod o-rwx {stored.config_file}" in examined(stored)["config.mode"]["advice"]
    stored.config_file.chmod(0o640)
    assert examined(stored)["config.mode"]["status"] == "ok"
