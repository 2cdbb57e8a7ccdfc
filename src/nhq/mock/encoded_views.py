"""Records as JSON, encoded once. A cached entry is valid as long as the record is the same object."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from nhq.mock.policies import Policies
from nhq.mock.store import Row, Store
from nhq.mock.wire_records import Lead

encode: Callable[[Any], bytes] = msgspec.json.Encoder().encode

LIST_HEAD = b'{"data":['
KEPT_PAGES = 32  # of at most 500 records, so some 16 MB


class Page(NamedTuple):
    """The rows of one page, and what ends its body: the `pagination` object, encoded."""

    rows: Sequence[Row]
    tail: bytes


class Views:
    """The JSON of each record under the given policies, whose `show_…` functions must be pure."""

    def __init__(self, policies: Policies) -> None:
        self.policies = policies
        self._plain: dict[tuple[str, str], tuple[Any, bytes]] = {}
        self._leads: dict[tuple[str, str], tuple[Lead, tuple[str, ...] | None, bytes]] = {}
        self._pages: dict[tuple[str, Row | None, int], tuple[Page, bytes, bytes]] = {}

    def stale(self) -> None:
        """Forget joined pages: something may have changed."""
        self._pages.clear()

    def page(self, operation: str, page: Page, view: Callable[[str], bytes], head: bytes = LIST_HEAD) -> bytes:
        """A page of records between `head` and the `pagination` object, joined anew only when something changed."""
        rows = page.rows
        place = (operation, rows[0] if rows else None, len(rows))
        known = self._pages.get(place)
        if known is not None and known[0].rows == rows and known[0].tail == page.tail and known[1] == head:
            return known[2]
        if len(self._pages) >= KEPT_PAGES:
            self._pages.clear()
        body = b"".join((head, b",".join([view(row[2]) for row in rows]), page.tail))
        self._pages[place] = (page, head, body)
        return body

    def plain(self, operation: str, record: Any, show: Callable[[str, Any], Any]) -> bytes:
        """Any record, through its policy `show`."""
        known = self._plain.get((operation, record.id))
        if known is not None and known[0] is record:
            return known[1]
        encoded = encode(show(operation, record))
        self._plain[operation, record.id] = (record, encoded)
        return encoded

    def lead(self, operation: str, store: Store, ident: str) -> bytes:
        """A lead as single operations and list members show it."""
        lead = store.leads[ident]
        known = self._leads.get((operation, ident))
        if known is not None and known[0] is lead:
            return known[2]
        encoded = encode(self._shown(operation, lead))
        self._leads[operation, ident] = (lead, None, encoded)
        return encoded

    def lead_with_lists(self, operation: str, store: Store, ident: str) -> bytes:
        """A lead with `lead_list_ids`."""
        lead, lists = store.leads[ident], store.lists_of.get(ident, ())
        known = self._leads.get((operation, ident))
        if known is not None and known[0] is lead and known[1] is lists:
            return known[2]
        tail = b',"lead_list_ids":' + encode(self.policies.shown_lists(operation, lists)) + b"}"
        encoded = encode(self._shown(operation, lead))[:-1] + tail
        self._leads[operation, ident] = (lead, lists, encoded)
        return encoded

    def _shown(self, operation: str, lead: Lead) -> Any:
        if lead.company_details is not None:
            details = self.policies.show_company(lead.company_details)
            if details is not lead.company_details:
                lead = msgspec.structs.replace(lead, company_details=details)
        return self.policies.show_lead(operation, lead)
