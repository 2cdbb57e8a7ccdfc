"""Texts of a request that come from the target's data, and where they can be read again."""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

from nhq.contract.disclosure import shown_name
from nhq.model import Exchange

_SHORTEST, _BEGINNING = 3, 6
#: Ways in which scenarios write a word otherwise than they read it, as Python spells them.
_WAYS = ("", ".upper()", ".lower()")


@dataclass(frozen=True, slots=True)
class EchoSource:
    """Where a text can be read again: the exchange, and a Python expression that takes it from the parsed body.

    `rest` is the text that the expression appends to that.
    """

    exchange: Exchange
    expression: str
    rest: str = ""


def is_from_target(text: str, earlier: Iterable[Exchange]) -> bool:
    """Did the target send this text before we did? Then it is its data, not ours. Ignores case and accents.

    `earlier` are exchanges in order. A text shorter than three characters must be a whole word of theirs.
    """
    wanted = fold_for_echo(text)
    if not wanted.strip():
        return False
    for exchange in earlier:
        if wanted in fold_for_echo(_said(exchange)):
            return False
        if _in(wanted, _answered(exchange.body)):
            return True
    return False


def begun_by(text: str, earlier: Sequence[Exchange]) -> bool:
    """Does a text begin like one that the target sent before? Then it was derived from that one."""
    return len(text) >= 2 * _BEGINNING and is_from_target(text[: len(text) // 2], earlier)


def source_of(text: str, earlier: Sequence[Exchange]) -> EchoSource | None:
    """Where a GET returned this text: unchanged, as a part, in another case, or with another end; None for nowhere."""
    return next((s for s in _sources(text, earlier, text)), None) or next(
        (s for s in _sources(text[: len(text) // 2], earlier, text) if len(text) >= 2 * _BEGINNING), None
    )


def _sources(part: str, earlier: Iterable[Exchange], text: str) -> Iterator[EchoSource]:
    """Where a part of a text was told, with what gives the whole of it."""
    for exchange in earlier:
        readable = exchange.method == "GET" and exchange.ok and exchange.identity is not None
        if not readable or fold_for_echo(part) not in _answered(exchange.body):
            continue
        for steps, told in _texts(exchange.json(), ()):
            way = next((way for way in _WAYS if part in _written(told, way)), None)
            if way is not None and all(isinstance(step, int) or shown_name(step) == step for step in steps):
                path = "".join(f"[{json.dumps(step)}]" for step in steps)
                cut, rest = _cut(_written(told, way), part, text)
                yield EchoSource(exchange, f"{path}{way}{cut}", rest)


def common_prefix_length(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _cut(told: str, part: str, text: str) -> tuple[str, str]:
    """What takes the text out of the told one, whose part it has, as Python spells it; and what it adds to that."""
    start = told.index(part)
    same = common_prefix_length(told[start:], text)
    cut = "" if (start, same) == (0, len(told)) else f"[{start}:{start + same}]"
    return cut + (f" + {json.dumps(text[same:])}" if text[same:] else ""), text[same:]


def fold_for_echo(text: str) -> str:
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
    """The request as plain text."""
    try:
        body = " ".join(text for _, text in _texts(json.loads(exchange.request_body or b"null"), ()))
    except (ValueError, RecursionError):
        body = exchange.request_body.decode("utf-8", "replace")
    return f"{unquote_plus(exchange.path)} {body}"


@lru_cache(128)
def _answered(body: bytes) -> str:
    """All texts of a JSON body, folded, one a line."""
    try:
        return fold_for_echo("\n".join(text for _, text in _texts(json.loads(body), ())))
    except (ValueError, RecursionError):
        return ""


def _in(wanted: str, told: str) -> bool:
    return wanted in told and (len(wanted) >= _SHORTEST or wanted in told.split())


def _written(text: str, way: str) -> str:
    return {"": text, ".upper()": text.upper(), ".lower()": text.lower()}[way]
