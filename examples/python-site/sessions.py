"""Sessions in memory, each behind a cookie that scripts can't read. A real site keeps them in its database."""

import http.cookies
import secrets
import threading
import time

LIFE_SECONDS = 8 * 60 * 60
SESSIONS_MAX = 10_000


class Sessions:
    """Threads: safe to share."""

    def __init__(self, is_secure):
        self._cookie = "__Host-session" if is_secure else "session"
        # Lax and not Strict: coming back from the login page is a navigation from another site.
        self._attributes = "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if is_secure else "")
        self._sessions = {}
        self._lock = threading.Lock()

    def find(self, headers, name):
        """What the browser's session keeps under a name, or None."""
        with self._lock:
            return self._own(headers).get(name)

    def take(self, headers, name):
        """The same, once."""
        with self._lock:
            return self._own(headers).pop(name, None)

    def renew(self, headers, **content):
        """The cookie of a new session under a new id; the browser's old one ends."""
        with self._lock:
            self._sessions.pop(self._id_of(headers), None)
            if len(self._sessions) >= SESSIONS_MAX:
                del self._sessions[next(iter(self._sessions))]
            fresh = secrets.token_urlsafe(32)
            self._sessions[fresh] = {"ends_at": time.monotonic() + LIFE_SECONDS, **content}
        return f"{self._cookie}={fresh}; {self._attributes}"

    def end(self, headers):
        with self._lock:
            self._sessions.pop(self._id_of(headers), None)
        return f"{self._cookie}=; Max-Age=0; {self._attributes}"

    def _own(self, headers):
        session = self._sessions.get(self._id_of(headers), {})
        return session if session.get("ends_at", 0) > time.monotonic() else {}

    def _id_of(self, headers):
        try:
            found = http.cookies.SimpleCookie(headers.get("Cookie", "")).get(self._cookie)
        except http.cookies.CookieError:
            return None
        return found.value if found else None
