"""Codes to phones: numbers of their own for tests, and providers that answer as they are told."""

import base64
import hashlib
import hmac
import http.server
import itertools
import json
import threading
import time
import urllib.parse

from support.client import wait_for
from support.project import Project

OPEN_LOOPBACK = {"allow": ["127.0.0.0/8"]}  # Providers of tests are on this machine.
SID = "AC" + "a" * 32
TOKEN = "twilio-auth-token-of-tests"
_numbers = itertools.count(int(time.time() * 1000) % 900_000)


def number(country="+34"):
    """A mobile number that nobody else uses: of the plan, so live projects take it."""
    if country == "+34":
        return f"+346{next(_numbers) % 1_000_000:06d}42"
    if country == "+44":
        return f"+447400{next(_numbers) % 1_000_000:06d}"
    raise AssertionError(country)


def enable_phone(project, **settings):
    answer = project.api.put(f"/flows/{project.flow_id}/methods/phone", {"enabled": True} | settings)
    assert answer.status == 200, answer.text
    assert project.set_flow(policy={"any": ["email", "phone"]}).status == 200
    return answer.data


def send_sms(project, phone, api=None, **fields):
    return (api or project.api).post("/phone/send-sms",
                                     {"phone": phone, "project_id": project.id} | fields)


def send_whatsapp(project, phone, api=None, **fields):
    return (api or project.api).post("/phone/send-whatsapp",
                                     {"phone": phone, "project_id": project.id} | fields)


def verify_phone(project, phone, otp, validation_id, api=None):
    return (api or project.api).post("/phone/verify-otp", {"phone": phone, "otp": otp,
                                                           "validation_id": validation_id})


def live_phone_project(api, countries=("*",), **method):
    project = Project(api, allowed_countries=list(countries))
    enable_phone(project, **method)
    assert api.patch(project.path, {"mode": "live"}).data["mode"] == "live"
    return project


class Asked:
    """One request as a provider got it."""

    def __init__(self, method, path, headers, body):
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.at = time.time()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True,
                                           strict_parsing=True))


class Provider:
    """An HTTP server of a provider's. Each request takes the next answer, or the last one again:
    (status, body) or (status, body, headers); "hang" never answers, "cut" closes without a word."""

    def __init__(self, *answers, port=0):
        self.asked = []
        self.answers = list(answers)
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                with provider.lock:
                    provider.asked.append(Asked(self.command, self.path, self.headers, body))
                    answers = provider.answers
                    answer = answers.pop(0) if len(answers) > 1 else answers[0]
                if answer == "hang":
                    provider.stopping.wait(30)
                if answer in ("hang", "cut"):
                    self.close_connection = True
                    return
                status, text, *headers = answer
                data = text if isinstance(text, bytes) else (
                    text if isinstance(text, str) else json.dumps(text)).encode()
                self.send_response(status)
                for name, value in (headers[0] if headers else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait_for(self, count=1, seconds=15):
        assert wait_for(lambda: len(self.asked) >= count, seconds), f"{len(self.asked)} of {count}"
        return self.asked

    def script(self, *answers):
        with self.lock:
            self.answers = list(answers)

    def close(self):
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()


TWILIO_TOOK_IT = (201, {"sid": "SM" + "b" * 32, "status": "queued", "error_code": None})
VONAGE_TOOK_IT = (202, {"message_uuid": "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"})
WHATSAPP_TOOK_IT = (200, {"messaging_product": "whatsapp",
                          "messages": [{"id": "wamid.HBgL"}]})


def twilio(provider, **changes):
    return {"account_sid": SID, "auth_token": TOKEN, "from": "+15005550006",
            "base_url": provider.url} | changes


def vonage(provider, **changes):
    return {"api_key": "abcd1234", "api_secret": "vonage-secret", "from": "SHOP",
            "signature_secret": "vonage-signs-with-this", "base_url": provider.url} | changes


def whatsapp(provider, **changes):
    return {"phone_number_id": "106540352242922", "access_token": "EAAJB-secret",
            "app_secret": "meta-app-secret", "verify_token": "shake-hands",
            "template": "login_code", "base_url": provider.url} | changes


def generic(provider, **changes):
    return {"url": provider.url + "/send", "headers": {"Authorization": "Bearer generic-secret"}} | changes


def add_phone_sender(project, kind, settings, name="Provider", **fields):
    answer = project.api.post(f"{project.path}/senders",
                              {"name": name, "kind": kind, "settings": settings} | fields)
    assert answer.status == 201, answer.text
    return answer.data


def twilio_signature(url, form, token=TOKEN):
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def hub_signature(secret, body):
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def vonage_token(secret, body, at=None, algorithm="HS256"):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
    claims = {"iss": "Vonage", "iat": int(time.time() if at is None else at), "jti": "x",
              "payload_hash": hashlib.sha256(body).hexdigest(), "api_key": "abcd1234"}
    text = part({"alg": algorithm, "typ": "JWT"}) + "." + part(claims)
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return text + "." + base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
