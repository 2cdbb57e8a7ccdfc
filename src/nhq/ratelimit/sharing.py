"""Do several keys draw on one counter? Then one key's requests show up in another's count.

A key that counts or refuses too much alone, and is innocent once the requests of other keys are added to its own,
shares a counter with them. Sharing is looked for among the keys of one block (some 10⁵ events).
"""

from collections.abc import Callable, Iterable

import numpy as np

from nhq.ratelimit.block import Block
from nhq.ratelimit.findings import Found, Name, Source
from nhq.ratelimit.history import Ints

#: What a key shows that is counted together with others.
SYMPTOMS = frozenset({Name.PHANTOM_COUNT, Name.PREMATURE_429, Name.WINDOW_TOO_LONG, Name.NOT_FIXED_WINDOW, Name.ORDER})
#: How many suspects, and partners of each, are tried.
TRIED = 32

Judge = Callable[[Block], Iterable[Found]]


def name_sharing(block: Block, found: list[Found], judge: Judge) -> list[Found]:
    """The findings, with the symptoms of keys that share a counter replaced by that name."""
    blamed = {finding.key for finding in found if finding.name in SYMPTOMS}
    suspects = [key for key, label in enumerate(block.keys) if label in blamed][:TRIED]
    if len(block.keys) < 2 or not suspects:
        return found
    sharing = {block.keys[key]: _partners(block, key, judge) for key in suspects}
    named = [_named(block, key, sharing[block.keys[key]]) for key in suspects if len(sharing[block.keys[key]])]
    sharers = {finding.key for finding in named}
    return [f for f in found if f.key not in sharers or f.name not in SYMPTOMS] + named


def _partners(block: Block, key: int, judge: Judge) -> Ints:
    """The keys whose requests, added to those of `key`, explain everything it showed; none if nothing does."""
    others = np.setdiff1d(np.arange(len(block.keys)), [key])
    candidates = [others, *(others[i : i + 1] for i in range(min(len(others), TRIED)))]
    for chosen in candidates:
        if not any(True for _ in judge(block.merged(key, chosen))):
            return chosen
    return others[:0]


def _named(block: Block, key: int, partners: Ints) -> Found:
    """The finding: the first request of the key, and of a partner."""
    witness = [int(block.rows[block.key == k][0]) for k in (key, int(partners[0])) if (block.key == k).any()]
    names = ", ".join(block.keys[k] for k in partners[:3]) + (" …" if len(partners) > 3 else "")
    actual = f"its counts and 429s are right once the requests of {names} are added"
    return Found(Name.KEYS_SHARING, block.keys[key], "a counter for each key", actual, tuple(witness), Source.HEADERS)
