"""Tally the blocks of a history, or of a part of it: anomalies, evidence, bounds of the clocks.

Joined tallies of parts equal that of the whole: each anomaly has the number of its block, so that the order is that of
the blocks, wherever they were judged. Keys of different blocks are compared afterwards, in `sharing_suspects`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from nhq.ratelimit.checker.admissions import judge_statuses
from nhq.ratelimit.checker.anomalies import Anomaly, Aspect, Name
from nhq.ratelimit.checker.evidence import Evidence
from nhq.ratelimit.checker.header_anomalies import judge_headers
from nhq.ratelimit.checker.ledger import View, counting_view, if_alone
from nhq.ratelimit.checker.overcount import judge_counts
from nhq.ratelimit.checker.partition import BLOCK, KeyBlock, RateLimitPromise, history_blocks
from nhq.ratelimit.checker.remaining import judge_rises, remaining_courses, remaining_rises
from nhq.ratelimit.checker.reset_units import in_seconds
from nhq.ratelimit.checker.resets import Skew, judge_resets
from nhq.ratelimit.checker.root_cause import name_cause
from nhq.ratelimit.checker.smaller_limit import name_limit
from nhq.ratelimit.checker.stale_resets import mend_stale_resets, unexplained_keys
from nhq.ratelimit.checker.window_positions import judge_unused
from nhq.ratelimit.checker.windows import SHORTEST_JUDGED, Declared, declared_windows
from nhq.ratelimit.history.history import History


@dataclass(slots=True)
class BlockTally:
    """The results of the blocks so far; `found` with the number of the block."""

    found: list[tuple[int, Anomaly]] = field(default_factory=list)
    evidence: Evidence = field(default_factory=Evidence)
    skew: Skew = field(default_factory=Skew)


def join_tallies(tallies: Iterable[BlockTally]) -> BlockTally:
    """The tally of all parts together, in the order of the blocks."""
    whole = BlockTally()
    for tally in tallies:
        whole.found += tally.found
        whole.evidence = whole.evidence.joined(tally.evidence)
        whole.skew = whole.skew.meet(tally.skew)
    whole.found.sort(key=lambda numbered: numbered[0])
    return whole


def tally_blocks(
    history: History,
    promise: RateLimitPromise,
    skew: float | None,
    size: int = BLOCK,
    numbers: Sequence[int] | None = None,
) -> BlockTally:
    """Judge the blocks of a history, or of the part of one whose blocks have these `numbers`."""
    tally = BlockTally()
    for place, block in enumerate(history_blocks(history, promise, size)):
        if "key" in history.unrecorded:
            found = _judge_answers(block, promise, tally)
        else:
            found = _judge(block, promise, skew, tally)
        number = place if numbers is None else numbers[place]
        tally.found += [(number, one) for one in found]
    return tally


def _judge(block: KeyBlock, promise: RateLimitPromise, skew: float | None, tally: BlockTally) -> list[Anomaly]:
    """One block's anomalies; adds its evidence."""
    admissions = block.admissions()
    found = [*judge_headers(block, promise), *judge_unused(block, promise)]
    found += judge_statuses(block, promise, admissions)
    tally.evidence.add(block, promise, admissions)
    if promise.window >= SHORTEST_JUDGED:
        found += _judge_windows(in_seconds(block), promise, skew, tally, found)
    tally.evidence.add_fills(block, promise)
    return name_limit(block, promise, name_cause(block, promise, found))


def _judge_answers(block: KeyBlock, promise: RateLimitPromise, tally: BlockTally) -> list[Anomaly]:
    """Judge single answers, where it isn't known which key they were for."""
    tally.evidence.add_replies(block)
    return list(judge_headers(block, promise))


def _judge_windows(
    block: KeyBlock, promise: RateLimitPromise, skew: float | None, tally: BlockTally, seen_already: list[Anomaly]
) -> list[Anomaly]:
    """Judge by declared windows; then, for keys without any, by the course of Remaining."""
    told = _read(block, promise, skew)
    other = frozenset(one.key for one in seen_already if one.name is Name.NOT_FIXED_WINDOW)
    stale = mend_stale_resets(block, promise, told.seen.windows, told.found, other)
    if stale is not None:
        again = _read(stale.block, promise, skew)
        if strange := unexplained_keys(stale, again.found):
            stale = mend_stale_resets(block, promise, told.seen.windows, told.found, other | strange)
            again = told if stale is None else _read(stale.block, promise, skew)
        told = again
    found = [*(stale.found if stale is not None else ()), *told.found]
    block, windows = told.seen.block, told.seen.windows
    tally.skew = tally.skew.meet(told.allowed)
    tally.evidence.add_windows(told.seen)
    unlike = any(one.aspect is Aspect.ALGORITHM for one in seen_already)
    return found + _judge_courses(block, promise, windows, tally, unlike)


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """The anomalies that declared windows prove, the view of their counts, and the clock skew they allow."""

    found: list[Anomaly]
    seen: View
    allowed: Skew


def _read(block: KeyBlock, promise: RateLimitPromise, skew: float | None) -> _Read:
    """Judge the resets of a block, and the counts of the windows that they declare."""
    resets, windows, allowed = judge_resets(block, promise, declared_windows(block), skew)
    seen = counting_view(block, promise, windows)
    return _Read([*resets, *_counts(seen)], seen, allowed)


def _judge_courses(
    block: KeyBlock, promise: RateLimitPromise, windows: Declared, tally: BlockTally, strange: bool
) -> list[Anomaly]:
    """Anomalies that the course of Remaining proves for keys without a declared window.

    If it rises within a window, or the algorithm is `strange`, nothing more is judged: counts of windows that don't
    exist would blame the counting.
    """
    left = np.ones(len(block.keys), dtype=np.bool_)
    left[windows.key[windows.trusted]] = False
    if not left.any():
        return []
    known = remaining_rises(block, promise, left)
    found = list(judge_rises(block, promise, known))
    if strange or found:
        return found
    told = remaining_courses(block, promise, known)
    tally.evidence.add_courses(told.seen, told.openings)
    return _counts(told.seen)


def _counts(seen: View) -> list[Anomaly]:
    """Anomalies of counts that declared windows prove, also those that need the recorder to have been alone.

    Being alone only adds proof: if nothing is found on that assumption, nothing is found without it.
    """
    alone = list(judge_counts(if_alone(seen)))
    if seen.promise.alone or not alone:
        return alone
    found = list(judge_counts(seen))
    known = {(one.name, one.key) for one in found}
    return [*found, *(replace(one, alone=True) for one in alone if (one.name, one.key) not in known)]


def counting_anomalies(block: KeyBlock, promise: RateLimitPromise) -> Iterable[Anomaly]:
    """The anomalies of counting alone, for blocks merged to test whether keys share a counter."""
    yield from judge_statuses(block, promise)
    if promise.window >= SHORTEST_JUDGED:
        resets, windows, _ = judge_resets(block, promise, declared_windows(block), None)
        yield from resets
        yield from judge_counts(if_alone(counting_view(block, promise, windows)))
