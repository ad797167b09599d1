"""The API token of a key: asked for when it is first needed, and again before it ends."""

import threading
import time
from typing import Any, Callable, Dict

SPARE_SECONDS_MAX = 60  # A token is replaced this long before it ends, so that none ends on the way.


class TokenKeeper:
    """Threads: safe to share; one token for all who ask at the same time."""

    def __init__(self, ask: Callable[[], Dict[str, Any]]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0

    def get(self) -> str:
        with self._lock:
            asked = time.monotonic()
            if asked >= self._good_until:
                issued = self._ask()
                seconds = issued["expires_in"]
                self._token = issued["access_token"]
                self._good_until = asked + seconds - min(SPARE_SECONDS_MAX, seconds / 2)
            return self._token

    def drop(self, token: str) -> None:
        """The server took it no longer. Does nothing where another has come already."""
        with self._lock:
            if token == self._token:
                self._good_until = 0.0
