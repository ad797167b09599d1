"""smtp.example.com, port 587: takes mail over TLS from whoever signs in, and keeps it in a folder."""

import pathlib
import ssl
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

USER, PASSWORD = b"codes", b"a-password-of-the-relay"


class Keeper:
    """Writes each mail to a file named after its recipient."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()

    async def handle_DATA(self, _server, _session, envelope):
        for recipient in envelope.rcpt_tos:
            (self.folder / recipient).write_bytes(envelope.content)
        return "250 taken"


def main():
    certificate, key, folder = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def authenticate(_server, _session, _envelope, _mechanism, data):
        return AuthResult(success=(data.login, data.password) == (USER, PASSWORD))

    controller = Controller(Keeper(folder), hostname="127.0.0.1", port=587, tls_context=context, require_starttls=True,
                            auth_required=True, authenticator=authenticate)
    controller.start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
