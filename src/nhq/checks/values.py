"""Values by meaning, not by spelling: instants in any zone, whole numbers (3 and 3.0)."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from fractions import Fraction
from typing import Any

_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):(\d\d))",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_instant(value: Any) -> Fraction | None:
    """Seconds since the epoch, exact whatever the number of decimals; None for anything but an RFC 3339 date-time."""
    match = _RFC3339.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    day, hour, minute, second, decimals, _, sign, zone_hours, zone_minutes = match.groups()
    try:
        midnight = datetime.fromisoformat(day).replace(tzinfo=UTC)
    except ValueError:
        return None
    seconds = int(hour) * 3600 + int(minute) * 60 + int(second)
    ahead = (int(zone_hours) * 3600 + int(zone_minutes) * 60) * (1 if sign == "+" else -1) if sign else 0
    whole = (midnight - _EPOCH) // timedelta(seconds=1) + seconds - ahead
    return Fraction(whole) + (Fraction(int(decimals), 10 ** len(decimals)) if decimals else 0)


def first_fall(instants: Sequence[Fraction]) -> int | None:
    """The index of the first instant that is earlier than the one before it; None where they never fall."""
    return next((i for i in range(1, len(instants)) if instants[i] < instants[i - 1]), None)


def first_rise(instants: Sequence[Fraction]) -> int | None:
    """The index of the first instant that is later than the one before it; None where they never rise."""
    return next((i for i in range(1, len(instants)) if instants[i] > instants[i - 1]), None)


def whole_number(value: Any) -> int | None:
    """A JSON number without a fraction, as JSON Schema means "integer"; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) == float("inf"):
        return None
    return int(value) if value == int(value) else None


def is_comparable_number(value: Any) -> bool:
    """Does other software read the same number? Beyond 2^53 it may not (RFC 8259, section 6)."""
    return not isinstance(value, int | float) or abs(value) < 2**53


def http_date(value: str | None) -> float | None:
    """Seconds since the epoch by a Date header; None if there is none or it can't be read."""
    try:
        return parsedate_to_datetime(value or "").timestamp()
    except (ValueError, OverflowError):  # no date, or of a year that no calendar of ours has
        return None
