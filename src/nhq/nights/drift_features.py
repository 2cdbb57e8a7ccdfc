"""Characteristics of a server's answers, whatever data it holds. Pure.

A feature maps (place, subject) to the count of each value: place is the kind of request and answer, subject the trait
(a header, the spelling of a member, the order of a list). Names, words and numbers of the data never become values.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from nhq.checks.values import http_date
from nhq.contract.disclosure import looks_like_an_id
from nhq.model import Exchange

#: Headers that differ from answer to answer by nature, or with the bytes that carry it.
PASSING = frozenset({"date", "content-length", "age", "etag", "last-modified", "expires", "cf-ray", "x-request-id"})
#: Headers whose values are compared; of others only the kind of value is.
KEPT_HEADERS = frozenset({"x-ratelimit-limit", "content-type", "content-encoding", "transfer-encoding", "connection"})
_TYPES: Mapping[type, str] = {bool: "true or false", int: "a whole number"}
_TIME = re.compile(r"\d{4}-\d\d-\d\d([Tt ])\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Trait:
    """A trait to compare: its place (a kind of request or answer), and its subject."""

    place: str
    subject: str


Features = Mapping[Trait, Counter[str]]


def answer_features(exchanges: Iterable[Exchange]) -> Features:
    """The features of answers to one target's requests."""
    found: dict[Trait, Counter[str]] = {}
    for exchange in exchanges:
        if exchange.status is None or exchange.operation is None:
            continue
        for trait, value in _of_exchange(exchange):
            found.setdefault(trait, Counter())[value] += 1
    return found


def _of_exchange(exchange: Exchange) -> Iterator[tuple[Trait, str]]:
    yield Trait(request_kind(exchange), "status"), str(exchange.status)
    place = f"{exchange.operation} {exchange.status}"
    for name, value in exchange.headers.items():
        if name not in PASSING:
            yield Trait(place, f"header {name}"), header_kind(name, value)
    yield Trait(place, "headers"), " ".join(sorted(set(exchange.headers) - PASSING))
    text = exchange.body.decode("utf-8", "replace")
    try:
        body = json.loads(text, parse_float=lambda digits: _Spelled(digits))
    except (ValueError, RecursionError):
        yield Trait(place, "body"), "no JSON" if text else "empty"
        return
    if isinstance(body, dict | list):
        yield Trait(place, "JSON"), _layout(text)
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        yield Trait(request_kind(exchange), "error code"), str(body["error"].get("code"))
    for subject, value in _of_value(body, ""):
        yield Trait(place, subject), value


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A number that is written with a point or an exponent."""

    digits: str


def request_kind(exchange: Exchange) -> str:
    """The kind of a request without ids and texts: the test, the operation, its parameters, and the key's scopes."""
    query = parse_qsl(urlsplit(exchange.path).query, keep_blank_values=True)
    asked = " ".join(f"{name}={_asked(name, value)}" for name, value in sorted(query))
    key = exchange.identity.label if exchange.identity is not None else "no key"
    return f"{exchange.operation} {asked} · {key} · {exchange.test.split('[')[0]}"


def _asked(name: str, value: str) -> str:
    return value if name in ("limit", "unread_only") and len(value) < 9 else "…"


def header_kind(name: str, value: str) -> str:
    """A header's value without the parts that change from answer to answer."""
    if name in KEPT_HEADERS:
        return value
    if re.fullmatch(r"\d+", value):
        return f"a number of {len(value)} digits" if len(value) > 5 else "a number"
    return "a date" if http_date(value) is not None else "a text"


def _layout(text: str) -> str:
    """The layout of JSON: blanks between members, letters beyond ASCII, a final line break."""
    spaced = "spaced" if re.match(r'[{\[]\s|\{"[^"]*"\s*:\s', text) else "compact"
    return f"{spaced}, {'ends with a line end' if text.endswith(chr(10)) else 'no line end'}"


def _of_value(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Types, spellings and members below a place; a null shows no type."""
    match value:
        case dict():
            yield f"order of members at {path or '/'} with {' '.join(sorted(value))}", " ".join(value)
            for name, inner in value.items():
                yield f"member {path}/{name}", "null" if inner is None else "a value"
                yield from _of_value(inner, f"{path}/{name}")
        case list():
            yield from _of_list(value, path)
        case None:
            return
        case str():
            yield f"spelling of {path}", text_kind(value)
        case _:
            yield (
                f"type of {path}",
                _TYPES.get(type(value), "a number with a point"),
            )


def _of_list(rows: list[Any], path: str) -> Iterator[tuple[str, str]]:
    for row in rows:
        yield from _of_value(row, f"{path}/*")
    if len(rows) >= 5 and all(isinstance(row, dict) for row in rows):
        names = set.intersection(*(set(row) for row in rows))
        for name in sorted(names):
            column = [row[name] for row in rows]
            if all(isinstance(cell, str) for cell in column) and len(set(column)) > 3 and _TIME.fullmatch(column[0]):
                yield f"order of {path} by {name}", _order(column)


def _order(column: list[str]) -> str:
    if column == sorted(column):
        return "rising"
    return "falling" if column == sorted(column, reverse=True) else "none"


def text_kind(text: str) -> str:
    """The kind of a text, without a word of it."""
    if (time := _TIME.fullmatch(text)) is not None:
        decimals = len(time[2] or ".") - 1
        return f"a time with {time[1]}, {decimals} decimals and {_zone(time[3])}"
    if looks_like_an_id(text):
        return f"an id {re.sub(r'[0-9a-zA-Z]+$', lambda tail: f'and {len(tail[0])} more', text)}"
    return "a text" if text else "empty"


def _zone(zone: str | None) -> str:
    if zone is None:
        return "no offset"
    return zone if zone in "Zz" else f"an offset of {len(zone)} letters"
