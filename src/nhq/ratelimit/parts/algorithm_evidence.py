"""What tells the algorithm, as a judged part hands it over: the keys to be fitted are chosen from all parts."""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
import numpy as np

from nhq.errors import HistoryError
from nhq.ratelimit.checker.smaller_limit import Fills
from nhq.ratelimit.history.history import Ints
from nhq.ratelimit.identify.algorithm import Signs
from nhq.ratelimit.identify.anchor import Anchor


class Telling(msgspec.Struct, frozen=True):
    """What a part hands over of `identify.Signs`. `refused`: the keys with most 429s, by their number in the whole.

    `least` and `most` are leads (seconds), null where no window told one.
    """

    fills: dict[int, int]
    refused: dict[int, int]
    least: float | None
    most: float | None
    strays: bool
    aligned: bool


def algorithm_evidence(signs: Signs, keys: Ints) -> Telling:
    """What a part tells of its signs; `keys` are the numbers of its keys in the whole."""
    chosen = np.flatnonzero(signs.telling)
    numbers, refused = keys[chosen].tolist(), signs.refused[chosen].tolist()
    anchor = signs.anchor
    return Telling(
        sizes_of(signs.fills),
        dict(zip(numbers, refused, strict=True)),
        finite_or_none(anchor.least),
        finite_or_none(anchor.most),
        anchor.strays,
        anchor.aligned,
    )


def signs_of_parts(told: Iterable[Telling], keys: int) -> Signs:
    """The signs of the whole, which has so many keys, as far as its parts tell them.

    Raises HistoryError for a key that there is none of.
    """
    whole = Signs(Fills.none(), Anchor(), np.zeros(keys, dtype=np.int64))
    for one in told:
        if not all(0 <= key < keys for key in one.refused):
            raise HistoryError("a summary tells of keys that the history doesn't have")
        refused = np.zeros(keys, dtype=np.int64)
        refused[list(one.refused)] = list(one.refused.values())
        least = float("inf") if one.least is None else one.least
        most = float("-inf") if one.most is None else one.most
        whole = whole.joined(Signs(fills_of(one.fills), Anchor(least, most, one.strays, one.aligned), refused))
    return whole


def sizes_of(seen: Fills) -> dict[int, int]:
    """How many fills had each size."""
    return dict(sorted(Counter(seen.sizes.tolist()).items()))


def fills_of(told: Mapping[int, int]) -> Fills:
    """Fills of these sizes, of which the 429s aren't known any more."""
    sizes = np.repeat(np.array(list(told), dtype=np.int64), list(told.values()))
    return Fills(sizes, np.empty(0, dtype=np.int64))


def finite_or_none(bound: float) -> float | None:
    """The bound, None where nothing bounds."""
    return bound if np.isfinite(bound) else None
