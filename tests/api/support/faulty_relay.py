"""A mail server with the manners of bad networks and worse software: it stalls, drips, lies and hangs up."""

import email
import email.policy
import re
import socket
import threading
import time

STAGES = ("banner", "ehlo", "mail", "rcpt", "data", "body")
USUAL = {"banner": "220 relay.example", "ehlo": "250 relay.example", "mail": "250 ok",
         "rcpt": "250 ok", "data": "354 go on", "body": "250 taken"}


class Fault:
    """What goes wrong, and at which answer."""

    def __init__(self, stage, kind, text=""):
        self.stage = stage
        self.kind = kind  # "stall", "drip", "cut", "say", "flood", "cut_in_body"
        self.text = text


class FaultyRelay:
    """Serves each connection in a thread. `faults`: for the first connections, one each; whoever comes
    later is served well. `per_recipient`: a fault for addresses that begin with a word."""

    def __init__(self, faults=(), per_recipient=None, pause_seconds=0, port=0):
        self.faults = list(faults)
        self.per_recipient = per_recipient or {}
        self.pause_seconds = pause_seconds
        self.messages = []  # Every one that came whole, whatever was answered to it.
        self.connections = 0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._open = []
        self._listener = socket.create_server(("127.0.0.1", port), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                fault = self.faults.pop(0) if self.faults else None
                self.connections += 1
                self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection, fault), daemon=True).start()

    def _serve(self, connection, fault):
        try:
            with connection, connection.makefile("rb") as reader:
                self._talk(connection, reader, fault)
        except (OSError, ValueError):
            pass  # The other side left, or the test is over.

    def _talk(self, connection, reader, fault):
        if not self._answer(connection, "banner", fault):
            return
        for line in reader:
            word = line.split()[0].upper() if line.split() else b""
            stage = {b"EHLO": "ehlo", b"HELO": "ehlo", b"MAIL": "mail", b"RCPT": "rcpt",
                     b"DATA": "data"}.get(word)
            if word == b"RCPT":
                address = re.search(rb"<([^>]*)>", line)[1].decode()
                fault = next((fault for start, fault in self.per_recipient.items()
                              if address.startswith(start)), fault)
            if stage is None:
                connection.sendall(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return
            elif not self._answer(connection, stage, fault):
                return
            if stage == "data":
                if fault and fault.kind == "cut_in_body":
                    reader.read(20)
                    return
                if not self._take_message(reader) or not self._answer(connection, "body", fault):
                    return

    def _take_message(self, reader):
        lines = []
        for line in reader:
            if line == b".\r\n":
                message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                with self._lock:
                    self.messages.append(message)
                time.sleep(self.pause_seconds)
                return True
            lines.append(line)
        return False

    def _answer(self, connection, stage, fault):
        """False where the conversation is over."""
        if fault is None or fault.stage != stage:
            connection.sendall(USUAL[stage].encode() + b"\r\n")
            return True
        if fault.kind == "stall":
            self._stopping.wait(60)
        elif fault.kind == "drip":
            for byte in USUAL[stage].encode() + b" and so on" * 100:
                connection.sendall(bytes([byte]))
                if self._stopping.wait(1):
                    break
        elif fault.kind == "say":
            connection.sendall(fault.text.encode("latin-1") + b"\r\n")
            return True
        elif fault.kind == "flood":  # One answer without an end.
            while not self._stopping.is_set():
                connection.sendall(fault.text.encode("latin-1") * 1000)
        return False

    def to(self, recipient):
        """Messages for one recipient, oldest first."""
        with self._lock:
            return [message for message in self.messages if message["To"] == recipient]

    def smtp_settings(self, **changes):
        return {"host": "127.0.0.1", "port": self.port, "security": "none",
                "from": "codes@example.com", "timeout_seconds": 2} | changes

    def close(self):
        self._stopping.set()
        try:
            self._listener.shutdown(socket.SHUT_RDWR)  # Or accept() keeps the port.
        except OSError:
            pass
        self._listener.close()
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class DeafPort:
    """A port where connections are never made: its queue is full, and nobody takes from it."""

    def __init__(self):
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0)
        self.port = self._listener.getsockname()[1]
        self._waiting = []
        for _ in range(3):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", self.port))
            self._waiting.append(one)
        time.sleep(0.1)

    def close(self):
        for one in [*self._waiting, self._listener]:
            one.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
