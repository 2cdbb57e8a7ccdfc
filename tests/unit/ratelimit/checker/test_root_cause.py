"""One true reason for each wrong limiter, under every load profile; none for a right one."""

import math
import random
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from nhq.load.profile import profile_names
from nhq.model import Verdict
from nhq.ratelimit import Name, check_history

LIMIT, WINDOW = 12, 4.0
MOVED = frozenset({Name.RESET_DRIFTING, Name.RESET_INCONSISTENT, Name.RESET_TOO_FAR})
#: With a small limit, what one key shows of a bucket may be a shorter window's as well: that is said then.
NO_WINDOW = MOVED | {Name.NOT_FIXED_WINDOW, Name.ORDER, Name.WINDOW_TOO_SHORT}
TOO_FEW = NO_WINDOW | {Name.PREMATURE_429}
LOST = frozenset({Name.LOST_UPDATE, Name.OVER_ADMISSION})
LONG = frozenset({Name.WINDOW_TOO_LONG, Name.PREMATURE_429, Name.PHANTOM_COUNT})
SHORT = frozenset({Name.WINDOW_TOO_SHORT, Name.ORDER})
#: Profiles that drive every key beyond its limit; the others may see no more than one side of a fault.
TELLING = ("boundary", "diagnostic", "saturate")
#: Two crowds at openings show of a server without windows only that it isn't right.
CROWDS = "stampede"


def gcra(limiters: ModuleType, limit: int, window: float) -> Any:
    """A bucket whose Reset is when it will be full, counted from the whole second."""

    class Gcra(limiters.Bucket):  # type: ignore[misc,name-defined]
        def decide(self, key: str, now: float) -> Any:
            reply = super().decide(key, now)
            left = (self.capacity - self.tokens[key][0]) * self.window / self.limit
            reply.reset = math.ceil(math.floor(now) + left)
            return reply

    return Gcra(limit, window)


def moving(limiters: ModuleType, limit: int, window: float, reset: Callable[[float], float] | None = None) -> Any:
    """A sliding log; its Reset is `reset` of the present, else when its oldest entry goes."""

    class Moving(limiters.SlidingLog):  # type: ignore[misc,name-defined]
        def decide(self, key: str, now: float) -> Any:
            reply = super().decide(key, now)
            reply.reset = reply.reset if reset is None else math.ceil(reset(now))
            return reply

    return Moving(limit, window)


def of_clock(now: float) -> float:
    """The end of the clock's window."""
    return (math.floor(now / WINDOW) + 1) * WINDOW


def fixed(kind: str, *rest: Any) -> Callable[..., Any]:
    """A fixed window, or a mutant of one."""
    return lambda limiters, mutants, subtle: next(
        getattr(module, kind)(*rest, LIMIT, WINDOW, "first", "ceil")
        for module in (limiters, mutants, subtle)
        if hasattr(module, kind)
    )


