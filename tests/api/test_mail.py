"""Live projects: codes that leave as mail, through a real relay and through unfriendly ones."""

import datetime
import email.utils
import re
import time

import pytest

from support.client import Client, wait_for
from support.project import Project, address
from support.relay import EXIM, PASSWORD, SENDER, USER, Exim, ScriptedRelay, free_port, \
    make_certificates
from support.server import Server

WORDS = {
    "en": ("{code} is your {name} code", "Never pass it on."),
    "es": ("{code} es tu código de {name}", "No lo compartas nunca."),
    "pt": ("{code} é o seu código de {name}", "Nunca o compartilhe."),
}


def live_project(api, **fields):
    project = Project(api, **fields)
    assert api.patch(project.path, {"mode": "live"}).data["mode"] == "live"
    return project


def code_in(message):
    text = message.get_body(("plain",)).get_content()
    return re.search(r"^ {4}([0-9]{6,8})\r?$", text, re.MULTILINE)[1]


@pytest.fixture
def start(tmp_path):
    """Starts a server with the given [smtp] settings; returns a caller and the server."""
    servers = []

    def start_server(smtp):
        server = Server(tmp_path / f"server-{len(servers)}", smtp=smtp)
        credentials = server.create_key()
        servers.append(server)
        server.start()
        return Client(server).log_in(*credentials), server

    yield start_server
    for server in servers:
        assert server.stop() == 0


@pytest.mark.skipif(EXIM is None, reason="Exim isn't installed: apt-get install exim4-daemon-light")
class TestExim:
    @pytest.fixture(scope="class")
    def exim(self):
        made = Exim()
        yield made
        made.close()

    @pytest.fixture(scope="class")
    def api(self, exim, tmp_path_factory):
        server = Server(tmp_path_factory.mktemp("exim"), smtp=exim.smtp_settings())
        credentials = server.create_key()
        with server:
            yield Client(server).log_in(*credentials)

    @pytest.mark.parametrize("language", ["en", "es", "pt"])
    def test_a_code_arrives_and_logs_its_reader_in(self, api, exim, language):
        project = live_project(api, name="Niños & <Café>", default_language="en")
        to = address()
        before = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=2)

        sent = project.send(to, language=language)
        message = wait_for(lambda: exim.messages(to))[0]

        code = code_in(message)
        subject, warning = WORDS[language]
        assert message["To"] == to
        assert message["Return-path"] == f"<{SENDER}>"
        assert email.utils.parseaddr(message["From"]) == (project.name, SENDER)
        assert message["Subject"] == subject.format(code=code, name=project.name)
        assert re.fullmatch(r"<msg_[0-9a-v]+@example\.com>", message["Message-ID"])
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Content-Language"] == language
        date = email.utils.parsedate_to_datetime(message["Date"])
        assert before <= date <= datetime.datetime.now(datetime.timezone.utc)
        assert len(message.get_all("Date")) == len(message.get_all("Message-ID")) == 1
        assert "with esmtpsa" in message["Received"]

        assert message.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain",
                                                                            "text/html"]
        text = message.get_body(("plain",)).get_content()
        html = message.get_body(("html",)).get_content()
        assert warning in text and warning in html
        assert project.name in text
        assert "Niños &amp; &lt;Café&gt;" in html and "<Café>" not in html
        assert f'lang="{language}"' in html and code in html
        assert not re.search(r"(src|href)\s*=", html), "a code's mail loads and links nothing"
        assert not list(message.defects)

        done = project.verify(to, code, sent.data["validation_id"])
        assert done.status == 200
        assert "test" not in api.post("/tokens/introspect", {"token": done.data["token"]}).data

    def test_the_timeline_tells_the_way_of_the_message(self, api, exim):
        project = live_project(api)
        to = address()
        validation_id = project.send(to).data["validation_id"]

        timeline = project.wait_for_step(validation_id, "sent")

        types = [entry["type"] for entry in timeline]
        assert types[0] == "created"
        assert types.index("queued") < types.index("attempt") < len(types)
        attempt = next(entry for entry in timeline if entry["type"] == "attempt")
        assert attempt["text"] == "Try 1 by smtp: accepted."
        assert attempt["provider_answer"].startswith("250")
        assert to not in str(timeline)
        wait_for(lambda: exim.messages(to))

    def test_a_recipient_that_exim_refuses_is_given_up(self, api, exim):
        project = live_project(api)
        validation_id = project.send("nobody@example.com").data["validation_id"]

        timeline = project.wait_for_step(validation_id, "delivery_failed")

        attempt = [entry for entry in timeline if entry["type"] == "attempt"]
        assert len(attempt) == 1
        assert attempt[0]["reason"] == "the relay refused the recipient"
        assert "no such person here" in attempt[0]["provider_answer"]

    def test_messages_go_out_one_by_one_with_ids_of_their_own(self, api, exim):
        project = live_project(api)
        to = [address() for _ in range(8)]
        ids = {one: project.send(one).data["validation_id"] for one in to}
        ids[to[0]] = project.send(to[0]).data["validation_id"]

        wait_for(lambda: all(exim.messages(one) for one in to) and len(exim.messages(to[0])) == 2)

        seen = [message["Message-ID"] for one in to for message in exim.messages(one)]
        assert len(seen) == len(set(seen)) == 9
        first, second = exim.messages(to[0])
        assert code_in(first) == code_in(second)  # Untried, and more than two minutes left.
        for one in to:
            message = exim.messages(one)[0]
            assert message["To"] == one
            assert project.verify(one, code_in(message), ids[one]).status == 200


