"""Evidence of the algorithm in the summary of a judged part: the keys to fit are chosen from all parts."""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
import numpy as np

from nhq.errors import HistoryError
from nhq.ratelimit.checker.smaller_limit import Fills
from nhq.ratelimit.history.history import Ints
from nhq.ratelimit.identify.algorithm import Signs
from nhq.ratelimit.identify.anchor import Anchor


class AlgorithmEvidence(msgspec.Struct, frozen=True):
    """A part's share of `algorithm.Signs`. `refused`: the keys with the most 429s, by their numbers in the whole.

    `least` and `most` are leads (seconds), null if no window shows one.
    """

    fills: dict[int, int]
    refused: dict[int, int]
    least: float | None
    most: float | None
    strays: bool
    aligned: bool


def algorithm_evidence(signs: Signs, keys: Ints) -> AlgorithmEvidence:
    """The evidence in a part's signs; `keys` are the numbers of its keys in the whole."""
    chosen = np.flatnonzero(signs.telling)
    numbers, refused = keys[chosen].tolist(), signs.refused[chosen].tolist()
    anchor = signs.anchor
    return AlgorithmEvidence(
        sizes_of(signs.fills),
        dict(zip(numbers, refused, strict=True)),
        finite_or_none(anchor.least),
        finite_or_none(anchor.most),
        anchor.strays,
        anchor.aligned,
    )


def signs_of_parts(told: Iterable[AlgorithmEvidence], keys: int) -> Signs:
    """The signs of the whole, which has so many keys, from the evidence of its parts.

    Raises HistoryError for the number of a key that doesn't exist.
    """
    whole = Signs(Fills.none(), Anchor(), np.zeros(keys, dtype=np.int64))
    for one in told:
        if not all(0 <= key < keys for key in one.refused):
            raise HistoryError("a summary names keys that the history doesn't have")
        refused = np.zeros(keys, dtype=np.int64)
        refused[list(one.refused)] = list(one.refused.values())
        least = float("inf") if one.least is None else one.least
        most = float("-inf") if one.most is None else one.most
        whole = whole.joined(Signs(fills_of(one.fills), Anchor(least, most, one.strays, one.aligned), refused))
    return whole


def sizes_of(seen: Fills) -> dict[int, int]:
    """The number of fills of each size."""
    return dict(sorted(Counter(seen.sizes.tolist()).items()))


def fills_of(told: Mapping[int, int]) -> Fills:
    """Fills of these sizes, whose 429s are unknown."""
    sizes = np.repeat(np.array(list(told), dtype=np.int64), list(told.values()))
    return Fills(sizes, np.empty(0, dtype=np.int64))


def finite_or_none(bound: float) -> float | None:
    """The bound, None if it is infinite."""
    return bound if np.isfinite(bound) else None
