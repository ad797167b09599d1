"""Links out of mails, opened and pressed as a browser does."""

import urllib.parse

from support.project import address
from support.server import ISSUER

REDIRECT = "https://shop.example.com/in?from=mail"
BROWSER = "Mozilla/5.0 (test)"


def with_links(project, *more_urls, **settings):
    """Switches links on. Returns the project."""
    assert project.set_flow(redirect_urls=[REDIRECT, *more_urls]).status == 200
    assert project.set_email(magic_link=True, **settings).status == 200
    return project


def path_of(link):
    assert link.startswith(ISSUER + "/login/"), link
    return link[len(ISSUER):]


def send_link(project, email=None, **fields):
    """A send whose mail has a link. Returns the validation's id and the link's path."""
    email = email or address()
    answer = project.send(email, **({"redirect_url": REDIRECT} | fields))
    return answer.data["validation_id"], path_of(project.inbox(email)[0]["link"])


def show(api, path, **headers):
    return api.get(path, token=None, headers={"User-Agent": BROWSER} | headers)


def press(api, path, **headers):
    return api.post(path, token=None, headers={"User-Agent": BROWSER} | headers)


def code_in(answer):
    """The one-time code that a pressed button sent the browser away with."""
    assert answer.status == 303, answer
    target = urllib.parse.urlsplit(answer.headers["Location"])
    return urllib.parse.parse_qs(target.query, strict_parsing=True)["code"][0]


def has_button(answer):
    return "<form" in answer.text and "<button" in answer.text
