"""Of several variants of a request, those that a test sends: all, or one where requests are dear."""

import zlib
from collections.abc import Callable, Sequence
from typing import Any

#: What the fixture `few` is: of the variants it is given, those to send.
Few = Callable[[Sequence[Any]], list[Any]]


def one_of(variants: Sequence[Any], name: str, places: Sequence[int] = ()) -> list[Any]:
    """One of several: the first of the places that there is, else always the same for a name."""
    if not variants:
        return []
    known = (place for place in places if place < len(variants))
    return [variants[next(known, zlib.crc32(name.encode()) % len(variants))]]
