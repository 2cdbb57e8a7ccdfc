"""What machines read out of a sentence of our contract: a scope, a cap, a page's bounds, a maximum, a status."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class ValueTurn(StrEnum):
    """Which way a value went, for a client."""

    NARROWER = "narrower"
    CHANGED = "changed"
    WIDER = "wider"


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its kind, and the number (or the word) that the sentence says.

    `more` tells whether a larger number allows a client more (None: no order, any change is a change).
    """

    kind: str
    said: str
    number: float | None = None
    more: bool | None = None


_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_SCOPE = re.compile(r"`([a-z_]+:[a-z_]+)` scope")
_CAP = re.compile(r"(\d[\d,]*)(?: requests?)? (?:per|a|every) (?:(\d+) )?(second|minute|hour|day)s?\b")
_RANGE = re.compile(r"\b(\d[\d,]*)\s*[–-]\s*(\d[\d,]*)\b")
_DEFAULT = re.compile(r"\bdefault (\d[\d,]*)\b")
_LENGTH = re.compile(r"\b(\d[\d,]*) characters\b")
_BATCH = re.compile(r"\bup to (\d[\d,]*) per\b")
_STATUS = re.compile(r"\b([2-5]\d\d)\b(?! (?:characters|requests|per)\b)(?=[^–\d,])")
_CODE = re.compile(r"`([^`]+)`")


def sentence_values(sentence: str) -> list[Value]:
    """The values that a sentence says, in the order of its kinds."""
    return list(_values(f"{sentence} "))


def _values(text: str) -> Iterator[Value]:
    for scope in _SCOPE.findall(text):
        yield Value("scope", scope)
    for count, several, unit in _CAP.findall(text):
        seconds = _UNITS[unit] * int(several or 1)
        yield Value("cap", f"{count} requests", _number(count), True)
        yield Value("window", f"{several or 1} {unit}", float(seconds))
    for least, most in _RANGE.findall(text):
        yield Value("least", least, _number(least), False)
        yield Value("most", most, _number(most), True)
    for count in _DEFAULT.findall(text):
        yield Value("default", count, _number(count))
    for count in _LENGTH.findall(text):
        yield Value("length", f"{count} characters", _number(count), True)
    for count in _BATCH.findall(text):
        yield Value("batch", f"up to {count}", _number(count), True)
    for status in _STATUS.findall(_without_ranges(text)):
        yield Value("status", status)


def _without_ranges(text: str) -> str:
    """A bound, a default and a length are no statuses."""
    for pattern in (_CAP, _RANGE, _DEFAULT, _LENGTH, _BATCH):
        text = pattern.sub(" ", text)
    return text


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def worst_turn(before: str, after: str) -> tuple[ValueTurn, str] | None:
    """The worst turn of a value from one sentence to the other, and its words; None where every value stayed.

    A value that only one of them says is not compared here, but a limit that is new is narrower.
    """
    old, new = sentence_values(before), sentence_values(after)
    found: list[tuple[ValueTurn, str]] = []
    for kind in dict.fromkeys(value.kind for value in (*old, *new)):
        had = [value for value in old if value.kind == kind]
        has = [value for value in new if value.kind == kind]
        found += _turns(kind, had, has)
    order = list(ValueTurn)
    return min(found, key=lambda one: order.index(one[0]), default=None)


def _turns(kind: str, had: list[Value], has: list[Value]) -> Iterator[tuple[ValueTurn, str]]:
    if [value.said for value in had] == [value.said for value in has]:
        return
    if not had:
        if kind != "status":
            yield ValueTurn.NARROWER, f"{kind} {', '.join(value.said for value in has)}, which was not required before"
        return
    if not has:
        if kind in ("scope", "cap", "most", "least", "length", "batch"):
            yield ValueTurn.WIDER, f"{kind} {', '.join(value.said for value in had)} is no longer said"
        return
    if len(had) != len(has):
        said = ", ".join(value.said for value in had), ", ".join(value.said for value in has)
        yield ValueTurn.CHANGED, f"{kind} {said[0]} → {said[1]}"
        return
    for one, other in zip(had, has, strict=True):
        if one.said != other.said:
            yield _turn(one, other), f"{kind} {one.said} → {other.said}"


def _turn(one: Value, other: Value) -> ValueTurn:
    if one.number is None or other.number is None or one.more is None:
        return ValueTurn.CHANGED
    return ValueTurn.WIDER if (other.number > one.number) is one.more else ValueTurn.NARROWER
