"""Admins, and the browsers in which they are signed in."""

import uuid

COOKIE = "__Host-accessd"  # The servers under test call themselves https.


def invite(api, role="owner", projects="*", **fields):
    """A new admin, with the link."""
    body = {"email": f"{role}-{uuid.uuid4().hex[:10]}@example.com", "role": role} | fields
    if role != "owner":
        body.setdefault("projects", projects)
    answer = api.post("/admins", body)
    assert answer.status == 201, answer
    return answer.data


class Browser:
    """Keeps the cookie of a session and shows its CSRF token, as the console does."""

    def __init__(self, api, link=None, **fields):
        self.client = api.with_token(None)
        self.client._contract = api.contract
        self.cookie, self.csrf_token, self.admin = None, None, None
        if link is not None:
            answer = self.sign_in(link, **fields)
            assert answer.status == 200, answer

    def sign_in(self, link, **fields):
        answer = self.client.post("/console/session", {"link": link} | fields)
        if answer.status == 200:
            self.cookie = answer.headers["Set-Cookie"].split(";")[0].split("=", 1)[1]
            self.csrf_token, self.admin = answer.data["csrf_token"], answer.data["admin"]
        return answer

    def request(self, method, path, body=None, headers=None, **options):
        head = {"Cookie": f"{COOKIE}={self.cookie}"}
        if method not in ("GET", "HEAD"):
            head["X-CSRF-Token"] = self.csrf_token
        return self.client.request(method, path, body, headers=head | (headers or {}), **options)

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


def sign_in(api, role="owner", projects="*"):
    """The browser of a new admin."""
    return Browser(api, invite(api, role, projects)["link"]["url"])
