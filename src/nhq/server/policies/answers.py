"""What an answer looks like: envelopes, media type, validation, and how each record is shown."""

from collections.abc import Sequence
from typing import Any

import msgspec

from nhq.server.records import (
    Account,
    Campaign,
    CampaignLead,
    Company,
    Conversation,
    Lead,
    LeadList,
    Message,
    Override,
)


def error_body(operation: str, status: int, code: str, message: str) -> Any:
    """The error envelope."""
    return {"error": {"code": code, "message": message}}


def error_status(operation: str, status: int) -> int:
    """An error has the status that the contract names."""
    return status


def media_type(operation: str, status: int) -> bytes:
    """Every answer is JSON."""
    return b"application/json"


def parse_json(operation: str, raw: bytes) -> Any:
    """A body is JSON, all of it. Raises ValueError or RecursionError when it is not."""
    return msgspec.json.decode(raw)


def body_is_json(operation: str, content_type: str | None) -> bool:
    """A body must be declared as application/json; parameters such as a charset may follow."""
    return (content_type or "").partition(";")[0].strip().lower() == "application/json"


def body_valid(operation: str, body: Any, problems: Sequence[dict[str, str]]) -> bool:
    """A body with any problem is refused."""
    return not problems


def preferred(operation: str, code: int, documented: frozenset[int]) -> bool:
    """`Prefer: code=NNN` asks for a documented error."""
    return code >= 400 and code in documented


def sent_body(operation: str, status: int, body: bytes) -> bytes:
    """The last look at a body before it goes out."""
    return body


def sent_length(operation: str, status: int, length: int) -> int:
    """The length that is announced: the true one."""
    return length


def sent_status(operation: str, status: int) -> int:
    """The last look at a status before it goes out."""
    return status


def sent_headers(operation: str, status: int, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The last look at the headers before they go out."""
    return headers


def show_campaign(operation: str, campaign: Campaign) -> Any:
    """A campaign as the wire shows it."""
    return campaign


def show_campaign_lead(operation: str, row: CampaignLead) -> Any:
    """A campaign lead as the wire shows it."""
    return row


def show_override(override: Override) -> Any:
    """A message override as the wire shows it."""
    return override


def show_account(operation: str, account: Account) -> Any:
    """A sender account as the wire shows it."""
    return account


def show_list(operation: str, row: LeadList) -> Any:
    """A lead list as the wire shows it."""
    return row


def show_lead(operation: str, lead: Lead) -> Any:
    """A lead as the wire shows it."""
    return lead


def show_company(company: Company) -> Company | None:
    """Enriched company details, when there are any."""
    return company


def shown_lists(operation: str, lists: tuple[str, ...]) -> tuple[str, ...]:
    """`lead_list_ids`: the lists a lead belongs to."""
    return lists


def show_conversation(operation: str, conversation: Conversation) -> Any:
    """A conversation as the list shows it."""
    return conversation


def show_message(operation: str, message: Message) -> Any:
    """A message as the wire shows it."""
    return message


def created_moment(kind: str, now: float) -> float:
    """A new record is stamped with the present, in whole milliseconds."""
    return int(now * 1000) / 1000


def updated_moment(kind: str, now: float) -> float:
    """A changed record is stamped with the present."""
    return int(now * 1000) / 1000
