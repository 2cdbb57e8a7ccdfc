"""Shared by operations: find the record that the path names, and list a whole workspace."""

from collections.abc import Callable
from typing import Any

from nhq.mock.call import MockCall, MockReply
from nhq.mock.encoded_views import LIST_HEAD, Page
from nhq.mock.listing import paginate_rows, workspace_rows

Show = Callable[[str, Any], Any]


def find_campaign(call: MockCall) -> None:
    """404 unless the first id is a campaign of this workspace."""
    call.exists(call.store.campaigns, call.ids[0], "campaign")


def find_list(call: MockCall) -> None:
    """404 unless the first id is a lead list of this workspace."""
    call.exists(call.store.lists, call.ids[0], "lead list")


def find_lead(call: MockCall) -> None:
    """404 unless the first id is a lead of this workspace."""
    call.exists(call.store.leads, call.ids[0], "lead")


def find_conversation(call: MockCall) -> None:
    """404 unless the first id is a conversation of this workspace."""
    call.exists(call.store.conversations, call.ids[0], "conversation")


def list_plain(call: MockCall, kind: str, records: dict[str, Any], show: Show) -> MockReply:
    """One page of all records of a kind in the workspace, unfiltered."""
    page = paginate_rows(call, call.args, workspace_rows(call, kind))
    return MockReply(200, join_plain(call, page, records, show))


def join_plain(call: MockCall, page: Page, records: dict[str, Any], show: Show, head: bytes = LIST_HEAD) -> bytes:
    """The body of a page of records that are shown unchanged."""
    views, operation = call.engine.views, call.operation.id
    return views.page(operation, page, lambda ident: views.plain(operation, records[ident], show), head)
