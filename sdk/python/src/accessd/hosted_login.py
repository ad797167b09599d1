"""The hosted login page: where to send people, and who came back."""

import base64
import hashlib
import hmac
import secrets
import urllib.parse
from typing import TYPE_CHECKING, Dict, NamedTuple, Optional

from accessd import codes
from accessd.errors import HostedLoginError
from accessd.generated import types

if TYPE_CHECKING:
    from accessd.client import Accessd


class BegunLogin(NamedTuple):
    """A login that has begun. Keep it in the person's session on your server; `url` alone goes to the browser."""

    url: str
    state: str
    code_verifier: str
    redirect_url: str


class HostedLogins:
    """`accessd.hosted_login`. See docs/login-page.md."""

    def __init__(self, accessd: "Accessd") -> None:
        self._accessd = accessd

    def begin(self, *, project: str, redirect_url: str, flow_id: Optional[str] = None,
              language: Optional[types.Language] = None) -> BegunLogin:
        """A fresh `state` and PKCE. `project` is its slug; `redirect_url` one of the flow's, letter for letter."""
        state = secrets.token_urlsafe(16)
        verifier = secrets.token_urlsafe(32)
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        query: Dict[str, Optional[str]] = {"redirect_url": redirect_url, "state": state, "code_challenge": challenge,
                                           "flow_id": flow_id, "language": language}
        text = urllib.parse.urlencode([(name, value) for name, value in query.items() if value is not None])
        url = f"{self._accessd.url}/login/{urllib.parse.quote(project, safe='')}?{text}"
        return BegunLogin(url, state, verifier, redirect_url)

    def finish(self, visited: str, begun: BegunLogin) -> types.ExchangedLogin:
        """Who came back. `visited` is the address that the browser came to, its path and query, or its query. `begun` is what
        the same person's session kept; it is good once, so take it out of the session first.

        Errors: HostedLoginError when nobody is logged in by it; AccessdError and NoAnswer as of every call.
        """
        text = visited.split("#")[0].rpartition("?")[2]
        query = {name: values[0] for name, values in urllib.parse.parse_qs(text).items() if len(values) == 1}
        # First of all: what comes with another state is of another browser's login, refusals included.
        if not hmac.compare_digest(query.get("state", "").encode(), begun.state.encode()):
            raise HostedLoginError("other_state", "the answer belongs to a login that this session did not begin")
        if "error" in query:
            raise HostedLoginError("denied", "the person turned back")
        if "code" not in query:
            raise HostedLoginError("no_code", "the answer has no code")
        try:
            return self._accessd.exchange_login_code(code=query["code"], redirect_url=begun.redirect_url,
                                                     code_verifier=begun.code_verifier)
        except codes.InvalidCode as refused:
            raise HostedLoginError(
                "invalid_code", "the code was used, is over a minute old, or belongs to another login") from refused
