"""Does the server enforce a fixed window of another limit, smaller than the promised one?

A fill is the number of a key's admissions from one refusal, or from a pause of a window's length, to the next refusal,
within less than a window's length; refusals that overlap with admissions are ignored. A correct fixed window yields
fills of its limit, or larger ones where a fill reaches over a window's edge. If most fills have one size, below the
promised limit, and none is smaller, the server enforces that limit, or others use the keys. Keys with missing answers
show nothing.
"""

from dataclasses import dataclass, replace

import numpy as np

from nhq.ratelimit.checker.admissions import judge_statuses
from nhq.ratelimit.checker.anomalies import Anomaly, Aspect, EvidenceSource, Name
from nhq.ratelimit.checker.partition import KeyBlock, RateLimitPromise
from nhq.ratelimit.history.history import Ints

#: A limit is seen only where so many windows were filled to it.
FEWEST = 2
#: Symptoms of a smaller limit in admissions and algorithm.
SYMPTOMS = frozenset({Name.PREMATURE_429, Name.NOT_FIXED_WINDOW, Name.WINDOW_TOO_LONG, Name.WINDOW_TOO_SHORT})


@dataclass(frozen=True, slots=True, eq=False)
class Fills:
    """Sizes of the fills (n,), and the block rows of the 429s that ended them (n,)."""

    sizes: Ints
    refused: Ints

    @classmethod
    def none(cls) -> "Fills":
        """Nothing yet."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))

    def joined(self, other: "Fills") -> "Fills":
        """The fills of two blocks; their rows no longer refer to one block then."""
        return Fills(np.append(self.sizes, other.sizes), np.append(self.refused, other.refused))

    def limit(self, promised: int) -> int:
        """The smaller limit that they show, see the module; 0 for none."""
        least = int(self.sizes.min(initial=promised))
        usual = int((self.sizes == least).sum())
        shown = usual >= FEWEST and 2 * usual > len(self.sizes) and int(self.sizes.max(initial=0)) <= 2 * least
        return least if promised < 2 * least < 2 * promised and shown else 0


def window_fills(block: KeyBlock, promise: RateLimitPromise) -> Fills:
    """The fills of a block, see the module."""
    clear = np.bincount(block.key[block.maybe], minlength=len(block.keys)) == 0
    counted, refused = (np.flatnonzero(mask & clear[block.key]) for mask in (block.counted, block.rejected))
    if not len(counted) or not len(refused):
        return Fills.none()
    counted = counted[np.argsort(block.sent[counted], kind="stable")]
    sent, until = block.sent[counted], np.maximum.accumulate(block.received[counted])
    by_received = refused[np.argsort(block.received[refused], kind="stable")]
    latest = np.append(np.maximum.accumulate(block.sent[by_received]), -np.inf)
    since = latest[np.searchsorted(block.received[by_received], sent, side="left") - 1]
    rested = np.maximum(since[1:], sent[1:] - promise.longest) > until[:-1]  # by a 429, or for a window's length
    opens = np.append(True, rested | (np.diff(block.key[counted]) != 0))
    begin = np.flatnonzero(opens)
    sizes = np.diff(np.append(begin, len(counted)))
    by_sent = refused[np.argsort(block.sent[refused], kind="stable")]
    last = begin + sizes - 1
    place = np.searchsorted(block.sent[by_sent], until[last], side="right")
    follows = by_sent[np.minimum(place, len(by_sent) - 1)]
    ended = (place < len(by_sent)) & (block.key[follows] == block.key[counted[last]])
    ended &= block.sent[follows] < np.append(sent[begin[1:]], np.inf)
    ended &= until[last] - sent[begin] < promise.shortest
    return Fills(sizes[ended], follows[ended])


def name_limit(block: KeyBlock, promise: RateLimitPromise, found: list[Anomaly]) -> list[Anomaly]:
    """The anomalies, with the symptoms of keys that a smaller limit explains replaced by that."""
    blamed = {one.key for one in found if one.name in SYMPTOMS and one.source is EvidenceSource.STATUSES}
    seen = window_fills(block, promise) if blamed else Fills.none()
    limit = seen.limit(promise.limit)
    if not limit:
        return found
    smaller = replace(promise, limit=limit)
    guilty = {one.key for one in judge_statuses(block, smaller)}
    explained = blamed - guilty
    certain = {one.key for one in found if not (one.alone or promise.alone) and one.name in SYMPTOMS}
    explained -= certain
    kept = [one for one in found if not (one.key in explained and one.name in SYMPTOMS and _of_counting(one))]
    return kept + [
        _named(block, promise.limit, limit, seen, key) for key in range(len(block.keys)) if block.keys[key] in explained
    ]


def _of_counting(found: Anomaly) -> bool:
    """Is this an anomaly of statuses, or a premature 429?"""
    return found.source is EvidenceSource.STATUSES or found.aspect is Aspect.ADMISSIONS


def _named(block: KeyBlock, promised: int, limit: int, seen: Fills, key: int) -> Anomaly:
    """The finding of one key."""
    mine = seen.refused[block.key[seen.refused] == key]
    row = mine[:1] if len(mine) else np.flatnonzero((block.key == key) & block.rejected)[:1]
    return Anomaly(
        Name.PREMATURE_429,
        block.keys[key],
        f"{promised} requests admitted in a window before a 429",
        f"{limit}, and not one more: a fixed window with a limit of {limit}",
        tuple(int(one) for one in block.rows[row]),
        EvidenceSource.STATUSES,
        max(1, len(mine)),
        alone=True,
    )
