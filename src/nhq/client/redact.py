"""Redaction: nothing secret or personal leaves the suite. What may be shown is listed; the rest is shown as its shape.

Allow-list, not block-list: a field that nobody thought of is hidden, not leaked.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from nhq.client.target import Target
from nhq.contract.disclosure import (
    describe_length,
    is_known_header,
    looks_like_a_cursor,
    looks_like_an_id,
    may_be_shown,
    shown_header,
    shown_name,
    shown_number,
)
from nhq.contract.public_words import is_too_plain, only_public_words
from nhq.masking import Masker, masker_of
from nhq.model import Exchange, Identity
from nhq.record.judged_rows import ExchangeRow

_PERSONAL = re.compile(r"[^\s@\"'<>,;:()\[\]/]+@[^\s@\"'<>,;:()\[\]/]+|(?<![\w.])\d{9,15}(?![\w.])")
MESSAGES = "messages"
_BODY_MOST = 2_000
#: Parameters of a query that name things; the rest are numbers, switches, or words to search for.
NAMING = frozenset({"cursor", "list_ids", "linkedin_account_id"})
_QUERY: Mapping[str, Callable[[str], bool]] = {
    "limit": lambda value: re.fullmatch(r"-?\d{0,8}", value) is not None,
    "cursor": looks_like_a_cursor,
    "unread_only": only_public_words,
    "list_ids": lambda value: all(map(looks_like_an_id, value.split(","))),
    "linkedin_account_id": looks_like_an_id,
}


def mask_of(target: Target) -> Masker:
    """A function that masks the target's secrets in a text, except those that look like ordinary words."""
    return masker_of(tuple(secret for secret in target.secrets if not is_too_plain(secret)))


def redact_line(text: str) -> str:
    """A line of ours about an answer: what could be an address or a telephone's number gives way to its shape."""
    return _PERSONAL.sub(lambda found: _hidden(found.group()), text)


def _hidden(text: str) -> str:
    if "@" in text:
        return describe_length(text)
    return str(shown_number(int(text)))


def scrub_value(value: Any, name: str = "", show: Collection[str] = (), of_error: bool = False) -> Any:
    """A JSON value with every text replaced by its shape, but for fields known to hold neither names nor words.

    `show` loosens that: with "messages", an error's own message is shown. `of_error`: the value is that of an `error`.
    """
    if isinstance(value, dict):
        within = name == "error"
        return _members({key: scrub_value(inner, key, show, within) for key, inner in value.items()})
    if isinstance(value, list):
        return [scrub_value(inner, name, show) for inner in value]
    if isinstance(value, str):
        told = of_error and name == "message" and MESSAGES in show
        return value if told or may_be_shown(name, value) else describe_length(value)
    return value if isinstance(value, bool) or value is None else shown_number(value)


def _members(value: dict[str, Any]) -> dict[str, Any]:
    """The members of an object under names that may be shown; hidden ones are numbered where they would be one."""
    told: dict[str, Any] = {}
    for name, inner in value.items():
        shown = shown_name(name)
        told[shown if shown not in told else f"{shown} {len(told)}"] = inner
    return told


def body_text(body: bytes, most: int = _BODY_MOST, show: Collection[str] = ()) -> str:
    """A body for a report: scrubbed JSON, cut at `most` characters; anything else is shown as its size."""
    if not body:
        return ""
    try:
        text = json.dumps(scrub_value(json.loads(body), show=show), ensure_ascii=False)
    except (ValueError, RecursionError):
        return f"‹{len(body)} bytes, not JSON›"
    return text if len(text) <= most else f"{text[:most]}… ‹{len(text)} characters in all›"


def shown_headers(headers: Mapping[str, str], target: Target) -> dict[str, str]:
    """Headers for a report: the known harmless ones, hidden where the value is of another form than belongs there.

    Authorization is shown as the variable that holds the key.
    """
    shown = {name: shown_header(name, value) for name, value in headers.items() if is_known_header(name)}
    if "authorization" in headers:
        shown["authorization"] = redact_authorization(headers["authorization"], target)
    return shown


def redact_authorization(value: str, target: Target) -> str:
    """An Authorization header with the key as a shell variable."""
    scheme, _, token = value.partition(" ")
    identity = target.by_secret(token.strip())
    return f"{scheme[:12]} ${key_variable(identity)}" if identity is not None else describe_length(value)


def key_variable(identity: Identity) -> str:
    """The environment variable that a reproducing command reads a key from: the target file's, if it names one."""
    return identity.env or "NHQ_KEY_" + re.sub(r"\W", "_", identity.label).upper()


def shown_path(path: str) -> str:
    """Path and query with texts hidden: ids and numbers stay, search words don't."""
    parts = urlsplit(path)
    steps = "/".join(
        step if shown_step(unquote(step)) else describe_length(unquote(step)) for step in parts.path.split("/")
    )
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = "&".join(
        f"{quote(shown_name(n), safe='‹› ')}={quote(v) if shown_parameter(n, v) else describe_length(v)}"
        for n, v in pairs
    )
    return f"{steps}?{query}" if query else steps


def shown_step(step: str) -> bool:
    """May this step of a path be shown?"""
    return only_public_words(step) or looks_like_an_id(step)


def shown_parameter(name: str, value: str) -> bool:
    """May the value of this query parameter be shown?"""
    return name in _QUERY and len(value) <= 400 and (not value or _QUERY[name](value))


def shown_exchange(exchange: Exchange, target: Target, *, bodies: bool = True) -> ExchangeRow:
    """An exchange as a report may hold it; without `bodies` both are left empty, and cost nothing to redact."""
    return ExchangeRow(
        id=exchange.id,
        operation=exchange.operation,
        method=exchange.method,
        path=shown_path(exchange.path),
        identity=exchange.identity.label if exchange.identity is not None else None,
        status=exchange.status,
        trouble=exchange.trouble,
        request_headers=shown_headers(exchange.request_headers, target),
        request_body=body_text(exchange.request_body) if bodies else "",
        headers=shown_headers(exchange.headers, target),
        body=body_text(exchange.body, show=target.show) if bodies else "",
        at=exchange.sent,
        seconds=max(0.0, exchange.received - exchange.sent),
        test=exchange.test,
        trace=exchange.trace,
    )
