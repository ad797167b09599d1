"""Stands between a node and its database, and spoils what passes."""

import select
import socket
import threading


class Proxy:
    """Forwards one port of loopback to another. `mode`, at any time:

    pass      forward
    stall     take what comes, forward nothing, answer nothing
    refuse    close whatever connects, and what is connected
    cut_after_commit   forward until a commit was sent, then cut before its answer comes back; once
    hold_commit        forward until a commit was sent, which never arrives; `held` counts them
    """

    def __init__(self, target_port):
        self.target_port = target_port
        self.mode = "pass"
        self.cuts = 0
        self.held = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._pairs = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.mode == "refuse":
                client.close()
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.target_port), timeout=5)
        except OSError:
            client.close()
            return
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._pairs.add((client, server))
        try:
            self._pump(client, server)
        except OSError:
            pass
        finally:
            with self._lock:
                self._pairs.discard((client, server))
            client.close()
            server.close()

    def _pump(self, client, server):
        committing = False
        names = set()  # Of the prepared statement that commits, on this connection.
        while True:
            readable, _, _ = select.select([client, server], [], [], 0.05)
            if self.mode == "refuse":
                return
            if self.mode == "stall":
                continue
            for source in readable:
                data = source.recv(65536)
                if not data:
                    return
                if source is client:
                    committing = committing or self._commits(data, names)
                    if committing and self.mode == "hold_commit":
                        self.held += 1
                        continue
                    server.sendall(data)
                elif committing and self.mode == "cut_after_commit":
                    self.mode = "pass"
                    self.cuts += 1
                    return
                else:
                    committing = False
                    client.sendall(data)

    @staticmethod
    def _commits(data, names):
        """Whether this holds a commit: a Parse of it, or a Bind of the statement that one made."""
        at = data.find(b"\0COMMIT\0")
        if at > 0:
            # Parse is 'P', four bytes of length, the statement's name, a zero, its text.
            start = data.rfind(b"P\0\0\0", 0, at)
            if 0 <= start and start + 5 < at:
                names.add(data[start + 5:at])
            return True
        return any(b"\0" + name + b"\0" in data for name in names)

    def cut(self):
        """Resets what is connected now."""
        with self._lock:
            for pair in self._pairs:
                for one in pair:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    one.shutdown(socket.SHUT_RDWR)

    def close(self):
        self._listener.close()
        self.mode = "refuse"
