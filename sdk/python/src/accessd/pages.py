"""Lists that are fetched page by page, while they are read."""

from typing import Any, Callable, Dict, Generic, Iterator, List, NamedTuple, Optional, TypeVar

Item = TypeVar("Item")


class Page(NamedTuple):
    """One page as the API answers it."""

    items: List[Any]
    next_cursor: Optional[str]


class Pages(Generic[Item]):
    """Iterates over everything: `for user in accessd.list_users(project)`. Each loop begins anew."""

    def __init__(self, fetch: Callable[[Optional[str]], Page]) -> None:
        self._fetch = fetch

    def page(self, cursor: Optional[str] = None) -> Page:
        """The one that begins at a cursor; without one the first."""
        return self._fetch(cursor)

    def pages(self) -> Iterator[Page]:
        cursor = None
        while True:
            page = self._fetch(cursor)
            yield page
            cursor = page.next_cursor
            if cursor is None:
                return

    def __iter__(self) -> Iterator[Item]:
        for page in self.pages():
            yield from page.items


def pages(send: Callable[..., Any], path: str, query: Optional[Dict[str, Any]] = None) -> "Pages[Any]":
    """A list at a path, read by a client's `_send`."""

    def fetch(cursor: Optional[str]) -> Page:
        given = dict(query or {})
        if cursor is not None:
            given["cursor"] = cursor
        data = send("GET", path, query=given)
        return Page(data["items"], data["next_cursor"])

    return Pages(fetch)
