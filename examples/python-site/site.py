"""A site whose people log in through accessd's hosted page: Python's standard library and the client in sdk/python.

    python3 site.py

Without settings it starts an accessd of its own for a try, with a test project whose flow knows this site. With ACCESSD_URL,
ACCESSD_PROJECT (its slug), ACCESSD_CLIENT_ID and ACCESSD_CLIENT_SECRET it uses yours, whose flow must list
SITE_URL/signed-in.
"""

import html
import http.server
import os
import pathlib
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "sdk/python/src"))  # Not where it is installed.

from accessd import Accessd, AccessdError, HostedLoginError, NoAnswer  # noqa: E402

import for_a_try  # noqa: E402
from sessions import Sessions  # noqa: E402

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<main><h1>{title}</h1>{content}</main>
</html>
"""


class Site:
    """What the routes below share."""

    def __init__(self, accessd, project, site_url):
        self.accessd = accessd
        self.project = project
        self.url = site_url
        self.redirect_url = f"{site_url}/signed-in"
        self.sessions = Sessions(is_secure=site_url.startswith("https:"))


class Handler(http.server.BaseHTTPRequestHandler):
    """One request of a browser."""

    site = None  # Set once, before the server starts.
    protocol_version = "HTTP/1.1"
    timeout = 20  # Seconds without a byte of the browser's.

    def do_GET(self):
        route = urllib.parse.urlsplit(self.path).path
        self._answer({"/": self._home, "/login": self._login, "/signed-in": self._signed_in}.get(route))

    def do_POST(self):
        # Forms of other sites may send requests, too; their Origin says so.
        if self.headers.get("Origin") != self.site.url:
            return self._send(403, "This form is not ours.")
        self.close_connection = True  # What the form holds isn't read.
        self._answer({"/logout": self._logout}.get(self.path))

    def _answer(self, route):
        if route is None:
            return self._send(404, "There is nothing here.")
        try:
            route()
        except (AccessdError, NoAnswer) as error:
            self.log_error("accessd: %r", error)  # Never to the browser.
            self._send(502, "Logging in does not work right now. Try again in a minute.")

    def _home(self):
        person = self.site.sessions.find(self.headers, "person")
        if person is None:
            note = "That did not work. Log in once more." if self.path == "/?note=failed" else "Log in to go on."
            return self._send(200, page("The example shop", f'<p>{note}</p><p><a href="/login">Log in</a></p>'))
        who = person["name"] or person["email"] or person["phone"] or person["user_id"]
        self._send(200, page(f"Hello, {who}", '<form method="post" action="/logout"><button>Log out</button></form>'))

    def _login(self):
        begun = self.site.accessd.hosted_login.begin(project=self.site.project, redirect_url=self.site.redirect_url)
        self._redirect(begun.url, self.site.sessions.renew(self.headers, begun=begun))

    def _signed_in(self):
        begun = self.site.sessions.take(self.headers, "begun")  # Good once.
        try:
            if begun is None:
                raise HostedLoginError("other_state", "this browser began no login")
            back = self.site.accessd.hosted_login.finish(self.path, begun)
        except HostedLoginError as error:
            return self._redirect("/" if error.reason == "denied" else "/?note=failed")
        # Under a new id, which nobody can have known before.
        self._redirect("/", self.site.sessions.renew(self.headers, person=back["user"]))

    def _logout(self):
        self._redirect("/", self.site.sessions.end(self.headers))

    def _redirect(self, to, cookie=None):
        self._send(303, "", {"Location": to, **({"Set-Cookie": cookie} if cookie else {})})

    def _send(self, status, text, headers=None):
        content = text.encode()
        self.send_response(status)
        policy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        for name, value in {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(content)),
                            "Cache-Control": "no-store", "Referrer-Policy": "same-origin",
                            "X-Content-Type-Options": "nosniff", "Content-Security-Policy": policy,
                            **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_request(self, *_):
        pass  # The address of /signed-in holds a code.


def page(title, content):
    return PAGE.format(title=html.escape(title), content=content)


def main():
    port = int(os.environ.get("PORT", "3000"))
    site_url = os.environ.get("SITE_URL", f"http://localhost:{port}")
    settings = os.environ
    if "ACCESSD_URL" not in settings:
        settings = for_a_try.start(f"{site_url}/signed-in")
    accessd = Accessd(settings["ACCESSD_URL"], client_id=settings["ACCESSD_CLIENT_ID"],
                      client_secret=settings["ACCESSD_CLIENT_SECRET"])
    Handler.site = Site(accessd, settings["ACCESSD_PROJECT"], site_url)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    print(f"The site: {site_url}   (accessd: {accessd.url})", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
