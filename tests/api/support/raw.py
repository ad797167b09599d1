"""HTTP by the byte, for what a well-behaved client library refuses to send."""

import http.client
import json
import socket

from support.client import Answer


def request_bytes(method, path, body=b"", token=None, headers=(), length=True):
    """A request as it goes over the wire. `headers`: lines, or a dictionary."""
    if isinstance(body, str):
        body = body.encode()
    if isinstance(body, (dict, list)):
        body = json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: accessd.test", "X-Request-Id: raw"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    names = {line.split(":")[0].lower() for line in headers}
    if body and "content-type" not in names:
        lines.append("Content-Type: application/json")
    if length and (body or method != "GET"):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


class RawConnection:
    """One connection, kept open, with its answers read one by one."""

    def __init__(self, server, listener="api", timeout=30):
        self.socket = socket.create_connection(server.address(listener), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader = self.socket.makefile("rb")
        self._secrets = server.secrets

    def send(self, data):
        self.socket.sendall(data)

    def read(self, method="GET", path="/"):
        """The next answer; None once the server has closed the connection."""
        line = self._reader.readline()
        if not line:
            return None
        status = int(line.split()[1])
        headers = http.client.parse_headers(self._reader)
        size = 0 if method == "HEAD" else int(headers.get("Content-Length", 0))
        answer = Answer(method, path, status, headers, self._reader.read(size))
        self._secrets.note(answer)
        return answer

    def exchange(self, method, path, *arguments, **options):
        self.send(request_bytes(method, path, *arguments, **options))
        return self.read(method, path)

    def is_closed(self):
        """Whether the server closed its side (nothing else is left to read)."""
        return self._reader.read(1) == b""

    def close(self):
        self._reader.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
