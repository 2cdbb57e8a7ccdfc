"""The anchor of declared windows is told by their ends and by how much of them was left at first; never guessed."""

from types import ModuleType

import pytest

from nhq.ratelimit.checker.partition import RateLimitPromise, whole_block
from nhq.ratelimit.identify.anchor import Algorithm, anchor_of

# what it is -> a history, and the anchor of windows of 60 s; whole minutes end at 40, 100, 160 s from the origin
TOLD: dict[str, tuple[str, Algorithm | None]] = {
    "each window as long as its first request says": ("0+2@60 62+2@122 124+2@184", Algorithm.FIXED_FIRST),
    "ends on a grid, first requests anywhere": ("0+2@30 40+2@90 91+2@150", Algorithm.FIXED_PHASE),
    "ends on whole minutes, first requests anywhere": ("20+2@40 41+2@100 120+2@160", Algorithm.FIXED_CLOCK),
    "one window after the other": ("0+2@60 60+2@120 120+2@180 180+2@240", None),
    "one window after the other, on whole minutes": ("40+2@100 100+2@160 160+2@220 220+2@280", None),
    "one window": ("0+2@60 1+1@60", None),
    "a request that was lost may have begun the window": ("0+2@30 25? 40+2@90 91+2@150", None),
}


def told(notation: ModuleType, text: str, window: float = 60.0, alone: bool = True) -> Algorithm | None:
    """The anchor that a history shows to somebody with fresh keys."""
    promise = RateLimitPromise(3, window, fresh=True, alone=alone)
    return anchor_of(whole_block(notation.parse(text), promise), promise).told


@pytest.mark.parametrize("case", TOLD)
def test_the_anchor_is_told_or_left_open(notation: ModuleType, case: str) -> None:
    """A grid is one only where some window's first request came late; a busy key proves none."""
    text, anchor = TOLD[case]
    assert told(notation, text) is anchor


def test_others_may_have_begun_a_window(notation: ModuleType) -> None:
    """Where other clients use the keys, a lead that varies proves no grid."""
    text, _ = TOLD["ends on a grid, first requests anywhere"]
    assert told(notation, text, alone=False) is None


def test_short_windows_tell_no_anchor(notation: ModuleType) -> None:
    """Under 3 s resets are too coarse."""
    assert told(notation, "0+2@2 3+2@5 7.5+2@9", 2.0) is None
