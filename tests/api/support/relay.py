"""Mail servers for the tests: a real Exim, and one that says what a script tells it to."""

import asyncio
import email
import email.policy
import mailbox
import os
import pathlib
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

USER = "relay-user"
PASSWORD = "relay-secret-7c1d"
SENDER = "codes@example.com"
EXIM = shutil.which("exim4", path=os.environ.get("PATH", "") + ":/usr/sbin")

# Takes mail over TLS from whoever signs in, and puts all of it into one mailbox. Nothing here needs
# more rights than the user who runs it has, hence deliver_drop_privilege.
EXIM_CONFIG = """
primary_hostname = mail.example.com
exim_user = {user}
exim_group = {group}
never_users =
deliver_drop_privilege = true
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
tls_advertise_hosts = *
tls_certificate = {folder}/cert.pem
tls_privatekey = {folder}/key.pem
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
acl_smtp_rcpt = check_recipient
acl_smtp_data = accept
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
domainlist local_domains = example.com

begin acl
check_recipient:
  deny local_parts = nobody
       message = no such person here
  accept authenticated = *
  deny message = sign in first

begin routers
everyone:
  driver = accept
  domains = +local_domains
  transport = mailbox

begin transports
mailbox:
  driver = appendfile
  file = {folder}/mail/inbox
  create_file = anywhere
  envelope_to_add
  return_path_add
  user = {user}
  group = {group}

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{name}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
"""


def make_certificates(folder):
    """An authority of our own and a certificate for 127.0.0.1 signed by it. Returns the authority's
    file, the certificate's and the key's."""
    folder = pathlib.Path(folder)

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True,
                       timeout=60)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
            "-subj", "/CN=Test authority")
    openssl("req", *key, "-keyout", "key.pem", "-out", "cert.csr", "-subj", "/CN=127.0.0.1")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n", encoding="utf-8")
    openssl("x509", "-req", "-in", "cert.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-out", "cert.pem", "-days", "2", "-extfile", "names")
    return folder / "ca.pem", folder / "cert.pem", folder / "key.pem"


def free_port():
    """A port that nobody uses now: some programs can't be asked for any free one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, seconds=10):
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, f"nobody listens on port {port}"
            time.sleep(0.05)


class Exim:
    """A daemon with configuration, spool and mailbox of its own, run without any privilege."""

    def __init__(self):
        # Not below pytest's folder: that is closed to the user Exim runs as.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="accessd-exim-"))
        self.port = free_port()
        self.ca_file = self.folder / "ca.pem"
        for name in ("spool", "log", "mail"):
            (self.folder / name).mkdir()
        make_certificates(self.folder)
        user, group, as_user = os.getuid(), os.getgid(), {}
        if user == 0:
            nobody = pwd.getpwnam("nobody")
            user, group = nobody.pw_uid, nobody.pw_gid
            as_user = {"user": user, "group": group, "extra_groups": []}
        config = self.folder / "exim.conf"
        config.write_text(EXIM_CONFIG.format(user=user, group=group, folder=self.folder,
                                             port=self.port, name=USER, password=PASSWORD),
                          encoding="utf-8")
        if as_user:
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, user, group)
        self.process = subprocess.Popen([EXIM, "-C", str(config), "-bdf", "-q5s"], **as_user,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        wait_for_port(self.port)

    def smtp_settings(self, **changes):
        return {"host": "127.0.0.1", "port": self.port, "security": "starttls", "user": USER,
                "password": PASSWORD, "from": SENDER, "ca_file": str(self.ca_file)} | changes

    def log(self):
        return "".join(path.read_text(encoding="utf-8", errors="replace")
                       for path in sorted((self.folder / "log").iterdir()))

    def messages(self, to):
        """Parsed messages for one recipient, oldest first."""
        file = self.folder / "mail/inbox"
        if not file.exists():
            return []
        found = mailbox.mbox(file, create=False,
                             factory=lambda raw: email.message_from_binary_file(
                                 raw, policy=email.policy.default))
        return [message for message in found if message["Envelope-to"] == to]

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


class ScriptedRelay:
    """Answers RCPT with what stands next in `script` (then: success), and keeps what it took."""

    def __init__(self, script=(), certificate=None, is_tls=False, port=None):
        self.script = list(script)
        self.messages = []
        self.logins = []
        self.refused = 0
        options = {}
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            name = "ssl_context" if is_tls else "tls_context"
            options = {name: context, "authenticator": self._authenticate}
            if not is_tls:
                options |= {"require_starttls": True, "auth_required": True}
        # The controller wants a port it can name before it listens.
        self.controller = Controller(self, hostname="127.0.0.1", port=port or free_port(),
                                     **options)
        self.controller.start()
        self.port = self.controller.port

    def _authenticate(self, _server, _session, _envelope, _mechanism, data):
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=self.logins[-1] == (USER, PASSWORD))

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        await asyncio.sleep(0)
        if self.script:
            reply = self.script.pop(0)
            if reply:
                self.refused += 1
                return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        await asyncio.sleep(0)
        self.messages.append(email.message_from_bytes(envelope.content,
                                                      policy=email.policy.default))
        return "250 taken"

    def smtp_settings(self, **changes):
        return {"host": "127.0.0.1", "port": self.port, "security": "none",
                "from": SENDER} | changes

    def close(self):
        self.controller.stop()
