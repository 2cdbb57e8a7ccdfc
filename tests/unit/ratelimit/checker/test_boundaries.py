"""Where proof begins: each bound that the checker chose, met within a thousandth of a second from both sides."""

from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from nhq.errors import HistoryError
from nhq.model import Verdict
from nhq.ratelimit import Name, check_history
from nhq.ratelimit.checker.evidence import Evidence
from nhq.ratelimit.checker.partition import RateLimitPromise, whole_block
from nhq.ratelimit.checker.resets import Skew
from nhq.ratelimit.checker.sharing_suspects import _with_neighbours
from nhq.ratelimit.checker.verdicts import _reset
from nhq.ratelimit.checker.windows import declared_windows
from nhq.ratelimit.history.history import refuse_stepped_clock, validate_history

SHORTEST, LONGEST = 59.918, 60.082
ABOUT = 1e-3


def names(notation: ModuleType, text: str, limit: int = 3, **told: object) -> set[Name]:
    """What is found in a history of fresh keys that nobody else used, but for missing headers."""
    history = notation.parse(text, limit)
    return set(check_history(history, limit, 60.0, **{"fresh": True, **told}).names) - {Name.HEADER_MISSING}


def test_a_window_is_known_to_a_thousandth() -> None:
    """500 ppm of drift, two milliseconds of grain and fifty of nodes that begin one after the other."""
    promise = RateLimitPromise(3, 60.0)
    assert (promise.shortest, promise.longest) == (pytest.approx(SHORTEST), pytest.approx(LONGEST))


@pytest.mark.parametrize(("span", "crowded"), [(SHORTEST - ABOUT, True), (SHORTEST + ABOUT, False)])
def test_three_in_two_windows_of_one_are_too_many_within_a_window(
    notation: ModuleType, span: float, crowded: bool
) -> None:
    """2N + 1 admissions within the shortest window show that more than N were admitted in one."""
    found = names(notation, f"0+ {span / 2}+ {span}+", 1)
    assert (Name.OVER_ADMISSION in found) is crowded


@pytest.mark.parametrize(("wait", "early"), [(LONGEST - ABOUT, True), (LONGEST + ABOUT, False)])
def test_a_refusal_needs_the_limit_in_the_longest_window_before(notation: ModuleType, wait: float, early: bool) -> None:
    """One of three admissions that came a whole window earlier can't be what a 429 counts; nearer, it can."""
    found = names(notation, f"0+ {wait - 2}+ {wait - 1}+ {wait}x")
    assert bool(found) is not early


@pytest.mark.parametrize("window", [60.0, 30.0])
def test_clocks_may_part_by_a_quarter_of_a_second_and_their_drift(notation: ModuleType, window: float) -> None:
    """Two keys' windows contradict each other where no clock within that tolerance explains both resets."""
    longest, drift = RateLimitPromise(3, window).longest, 5e-4 * 16 * window
    edge = 2 + longest + 0.25 + drift
    for apart, contradicted in (edge - ABOUT, False), (edge + ABOUT, True):
        history = notation.parse(f"a:0+2@{window:g} b:{apart}+2@{window:g}")
        found = check_history(history, 3, window, fresh=True).names
        assert (Name.RESET_INCONSISTENT in found) is contradicted


@pytest.mark.parametrize("windows", [15, 16])
def test_windows_far_apart_in_time_need_not_agree(notation: ModuleType, windows: int) -> None:
    """Sixteen windows and more apart, clocks may have parted: only nearer ones contradict each other."""
    late = windows * 60 + 1
    found = names(notation, f"a:0+2@60 b:{late}+2@{late - 10}")
    assert (Name.RESET_INCONSISTENT in found) is (windows < 16)


