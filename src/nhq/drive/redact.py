"""Nothing that is secret or personal leaves the suite: what may be shown is listed, the rest is shown as its shape.

Allow-list, not block-list: a field that nobody thought of is hidden, not leaked.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from nhq.drive.target import Target
from nhq.model import Exchange, Identity

_SHOWN_NAMES = re.compile(
    r"^(id|.*_id|.*_ids|status|type|result|code|field|action|node_type|message_stage|direction|content_type|priority"
    r"|intent|account_tier|lead_campaign_state|has_more|next_cursor|.*_at|.*At|sent_at|scheduled_for|openapi)$"
)
_SHOWN_VALUE = re.compile(r"^[\w.:+/=-]{0,128}$")
_SHOWN_HEADERS = re.compile(
    r"content-(type|length|encoding)|date|retry-after|www-authenticate|allow|accept|prefer|transfer-encoding"
    r"|x-ratelimit-(limit|remaining|reset)"
)
_BODY_MOST = 2_000
_SHOWN_QUERY = {"limit", "cursor", "unread_only", "list_ids", "linkedin_account_id"}


def shape(value: str) -> str:
    """What may be told of a hidden text: how long it is."""
    return f"‹text {len(value)}›"


def scrubbed(value: Any, name: str = "") -> Any:
    """A JSON value with every text replaced by its shape, but for fields known to hold neither names nor words."""
    if isinstance(value, dict):
        return {_field(key): scrubbed(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [scrubbed(inner, name) for inner in value]
    if isinstance(value, str):
        return value if may_be_shown(name, value) else shape(value)
    return value


def may_be_shown(name: str, value: str) -> bool:
    """Is this a field known to hold neither names nor words, with a value of such a form?"""
    return bool(_SHOWN_NAMES.match(name) and _SHOWN_VALUE.match(value))


def _field(name: str) -> str:
    return name if re.fullmatch(r"\w{1,64}", name) else shape(name)


def body_text(body: bytes, most: int = _BODY_MOST) -> str:
    """A body for a report: scrubbed JSON, cut at `most` characters; anything else is shown as its size."""
    if not body:
        return ""
    try:
        text = json.dumps(scrubbed(json.loads(body)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return f"‹{len(body)} bytes, not JSON›"
    return text if len(text) <= most else f"{text[:most]}… ‹{len(text)} characters in all›"


def shown_headers(headers: Mapping[str, str], target: Target) -> dict[str, str]:
    """Headers for a report: the known harmless ones; Authorization as the variable that holds the key."""
    shown = {name: value for name, value in headers.items() if _SHOWN_HEADERS.fullmatch(name)}
    if "authorization" in headers:
        shown["authorization"] = authorization(headers["authorization"], target)
    return shown


def authorization(value: str, target: Target) -> str:
    """An Authorization header with the key as a shell variable."""
    scheme, _, token = value.partition(" ")
    identity = target.by_secret(token.strip())
    return f"{scheme[:12]} ${variable(identity)}" if identity is not None else shape(value)


def variable(identity: Identity) -> str:
    """The environment variable that a reproducing command reads a key from: the target file's, if it names one."""
    return identity.env or "NHQ_KEY_" + re.sub(r"\W", "_", identity.label).upper()


def shown_path(path: str) -> str:
    """Path and query with texts hidden: ids and numbers stay, search words don't."""
    parts = urlsplit(path)
    steps = "/".join(
        step if _SHOWN_VALUE.match(unquote(step)) else shape(unquote(step)) for step in parts.path.split("/")
    )
    query = "&".join(f"{quote(n)}={_query_value(n, v)}" for n, v in parse_qsl(parts.query, keep_blank_values=True))
    return f"{steps}?{query}" if query else steps


def _query_value(name: str, value: str) -> str:
    safe = name in _SHOWN_QUERY and re.fullmatch(r"[\w.,:+/=-]{0,400}", value)
    return quote(value) if safe else shape(value)


def shown_exchange(exchange: Exchange, target: Target) -> dict[str, Any]:
    """An exchange as a report may hold it."""
    return {
        "id": exchange.id,
        "operation": exchange.operation,
        "method": exchange.method,
        "path": shown_path(exchange.path),
        "identity": exchange.identity.label if exchange.identity is not None else None,
        "status": exchange.status,
        "trouble": exchange.trouble,
        "request_headers": shown_headers(exchange.request_headers, target),
        "request_body": body_text(exchange.request_body),
        "headers": shown_headers(exchange.headers, target),
        "body": body_text(exchange.body),
        "at": exchange.sent,
        "seconds": max(0.0, exchange.received - exchange.sent),
        "test": exchange.test,
    }
