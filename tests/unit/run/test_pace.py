"""A run that fills a time goes evenly: it ends with it, and no window holds more than it allows."""

from collections import Counter

import pytest

from nhq.client.run_deadline import RunDeadline
from nhq.clock import ManualClock
from nhq.run.pace import SPREAD, EvenPace

KEYS, LIMIT, WINDOW, SECONDS = 6, 60, 60.0, 180.0
PLANNED = KEYS * LIMIT * 3
TESTS = [1, 3, 2, 9, 1, 5, 12, 2] * 200


def sent_at(answer: float) -> list[float]:
    """When each request of a run is sent, by a clock that waits and answers alone move."""
    clock = ManualClock()
    course = RunDeadline(clock=clock)
    pace, moments = EvenPace(course, SECONDS, PLANNED), list[float]()
    for size in TESTS:
        if pace.over or len(moments) + size > PLANNED:
            break
        clock.sleep(pace.wait(len(moments)))
        for _ in range(size):
            moments.append(course.elapsed)
            clock.sleep(answer)
    return moments


@pytest.mark.parametrize("answer", [0.0, 0.05, 0.16])
def test_it_ends_with_its_minutes_and_sends_what_is_planned(answer: float) -> None:
    """Within five in a hundred, however soon answers come."""
    moments = sent_at(answer)
    assert 0.95 * SECONDS <= moments[-1] + answer <= 1.05 * SECONDS
    assert len(moments) >= 0.95 * PLANNED


def test_answers_that_come_too_late_end_it_all_the_same() -> None:
    """No test begins after its time."""
    moments = sent_at(0.4)
    assert moments[-1] <= SECONDS + max(TESTS) * 0.4
    assert len(moments) < PLANNED


@pytest.mark.parametrize("anchor", [0.0, 0.3, 17.0, 59.9])
def test_no_window_holds_more_than_it_allows(anchor: float) -> None:
    """Wherever windows begin; but for one test that begins at a window's end."""
    windows = Counter(int((moment + anchor) // WINDOW) for moment in sent_at(0.05))
    assert max(windows.values()) <= KEYS * LIMIT / SPREAD + max(TESTS)
