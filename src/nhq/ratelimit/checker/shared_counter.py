"""Do several keys share one counter? Then one key's requests show up in another's count.

If a key counts or refuses too much by itself, but not once the requests of other keys are added to its own, it shares a
counter with them, provided there is a sign of it: its counter moved with others' requests, or a 429 came just when the
keys together, and not that key alone, had used up the limit. Many requests of many keys explain any 429; and a key that
goes on being refused may be blocked for its own excess, so only its first refusal counts. Sharing is searched for among
the keys of one block (some 10⁵ events, chosen by `sharing_suspects`), first with all of them together, then by pairs,
as often as `Trials` allows: it gives a fault a better name, it finds none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from nhq.ratelimit.checker.anomalies import Anomaly, EvidenceSource, Name
from nhq.ratelimit.checker.evidence import exactly_full
from nhq.ratelimit.checker.partition import KeyBlock, RateLimitPromise
from nhq.ratelimit.history.history import Ints

#: Symptoms of a key that is counted together with others.
SYMPTOMS = frozenset({Name.PHANTOM_COUNT, Name.PREMATURE_429, Name.WINDOW_TOO_LONG, Name.NOT_FIXED_WINDOW, Name.ORDER})

#: Symptoms that are signs of sharing by themselves: counters that others' requests moved.
SIGNS = frozenset({Name.PHANTOM_COUNT, Name.ORDER})

Judge = Callable[[KeyBlock], Iterable[object]]
#: Looks for signs in merged keys; the second is each event's own key.
Look = Callable[[KeyBlock, Ints], bool]


@dataclass(slots=True)
class Trials:
    """How many more combinations of keys may be judged; each costs as much as its keys' events did."""

    left: int = 400

    def explain(self, block: KeyBlock, keys: Ints, judge: Judge, look: Look | None = None) -> bool:
        """Do the symptoms of these keys vanish once they are counted as one, and does `look`, if given, find a sign?

        False when there are no trials left.
        """
        if self.left <= 0:
            return False
        self.left -= 1
        merged = block.merged(keys)
        if any(True for _ in judge(merged)):
            return False
        return look is None or look(merged, block.key[np.isin(block.key, keys)].astype(np.int64))


def spent_together(merged: KeyBlock, own: Ints, promise: RateLimitPromise) -> bool:
    """Did some key's first 429 come when the merged keys had just used up the limit, but that key alone less?"""
    full = exactly_full(merged, promise)
    for key in np.unique(own[full]):
        rows = np.flatnonzero((own == key) & (merged.counted | merged.rejected))
        rows = rows[np.argsort(merged.sent[rows], kind="stable")]
        first = rows[merged.rejected[rows] & ~np.append(False, merged.rejected[rows][:-1])]
        mine = first[np.isin(first, full)]
        counted = (own == key) & merged.counted
        sent, received = np.sort(merged.sent[counted]), np.sort(merged.received[counted])
        most = np.searchsorted(sent, merged.received[mine], side="right")
        most -= np.searchsorted(received, merged.sent[mine] - promise.longest, side="left")
        if (most < promise.limit).any():
            return True
    return False


def name_sharing(block: KeyBlock, found: list[Anomaly], judge: Judge, look: Look, trials: Trials) -> list[Anomaly]:
    """The anomalies, with the symptoms of keys that share a counter replaced by that one.

    `judge` yields the anomalies that counting alone proves; `look` is `spent_together`.
    """
    blamed = {finding.key for finding in found if finding.name in SYMPTOMS}
    if len(block.keys) < 2 or not blamed:
        return found
    declared = {
        finding.key for finding in found if finding.source is EvidenceSource.HEADERS and finding.name in SYMPTOMS
    }
    signs = {finding.key for finding in found if finding.source is EvidenceSource.HEADERS and finding.name in SIGNS}
    suspects = [key for key, label in enumerate(block.keys) if label in blamed]
    every = np.arange(len(block.keys))
    if trials.explain(block, every, judge, None if signs else look):
        pairs = [(key, np.setdiff1d(every, [key])) for key in suspects]
    else:
        ask = {key: None if block.keys[key] in signs else look for key in suspects}
        pairs = [(key, other) for key in suspects for other in _partner(block, key, judge, ask[key], trials)]
    named = [_named(block, key, others, block.keys[key] in declared) for key, others in pairs]
    sharers = {finding.key for finding in named}
    return [f for f in found if f.key not in sharers or f.name not in SYMPTOMS] + named


def _partner(block: KeyBlock, key: int, judge: Judge, look: Look | None, trials: Trials) -> list[Ints]:
    """The first other key that explains this one's symptoms, or None."""
    for other in range(len(block.keys)):
        if other != key and trials.explain(block, np.array([key, other]), judge, look):
            return [np.array([other])]
        if trials.left <= 0:
            break
    return []


def _named(block: KeyBlock, key: int, partners: Ints, declared: bool) -> Anomaly:
    """The finding: the first request of the key, and of a partner."""
    witness = [int(block.rows[block.key == k][0]) for k in (key, int(partners[0])) if (block.key == k).any()]
    names = ", ".join(block.keys[k] for k in partners[:3]) + (" …" if len(partners) > 3 else "")
    actual = f"its counts and 429s are right once the requests of {names} are added"
    source = EvidenceSource.HEADERS if declared else EvidenceSource.STATUSES
    expected = "a counter for each key"
    return Anomaly(Name.KEYS_SHARING, block.keys[key], expected, actual, tuple(witness), source, alone=True)
