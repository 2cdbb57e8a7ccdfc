"""What the target told before a request repeated it: texts that are its data, and where they can be read again."""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

from nhq.contract.showing import shown_name
from nhq.model import Exchange

_SHORTEST = 3
#: Ways in which scenarios write a word otherwise than they read it, as Python spells them.
_WAYS = ("", ".upper()", ".lower()")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text can be read again: in which answer, and a Python expression that takes it from the parsed body."""

    exchange: Exchange
    expression: str


def told_first(text: str, earlier: Iterable[Exchange]) -> bool:
    """Did the target say this text before we did? Then it is its data, not ours. Case and accents make no difference.

    `earlier` are exchanges in order. A text shorter than three characters must be a whole word of theirs.
    """
    wanted = folded(text)
    if not wanted.strip():
        return False
    for exchange in earlier:
        if wanted in folded(_said(exchange)):
            return False
        if _in(wanted, _answered(exchange.body)):
            return True
    return False


def source_of(text: str, earlier: Iterable[Exchange]) -> Source | None:
    """Where a GET told this text, as it is or in the other case; None where it can't be taken from there."""
    for exchange in earlier:
        if exchange.method != "GET" or not exchange.ok or exchange.identity is None:
            continue
        if folded(text) not in _answered(exchange.body):
            continue
        for steps, told in _texts(exchange.json(), ()):
            found = next((way for way in _WAYS if text in _written(told, way)), None)
            if found is not None and all(isinstance(step, int) or shown_name(step) == step for step in steps):
                start = _written(told, found).index(text)
                whole = len(_written(told, found)) == len(text)
                path = "".join(f"[{json.dumps(step)}]" for step in steps)
                return Source(exchange, path + found + ("" if whole else f"[{start}:{start + len(text)}]"))
    return None


def folded(text: str) -> str:
    """A text without the differences of case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _texts(value: Any, steps: tuple[str | int, ...]) -> Iterator[tuple[Sequence[str | int], str]]:
    if isinstance(value, str):
        yield steps, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, (*steps, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _texts(inner, (*steps, place))


def _said(exchange: Exchange) -> str:
    """All that a request said, as plain text."""
    try:
        body = " ".join(text for _, text in _texts(json.loads(exchange.request_body or b"null"), ()))
    except (ValueError, RecursionError):
        body = exchange.request_body.decode("utf-8", "replace")
    return f"{unquote_plus(exchange.path)} {body}"


@lru_cache(128)
def _answered(body: bytes) -> str:
    """All texts of a JSON body, folded, one a line."""
    try:
        return folded("\n".join(text for _, text in _texts(json.loads(body), ())))
    except (ValueError, RecursionError):
        return ""


def _in(wanted: str, told: str) -> bool:
    return wanted in told and (len(wanted) >= _SHORTEST or wanted in told.split())


def _written(text: str, way: str) -> str:
    return {"": text, ".upper()": text.upper(), ".lower()": text.lower()}[way]
