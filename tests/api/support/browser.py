"""A page's side of a login: what a browser does, without a server of the customer's between."""

import hashlib
import itertools

from support.client import Client

REDIRECT = "https://shop.example/signed-in"


def zero_bits(digest):
    return len(digest) * 8 - int.from_bytes(digest, "big").bit_length()


def solve(challenge, difficulty):
    """The proof: the challenge and what makes its hash start with so many zero bits."""
    begun = hashlib.sha256(f"{challenge}.".encode())
    zeros = bytes(difficulty // 8)
    for number in itertools.count():
        tried = begun.copy()
        tried.update(b"%d" % number)
        digest = tried.digest()
        if digest.startswith(zeros) and zero_bits(digest) >= difficulty:
            return f"{challenge}.{number}"


def allow_redirect(project, *urls):
    assert project.set_flow(redirect_urls=list(urls or [REDIRECT])).status == 200
    return project


class Browser:
    """One browser on one project's page. Without trusted proxies it comes from 127.0.0.1; with them,
    from `address`."""

    def __init__(self, project, address=None):
        self.project = project
        self.slug = project.json["slug"]
        self.headers = {"User-Agent": "Mozilla/5.0 (test)"}
        if address:
            self.headers["X-Forwarded-For"] = address
        self.api = Client(project.api.server, contract=project.api.contract)
        self.login_id = None

    def post(self, path, body=None, **options):
        headers = self.headers | options.pop("headers", {})
        return self.api.post(path, body, headers=headers, **options)

    def get(self, path, **options):
        return self.api.get(path, headers=self.headers, **options)

    def challenge(self):
        return self.post("/public/challenges", {"project": self.slug}, token=None).data

    def proof(self):
        challenge = self.challenge()
        return solve(challenge["challenge"], challenge["difficulty"])

    def ask_to_open(self, **fields):
        """The answer, whatever it is; with a fresh proof unless `fields` bring one."""
        body = {"project": self.slug, "redirect_url": REDIRECT} | fields
        if "proof" not in body:
            body["proof"] = self.proof()
        body = {name: value for name, value in body.items() if value is not None}
        return self.post("/public/logins", body, token=None)

    def open(self, **fields):
        data = self.ask_to_open(**fields).data
        self.api.token = data["login_token"]
        self.login_id = data["login_id"]
        return self

    def send(self, email, **fields):
        return self.post("/email/send-otp", {"email": email} | fields)

    def verify(self, email, otp, validation_id, **fields):
        return self.post("/email/verify-otp",
                         {"email": email, "otp": otp, "validation_id": validation_id} | fields)
