"""Logins without passwords: the client of the accessd API. Needs nothing but the standard library."""

from accessd import codes
from accessd.calls import OMITTED
from accessd.client import Accessd
from accessd.errors import AccessdError, HostedLoginError, NoAnswer, WebhookError
from accessd.generated import types
from accessd.hosted_login import BegunLogin
from accessd.pages import Page, Pages
from accessd.webhooks import verify_webhook

__all__ = ["OMITTED", "Accessd", "AccessdError", "BegunLogin", "HostedLoginError", "NoAnswer", "Page", "Pages",
           "WebhookError", "codes", "types", "verify_webhook"]
