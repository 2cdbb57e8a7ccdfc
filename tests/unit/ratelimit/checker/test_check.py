"""check(): every named fault beside the nearest history that holds; what is unknown; what is refused."""

from types import ModuleType

import pytest

from nhq.errors import HistoryError
from nhq.model import Verdict
from nhq.ratelimit import Name, check_history

FULL = "0+2@60 1+1@60 2+0@60"

# name -> (a history that holds, the nearest that doesn't, what check() is told). Limit 3, window 60 s.
PAIRS: dict[str, tuple[Name, str, str, dict[str, object]]] = {
    "a header is missing": (Name.HEADER_MISSING, "0+2@60 1+1@60", "0+2@60 1+@60", {}),
    "a 401 lacks its headers": (Name.HEADER_MISSING, "0+2@60 1u0@60", "0+2@60 1u", {}),
    "the limit is another": (Name.LIMIT_WRONG, "0+2/3@60", "0+2/4@60", {}),
    "something is left on a 429": (Name.REMAINING_ON_429, f"{FULL} 3x0@60", f"{FULL} 3x1@60", {}),
    "less than nothing is left": (Name.REMAINING_RANGE, f"{FULL} 3x0@60", f"{FULL} 3x-1@60", {}),
    "more is left than there is": (Name.REMAINING_RANGE, "0u9/3@60 1+2@60", "0+9/3@60", {}),
    "one is counted twice": (Name.PHANTOM_COUNT, "0+2@60 1+1@60", "0+2@60 1+0@60", {}),
    "a lost request may be counted": (Name.PHANTOM_COUNT, "0+2@60 1? 2+0@60", "0+2@60 2+0@60 3?", {}),
    "one is not counted": (Name.LOST_UPDATE, "0+2@60 1+1@60", "0+2@60 1+2@60", {}),
    "two at once are counted as one": (Name.LOST_UPDATE, "0-1+2@60*2", "0-1+2@60 2-3+1@60*2", {}),
    "the later has the earlier number": (Name.ORDER, "0-2+0@60 1-3+1@60", "0-1+0@60 2-3+1@60", {"fresh": False}),
    "reset counts down": (Name.RESET_NOT_EPOCH, "0+2@60", "0+2@=60", {}),
    "reset is in milliseconds": (Name.RESET_NOT_EPOCH, "0+2@60", "0+2@=1760000060000", {}),
    "reset has a fraction": (Name.RESET_NOT_INTEGER, "0+2@60", "0+2@60.5", {}),
    "reset has passed": (Name.RESET_IN_PAST, "0+2@-1", "0+2@-2", {"skew": 0.5}),
    "reset is too far": (Name.RESET_TOO_FAR, "0+2@61", "0+2@62", {"skew": 0.5}),
    "reset moves on": (Name.RESET_DRIFTING, "0+2@60 1+1@61", "0+2@60 2+1@62", {}),
    "reset moves on every second": (Name.RESET_DRIFTING, "0+2@60 1+1@61", "0+2@60 1+1@61 2+0@62", {}),
    "reset goes back": (Name.RESET_INCONSISTENT, "0+2@60 60+2@120", "0+2@60 1+1@120 2+0@60", {}),
    "no clock explains the resets": (
        Name.RESET_INCONSISTENT,
        "a:0+2@60 b:5+2@60 b:58+1@60",
        "a:0+2@70 b:5+2@60 b:58+1@60",
        {},
    ),
    "four in a declared window": (Name.OVER_ADMISSION, f"{FULL} 60+2@120", f"{FULL} 59+2@60", {}),
    "admitted after a 429": (Name.OVER_ADMISSION, f"{FULL} 3x0@60 60+2@120", "0+2@60 1x0@60 2+1@60", {"fresh": False}),
    "seven within a minute": (Name.OVER_ADMISSION, "0+*3 30+*3 60.1+", "0+*3 30+*3 59.9+", {}),
    "seven perhaps within a minute": (Name.OVER_ADMISSION, "0+*3 30+*3 59-60.1+", "0+*3 30+*3 59-59.9+", {}),
    "a 429 too early": (Name.PREMATURE_429, "0+*3 1x", "0+*2 1x", {}),
    "a 429 after a lost request": (Name.PREMATURE_429, "0+*2 1? 2x", "0+*2 2x 3?", {}),
    "a 429 after a 5xx": (Name.PREMATURE_429, "0+*2 1! 2x", "0+*2 2x 3!", {}),
    "a 429 at the same time": (Name.PREMATURE_429, "0-2+*3 1x", "0+*2 1x 1.1+", {}),
    "a 429 declared too early": (Name.PREMATURE_429, f"{FULL} 3x0@60", "0+2@60 1+1@60 2x0@60", {}),
    "two keys share": (
        Name.KEYS_SHARING,
        "a:0+2@60 b:1+2@61 a:2+1@60 b:3+1@61",
        "a:0+2@60 b:1+1@60 a:2+0@60 b:3x0@60",
        {},
    ),
    "two keys share, no headers": (Name.KEYS_SHARING, "a:0+ b:1+ a:2+ b:3+", "a:0+ b:1+ a:2+ b:3x", {}),
    "a window lasts on": (Name.WINDOW_TOO_LONG, "0+*3 59.9x 60+", "0+*3 60.1x 62+", {}),
    "a reset holds on": (Name.WINDOW_TOO_LONG, "0+2@60 59.9+1@60", "0+2@60 60.1+1@60", {}),
    "a window ends soon": (Name.WINDOW_TOO_SHORT, "0+*3 57x 58+*3 117x 118+", "0+*3 57x 58+*3 116x 116.9+", {}),
    "resets follow soon": (Name.WINDOW_TOO_SHORT, "0+2@60 60+2@119", "0+2@60 58+2@118", {}),
    "resets follow sooner and sooner": (
        Name.WINDOW_TOO_SHORT,
        "0+2@60 60+2@119 120+2@179",
        "0+2@60 59+2@119 118+2@178",
        {},
    ),
    "a slot opens at a time": (Name.NOT_FIXED_WINDOW, "0+*3 3x 61+*3 62x", "0+*3 3x 61+ 62x", {}),
    "refused and admitted in turns": (Name.NOT_FIXED_WINDOW, "0+*3 1x 60+", "0+*3 1x 2+ 3x 4+", {}),
}
BARE = frozenset({Name.HEADER_MISSING})


