"""What operations have in common: finding what the path names, and listing a whole workspace."""

from collections.abc import Callable
from typing import Any

from nhq.server.call import Call, Reply
from nhq.server.listing import paginate, workspace_rows


def find_campaign(call: Call) -> None:
    """404 unless the first id is a campaign of this workspace."""
    call.exists(call.store.campaigns, call.ids[0], "campaign")


def find_list(call: Call) -> None:
    """404 unless the first id is a lead list of this workspace."""
    call.exists(call.store.lists, call.ids[0], "lead list")


def find_lead(call: Call) -> None:
    """404 unless the first id is a lead of this workspace."""
    call.exists(call.store.leads, call.ids[0], "lead")


def find_conversation(call: Call) -> None:
    """404 unless the first id is a conversation of this workspace."""
    call.exists(call.store.conversations, call.ids[0], "conversation")


def list_plain(call: Call, kind: str, records: dict[str, Any], show: Callable[[str, Any], Any]) -> Reply:
    """One page of all records of a kind in the workspace, as they are."""
    page = paginate(call, call.args, workspace_rows(call, kind))
    plain, operation = call.engine.views.plain, call.operation.id
    return Reply(200, page.around([plain(operation, records[row[2]], show) for row in page.rows]))
