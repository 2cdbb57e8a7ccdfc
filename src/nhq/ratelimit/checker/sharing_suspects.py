"""Keys that may share a counter, from all of a history: those with symptoms, and their likely partners, read again.

Such keys may be in different blocks, and in different parts of a history that was judged in parts. So the comparison
comes last: the suspects, in the order of the history, are taken in groups of about one block's events, and each group
is filled up with the keys that were first used just before or after one of them. A history of one block is one group.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from nhq.ratelimit.checker.anomalies import Anomaly, Name
from nhq.ratelimit.checker.partition import BLOCK, KeyBlock, RateLimitPromise, whole_block
from nhq.ratelimit.checker.shared_counter import SYMPTOMS, Trials, name_sharing, spent_together
from nhq.ratelimit.checker.tally import counting_anomalies
from nhq.ratelimit.history.history import Bools, History, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """The keys of a history, and how many events each has (`counts`, shape (K,))."""

    labels: tuple[str, ...]
    counts: Ints


#: Reads the events of the chosen keys.
Reader = Callable[[Bools], History]


def name_sharers(
    found: list[Anomaly],
    keys: Keys,
    promise: RateLimitPromise,
    read: Reader,
    size: int = BLOCK,
    trials: Trials | None = None,
) -> list[Anomaly]:
    """The anomalies, with the symptoms of keys that share a counter replaced by that; `read` gives their events again.

    If others may have used the keys, anomalies that are certain by themselves stay beside it.
    """
    trials = trials or Trials()
    blamed = {one.key for one in found if one.name in SYMPTOMS and (promise.alone or one.alone)}
    if len(keys.labels) < 2 or not blamed:
        return found
    suspects = np.array([key for key, label in enumerate(keys.labels) if label in blamed], dtype=np.int64)
    for asked, group in _groups(keys.counts, suspects, size):
        if trials.left <= 0:
            break
        labels = {keys.labels[key] for key in asked.tolist()}
        block = whole_block(read(group), promise)
        found = _named(block, found, labels, promise, trials)
    return found


def _named(
    block: KeyBlock, found: list[Anomaly], labels: set[str], promise: RateLimitPromise, trials: Trials
) -> list[Anomaly]:
    """The findings after one group was compared, of which the keys with these labels are asked about."""
    mine = [one for one in found if one.key in labels and (promise.alone or one.alone)]
    named = name_sharing(
        block,
        mine,
        lambda merged: counting_anomalies(merged, promise),
        lambda merged, own: spent_together(merged, own, promise),
        trials,
    )
    if not promise.alone:
        return [*found, *(one for one in named if one.name is Name.KEYS_SHARING)]
    return [*(one for one in found if one.key not in labels), *named]


def _groups(counts: Ints, suspects: Ints, size: int) -> Iterator[tuple[Ints, Bools]]:
    """Suspects, a group at a time, and the mask of the keys to compare them with: themselves and their neighbours."""
    if int(counts.sum()) <= size:
        yield suspects, np.ones(len(counts), dtype=np.bool_)
        return
    ends = np.cumsum(counts[suspects])
    number = (ends - counts[suspects]) // size
    for group in np.split(suspects, np.flatnonzero(np.diff(number)) + 1):
        yield group, _with_neighbours(counts, group, size)


def _with_neighbours(counts: Ints, group: Ints, size: int) -> Bools:
    """The group and the keys nearest to it in the order of the history, about `size` events in all."""
    keys = np.arange(len(counts))
    place = np.searchsorted(group, keys)
    after = np.append(group, 2 * len(counts) + group[-1])[place] - keys
    before = keys - np.append(-2 * len(counts), group)[place]
    order = np.argsort(np.minimum(after, before), kind="stable")
    spent = np.cumsum(counts[order]) - counts[order]
    chosen = np.zeros(len(counts), dtype=np.bool_)
    chosen[order[spent < size]] = True
    chosen[group] = True
    return chosen