# name -> (how to build it, every name that is a true reason)
ZOO: dict[str, tuple[Callable[..., Any], frozenset[Name]]] = {
    "fixed, first request": (fixed("Fixed"), frozenset()),
    "fixed, clock": (lambda limiters, *_: limiters.Fixed(LIMIT, WINDOW, "clock", "floor"), frozenset()),
    "fixed, phase": (lambda limiters, *_: limiters.Fixed(LIMIT, WINDOW, "phase", "nearest", 1.3), frozenset()),
    "fixed, whole seconds": (lambda limiters, *_: limiters.Fixed(LIMIT, WINDOW, "whole", "ceil"), frozenset()),
    "gcra": (lambda limiters, *_: gcra(limiters, LIMIT, WINDOW), NO_WINDOW),
    "token bucket": (lambda limiters, *_: limiters.Bucket(LIMIT, WINDOW), NO_WINDOW),
    "half a bucket": (lambda limiters, *_: limiters.Bucket(LIMIT, WINDOW, LIMIT // 2), TOO_FEW),
    "spaced": (lambda limiters, *_: limiters.Bucket(LIMIT, WINDOW, 1), TOO_FEW),
    "moving, oldest": (lambda limiters, *_: moving(limiters, LIMIT, WINDOW), NO_WINDOW),
    "moving, from now": (lambda limiters, *_: moving(limiters, LIMIT, WINDOW, lambda now: now + WINDOW), NO_WINDOW),
    "moving, clock": (lambda limiters, *_: moving(limiters, LIMIT, WINDOW, of_clock), NO_WINDOW),
    "sliding counter": (lambda limiters, *_: limiters.SlidingCounter(LIMIT, WINDOW), TOO_FEW),
    "moved by hits": (fixed("MovedByHits"), LONG | MOVED),
    "one less": (fixed("Enforces", LIMIT - 1), frozenset({Name.PREMATURE_429})),
    "one more": (fixed("TooMany"), LOST),
    "two steps": (fixed("Racing"), LOST),
    "forgets hits": (fixed("Counts", lambda rng: rng.choice((0, 1, 1, 1))), LOST | {Name.NOT_FIXED_WINDOW} | SHORT),
    "one counter for all": (fixed("Shared"), frozenset({Name.KEYS_SHARING})),
    "short": (lambda limiters, *_: limiters.Fixed(LIMIT, WINDOW - 0.5, "first", "ceil"), SHORT),
    "long": (lambda limiters, *_: limiters.Fixed(LIMIT, WINDOW + 0.5, "first", "ceil"), LONG),
    "old end": (fixed("StaleReset", random.Random(1)), frozenset({Name.RESET_IN_PAST})),
}


@pytest.mark.parametrize("name", ZOO)
@pytest.mark.parametrize("profile", profile_names())
def test_every_limiter_is_told_by_a_true_reason(
    profiles: ModuleType,
    limiters: ModuleType,
    mutants: ModuleType,
    subtle: ModuleType,
    name: str,
    profile: str,
) -> None:
    """A right limiter is accused of nothing; of a wrong one, nothing is said that isn't wrong with it."""
    build, reasons = ZOO[name]
    history = profiles.sent(build(limiters, mutants, subtle), profile, LIMIT, WINDOW)
    found = check_history(history, LIMIT, WINDOW, skew=0.5).names
    if profile in TELLING or not reasons:
        assert found <= reasons
    assert not found or found & reasons or profile == CROWDS
    if profile == "diagnostic":
        assert bool(found) is bool(reasons)


@pytest.mark.parametrize(("limit", "window"), [(60, 60.0), (12, 3.0), (30, 10.0)])
def test_a_reset_that_moves_on_is_not_said_to_be_the_old_windows_end(
    profiles: ModuleType, limiters: ModuleType, limit: int, window: float
) -> None:
    """Under the diagnostic a bucket's Reset drifts: no window before it is spoken of."""
    for seed in range(3):
        history = profiles.sent(gcra(limiters, limit, window), "diagnostic", limit, window, seed, latency=0.1)
        found = check_history(history, limit, window, skew=0.5)
        assert Name.RESET_DRIFTING in found.names
        assert {Name.NOT_FIXED_WINDOW, Name.WINDOW_TOO_SHORT} & found.names
        assert not any("the window before" in one.actual for one in found.findings), found.findings


@pytest.mark.parametrize("window", [3.0, 6.0])
@pytest.mark.parametrize("alone", [True, False])
def test_a_moving_window_is_one_fault_and_not_four(
    profiles: ModuleType, limiters: ModuleType, alone: bool, window: float
) -> None:
    """Saturated, its statuses could be a fixed window's; its Remaining shows what it is, and counts follow."""
    for seed in range(3):
        history = profiles.sent(moving(limiters, 12, window), "saturate", 12, window, seed, latency=0.01)
        verdicts = check_history(history, 12, window, alone=alone)
        assert verdicts.names <= {Name.NOT_FIXED_WINDOW, *MOVED}
        assert verdicts.algorithm.verdict is Verdict.VIOLATED
        assert "a moving window" in verdicts.algorithm.findings[0].actual
        assert verdicts.admissions.verdict is verdicts.headers.verdict is Verdict.UNKNOWN
        assert "see algorithm" in verdicts.admissions.cause
        assert "see algorithm" in verdicts.headers.cause


@pytest.mark.parametrize("name", ["two steps", "forgets hits", "one more"])
def test_counts_that_are_wrong_by_themselves_stay_so(
    profiles: ModuleType, limiters: ModuleType, mutants: ModuleType, subtle: ModuleType, name: str
) -> None:
    """A fixed window that loses updates or admits too many is convicted of these, whatever else it shows."""
    history = profiles.sent(ZOO[name][0](limiters, mutants, subtle), "boundary", LIMIT, WINDOW)
    verdicts = check_history(history, LIMIT, WINDOW)
    assert verdicts.names >= LOST
    assert verdicts.admissions.verdict is verdicts.headers.verdict is Verdict.VIOLATED