@pytest.mark.parametrize(
    ("low", "high", "skew", "verdict"),
    [
        (-5.0, 5.0, None, Verdict.HOLDS),
        (1.0, 5.0, None, Verdict.HOLDS),
        (1.001, 5.0, None, Verdict.UNKNOWN),
        (-5.0, -1.0, None, Verdict.HOLDS),
        (-5.0, -1.001, None, Verdict.UNKNOWN),
        (3.0, 5.0, 10.0, Verdict.HOLDS),
    ],
)
def test_a_clock_within_a_second_of_ours_is_believed(
    low: float, high: float, skew: float | None, verdict: Verdict
) -> None:
    """Further off, only the caller's word on clocks lets resets be judged."""
    evidence = replace(Evidence(), changes=1, windows=2)
    assert _reset(evidence, Skew(low, high), skew, True)[0] is verdict
    assert _reset(evidence, Skew(low, high), skew, False)[0] is Verdict.UNKNOWN
    assert _reset(Evidence(), Skew(low, high), skew, True)[0] is Verdict.UNKNOWN


@pytest.mark.parametrize(("slack", "told"), [(0.0099, False), (0.01, True)])
def test_coarse_times_are_said_to_be(notation: ModuleType, slack: float, told: bool) -> None:
    """From a hundredth of a second on."""
    said = check_history(replace(notation.parse("0+2@60 1+1@60"), slack=slack), 3, 60.0)
    assert any("times are known to" in note for note in said.notes) is told


@pytest.mark.parametrize(("step", "refused"), [(0.5, False), (0.501, True)])
def test_a_clock_that_stepped_by_half_a_second_is_refused(step: float, refused: bool) -> None:
    """What moved less is told as it moved."""
    sent = np.array([0.0, 1.0, 2.0])
    wall = sent + np.array([100.0, 100.0, 100.0 + step])
    if refused:
        with pytest.raises(HistoryError, match="stepped"):
            refuse_stepped_clock(sent, wall, "h")
    else:
        assert refuse_stepped_clock(sent, wall, "h") == (100.0, step)


@pytest.mark.parametrize(
    ("field", "value", "refused"),
    [
        ("status", 99, True), ("status", 100, False), ("status", 999, False), ("status", 1000, True),
        ("sent", 1e11, False), ("sent", 1.1e11, True), ("sent", -1.1e11, True),
    ],
)  # fmt: skip
def test_what_is_no_status_and_no_second_is_refused(
    notation: ModuleType, field: str, value: float, refused: bool
) -> None:
    """Statuses have three digits, and times lie within 1e11 seconds."""
    one = notation.parse("0+2@60")
    column = np.full_like(getattr(one, field), value)
    history = replace(one, **{field: column} | ({"received": column} if field == "sent" else {}))
    if refused:
        with pytest.raises(HistoryError):
            validate_history(history, "h")
    else:
        assert validate_history(history, "h") is history


@pytest.mark.parametrize(("days", "refused"), [(366.0, False), (366.01, True)])
def test_a_recording_lasts_a_year_at_most(notation: ModuleType, days: float, refused: bool) -> None:
    """Longer ones mix times of several clocks."""
    history = notation.parse("0+2@60 1+1@60")
    history = replace(history, received=np.array([0.0, days * 86400]))
    if refused:
        with pytest.raises(HistoryError, match="days between"):
            validate_history(history, "h")
    else:
        assert validate_history(history, "h") is history


@pytest.mark.parametrize("seed", range(10))
def test_neighbours_are_taken_by_their_distance(seed: int) -> None:
    """The nearest keys first, until their events are as many as fit; the group itself always."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 9, 12)
    group = np.sort(rng.choice(12, size=int(rng.integers(1, 4)), replace=False))
    size = int(rng.integers(5, 40))
    nearest = sorted(range(12), key=lambda key: min(abs(key - one) for one in group.tolist()))
    taken, events = set(group.tolist()), 0
    for key in nearest:
        if events < size:
            taken.add(key)
        events += int(counts[key])
    assert set(np.flatnonzero(_with_neighbours(counts, group, size)).tolist()) == taken


@pytest.mark.parametrize(("sent", "settled"), [(0.049, False), (0.05, True), (0.051, True)])
def test_who_asks_when_a_window_has_surely_begun_is_counted_in_it(
    notation: ModuleType, sent: float, settled: bool
) -> None:
    """From fifty milliseconds after its first answer on: so much later may a node begin it by its own clock."""
    block = whole_block(notation.parse(f"0+2@60 {sent}+1@60"), RateLimitPromise(3, 60.0))
    assert declared_windows(block).settled.tolist() == [False, settled]
