"""Instants: waiting for one exactly, and holding back until a window is certainly over."""

import pytest

from nhq.clock import ManualClock
from nhq.load import precise_timing
from nhq.load.pace_tolerance import GRAIN, Windows


def said(left: int, reset: int) -> dict[str, str]:
    return {"x-ratelimit-remaining": str(left), "x-ratelimit-reset": str(reset)}


def test_a_full_window_is_waited_out_from_its_first_answer():
    """Not until Reset, which is rounded."""
    windows = Windows(60.0)
    for place, left in enumerate([2, 1]):
        windows.see(said(left, 1000), 5.0 + place)
        assert windows.full_until == 0.0
    windows.see(said(0, 1000), 20.0)
    assert windows.full_until == 5.0 + 60.0 + GRAIN


def test_each_window_counts_from_its_own_first_answer():
    """A new reset is a new window."""
    windows = Windows(60.0)
    windows.see(said(0, 1000), 5.0)
    windows.see(said(1, 1060), 66.0)
    windows.see(said(0, 1060), 70.0)
    assert windows.full_until == 66.0 + 60.0 + GRAIN


def test_late_news_of_an_old_window_changes_nothing():
    """Answers overtake each other."""
    windows = Windows(60.0)
    windows.see(said(0, 1060), 66.0)
    windows.see(said(0, 1000), 67.0)
    assert windows.full_until >= 66.0 + 60.0 + GRAIN


@pytest.mark.parametrize("headers", [{}, {"x-ratelimit-remaining": "0"}, {"x-ratelimit-reset": "soon"}])
def test_without_headers_nothing_is_held_back(headers: dict[str, str]):
    """The schedule is then all there is."""
    windows = Windows(60.0)
    windows.see(headers, 5.0)
    assert windows.full_until == 0.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> ManualClock:
    """Time that passes while gevent sleeps, and a tenth of a millisecond longer than asked for."""
    clock = ManualClock()
    monkeypatch.setattr(precise_timing, "CLOCK", clock)
    monkeypatch.setattr(precise_timing.gevent, "sleep", lambda seconds: clock.advance(seconds + 1e-4))
    return clock


@pytest.mark.parametrize("ahead", [-1.0, 0.0, 0.0005, 0.3, 75.0])
def test_an_instant_is_waited_for_exactly(clock: ManualClock, ahead: float):
    """Never before it, and later by less than a millisecond; what has passed is not waited for."""
    deadline = clock.monotonic() + ahead
    precise_timing.wait_until(deadline)
    assert max(0.0, ahead) <= clock.monotonic() < max(0.0, ahead) + 0.001
