"""What findings, doubts and evidence make of each of the four questions, by each of the two views."""

from dataclasses import replace
from types import ModuleType

import pytest

from nhq.model import Verdict
from nhq.ratelimit import Name, check_history
from nhq.ratelimit.checker.anomalies import Anomaly, EvidenceSource
from nhq.ratelimit.checker.evidence import Evidence
from nhq.ratelimit.checker.resets import Skew
from nhq.ratelimit.checker.verdicts import _reset, _view
from nhq.ratelimit.history.history import MALFORMED


def test_a_doubt_of_one_view_leaves_the_other_alone() -> None:
    """What headers leave in doubt, statuses may show."""
    doubt = Anomaly(Name.LOST_UPDATE, "a", "", "", (0,), EvidenceSource.HEADERS)
    assert _view(EvidenceSource.STATUSES, [], [doubt], Verdict.HOLDS) is Verdict.HOLDS
    assert _view(EvidenceSource.HEADERS, [], [doubt], Verdict.HOLDS) is Verdict.UNKNOWN


def test_a_false_length_in_headers_leaves_what_statuses_show(notation: ModuleType) -> None:
    """Resets that follow too soon are no sign that admissions follow another algorithm."""
    text = "0+2@60 1+1@60 2+0@60 10x0@60 20+2@80 21+1@80 22+0@80"
    verdicts = check_history(notation.parse(text), 3, 60.0, fresh=True)
    assert verdicts.names == {Name.WINDOW_TOO_SHORT}
    assert verdicts.judgements[0].by_statuses is Verdict.HOLDS


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(-0.5, 0.5, "holds"), (-9.0, -0.9, "holds"), (-9.0, -1.1, "unknown"), (0.9, 9.0, "holds"), (1.1, 9.0, "unknown")],
)
def test_resets_hold_for_any_clock_within_a_second_of_ours(low: float, high: float, verdict: str) -> None:
    """Resets that only a clock further away explains are unknown, on either side."""
    assert _reset(Evidence(changes=1, windows=2), Skew(low, high), None, True)[0] == verdict


def test_a_remaining_that_is_no_number_is_no_restart(notation: ModuleType) -> None:
    """A window that lasts too long keeps that name, whatever stands in one answer's Remaining."""
    history = notation.parse("0+2@60 30+1@60 61.5+0@60")
    remaining = history.remaining.copy()
    remaining[1] = MALFORMED
    names = check_history(replace(history, remaining=remaining), 3, 60.0, fresh=True).names
    assert Name.WINDOW_TOO_LONG in names
    assert Name.RESET_IN_PAST not in names


def test_a_reset_that_moves_on_with_much_left_is_one_that_drifts(notation: ModuleType) -> None:
    """A counter that goes on under a later reset makes them one window, however much it has left."""
    assert check_history(notation.parse("0+59@60 1+58@60 20+57@80 21+56@80", 60), 60, 60.0).names == {
        Name.RESET_DRIFTING
    }


def test_a_request_that_was_not_counted_is_found_by_remaining_alone(notation: ModuleType) -> None:
    """Without resets, a window that Remaining shows to have begun counts each request once."""
    history = notation.parse("0+2 1+1 2+0 10x0 61+2 62+1 63+1 64x0")
    assert Name.LOST_UPDATE in check_history(history, 3, 60.0, fresh=True).names


def test_a_window_that_begins_too_early_is_proved_by_both_beginnings(notation: ModuleType) -> None:
    """The witness of a 429 that comes too soon after a window's start holds that start, of the first window too."""
    found = check_history(notation.parse("0+*3 3x 61+ 62x"), 3, 60.0, fresh=True).findings
    (one,) = (one for one in found if one.name is Name.NOT_FIXED_WINDOW)
    assert one.witness == (3, 4, 5)
