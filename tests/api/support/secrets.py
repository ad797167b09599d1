"""Looks for what must never be written down: whatever secrets a server gave to its callers are
searched for in its log, its metrics, its events and its files.

Every server of the tests does this at its end, with all that its tests made it say.
"""

import json
import re
import sqlite3

# A code stands by itself: six digits inside an id or a longer number are none.
CODE = re.compile(r"(?<![0-9A-Za-z.])[0-9]{6,8}(?![0-9A-Za-z])")
LONG = re.compile(r"[A-Za-z0-9_-]{20,}")
ADDRESS = re.compile(r"[^\s\"'<>(),;:\\]+@[^\s\"'<>(),;:\\]+")
LINK = re.compile(r"https?://[^\s\"'<>]+")

# Values of fields with these ends let somebody in; shorter ones are words such as a token's type.
SECRET_FIELDS = ("token", "secret")
SECRET_LENGTH_MIN = 20
ADDRESS_FIELDS = {"email", "contact_email", "destination", "recipient"}
CUSTOMERS_OWN = {"user_id", "metadata"}
SEARCHED_IN_FILES_MAX = 400  # Of tokens, which are long; credentials are all searched for.


def walk(value, name=None):
    """Every text of a JSON value with the name it stands under; objects as they are, too."""
    yield name, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner, name)


def parsed(raw):
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):  # Tests send both.
        return None


class Secrets:
    """What callers of one server came to know. Exchanges are noted as they are and read at the end, so
    that no test waits for it."""

    def __init__(self):
        self._noted = []
        self.codes = set()
        self.has_numbers = False  # The database holds numbers without end, in which any code is found.
        self.fixed_codes = {"123456"}  # Chosen by whoever set the project up: no secrets.
        self.tokens = set()
        self.credentials = set()
        self.addresses = set()

    def note(self, answer, request_body=None):
        """Keeps an exchange to be read later."""
        cookies = answer.headers.get_all("Set-Cookie") or []
        self._noted.append((answer.status, request_body, answer.raw, cookies))

    def learn(self):
        """Reads the exchanges that were noted."""
        noted, self._noted = self._noted, []
        for status, request, answer, cookies in noted:
            asked, told = parsed(request) if request else None, parsed(answer)
            if isinstance(told, dict) and "paths" in told:
                continue  # The description of the API: all examples.
            self._read(told, is_answer=True)
            self._read(asked, is_answer=False)
            if status == 200 and isinstance(asked, dict) and "validation_id" in asked:
                self.codes.update(CODE.findall(str(asked.get("otp", ""))))
            for cookie in cookies:
                self._add_long(cookie.split(";")[0].partition("=")[2])

    def _read(self, value, is_answer):
        for name, inner in walk(value):
            if isinstance(inner, dict) and {"destination", "code"} <= set(inner):
                self.fixed_codes.add(str(inner["code"]))
            if not isinstance(inner, str) or name is None:
                continue
            if name in ADDRESS_FIELDS and ADDRESS.fullmatch(inner) and "•" not in inner:
                self.addresses.add(inner.lower())
            if is_answer and name == "otp":
                self.codes.add(inner)
            elif is_answer and name.endswith(SECRET_FIELDS):
                self._add_long(inner, is_credential=name.endswith("secret"))
            elif is_answer and name in ("text", "html"):
                for link in LINK.findall(inner):
                    self._add_long(re.split(r"[/?#=&]", link)[-1])

    def _add_long(self, text, is_credential=False):
        if len(text) >= SECRET_LENGTH_MIN:
            (self.credentials if is_credential else self.tokens).add(text)

    def secret_codes(self):
        if self.has_numbers:
            return set()
        return self.codes - self.fixed_codes

    def long_ones(self):
        """The parts that credentials and tokens are recognised by. A token's head is no secret."""
        parts = set()
        for token in self.tokens | self.credentials:
            parts.update(part for part in token.split(".")[-2:] if len(part) >= SECRET_LENGTH_MIN)
        return parts

    def found_in_text(self, text, with_addresses=True):
        """The secrets that a text tells, each with its kind."""
        shown = {("code", code) for code in set(CODE.findall(text)) & self.secret_codes()}
        shown |= {("token", part) for part in set(LONG.findall(text)) & self.long_ones()}
        shown |= {("credential", one) for one in self.credentials if one in text}
        if with_addresses:
            told = {address.lower().strip(".") for address in ADDRESS.findall(text)}
            told |= {address.rpartition("=")[2] for address in told}  # A log's name=value.
            shown |= {("address", address) for address in told & self.addresses}
        return shown

    def found_in_file(self, path):
        """The secrets in a file's bytes, deleted rows and logs of changes included. Addresses may be
        there."""
        data = path.read_bytes()
        searched = self.credentials | set(sorted(self.long_ones())[:SEARCHED_IN_FILES_MAX])
        shown = {("token", one) for one in searched if one.encode() in data}
        return shown | {("code", code) for code in
                        set(CODE.findall(data.decode("latin-1"))) & self.secret_codes()}

    def found_in_database(self, path):
        """The secrets in the values of a closed database; in its events nobody's address either."""
        shown = set()
        database = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        database.text_factory = lambda raw: raw.decode("utf-8", "replace")
        database.row_factory = sqlite3.Row
        for table, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            for row in database.execute(f'SELECT * FROM "{table}"'):
                # Of an event, the customer's own id and own data may be whatever they like.
                text = "\n".join(value.decode("latin-1") if isinstance(value, bytes) else value
                                 for value in (row[name] for name in row.keys()
                                               if name not in CUSTOMERS_OWN)
                                 if isinstance(value, (bytes, str)))
                shown |= {(f"{kind} in {table}", value) for kind, value in
                          self.found_in_text(text, with_addresses=table == "events")}
        database.close()
        return shown
