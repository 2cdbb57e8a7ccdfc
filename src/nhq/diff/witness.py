"""Finding a value that one schema accepts and another refuses, and making it small."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from nhq.diff import validators
from nhq.diff.containment import remainder
from nhq.diff.samples import Sampler, names_in
from nhq.diff.schemas import Schema

_GUESSES_AT_MOST = 3_000
_STEPS_AT_MOST = 600
_READ_AT_MOST = 3_000_000

Wanted = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a value may be read by whoever receives it: JSON in one way, the text of a query in several.

    `of` gives every reading of a value; `widened` a schema that accepts a value if it accepts one of its readings
    (at most those, not necessarily all).
    """

    of: Callable[[Any], list[Any]]
    widened: Callable[[Schema], Schema]


JSON = Reading(lambda value: [value], lambda schema: schema)


def find(small: Schema, big: Schema, hints: tuple[Any, ...] = (), reading: Reading = JSON) -> tuple[Any] | None:
    """A small value that `small` accepts and `big` refuses, alone in a tuple; None where none was found.

    Both validators have agreed on it. `hints` are tried first.
    """
    wanted = _wanted(small, big, reading)
    if wanted is None:
        return None
    for value in itertools.islice(_guesses(small, big, hints), _GUESSES_AT_MOST):
        if wanted(value):
            shrunk = shrink(value, wanted)
            for candidate in (shrunk, value):
                if agreed(candidate, small, big, reading):
                    return (candidate,)
    return None


def agreed(value: Any, small: Schema, big: Schema, reading: Reading = JSON) -> bool:
    """Do both validators say that `small` accepts a value and `big` refuses it, however it is read?"""
    wanted = _wanted(small, big, reading)
    if wanted is None or not wanted(value):
        return False
    if validators.second(small, value) is not True:
        return False
    return all(validators.second(big, one) is False for one in reading.of(value))


def _wanted(small: Schema, big: Schema, reading: Reading) -> Wanted | None:
    takes, refuses = validators.fast(small), validators.fast(big)
    if takes is None or refuses is None:
        return None

    def wanted(value: Any) -> bool:
        try:
            return takes(value) and not any(refuses(one) for one in reading.of(value))
        except ValueError:  # a number beyond what the validator holds
            return False

    return wanted


def _guesses(small: Schema, big: Schema, hints: tuple[Any, ...]) -> Iterator[Any]:
    yield from hints
    left = remainder(small, big)
    if left is not None and left is not False:
        yield from itertools.islice(Sampler(left).values(), _GUESSES_AT_MOST // 3)
    names = tuple(itertools.islice(dict.fromkeys(names_in(big)), 40))
    yield from itertools.islice(Sampler(small, names).values(), _GUESSES_AT_MOST // 3)
    yield from itertools.islice(Sampler(small, names).values(wide=40), _GUESSES_AT_MOST // 3)
    yield from itertools.islice(Sampler(big).values(), _GUESSES_AT_MOST // 3)


def shrink(value: Any, wanted: Wanted) -> Any:
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
