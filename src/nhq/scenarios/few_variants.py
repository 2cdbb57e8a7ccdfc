"""Of several variants of a request, those that a test sends: all, or one where requests are dear."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

#: What the fixture `few` is: of the variants it is given, those to send.
Few = Callable[[Sequence[Any]], list[Any]]


class Variants(list[Any]):
    """Some of a test's variants, each with its place among all; calls `told` with the place of the running one."""

    def __init__(self, variants: Sequence[Any], places: Sequence[int], told: Callable[[int | None], None]) -> None:
        super().__init__(variants[place] for place in places)
        self._places, self._told = places, told

    def __iter__(self) -> Iterator[Any]:
        for number, variant in enumerate(super().__iter__()):
            self._told(self._places[number] if number < len(self._places) else None)  # a test may add its own
            yield variant
        self._told(None)


def one_of(variants: Sequence[Any], name: str, places: Sequence[int] = ()) -> list[int]:
    """The place of one of several: the first of the places that there is, else always the same for a name."""
    if not variants:
        return []
    known = (place for place in places if place < len(variants))
    return [next(known, zlib.crc32(name.encode()) % len(variants))]
