"""A caller of the API that takes no answer on trust."""

import datetime
import http.client
import json
import socket
import threading
import time
import urllib.parse

from support.contract import Contract

TIMEOUT_SECONDS = 30
IDLE_SECONDS_MAX = 20  # The server closes what rests for long (server.keep_alive_timeout_seconds), perhaps as a request is on its way.


# Nodes tell each other of changes of the set-up within milliseconds (two seconds at most): tests that spread requests
# over two nodes give them that time.
TOLD_SECONDS = 0.15
OF_LOGINS = ("/email/", "/phone/", "/auth/token", "/public/", "/tokens/exchange", "/validations/", "/magic")


def is_set_up(method, path):
    return method != "GET" and not any(part in path for part in OF_LOGINS)


class Answer:
    """What came back for one request."""

    def __init__(self, method, path, status, headers, raw, is_operations=False):
        self.method = method
        self.path = path.split("?")[0]
        self.status = status
        self.headers = headers
        self.raw = raw
        self.is_operations = is_operations
        self.request_json = None  # What was asked, where it was JSON.
        self._json = None

    @property
    def text(self):
        return self.raw.decode("utf-8")

    @property
    def json(self):
        if self._json is None:
            self._json = json.loads(self.raw)
        return self._json

    @property
    def code(self):
        """The code of a refusal; None for other answers."""
        if self.status < 400 or not self.raw.startswith(b"{"):
            return None
        return self.json.get("code")

    @property
    def data(self):
        assert self.status < 400, f"{self.method} {self.path} -> {self.status} {self.text}"
        return self.json["data"]

    @property
    def details(self):
        return self.json["details"]

    @property
    def issues(self):
        """The fields that a 400 complains of, as a dictionary of name and issue."""
        assert self.code == "INVALID_REQUEST", self.text
        return {issue["field"]: issue["issue"] for issue in self.details["fields"]}

    def __repr__(self):
        return f"<{self.method} {self.path} {self.status} {self.text[:300]}>"


class Client:
    """One token's view of the server. Threads: each has its own connection, kept open."""

    def __init__(self, server, token=None, contract=None):
        self.server = server
        self.token = token
        self._contract = contract
        self._connections = threading.local()

    @property
    def contract(self):
        if self._contract is None:
            document = self.send("GET", "/openapi.json", token=None)
            self._contract = Contract(document.json)
        return self._contract

    def with_token(self, token):
        return Client(self.server, token, self._contract)

    def log_in(self, client_id, secret):
        """Gets a token for a key's credentials, and uses it from now on."""
        answer = self.post("/auth/token", {"client_id": client_id, "client_secret": secret},
                           token=None)
        self.token = answer.data["access_token"]
        return self

    def _connection(self, address):
        """This thread's connection there; one for each node."""
        opened = self._opened()
        if getattr(self._connections, "starts", None) != self.server.starts:
            self.close()
            self._connections.starts = self.server.starts
        rested = time.monotonic() - self._connections.used.get(address, 0)
        if address in opened and rested > IDLE_SECONDS_MAX:
            opened.pop(address).close()
        if address not in opened:
            connection = http.client.HTTPConnection(*address, timeout=TIMEOUT_SECONDS)
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened[address] = connection
        self._connections.used[address] = time.monotonic()
        return opened[address]

    def _opened(self):
        if not hasattr(self._connections, "opened"):
            self._connections.opened = {}
            self._connections.used = {}
        return self._connections.opened

    def send(self, method, path, body=None, headers=None, token="own", listener="api"):
        """One request; the answer as it is, unchecked; of a stream of events only the head. A broken connection
        raises OSError or HTTPException, as whether the server saw the request is unknown then."""
        head = {"X-Request-Id": "test"} | (headers or {})
        token = self.token if token == "own" else token
        if token is not None:
            head.setdefault("Authorization", f"Bearer {token}")
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode("utf-8")
        if body is not None:
            head.setdefault("Content-Type", "application/json")
        head = {name: value for name, value in head.items() if value is not None}

        connection = self._connection(self.server.address(listener))
        try:
            connection.request(method, path, body=body, headers=head)
            response = connection.getresponse()
            endless = response.headers.get("Content-Type", "").startswith("text/event-stream")
            raw = b"" if endless else response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if response.will_close or endless:
            self.close()
        answer = Answer(method, path, response.status, response.headers, raw,
                        listener == "operations")
        self.server.secrets.note(answer, body)
        if getattr(self.server, "second_node", None) and answer.status < 400 and is_set_up(method, path):
            time.sleep(TOLD_SECONDS)
        return answer

    def close(self):
        opened = self._opened()
        for connection in opened.values():
            connection.close()
        opened.clear()

    def request(self, method, path, body=None, headers=None, token="own", query=None,
                listener="api"):
        """One request, its answer held to the contract."""
        if not path.startswith(("/v2/", "/.well-known", "/healthz", "/readyz", "/version",
                                "/openapi.json", "/docs", "/metrics", "/login/")):
            path = "/v2/access" + path
        if query:
            path += "?" + urllib.parse.urlencode(query)
        answer = self.send(method, path, body, headers, token, listener)
        answer.request_json = body if isinstance(body, (dict, list)) else None
        self.contract.check(answer)
        return answer

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, body, **options)

    def put(self, path, body=None, **options):
        return self.request("PUT", path, body, **options)

    def patch(self, path, body=None, **options):
        return self.request("PATCH", path, body, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    def items(self, path, limit=200, **query):
        """Every item of a list, over all its pages."""
        found, cursor = [], None
        while True:
            page = {"limit": limit} | query | ({"cursor": cursor} if cursor else {})
            data = self.get(path, query=page).data
            found += data["items"]
            cursor = data["next_cursor"]
            if cursor is None:
                return found


def wait_for(condition, seconds=10, pause=0.05):
    """What `condition` returns, as soon as that is something; an assertion fails if it never is."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < deadline, f"nothing came within {seconds} s; last: {result!r}"
        time.sleep(pause)


def make_key(api, **fields):
    """A new key, its secret included."""
    answer = api.post("/keys", {"name": "key of a test"} | fields)
    assert answer.status == 201, answer
    return answer.data


def make_caller(api, **fields):
    """A caller with a key of its own that may do everything, unless `fields` say otherwise."""
    key = make_key(api, **{"scope": "access manage read"} | fields)
    return Client(api.server, contract=api.contract).log_in(key["client_id"],
                                                            key["client_secret"]), key


def parse_time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
