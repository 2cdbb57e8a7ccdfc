"""When the next window opens, from one answer."""

import pytest

from nhq.load.window_opening import next_opening
from nhq.ratelimit.history.write_history import ClockPair

DAY = 1_800_000_000.0  # Fri, 15 Jan 2027 08:00:00 GMT
DATE = "Fri, 15 Jan 2027 08:00:0{} GMT"


def opening(at: float, reset: object, window: float = 60.0, date: str | None = None) -> float:
    """Seconds after DAY, for a request sent then and answered 10 ms later."""
    headers = {} if reset is None else {"x-ratelimit-reset": str(reset)}
    if date is not None:
        headers["date"] = date
    sent, received = ClockPair(5.0, DAY + at), ClockPair(5.01, DAY + at + 0.01)
    return next_opening(sent, received, headers, window) - DAY


def test_reset_is_believed():
    """A reset within the next window is when it opens."""
    assert opening(0.3, int(DAY) + 61) == 61
    assert opening(0.3, int(DAY) + 7) == 7


@pytest.mark.parametrize("reset", [None, "soon", 42, int(DAY) + 3600, int(DAY) - 20, (int(DAY) + 30) * 1000])
def test_nonsense_costs_a_whole_window(reset: object):
    """After a window's length from the answer, every window that was open is over."""
    assert opening(0.3, reset) == pytest.approx(60.31)


def test_a_reset_rounded_down_is_waited_out():
    """A window that this request opened ends a window's length later, whatever was cut off its reset."""
    assert opening(0.7, int(DAY) + 60, window=59.5) == pytest.approx(0.71 + 59.5)


def test_a_reset_on_the_clock_is_exact():
    """A multiple of the window's length is no rounding."""
    assert opening(0.7, int(DAY) + 60) == 60


def test_another_clock_is_allowed_for():
    """Where Date says that the server's clock is ahead, its reset is too."""
    ahead = 1000.0
    told = opening(5.2, int(DAY + ahead) + 30, date="Fri, 15 Jan 2027 08:16:45 GMT")
    assert told == pytest.approx(30, abs=1.0)


def test_a_date_close_to_ours_changes_nothing():
    """Whole seconds are no evidence of a difference below them."""
    assert opening(0.3, int(DAY) + 7, date=DATE.format(0)) == 7
    assert opening(0.3, int(DAY) + 7, date="yesterday") == 7
