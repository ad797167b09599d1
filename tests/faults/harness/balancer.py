"""A small balancer before several nodes, as an operator would run one: asks /readyz, spreads connections."""

import http.client
import select
import socket
import threading
import time

ASK_EVERY_SECONDS = 0.2


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
        """To the next node that takes the connection."""
        for _ in range(2 * len(self.nodes)):
            ready = self.ready
            if not ready:
                break
            self._turn += 1
            try:
                server = socket.create_connection(ready[self._turn % len(ready)].address("api"), timeout=2)
            except (OSError, KeyError):
                continue
            with client, server:
                pump(client, server)
            return
        client.close()

    def close(self):
        self._is_open = False
        self._listener.close()


def pump(left, right):
    other = {left: right, right: left}
    while True:
        for source in select.select([left, right], [], [], 30)[0]:
            try:
                data = source.recv(65536)
                if not data:
                    return
                other[source].sendall(data)
            except OSError:
                return


def is_ready(node):
    if not node.is_running() or "operations" not in node.ports:
        return False
    try:
        connection = http.client.HTTPConnection(*node.address("operations"), timeout=2)
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException, KeyError):
        return False
