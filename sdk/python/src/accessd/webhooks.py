"""Webhooks: whether a request is accessd's (Standard Webhooks 1.0)."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Union, cast

from accessd.errors import WebhookError


def verify_webhook(secret: Union[str, Sequence[str]], headers: Mapping[str, str], body: Union[bytes, str], *,
                   tolerance_seconds: float = 300, now: Optional[float] = None) -> Dict[str, Any]:
    """The event of a request that really is accessd's and fresh: {"type", "timestamp", "data"}.

    `body` is what came, before anything parsed it. Several secrets may be given, for the time in which one replaces the
    other. Events can come more than once: the header `webhook-id` tells.

    Errors: WebhookError for everything else.
    """
    given = {name.lower(): value for name, value in headers.items()}
    event_id, timestamp, signature = (_header(given, f"webhook-{name}") for name in ("id", "timestamp", "signature"))
    _check_time(timestamp, tolerance_seconds, time.time() if now is None else now)

    raw = body.encode() if isinstance(body, str) else body
    signed = f"{event_id}.{timestamp}.".encode() + raw
    expected = [_sign(one, signed) for one in ([secret] if isinstance(secret, str) else secret)]
    if not _is_among(signature.split(" "), expected):
        raise WebhookError("wrong_signature", "no signature of the request fits")
    try:
        return cast(Dict[str, Any], json.loads(raw))
    except ValueError:
        raise WebhookError("malformed_body", "the body is signed, but is no JSON") from None


def _header(given: Mapping[str, str], name: str) -> str:
    value = given.get(name)
    if not value:
        raise WebhookError("missing_header", f"the request has no {name}")
    return value


def _check_time(timestamp: str, tolerance_seconds: float, now: float) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise WebhookError("malformed_timestamp", "webhook-timestamp is no number")
    age = now - int(timestamp)
    if age > tolerance_seconds:
        raise WebhookError("too_old", "the request is old: sent again by somebody, or a clock is wrong")
    if -age > tolerance_seconds:
        raise WebhookError("too_new", "the request comes from the future: a clock is wrong")


def _sign(secret: str, signed: bytes) -> bytes:
    text = secret[len("whsec_"):] if secret.startswith("whsec_") else secret
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("the secret of the webhook is not whsec_ and base64") from None
    if not key:
        raise ValueError("the secret of the webhook is empty")
    return b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())


def _is_among(signatures: Iterable[str], expected: List[bytes]) -> bool:
    is_genuine = False
    for one in signatures:
        for known in expected:
            # In the same time, wherever the first difference is. Bytes: compare_digest refuses other letters in texts.
            is_genuine |= hmac.compare_digest(one.encode("utf-8", "replace"), known)
    return is_genuine
