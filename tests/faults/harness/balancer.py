"""A small balancer before several nodes, as an operator would run one: asks /readyz, spreads connections."""

import http.client
import socket
import threading
import time

ASK_EVERY_SECONDS = 0.2
_BODY = b'{"success":false,"code":"BUSY","error":"No node is ready."}'
NO_NODE = (b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
           b"Content-Length: %d\r\n\r\n" % len(_BODY)) + _BODY


class Balancer:
    """New connections go to the nodes that are ready, in turn."""

    def __init__(self, nodes):
        self.nodes = nodes
        self.ready = list(nodes)
        self._turn = 0
        self._is_open = True
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        for work in (self._accept, self._ask):
            threading.Thread(target=work, daemon=True).start()

    def _ask(self):
        while self._is_open:
            self.ready = [node for node in self.nodes if is_ready(node)]
            time.sleep(ASK_EVERY_SECONDS)

    def _accept(self):
        while self._is_open:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        """Request by request, each over a connection of its own to the next node that takes it."""
        with client:
            while True:
                try:
                    request = read_message(client)
                    if request is None:
                        return
                    answer = self._ask_a_node(request)
                    if answer is None:
                        return  # What became of it is unknown: so is it to the client.
                    client.sendall(answer)
                except OSError:
                    return

    def _ask_a_node(self, request):
        for _ in range(2 * len(self.nodes)):
            ready = self.ready or self.nodes
            self._turn += 1
            try:
                server = socket.create_connection(ready[self._turn % len(ready)].address("api"), timeout=2)
            except (OSError, KeyError):
                continue  # Nothing was asked yet: another one may be.
            with server:
                server.settimeout(30)
                server.sendall(request)
                return read_message(server)
        return NO_NODE

    def close(self):
        self._is_open = False
        self._listener.close()


def read_message(peer):
    """One request or answer, whole, by its Content-Length; None where there is none."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = peer.recv(65536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    sizes = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    size = int(sizes[0]) if sizes else 0
    while len(body) < size:
        more = peer.recv(65536)
        if not more:
            return None
        body += more
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def is_ready(node):
    if not node.is_running() or "operations" not in node.ports:
        return False
    try:
        connection = http.client.HTTPConnection(*node.address("operations"), timeout=2)
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException, KeyError):
        return False
