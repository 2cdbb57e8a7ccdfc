"""Finding a value that one schema accepts and another refuses, and making it small."""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from nhq.diff import validators
from nhq.diff.containment import remaining_schema
from nhq.diff.json_schema import Schema
from nhq.diff.value_guesses import ValueGuesser, names_in

_GUESSES_AT_MOST = 3_000
_STEPS_AT_MOST = 600
_READ_AT_MOST = 3_000_000

Wanted = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class ValueReading:
    """How a value may be read by whoever receives it: JSON in one way, the text of a query in several.

    `of` gives every reading of a value; `widened` a schema that accepts a value if it accepts one of its readings
    (at most those, not necessarily all).
    """

    of: Callable[[Any], list[Any]]
    widened: Callable[[Schema], Schema]


JSON = ValueReading(lambda value: [value], lambda schema: schema)


def find_witness(small: Schema, big: Schema, reading: ValueReading = JSON) -> tuple[Any] | None:
    """A small value that `small` accepts and `big` refuses, alone in a tuple; None where none was found.

    Both validators have agreed on it.
    """
    return first_agreed_guess(itertools.islice(_guesses(small, big), _GUESSES_AT_MOST), small, (big,), reading)


def first_agreed_guess(
    guesses: Iterable[Any], small: Schema, bigs: tuple[Schema, ...], reading: ValueReading = JSON
) -> tuple[Any] | None:
    """The first guess that `small` accepts and all of `bigs` refuse, made small; None where none is such."""
    wanted = _wanted(small, bigs, reading)
    if wanted is None:
        return None
    for value in filter(wanted, guesses):
        for candidate in (shrink_value(value, wanted), value):
            if validators_agree(candidate, small, bigs, reading):
                return (candidate,)
    return None


def validators_agree(value: Any, small: Schema, bigs: tuple[Schema, ...], reading: ValueReading = JSON) -> bool:
    """Do both validators say that `small` accepts a value and all of `bigs` refuse it, however it is read?"""
    wanted = _wanted(small, bigs, reading)
    if wanted is None or not wanted(value) or validators.second_opinion(small, value) is not True:
        return False
    return all(validators.second_opinion(big, one) is False for big in bigs for one in reading.of(value))


def _wanted(small: Schema, bigs: tuple[Schema, ...], reading: ValueReading) -> Wanted | None:
    takes, refusing = validators.fast_validator(small), [validators.fast_validator(big) for big in bigs]
    if takes is None or None in refusing:
        return None
    accepting = [accepts for accepts in refusing if accepts is not None]

    def wanted(value: Any) -> bool:
        try:
            return takes(value) and not any(accepts(one) for accepts in accepting for one in reading.of(value))
        except ValueError:  # a number beyond what the validator holds
            return False

    return wanted


def _guesses(small: Schema, big: Schema) -> Iterator[Any]:
    left = remaining_schema(small, big)
    if left is not None and left is not False:
        yield from itertools.islice(ValueGuesser(left).values(), _GUESSES_AT_MOST // 3)
    names = tuple(itertools.islice(dict.fromkeys(names_in(big)), 40))
    yield from itertools.islice(ValueGuesser(small, names).values(), _GUESSES_AT_MOST // 3)
    yield from itertools.islice(ValueGuesser(small, names).values(wide=40), _GUESSES_AT_MOST // 3)
    yield from itertools.islice(ValueGuesser(big).values(), _GUESSES_AT_MOST // 3)


def shrink_value(value: Any, wanted: Wanted) -> Any:
    """The value made smaller, one step at a time, as long as it is wanted."""
    steps, read = 0, 0
    while True:
        for candidate in _smaller(value):
            steps, read = steps + 1, read + _weight(candidate)[0]
            if steps > _STEPS_AT_MOST or read > _READ_AT_MOST:
                return value
            if wanted(candidate):
                value = candidate
                break
        else:
            return value


def _smaller(value: Any) -> Iterator[Any]:
    """Values one step simpler, the boldest step first; never the value itself, and each simpler by `_weight`."""
    weight = _weight(value)
    for candidate in _steps(value):
        if _weight(candidate) < weight:
            yield candidate


def _steps(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for name in value:
            yield {key: inner for key, inner in value.items() if key != name}
        for name, inner in value.items():
            for smaller in _smaller(inner):
                yield {**value, name: smaller}
    elif isinstance(value, list):
        yield value[: len(value) // 2]
        for index in range(min(len(value), 50)):
            yield value[:index] + value[index + 1 :]
        for index, inner in enumerate(value[:50]):
            for smaller in _smaller(inner):
                yield [*value[:index], smaller, *value[index + 1 :]]
    elif isinstance(value, str):
        yield from ("", "a", value[: len(value) // 2], value[:-1], "a" * len(value))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from (0, 1, 0.5, int(value) if value == value and abs(value) < 1e18 else 0)


def _weight(value: Any) -> tuple[int, int]:
    """How much there is to read; among equals, how plain it is."""
    text = json.dumps(value, ensure_ascii=False)
    odd = sum(1 for c in text if not (c.isascii() and (c.isalnum() or c in ' "{}[]:,')))
    return len(text), odd + sum(1 for c in text if c.isalnum() and c != "a")
