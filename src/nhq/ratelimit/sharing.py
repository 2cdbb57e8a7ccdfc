"""Do several keys draw on one counter? Then one key's requests show up in another's count.

A key that counts or refuses too much alone, and is innocent once the requests of other keys are added to its own,
shares a counter with them. By statuses alone, some 429 must have come just when the keys together had spent the limit:
many requests of many keys explain any 429. Sharing is looked for among the keys of one block (some 10⁵ events), first
with all of them together, then by pairs, as often as `Trials` allows: it names a fault better, it finds none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from nhq.ratelimit.block import Block
from nhq.ratelimit.findings import Found, Name, Source
from nhq.ratelimit.history import Ints

#: What a key shows that is counted together with others.
SYMPTOMS = frozenset({Name.PHANTOM_COUNT, Name.PREMATURE_429, Name.WINDOW_TOO_LONG, Name.NOT_FIXED_WINDOW, Name.ORDER})

Judge = Callable[[Block], Iterable[object]]


@dataclass(slots=True)
class Trials:
    """How many more combinations of keys may be judged; each costs as much as its keys' events did."""

    left: int = 400

    def explain(self, block: Block, keys: Ints, judge: Judge, full: Judge | None = None) -> bool:
        """Whether these keys show nothing once they are counted as one, and `full` shows something where it is given.

        False when there are no trials left.
        """
        if self.left <= 0:
            return False
        self.left -= 1
        merged = block.merged(keys)
        return not any(True for _ in judge(merged)) and (full is None or any(True for _ in full(merged)))


def name_sharing(block: Block, found: list[Found], judge: Judge, full: Judge, trials: Trials) -> list[Found]:
    """The findings, with the symptoms of keys that share a counter replaced by that name.

    `judge` yields what counting alone proves, `full` the 429s that came with exactly the limit before them.
    """
    blamed = {finding.key for finding in found if finding.name in SYMPTOMS}
    if len(block.keys) < 2 or not blamed:
        return found
    declared = {finding.key for finding in found if finding.source is Source.HEADERS and finding.name in SYMPTOMS}
    suspects = [key for key, label in enumerate(block.keys) if label in blamed]
    every = np.arange(len(block.keys))
    if trials.explain(block, every, judge, None if declared else full):
        pairs = [(key, np.setdiff1d(every, [key])) for key in suspects]
    else:
        ask = {key: None if block.keys[key] in declared else full for key in suspects}
        pairs = [(key, other) for key in suspects for other in _partner(block, key, judge, ask[key], trials)]
    named = [_named(block, key, others, block.keys[key] in declared) for key, others in pairs]
    sharers = {finding.key for finding in named}
    return [f for f in found if f.key not in sharers or f.name not in SYMPTOMS] + named


def _partner(block: Block, key: int, judge: Judge, full: Judge | None, trials: Trials) -> list[Ints]:
    """The first other key that explains what this one showed, if any does."""
    for other in range(len(block.keys)):
        if other != key and trials.explain(block, np.array([key, other]), judge, full):
            return [np.array([other])]
        if trials.left <= 0:
            break
    return []


def _named(block: Block, key: int, partners: Ints, declared: bool) -> Found:
    """The finding: the first request of the key, and of a partner."""
    witness = [int(block.rows[block.key == k][0]) for k in (key, int(partners[0])) if (block.key == k).any()]
    names = ", ".join(block.keys[k] for k in partners[:3]) + (" …" if len(partners) > 3 else "")
    actual = f"its counts and 429s are right once the requests of {names} are added"
    source = Source.HEADERS if declared else Source.STATUSES
    expected = "a counter for each key"
    return Found(Name.KEYS_SHARING, block.keys[key], expected, actual, tuple(witness), source, alone=True)