class TestUnfriendlyRelays:
    def test_a_temporary_refusal_is_tried_again(self, start):
        relay = ScriptedRelay(["451 4.7.1 greylisted, come back", None])
        try:
            api, server = start(relay.smtp_settings())
            project = live_project(api)
            to = address()

            validation_id = project.send(to).data["validation_id"]
            timeline = project.wait_for_step(validation_id, "sent", seconds=20)

            attempts = [entry for entry in timeline if entry["type"] == "attempt"]
            assert [entry["text"] for entry in attempts] == [
                "Try 1 by smtp: failed for now.", "Try 2 by smtp: accepted."]
            assert attempts[0]["reason"] == "the relay doesn't take the recipient now"
            assert attempts[0]["provider_answer"].startswith("451 4.7.1 greylisted")
            assert len(relay.messages) == 1
            code = code_in(relay.messages[0])
            assert project.verify(to, code, validation_id).status == 200
            assert code not in server.log() and to not in server.log()
        finally:
            relay.close()

    def test_a_final_refusal_ends_it_and_says_why(self, start):
        to = address()
        relay = ScriptedRelay([f"550 5.1.1 <{to}>: mailbox unavailable"])
        try:
            api, _ = start(relay.smtp_settings())
            project = live_project(api)

            validation_id = project.send(to).data["validation_id"]
            timeline = project.wait_for_step(validation_id, "delivery_failed")

            attempts = [entry for entry in timeline if entry["type"] == "attempt"]
            assert len(attempts) == 1
            assert attempts[0]["text"] == "Try 1 by smtp: refused for good."
            assert attempts[0]["reason"] == "the relay refused the recipient"
            assert attempts[0]["provider_answer"] == "550 5.1.1 <address>: mailbox unavailable"
            time.sleep(2)  # The first retry would come after about one second.
            assert relay.refused == 1 and not relay.messages
        finally:
            relay.close()

    def test_an_untrusted_certificate_gets_no_mail_and_no_password(self, start, tmp_path):
        ours, theirs = tmp_path / "ours", tmp_path / "theirs"
        ours.mkdir()
        theirs.mkdir()
        ca_file, _, _ = make_certificates(ours)
        _, certificate, key = make_certificates(theirs)
        relay = ScriptedRelay(certificate=(certificate, key))
        try:
            api, _ = start(relay.smtp_settings(security="starttls", user=USER, password=PASSWORD,
                                               ca_file=str(ca_file)))
            project = live_project(api)

            validation_id = project.send(address()).data["validation_id"]
            timeline = project.wait_for_step(validation_id, "attempt")

            attempt = next(entry for entry in timeline if entry["type"] == "attempt")
            assert attempt["reason"] == "the relay's certificate isn't trusted"
            assert not relay.logins and not relay.messages
        finally:
            relay.close()

    def test_a_relay_without_starttls_gets_no_mail(self, start):
        relay = ScriptedRelay()
        try:
            api, _ = start(relay.smtp_settings(security="starttls"))
            project = live_project(api)

            validation_id = project.send(address()).data["validation_id"]
            timeline = project.wait_for_step(validation_id, "attempt")

            attempt = next(entry for entry in timeline if entry["type"] == "attempt")
            assert attempt["reason"] == "the relay doesn't offer STARTTLS"
            assert not relay.messages
        finally:
            relay.close()

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_a_trusted_relay_gets_user_and_password(self, start, tmp_path, security):
        ca_file, certificate, key = make_certificates(tmp_path)
        relay = ScriptedRelay(certificate=(certificate, key), is_tls=security == "tls")
        login = {"user": USER, "password": PASSWORD} if security == "starttls" else {}
        try:
            api, server = start(relay.smtp_settings(security=security, ca_file=str(ca_file),
                                                    **login))
            project = live_project(api)

            validation_id = project.send(address()).data["validation_id"]
            project.wait_for_step(validation_id, "sent")

            assert len(relay.messages) == 1
            if login:
                assert relay.logins == [(USER, PASSWORD)]
            assert PASSWORD not in server.log()
        finally:
            relay.close()

    def test_a_relay_that_is_down_gets_the_mail_when_it_is_up(self, start):
        port = free_port()
        api, _ = start({"host": "127.0.0.1", "port": port, "security": "none", "from": SENDER})
        project = live_project(api)
        to = address()
        validation_id = project.send(to).data["validation_id"]
        timeline = project.wait_for_step(validation_id, "attempt")
        attempt = next(entry for entry in timeline if entry["type"] == "attempt")
        assert attempt["reason"] == "can't connect to the relay"
        assert project.validation(validation_id)["status"] == "pending"

        relay = ScriptedRelay(port=port)
        try:
            project.wait_for_step(validation_id, "sent", seconds=30)
            assert project.verify(to, code_in(relay.messages[0]), validation_id).status == 200
        finally:
            relay.close()

    def test_the_operators_second_account_takes_over(self, tmp_path):
        relay = ScriptedRelay()
        server = Server(tmp_path / "two", smtp2=relay.smtp_settings(), smtp={
            "host": "127.0.0.1", "port": free_port(), "security": "none", "from": SENDER})
        credentials = server.create_key()
        try:
            with server:
                project = live_project(Client(server).log_in(*credentials))
                validation_id = project.send(address()).data["validation_id"]
                timeline = project.wait_for_step(validation_id, "sent")
                assert [entry["text"] for entry in timeline if entry["type"] == "attempt"] == [
                    "Try 1 by smtp: failed for now.", "Try 2 by smtp2: accepted."]
        finally:
            relay.close()

    def test_a_canceled_code_is_not_sent_any_more(self, start):
        port = free_port()
        api, _ = start({"host": "127.0.0.1", "port": port, "security": "none", "from": SENDER})
        project = live_project(api)
        canceled = project.send(address()).data["validation_id"]
        other = project.send(address()).data["validation_id"]
        project.wait_for_step(canceled, "attempt")
        project.api.post(f"/validations/{canceled}/cancel")

        relay = ScriptedRelay(port=port)
        try:
            project.wait_for_step(other, "sent", seconds=30)
            project.wait_for_step(canceled, "superseded")
            assert len(relay.messages) == 1
        finally:
            relay.close()
