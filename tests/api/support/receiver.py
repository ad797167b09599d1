"""A customer's server that takes webhooks, and says what it is told to."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time

from support.client import wait_for

OPEN_LOOPBACK = {"allow": ["127.0.0.0/8"]}  # Receivers of tests are on this machine.


class Hook:
    """One request as it came."""

    def __init__(self, path, headers, body):
        self.path = path
        self.headers = headers
        self.body = body
        self.at = time.monotonic()

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def type(self):
        return self.json["type"]


def signature(secret, hook):
    """What `webhook-signature` must hold for a secret, by the specification alone."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{hook.id}.{hook.headers['webhook-timestamp']}.".encode() + hook.body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Receiver:
    """Listens on a free port of the loopback. `answer` may be changed at any time: (status, headers, body), or
    a function of the hook that returns one."""

    def __init__(self, answer=(204, {}, b""), port=0):
        self.answer = answer
        self.hooks = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook = Hook(self.path, self.headers, body)
                receiver.hooks.append(hook)
                answer = receiver.answer
                status, headers, content = answer(hook) if callable(answer) else answer
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    pass  # The server waited no longer.

            def log_message(self, *_):
                pass

        http.server.ThreadingHTTPServer.daemon_threads = True
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hooks"

    def of_type(self, kind):
        return [hook for hook in list(self.hooks) if hook.type == kind]

    def wait_for(self, kind, count=1, seconds=15):
        """The hooks of a type, once there are so many."""
        return wait_for(lambda: (found := self.of_type(kind)) and len(found) >= count and found,
                        seconds)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def add_webhook(project, url, events=("*",), **fields):
    """A new webhook of the project, its secret included."""
    answer = project.api.post(f"{project.path}/webhooks",
                              {"url": url, "events": list(events)} | fields)
    assert answer.status == 201, answer
    return answer.data


def deliveries(api, webhook_id, **query):
    return api.items(f"/webhooks/{webhook_id}/deliveries", **query)
