"""Times as tools write them, in seconds, with the grain that they were cut to."""

import pytest

from nhq.errors import HistoryError
from nhq.ratelimit.recordings.recorded_times import GrainedInstant, decision_interval, parse_duration, parse_time


@pytest.mark.parametrize(
    ("text", "seconds", "grain"),
    [
        ("1795817688", 1795817688.0, 1.0),
        ("1795817688.111", 1795817688.111, 1e-3),
        ("1795817688105", 1795817688.105, 1e-3),
        ("1795817688105649", 1795817688.105649, 1e-6),
        ("1795817688105649408", 1795817688.1056494, 1e-9),
        ("2026-11-27T22:14:48Z", 1795817688.0, 1.0),
        ("2026-11-27T23:14:48.105+01:00", 1795817688.105, 1e-3),
        ("2026/11/27 22:14:48.1", 1795817688.1, 0.1),
        ("12.5", 12.5, 0.1),
    ],
)
def test_a_time_in_any_usual_spelling_is_read(text: str, seconds: float, grain: float) -> None:
    """ISO 8601 and Unix time of every unit come out as seconds; the decimals tell the grain."""
    assert parse_time(text, "x").seconds == pytest.approx(seconds, abs=1e-6)
    assert parse_time(text, "x").grain == pytest.approx(grain)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "noon",
        "-1",
        "1e5",
        "nan",
        "2026-11-27",
        "2026-13-01T00:00:00Z",
        "2026-02-30 12:00:00",
        "2026-11-27T25:00:00Z",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    """One line that names the place."""
    with pytest.raises(HistoryError, match=r"here: .* is no time"):
        parse_time(text, "here")


@pytest.mark.parametrize("text", ["-0.1", "inf", "nan", "soon", ""])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """One line that names the place."""
    with pytest.raises(HistoryError, match=r"here: .* is no duration"):
        parse_duration(text, "here")


def test_an_interval_covers_every_instant_that_fits_the_writing() -> None:
    """A whole second leaves that second open; a tool set to begin or end leaves both."""
    assert decision_interval(GrainedInstant(10.0, 1.0), 0.5, ended=False) == (10.0, 11.5)
    assert decision_interval(GrainedInstant(10.0, 1.0), 0.5, ended=True) == (9.5, 11.0)
    assert decision_interval(GrainedInstant(10.0, 1.0), 0.5) == (9.5, 11.5)
