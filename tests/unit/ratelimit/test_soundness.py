"""Never a false accusation: correct limiters over anchors, roundings, delays, losses, clocks: not one finding.

Hundreds are tried here, and thousands in `make proofs`.
"""

from collections import Counter
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhq.model import Verdict
from nhq.ratelimit import check_history
from nhq.ratelimit.checker.partition import RateLimitPromise, history_blocks
from nhq.ratelimit.history.history import History
from nhq.ratelimit.identify.algorithm import FIXED, identify_algorithm

TRIALS = 1500
MANY = [pytest.param(300), pytest.param(TRIALS, marks=pytest.mark.proof)]
WORLDS = [pytest.param(150), pytest.param(700, marks=pytest.mark.proof)]


@pytest.mark.parametrize("trials", MANY)
def test_correct_limiters_are_never_accused(network: ModuleType, trials: int) -> None:
    """300, or 1,500, random correct limiters yield not one finding, and many of them are seen to hold."""
    held, judged = 0, 0
    for seed in range(trials):
        trial = network.trial(seed)
        if trial is None:
            continue
        verdicts = check_history(trial.history, trial.limit, trial.window, skew=trial.skew, fresh=trial.fresh)
        assert not verdicts.findings, (seed, verdicts.findings)
        judged += 1
        held += verdicts.admissions.verdict is Verdict.HOLDS
    assert judged >= trials * 2 / 3
    assert held > judged / 3


@pytest.mark.parametrize("count", WORLDS)
def test_whatever_the_contract_leaves_open_is_never_accused(worlds: ModuleType, count: int) -> None:
    """Correct servers of a second, independent simulator yield not one finding, and are never called impostors."""
    verdicts = Counter()
    for seed in range(count):
        made = worlds.recording(seed)
        if made is None:
            continue
        judged = check_history(made.history, made.world.limit, made.world.window, skew=made.skew)
        assert not judged.findings, (seed, made.world, judged.findings)
        verdicts.update(one.verdict for one in judged.judgements)
        if len(made.history) < 400:
            best = identify_algorithm(made.history, made.world.limit, made.world.window).best
            assert best is None or best in FIXED, (seed, made.world, best)
    assert verdicts[Verdict.HOLDS] > count


@pytest.mark.parametrize("trials", [pytest.param(60), pytest.param(300, marks=pytest.mark.proof)])
def test_correct_limiters_without_headers_are_accused_of_nothing_else(network: ModuleType, trials: int) -> None:
    """Statuses and times alone never convict a correct limiter either."""
    for seed in range(TRIALS, TRIALS + trials):
        trial = network.trial(seed)
        if trial is None:
            continue
        verdicts = check_history(trial.history, trial.limit, trial.window, fresh=trial.fresh)
        assert all(j.by_statuses is not Verdict.VIOLATED for j in verdicts.judgements), (seed, verdicts.findings)


def test_a_correct_limiter_is_never_identified_as_another(network: ModuleType) -> None:
    """identify() names a fixed window, or says that it cannot tell: no correct limiter is called an impostor."""
    for seed in range(120):
        trial = network.trial(seed)
        if trial is None or not trial.fresh or len(trial.history) > 600:
            continue
        best = identify_algorithm(trial.history, trial.limit, trial.window).best
        assert best is None or best in FIXED, (seed, best)


@given(seed=st.integers(2_000_000, 2_100_000), shift=st.floats(-1e6, 1e6), size=st.integers(1, 400))
@settings(max_examples=40, deadline=None)
def test_verdicts_do_not_depend_on_where_time_begins_or_blocks_end(
    network: ModuleType, seed: int, shift: float, size: int
) -> None:
    """The same events, recorded on another time line, in another order and cut into other blocks, are judged alike."""
    trial = network.trial(seed)
    if trial is None:
        return
    moved = _moved(trial.history, shift)
    told = {"skew": trial.skew, "fresh": trial.fresh}
    one, other = (check_history(h, trial.limit, trial.window, **told) for h in (trial.history, moved))
    assert [(j.verdict, j.cause) for j in one.judgements] == [(j.verdict, j.cause) for j in other.judgements]
    cut = list(history_blocks(trial.history, RateLimitPromise(trial.limit, trial.window), size))
    assert sum(map(len, cut)) == len(trial.history)


def _moved(history: History, shift: float) -> History:
    """The same history with its instant 0 moved and its rows reversed."""
    from dataclasses import replace

    moved = replace(
        history,
        intended=history.intended + shift,
        sent=history.sent + shift,
        received=history.received + shift,
        origin=history.origin - shift,
    )
    return moved.rows(slice(None, None, -1))


@pytest.mark.parametrize("schedule", ["boundary_burst", "stampede", "dense_poll", "late_overflow", "diagnostic"])
def test_a_correct_server_is_seen_to_hold_under_each_telling_schedule(
    limiters: ModuleType, mutants: ModuleType, schedule: str
) -> None:
    """The schedules that can decide all four questions do decide them, for every anchor."""
    for anchor in ("first", "whole", "clock"):
        history = mutants.recorded(
            lambda _, rounding, anchor=anchor: limiters.Fixed(60, 60.0, anchor, rounding), schedule, 1
        )
        verdicts = check_history(history, 60, 60.0, skew=0.5)
        assert [j.verdict for j in verdicts.judgements] == [Verdict.HOLDS] * 4, (anchor, verdicts)
