"""The client of one accessd."""

import json
import random
import ssl
import time
import urllib.parse
from typing import Any, Callable, Dict, Optional, Tuple, Union

from accessd import codes
from accessd.calls import given, new_key
from accessd.connections import Answer, Connections
from accessd.errors import AccessdError, NoAnswer
from accessd.generated.operations import Operations
from accessd.hosted_login import HostedLogins
from accessd.tokens import TokenKeeper

RETRY_FIRST_SECONDS = 0.25
TOKEN_IS_OVER = (codes.InvalidToken, codes.TokenExpired, codes.TokenRevoked)
# Nothing was done, so that any call may be repeated. Locked is left out: no time ends it.
NOTHING_DONE = (codes.RateLimited, codes.Busy, codes.IdempotencyInProgress)
# Something may have been done: only for calls that do no harm twice.
MAY_PASS = (408, 500, 502, 503, 504)


class Accessd(Operations):
    """The API of one accessd: one method for each of its operations.

    Fields have the API's own names; what isn't given isn't sent, None is sent as null. Refusals are raised as
    AccessdError, missing answers as NoAnswer. Threads: safe to share.
    """

    def __init__(self, url: str, *, client_id: Optional[str] = None, client_secret: Optional[str] = None,
                 token: Union[None, str, Callable[[], str]] = None, timeout_seconds: float = 10.0, retries: int = 2,
                 retry_wait_seconds_max: float = 10.0, ssl_context: Optional[ssl.SSLContext] = None) -> None:
        """`url` is where accessd is: https://login.example.com. Give a key (`client_id`, `client_secret`) or a token.
        A Retry-After of more than `retry_wait_seconds_max` isn't waited for: the error comes at once and says how long.
        """
        if (client_id is None) != (client_secret is None):
            raise ValueError("client_id and client_secret belong together")
        if client_secret is not None and token is not None:
            raise ValueError("give either a key (client_id, client_secret) or a token")
        self.url = url.rstrip("/")
        self._credentials = {"client_id": client_id, "client_secret": client_secret}
        self._token = token
        self._retries = retries
        self._retry_wait_max = retry_wait_seconds_max
        self._connections = Connections(self.url, timeout_seconds, ssl_context)
        self._keeper = TokenKeeper(self._issue) if client_secret is not None else None
        self.hosted_login = HostedLogins(self)

    def __repr__(self) -> str:
        return f"<Accessd {self.url}>"  # Never with what lets somebody in.

    def renew(self) -> None:
        """A fresh token for the one in use. Clients with a key needn't: they get theirs by themselves."""
        if self._keeper is None:
            self._token = self.renew_token()["access_token"]

    def call_with_tag(self, method: str, path: str, *, query: Optional[Dict[str, Any]] = None, body: Any = None,
                      idempotency_key: Optional[str] = None, if_match: Optional[str] = None) -> Tuple[Any, Optional[str]]:
        """Any request under the API, with the ETag that a later change can name as `if_match`."""
        answer = self._answer(method, path, query=query, body=body, idempotency_key=idempotency_key, if_match=if_match)
        return answer.data, answer.etag

    def _send(self, method: str, path: str, *, query: Optional[Dict[str, Any]] = None, body: Any = None,
              is_public: bool = False, idempotency_key: Optional[str] = None, if_match: Optional[str] = None) -> Any:
        return self._answer(method, path, query=query, body=body, is_public=is_public, idempotency_key=idempotency_key,
                            if_match=if_match).data

    def _answer(self, method: str, path: str, *, query: Optional[Dict[str, Any]] = None, body: Any = None,
                is_public: bool = False, idempotency_key: Optional[str] = None, if_match: Optional[str] = None) -> Answer:
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        if if_match is not None:
            headers["If-Match"] = if_match
        text = json.dumps(given(body) if isinstance(body, dict) else body) if body is not None else None
        return self._repeat(method, path + query_text(query), text, headers, is_public)

    def _repeat(self, method: str, path: str, body: Optional[str], headers: Dict[str, str], is_public: bool) -> Answer:
        is_harmless = method == "GET" or "Idempotency-Key" in headers
        is_token_fresh = False
        tries = 0
        while True:
            token = None if is_public else self._own_token()
            if token is not None:
                headers["Authorization"] = f"Bearer {token}"
            try:
                return self._connections.send(method, path, body, headers, is_harmless)
            except (AccessdError, NoAnswer) as error:
                if isinstance(error, TOKEN_IS_OVER) and self._keeper and token and not is_token_fresh:
                    self._keeper.drop(token)
                    is_token_fresh = True
                    continue
                wait = self._wait_before(error, is_harmless, tries)
                if wait is None:
                    raise
            tries += 1
            time.sleep(wait)

    def _wait_before(self, error: Union[AccessdError, NoAnswer], is_harmless: bool, tries: int) -> Optional[float]:
        """Seconds. None: it isn't tried again."""
        if tries >= self._retries:
            return None
        pause: float = RETRY_FIRST_SECONDS * 2**tries * (0.5 + random.random())
        if isinstance(error, NoAnswer):
            return pause if is_harmless else None
        if not (isinstance(error, NOTHING_DONE) or (is_harmless and error.status in MAY_PASS)):
            return None
        if error.retry_after_seconds is None:
            return pause
        if error.retry_after_seconds > self._retry_wait_max:
            return None
        return error.retry_after_seconds + random.random() * RETRY_FIRST_SECONDS

    def _own_token(self) -> str:
        if self._keeper:
            return self._keeper.get()
        if self._token is None:
            raise ValueError("this call needs a key (client_id, client_secret) or a token")
        return self._token if isinstance(self._token, str) else self._token()

    def _issue(self) -> Dict[str, Any]:
        issued: Dict[str, Any] = self._send("POST", "/v2/access/auth/token", body=self._credentials, is_public=True,
                                            idempotency_key=new_key())
        return issued


def query_text(query: Optional[Dict[str, Any]]) -> str:
    pairs = [(name, str(value)) for name, value in given(query or {}).items() if value is not None]
    return "?" + urllib.parse.urlencode(pairs) if pairs else ""
