"""An authenticator app: RFC 6238, by another implementation than the server's."""

import base64
import hashlib
import hmac
import struct
import time

from support.console import Browser, invite

FACTOR = "/console/factor"
SHOW = "/console/session/factor"
STEP_SECONDS = 30


def otp_of(secret, at=None):
    """The code of a secret in base32, of now or of a time in seconds."""
    step = int(time.time() if at is None else at) // STEP_SECONDS
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7fffffff) % 1_000_000:06}"


def wrong(otp):
    return f"{(int(otp) + 1) % 1_000_000:06}"


class App:
    """Codes of one secret, each of them new: no step's code is good twice."""

    def __init__(self, secret):
        self.secret = secret
        self._last = 0

    def next(self):
        """The code of a step that wasn't used yet: of the one before now, of now, or of the one after."""
        now = int(time.time()) // STEP_SECONDS
        # The one before is no longer good once the next step begins, which it may before the server has looked.
        is_early = time.time() % STEP_SECONDS < STEP_SECONDS / 2
        step = max(self._last + 1, now - 1 if is_early else now)
        while step > int(time.time()) // STEP_SECONDS + 1:
            time.sleep(0.5)
        self._last = step
        return otp_of(self.secret, step * STEP_SECONDS)


def add_app(browser):
    """What the admin of a browser does: the app, and the recovery codes."""
    app = App(browser.post(FACTOR).data["secret"])
    answer = browser.post(FACTOR + "/confirm", {"otp": app.next()})
    assert answer.status == 200, answer
    return app, answer.data["recovery_codes"]


def adopt(browser, answer):
    """Takes over the cookie of an answer, as browsers do."""
    if answer.status == 200 and "Set-Cookie" in answer.headers:
        browser.cookie = answer.headers["Set-Cookie"].split(";")[0].split("=", 1)[1]
        browser.csrf_token = answer.data["csrf_token"]
    return answer


def show(browser, **proof):
    return adopt(browser, browser.post(SHOW, proof))


def with_factor(api):
    """The id of an admin with an app."""
    admin = invite(api)
    add_app(Browser(api, admin["link"]["url"]))
    return admin["admin_id"]
