"""None are made."""

IDLE_SECONDS_MAX = 30