@pytest.mark.parametrize("case", PAIRS)
def test_the_nearest_history_that_holds_shows_nothing(notation: ModuleType, case: str) -> None:
    """Not one finding for the nearest history that a correct server can produce."""
    name, good, _, told = PAIRS[case]
    verdicts = check_history(notation.parse(good), 3, 60.0, **{"fresh": True, **told})
    assert verdicts.names <= (BARE if "@" not in good else frozenset())
    assert name not in verdicts.names


@pytest.mark.parametrize("case", PAIRS)
def test_the_nearest_history_that_does_not_hold_shows_the_fault(notation: ModuleType, case: str) -> None:
    """The fault is found, by its name, with a witness of rows that exist."""
    name, _, bad, told = PAIRS[case]
    history = notation.parse(bad)
    verdicts = check_history(history, 3, 60.0, **{"fresh": True, **told})
    assert name in verdicts.names
    found = next(finding for finding in verdicts.findings if finding.name is name)
    assert found.witness
    assert all(0 <= row < len(history) for row in found.witness)


def test_every_name_has_a_pair() -> None:
    """No fault can be named without the nearest history that holds and the nearest that doesn't."""
    assert {name for name, *_ in PAIRS.values()} == set(Name)


def test_the_witness_of_over_admission_is_the_least_crowd(notation: ModuleType) -> None:
    """A witness holds N + 1 rows of one window, not the whole history."""
    verdicts = check_history(notation.parse(f"{FULL} 59+0@60 60+2@120 61+1@120"), 3, 60.0, fresh=True)
    found = next(f for f in verdicts.findings if f.name is Name.OVER_ADMISSION and f.source == "headers")
    assert found.witness == (0, 1, 2, 3)


def test_a_remaining_that_is_no_number_is_not_missing_but_no_number(limiters: ModuleType) -> None:
    """An unreadable X-RateLimit-Remaining is there: what is wrong with it is its value."""
    rows = [limiters.Row("a", 0.0, 0.1, 200, 3, "many", limiters.ORIGIN + 60)]
    (found,) = check_history(limiters.history(rows), 3, 60.0).findings
    assert found.name is Name.REMAINING_RANGE
    assert "not a number" in found.actual


def test_a_limit_of_nothing_is_wrong_and_no_more(notation: ModuleType) -> None:
    """Refusals that name a limit of 0 are not taken for answers which say that nothing is used up."""
    found = check_history(notation.parse(f"{FULL} 3x0/0@60 4x0/0@60"), 3, 60.0, fresh=True)
    assert found.names == {Name.LIMIT_WRONG}


