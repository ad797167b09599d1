"""One request over HTTP, with the standard library alone."""

import http.client
import json
import socket
import ssl
import threading
import time
import urllib.parse
from typing import Any, Dict, Mapping, NamedTuple, Optional

from accessd.errors import AccessdError, NoAnswer
from accessd.generated.errors import BY_CODE

IDLE_SECONDS_MAX = 30  # The server closes connections that are silent for longer than 75.


class Answer(NamedTuple):
    data: Any
    etag: Optional[str]


class Connections:
    """Keeps one connection for each thread. Threads: safe to share."""

    def __init__(self, url: str, timeout_seconds: float, context: Optional[ssl.SSLContext]) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("url must look like https://login.example.com")
        self._url = url
        self._host, self._port = parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/")
        self._timeout = timeout_seconds
        self._context = (context or ssl.create_default_context()) if parts.scheme == "https" else None
        self._own = threading.local()

    def send(self, method: str, path: str, body: Optional[str], headers: Mapping[str, str], is_harmless: bool) -> Answer:
        """`is_harmless`: it may be done twice. Only such go over a connection that stood idle, because one that the server
        just closed fails in a way that doesn't tell whether the request arrived.

        Errors: AccessdError, NoAnswer."""
        connection = self._take(is_harmless)
        try:
            connection.request(method, self._prefix + path, body.encode() if body is not None else None, dict(headers))
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as cause:
            connection.close()
            why = "gave no answer in time" if isinstance(cause, socket.timeout) else "can't be reached"
            raise NoAnswer(f"{self._url} {why}: {cause!r}") from cause
        if response.will_close:
            connection.close()
        else:
            self._own.kept = (connection, time.monotonic())
        return read_answer(response.status, response.headers, text)

    def _take(self, is_harmless: bool) -> http.client.HTTPConnection:
        kept = getattr(self._own, "kept", None)
        self._own.kept = None
        if kept is not None:
            connection: http.client.HTTPConnection = kept[0]
            if is_harmless and time.monotonic() - kept[1] < IDLE_SECONDS_MAX:
                return connection
            connection.close()
        if self._context:
            return http.client.HTTPSConnection(self._host, self._port, timeout=self._timeout, context=self._context)
        return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)


def read_answer(status: int, headers: http.client.HTTPMessage, text: bytes) -> Answer:
    try:
        envelope: Dict[str, Any] = json.loads(text)
        is_ours = isinstance(envelope, dict)
    except ValueError:
        is_ours = False
    if is_ours and status < 300 and envelope.get("success") is True:
        return Answer(envelope.get("data"), headers.get("ETag"))
    if not is_ours or not isinstance(envelope.get("code"), str):
        raise NoAnswer(f"an answer with status {status} that isn't accessd's: is the URL right, is a proxy between?")
    retry_after = headers.get("Retry-After") or ""
    kind = BY_CODE.get(envelope["code"], AccessdError)  # A later server may have more codes.
    raise kind(envelope["code"], status, str(envelope.get("error")), envelope.get("details") or {},
               headers.get("X-Request-Id"), int(retry_after) if retry_after.isdigit() else None)
