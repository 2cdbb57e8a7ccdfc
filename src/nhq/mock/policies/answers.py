"""What an answer looks like: envelopes, media type, validation, and how each record is shown."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from nhq.mock.wire_records import (
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


def wrong_media(operation: str) -> int:
    """The status that refuses a body of another media type."""
    return 400


def oversize(operation: str, query: int, headers: Mapping[bytes, bytes], body: int) -> int:
    """The status that refuses a request for its bytes in query, headers or body; 0 for none: nothing is too large."""
    return 0


def also_wrong(kind: str, instance: Any) -> list[dict[str, str]]:
    """What is wrong with a body, or an entry of a batch, beyond its schema: nothing."""
    return []


def told_errors(errors: list[dict[str, str]]) -> list[dict[str, str]]:
    """How the errors of a malformed entry are told: a field by its path, its steps joined by dots."""
    return errors


def read_query(operation: str, pairs: Sequence[tuple[str, str]]) -> Mapping[str, str] | None:
    """The parameters of a query: of a repeated one the last, unknown ones too. None refuses it (400)."""
    return dict(pairs)


def absent_status(ident: str) -> int:
    """The status that says that nothing has this id."""
    return 404


def body_valid(operation: str, body: Any, problems: Sequence[dict[str, str]]) -> bool:
    """A body with any problem is refused."""
    return not problems


def preferred(operation: str, code: int, documented: frozenset[int]) -> bool:
    """`Prefer: code=NNN` asks for a documented error."""
    return code >= 400 and code in documented


def sent_body(operation: str, status: int, body: bytes) -> bytes:
    """The last look at a body before it goes out."""
    return body


def spelt_ids(text: bytes, outgoing: bool, workspace: str, kind: str) -> bytes:
    """Ids on the wire are the store's own. `outgoing` tells a whole answer from one id, or several, of a request.

    `workspace` is the key's, `kind` what an id of a request must name, as ids begin: both "" where it isn't known.
    """
    return text


def spelt_times(body: bytes) -> bytes:
    """Times on the wire are in UTC, with milliseconds and Z."""
    return body


def spelt_json(body: bytes) -> bytes:
    """JSON without blanks, members in the order of the schemas, texts unescaped."""
    return body


def sent_length(operation: str, status: int, length: int) -> int | None:
    """The length that is announced: the true one. None announces none, and the body comes in chunks."""
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
