"""One command that shows a finding again, with the key as a variable and no personal data."""

import json
import shlex
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from nhq.drive.connection import curl_options
from nhq.drive.redact import authorization, may_be_shown, shape
from nhq.drive.target import Target
from nhq.model import Exchange

_BODY_MOST = 4_000


def curl(exchange: Exchange, target: Target, log: Iterable[Exchange]) -> str:
    """A curl command for an exchange. Words that the target told us first (`log`) are hidden: they may be personal."""
    earlier = [other for other in log if other.id < exchange.id]
    parts = ["curl", "-sS", "-i", "-X", exchange.method, *curl_options(target.connection)]
    if "authorization" in exchange.request_headers:
        value = authorization(exchange.request_headers["authorization"], target)
        parts.append(f'-H "Authorization: {value}"')
    if exchange.request_body:
        kind = exchange.request_headers.get("content-type", "application/json")
        parts += ["-H", shlex.quote(f"Content-Type: {kind}"), "--data-binary", shlex.quote(_body(exchange, earlier))]
    return " ".join([*parts, shlex.quote(target.base_url + _path(exchange, earlier))])


def told_first(text: str, earlier: list[Exchange]) -> bool:
    """Did the target say this text before we did? Then it is its data, not ours."""
    if len(text) < 3:
        return False
    needle = json.dumps(text, ensure_ascii=False)[1:-1].encode()
    plain = text.encode()
    for exchange in earlier:
        if plain in exchange.request_body or quote(text) in exchange.path:
            return False
        if needle in exchange.body:
            return True
    return False


def _path(exchange: Exchange, earlier: list[Exchange]) -> str:
    parts = urlsplit(exchange.path)
    query = parse_qsl(parts.query, keep_blank_values=True)
    if not any(name == "query" and _any_told(value, earlier) for name, value in query):
        return exchange.path
    pairs = [f"{quote(n)}={shape(v) if n == 'query' else quote(v)}" for n, v in query]
    return f"{parts.path}?{'&'.join(pairs)}"


def _any_told(value: str, earlier: list[Exchange]) -> bool:
    return any(told_first(word, earlier) for word in [value, *value.split()])


def _body(exchange: Exchange, earlier: list[Exchange]) -> str:
    try:
        text = json.dumps(_own(json.loads(exchange.request_body), earlier), ensure_ascii=False)
    except (ValueError, RecursionError):
        text = exchange.request_body.decode("utf-8", "replace")
    return text if len(text) <= _BODY_MOST else text[:_BODY_MOST] + f"… ‹{len(text)} characters in all›"


def _own(value: Any, earlier: list[Exchange], name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _own(inner, earlier, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_own(inner, earlier, name) for inner in value]
    if isinstance(value, str) and not may_be_shown(name, value) and told_first(value, earlier):
        return shape(value)
    return value
