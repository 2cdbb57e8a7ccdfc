"""Values by what they mean."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq.checks.values import first_fall, first_rise, http_date, is_comparable_number, parse_instant, whole_number


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01t01:00:00+01:00", 0),
        ("1969-12-31T19:00:00-05:00", 0),
        ("1970-01-01T00:00:00.500Z", Fraction(1, 2)),
        ("1970-01-01T00:00:00.123456789z", Fraction(123456789, 10**9)),
        ("1970-01-01T00:00:60Z", 60),
        ("1970-01-01T05:30:00+05:30", 0),
        ("0001-01-01T00:00:00+14:00", -62135596800 - 14 * 3600),
    ],
)
def test_one_instant_many_spellings(text, seconds):
    """Zone, case and decimals don't matter, exactly; leap seconds and the first year are instants too."""
    assert parse_instant(text) == seconds


@pytest.mark.parametrize(
    "value", [None, 5, "", "now", "1970-01-01", "1970-01-01T00:00:00", "1970-13-01T00:00:00Z", "۱۹۷۰-01-01T00:00:00Z"]
)
def test_what_is_no_instant(value):
    """Anything but an RFC 3339 date-time has no instant."""
    assert parse_instant(value) is None


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3),
        (-1.5, None),
        (3.0, 3),
        (-1, -1),
        (3.5, None),
        (True, None),
        ("3", None),
        (None, None),
        (float("nan"), None),
        (float("inf"), None),
    ],
)
def test_whole_numbers(value, number):
    """JSON's 3 and 3.0 are one integer; nothing else is."""
    assert whole_number(value) == number


@given(st.lists(st.integers(0, 5).map(Fraction)))
def test_order(instants):
    """Falling never rises and rising never falls; ties are neither."""
    assert first_fall(sorted(instants)) is None
    assert first_rise(sorted(instants, reverse=True)) is None
    assert (first_fall(instants) is None) == (instants == sorted(instants))


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("Thu, 01 Jan 1970 00:01:00 GMT", 60.0),
        ("Thu, 01 Jan 1970 00:01:00 +0000", 60.0),
        ("", None),
        (None, None),
        ("yesterday", None),
        ("1970-01-01T00:01:00Z", None),
    ],
)
def test_a_date_header_is_read_or_left(told: str | None, seconds: float | None) -> None:
    """Seconds since the epoch for an HTTP date; None for what is none."""
    assert http_date(told) == seconds


@pytest.mark.parametrize("date", ["Fri, 01 Jan 99999999999 00:00:00 GMT", "Fri, 99 Jan 2026 00:00:00 GMT", "soon", ""])
def test_a_date_that_no_calendar_has_is_none(date):
    """A year beyond all calendars is no crash, and no time."""
    assert http_date(date) is None


def test_numbers_that_every_reader_reads_alike_can_be_compared():
    """Beyond 2^53 other software may read another number."""
    assert [is_comparable_number(value) for value in (0, -(2**53) + 1, 2**53, 10**400, 1e300, "x")] == [
        True, True, False, False, False, True,
    ]  # fmt: skip