def test_requests_from_before_the_recording_excuse_an_early_429(notation: ModuleType) -> None:
    """Without the word that keys are fresh, the first window may have been used before the recording began."""
    history = notation.parse("0+0@50 1x0@50 61+2@121")
    assert not check_history(history, 3, 60.0).findings
    assert Name.PREMATURE_429 in check_history(history, 3, 60.0, fresh=True).names


def test_nothing_beyond_the_limit_leaves_admissions_unknown(notation: ModuleType) -> None:
    """Silence is no proof: who never asks for more than allowed cannot say that more is refused."""
    admissions = check_history(notation.parse("0+2@60 1+1@60"), 3, 60.0).admissions
    assert admissions.verdict is Verdict.UNKNOWN
    assert "limit" in admissions.cause


def test_a_history_that_tests_everything_holds(notation: ModuleType) -> None:
    """All four verdicts hold for a burst over the edge of a window, and each says by what."""
    history = notation.parse(
        "0+9@60 "
        + " ".join(f"58+{left}@60" for left in range(8, -1, -1))
        + " 58.5x0@60 "
        + " ".join(f"60.2+{left}@121" for left in range(9, -1, -1))
        + " 61x0@121",
        limit=10,
    )
    verdicts = check_history(history, 10, 60.0, skew=1.0)
    assert [judgement.verdict for judgement in verdicts.judgements] == [Verdict.HOLDS] * 4
    assert all(judgement.cause for judgement in verdicts.judgements)


def test_a_far_clock_is_unknown_without_skew_and_judged_with_it(notation: ModuleType) -> None:
    """A constant offset of all resets is a skewed clock or a lie; only the caller's word on clocks decides."""
    history = notation.parse("0+2@0 60+2@60 119+1@60")
    assert check_history(history, 3, 60.0).reset.verdict is Verdict.UNKNOWN
    assert Name.RESET_IN_PAST in check_history(history, 3, 60.0, skew=1.0).names


def test_the_skew_that_resets_allow_is_reported(notation: ModuleType) -> None:
    """A server 5 s ahead is seen to be about 5 s ahead."""
    verdicts = check_history(notation.parse("0+2@65 59+1@65 60+2@125"), 3, 60.0)
    assert verdicts.skew is not None
    low, high = verdicts.skew
    assert low < 5 < high
    assert high - low < 4


def test_headers_and_statuses_that_disagree_are_reported(notation: ModuleType) -> None:
    """Headers that show an extra admission where statuses alone prove nothing wrong are a disagreement, in words."""
    right = "b:0+2@60 b:1+1@60 b:2+0@60 b:3x0@60"
    verdicts = check_history(notation.parse(f"{FULL} 3+0@60 4x0@60 {right}"), 3, 60.0, fresh=True)
    assert verdicts.disagreements == ("admissions: violated by the headers, holds by statuses and times alone",)


def test_an_invalid_key_may_be_refused_at_will(notation: ModuleType) -> None:
    """A caller without a valid key may be limited by address: its 429s are no finding."""
    assert not check_history(notation.parse("0u0@60 1x0@60 2x0@60"), 3, 60.0, fresh=True).findings


def test_windows_too_short_for_their_resets_are_judged_by_statuses_alone(notation: ModuleType) -> None:
    """Under 3 s the rounding of resets hides the windows: headers say nothing, statuses still do."""
    verdicts = check_history(notation.parse("0+2@1 0.1+1@1 0.2+0@1 0.3x0@1 1+2@2"), 3, 1.0)
    assert verdicts.headers.verdict is Verdict.UNKNOWN
    assert verdicts.admissions.verdict is Verdict.HOLDS
    assert Name.PREMATURE_429 in check_history(notation.parse("0+2@1 0.1x0@1"), 3, 1.0, fresh=True).names


@pytest.mark.parametrize(
    ("limit", "window", "skew"),
    [
        (0, 60.0, None),
        (-1, 60.0, None),
        (2**31, 60.0, None),
        (3, 0.0, None),
        (3, -1.0, None),
        (3, float("inf"), None),
        (3, 1e300, None),
        (3, 60.0, -1.0),
    ],
)
def test_a_promise_that_makes_no_sense_is_refused(
    notation: ModuleType, limit: int, window: float, skew: float | None
) -> None:
    """No verdict at all on a limit below one, a window that is no length of time, or a negative skew."""
    with pytest.raises(HistoryError, match="cannot judge"):
        check_history(notation.parse("0+2@60"), limit, window, skew=skew)
