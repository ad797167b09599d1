"""Projects with mail accounts of their own, and what relays say afterwards."""

import hashlib
import hmac
import json
import time

from support.project import Project
from support.relay import SENDER

OPEN_LOOPBACK = {"allow": ["127.0.0.0/8"]}  # Relays of tests are on this machine.


def settings_of(relay, **changes):
    """Settings that lead to a relay of the tests."""
    return {"host": "127.0.0.1", "port": relay.port, "security": "none",
            "from": SENDER} | changes


def add_sender(project, settings, name="Relay", **fields):
    """A new sender of the project, as the answer shows it."""
    answer = project.api.post(f"{project.path}/senders",
                              {"name": name, "kind": "smtp", "settings": settings} | fields)
    assert answer.status == 201, answer
    return answer.data


def live_project(api, **fields):
    project = Project(api, **fields)
    assert api.patch(project.path, {"mode": "live"}).data["mode"] == "live"
    return project


def attempts_in(timeline):
    return [entry for entry in timeline if entry["type"] == "attempt"]


def signature(secret, body, at=None):
    """The header that signs a receipt."""
    seconds = int(time.time() if at is None else at)
    text = body if isinstance(body, bytes) else body.encode()
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + text, hashlib.sha256).hexdigest()
    return {"X-Accessd-Signature": f"t={seconds},v1={signed}"}


def mailgun_body(key, event, message_id, at=None, token="a" * 50, **data):
    """A webhook as Mailgun sends it."""
    seconds = str(int(time.time() if at is None else at))
    signed = hmac.new(key.encode(), (seconds + token).encode(), hashlib.sha256).hexdigest()
    return json.dumps({
        "signature": {"timestamp": seconds, "token": token, "signature": signed},
        "event-data": {"event": event, "id": "Ase7i2zsRYeDXztHGENqRA", "log-level": "info",
                       "message": {"headers": {"message-id": message_id, "to": "x@example.com"}},
                       } | data})
