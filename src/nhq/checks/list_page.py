"""One page of a list, as its answer presents it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nhq.model import Exchange


@dataclass(frozen=True, slots=True)
class ListPage:
    """The body of an answer to a paginated operation. Reading a member that it lacks raises Absent."""

    body: Mapping[str, Any]

    @property
    def rows(self) -> list[Any]:
        """What is listed: `data`, or a conversation's `messages`."""
        data = self.body["data"]
        return list(data["messages"] if isinstance(data, dict) else data)

    @property
    def has_more(self) -> Any:
        """`has_more`: does the page say that more follow?"""
        return self.body["pagination"]["has_more"]

    @property
    def next_cursor(self) -> Any:
        """The cursor that requests the next page; null on the last one."""
        return self.body["pagination"]["next_cursor"]

    @property
    def limit(self) -> Any:
        """The page size that it names; None where it names none."""
        return self.body["pagination"].get("limit")

    @property
    def leads_on(self) -> bool:
        """Does the page say that more follow, and name the cursor to get them?"""
        return bool(self.has_more) and bool(self.next_cursor)


def list_page(answer: Exchange) -> ListPage:
    """An answer as a page. Raises Unread where its body is no JSON object."""
    return ListPage(answer.json())
