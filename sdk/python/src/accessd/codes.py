"""One class for each code of the API: `except accessd.codes.InvalidOtp`. docs/errors.md explains each."""

from accessd.generated.errors import *  # noqa: F401,F403
