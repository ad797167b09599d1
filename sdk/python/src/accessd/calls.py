"""What the generated methods of a client are made with."""

import re
import urllib.parse
import uuid
from typing import Any, Dict, Optional


class Omitted:
    """The type of OMITTED."""

    def __repr__(self) -> str:
        return "OMITTED"


OMITTED = Omitted()  # A field that isn't sent. None is sent, as null: it clears what may be cleared.


def given(fields: Dict[str, Any]) -> Dict[str, Any]:
    return {name: value for name, value in fields.items() if not isinstance(value, Omitted)}


def path_of(route: str, **values: str) -> str:
    """The path with its ids put in. Errors: ValueError for one that is empty, which would be another path."""

    def value_of(match: "re.Match[str]") -> str:
        name = match.group(1)
        if not isinstance(values[name], str) or not values[name]:
            raise ValueError(f"{name} must be a text that isn't empty")
        return urllib.parse.quote(values[name], safe="")

    return re.sub(r"\{(\w+)\}", value_of, route)


def new_key() -> str:
    """An Idempotency-Key."""
    return str(uuid.uuid4())


class Sender:
    """Whoever can send a request."""

    def _send(self, method: str, path: str, *, query: Optional[Dict[str, Any]] = None, body: Any = None,
              is_public: bool = False, idempotency_key: Optional[str] = None, if_match: Optional[str] = None) -> Any:
        raise NotImplementedError
