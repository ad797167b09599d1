"""A client that takes every call and does nothing: what no test of a client may be content with."""

from unittest.mock import MagicMock

from accessd import codes, connections  # noqa: F401


class AccessdError(Exception):
    """Never raised."""


class NoAnswer(Exception):
    """Never raised."""


class WebhookError(Exception):
    """Never raised."""


class HostedLoginError(Exception):
    """Never raised."""


class Accessd(MagicMock):
    """Takes everything and answers nothing of use."""


def verify_webhook(*_, **__):
    return {}
