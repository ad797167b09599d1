"""What goes wrong, as exceptions. accessd.codes has one class for each code of the API."""

from typing import Any, Dict, Optional


class AccessdError(Exception):
    """A refusal of the server. Catch the class of its code (accessd.codes.InvalidOtp), or look at `code`."""

    def __init__(self, code: str, status: int, message: str, details: Dict[str, Any], request_id: Optional[str],
                 retry_after_seconds: Optional[int]) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.details = details
        self.request_id = request_id  # Whoever runs the server finds it in the log.
        self.retry_after_seconds = retry_after_seconds  # None: the answer didn't say.

    def __reduce__(self) -> Any:
        return (type(self), (self.code, self.status, str(self), self.details, self.request_id, self.retry_after_seconds))


class NoAnswer(Exception):
    """No answer that can be read: no connection, none in time, or a proxy's page."""


class WebhookError(Exception):
    """A request that isn't accessd's, or isn't fresh. Answer it with 400 and do nothing else.

    `reason`: missing_header, malformed_timestamp, too_old, too_new, wrong_signature, malformed_body.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class HostedLoginError(Exception):
    """Nobody is logged in by this visit of the redirect URL: let the person begin again.

    `reason`: denied (they turned back), other_state (not begun in this session), no_code, invalid_code.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
