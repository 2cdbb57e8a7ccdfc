"""check(history, limit, window): four verdicts, each with its cause and its smallest witnesses. Pure.

Every named finding is certain: no fixed-window counter of `limit` per `window` seconds and key, whatever its anchor,
its rounding of resets, its latency, and whatever became of lost replies, can have produced the history. The arguments
stand in `kinds`, `statuses`, `windows`, `counts` and `resets`. What another client's use of the keys would explain as
well is a finding only where the recorder was alone; else it is a doubt, and the question stays unknown.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from nhq.errors import HistoryError
from nhq.ratelimit.block import Block, Promise, blocks, promised
from nhq.ratelimit.counted import View, if_alone, view
from nhq.ratelimit.counts import judge_counts
from nhq.ratelimit.courses import courses, judge_rises, rises
from nhq.ratelimit.enforced import name_limit
from nhq.ratelimit.evidence import Evidence
from nhq.ratelimit.findings import Aspect, Found, Name, Verdicts
from nhq.ratelimit.headers import judge_headers
from nhq.ratelimit.history import LONGEST, NO_REPLY, History, validated
from nhq.ratelimit.positions import judge_unused
from nhq.ratelimit.resets import Skew, judge_resets
from nhq.ratelimit.sharing import Trials, name_sharing, spent_together
from nhq.ratelimit.stale import mended
from nhq.ratelimit.statuses import judge_statuses
from nhq.ratelimit.units import in_seconds
from nhq.ratelimit.verdicts import conclude
from nhq.ratelimit.windows import SHORTEST_JUDGED, Declared, declared

#: Counters fit into 31 bits.
MOST = 2**31 - 1


@dataclass(slots=True)
class Tally:
    """What the blocks yielded so far."""

    found: list[Found] = field(default_factory=list)
    evidence: Evidence = field(default_factory=Evidence)
    skew: Skew = field(default_factory=Skew)
    trials: Trials = field(default_factory=Trials)


def check(
    history: History,
    limit: int,
    window: float,
    *,
    skew: float | None = None,
    fresh: bool | None = None,
    alone: bool | None = None,
) -> Verdicts:
    """Judge a history against `limit` requests per `window` seconds and key.

    `skew`: the server's clock is known to be within so many seconds of ours; None when nothing is known. `fresh`: the
    keys were unused for a window before the history began. `alone`: from its first instant on, the history holds every
    request of its keys; nobody else used them. None takes the recorder's word. Raises HistoryError for a history or a
    promise that cannot be judged.
    """
    if not 1 <= limit <= MOST or not 0 < window <= LONGEST or (skew is not None and not skew >= 0):
        clock = "" if skew is None else f" with clocks within {skew:g} s"
        raise HistoryError(f"cannot judge a limit of {limit} per {window:g} s{clock}")
    skew = None if skew == math.inf else skew
    validated(history, history.meta.worker or "history")
    promise = promised(history, limit, window, fresh, alone)
    tally = Tally()
    for block in blocks(history, promise):
        if "key" in history.unrecorded:
            _judge_answers(block, promise, tally)
            continue
        _judge(block, promise, skew, tally)
    return conclude(history, promise, tally.found, tally.evidence, tally.skew, skew)


def _judge(block: Block, promise: Promise, skew: float | None, tally: Tally) -> None:
    """Add one block's findings and evidence."""
    found = [*judge_headers(block, promise), *judge_unused(block, promise), *judge_statuses(block, promise)]
    tally.evidence.add(block, promise)
    if promise.window >= SHORTEST_JUDGED:
        found += _judge_windows(in_seconds(block), promise, skew, tally, found)
    found = name_limit(block, promise, found)
    named = name_sharing(
        block,
        found if promise.alone else [one for one in found if one.alone],
        lambda merged: _counting(merged, promise),
        lambda merged, own: spent_together(merged, own, promise),
        tally.trials,
    )
    tally.found += named if promise.alone else [*found, *(one for one in named if one.name is Name.KEYS_SHARING)]


def _judge_answers(block: Block, promise: Promise, tally: Tally) -> None:
    """What single answers show, where it isn't known which of them one key got."""
    tally.found += judge_headers(block, promise)
    tally.evidence.replies += int((block.status != NO_REPLY).sum())


def _judge_windows(
    block: Block, promise: Promise, skew: float | None, tally: Tally, seen_already: list[Found]
) -> list[Found]:
    """What declared windows prove; then, of keys without any, what Remaining's own course does."""
    resets, windows, allowed = judge_resets(block, promise, declared(block), skew)
    seen = view(block, promise, windows)
    found = [*resets, *_counts(seen)]
    stale = mended(block, promise, windows, found)
    if stale is not None:
        block = stale.block
        resets, windows, allowed = judge_resets(block, promise, declared(block), skew)
        seen = view(block, promise, windows)
        found = [*stale.found, *resets, *_counts(seen)]
    tally.skew = tally.skew.meet(allowed)
    tally.evidence.add_windows(seen)
    strange = any(one.aspect is Aspect.ALGORITHM for one in seen_already)
    return found + _judge_courses(block, promise, windows, tally, strange)


def _judge_courses(block: Block, promise: Promise, windows: Declared, tally: Tally, strange: bool) -> list[Found]:
    """What Remaining's own course proves of keys without a declared window to be judged by.

    Where it rises within a window, or the algorithm is `strange`, nothing more is said: counts of windows that don't
    exist would blame the counting.
    """
    left = np.ones(len(block.keys), dtype=np.bool_)
    left[windows.key[windows.trusted]] = False
    if not left.any():
        return []
    known = rises(block, promise, left)
    found = list(judge_rises(block, promise, known))
    if strange or found:
        return found
    told = courses(block, promise, known)
    tally.evidence.add_courses(told.seen, told.openings)
    return _counts(told.seen)


def _counts(seen: View) -> list[Found]:
    """What the declared windows prove; where the recorder may not have been alone, also what they would prove if so."""
    alone = judge_counts(if_alone(seen))
    if seen.promise.alone:
        return list(alone)
    found = list(judge_counts(seen))
    known = {(one.name, one.key) for one in found}
    return [*found, *(replace(one, alone=True) for one in alone if (one.name, one.key) not in known)]


def _counting(block: Block, promise: Promise) -> Iterable[Found]:
    """The findings about counting alone, for blocks merged to try whether keys share a counter."""
    yield from judge_statuses(block, promise)
    if promise.window >= SHORTEST_JUDGED:
        resets, windows, _ = judge_resets(block, promise, declared(block), None)
        yield from resets
        yield from judge_counts(if_alone(view(block, promise, windows)))
