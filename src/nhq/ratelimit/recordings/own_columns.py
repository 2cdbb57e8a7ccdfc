"""Our own columns in CSV and JSON Lines, and common spellings of them.

Instead of `received` there may be a duration: `duration` (seconds) or `duration_ms`. Times may be ISO 8601, or Unix
seconds, milliseconds, microseconds or nanoseconds.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nhq.errors import HistoryError
from nhq.ratelimit.recordings.recorded_times import parse_duration, parse_time
from nhq.ratelimit.recordings.recording_rows import Line, Row, csv_rows

TIMES = ("intended", "sent", "received", "intended_wall", "sent_wall", "received_wall")
_DURATIONS = {"duration": 1.0, "duration_ms": 1e3}
#: From this many on, a time has another unit than seconds.
NOT_SECONDS = 1e11

Facts = dict[str, Any]


def own_csv_rows(lines: Iterable[Line], name: str, facts: Facts) -> Iterator[Row]:
    """CSV with a header line; comments before it, of which `# {"nhq": 1, …}` fills `facts`."""
    for number, row in csv_rows(after_comments(lines, name, facts), name):
        yield number, with_times(row, f"{name}: line {number}")


def after_comments(lines: Iterable[Line], name: str, facts: Facts) -> Iterator[Line]:
    """The lines from the first that is no comment; a comment with metadata fills `facts`."""
    begun = False
    for number, line in lines:
        begun = begun or not line.startswith("#")
        if begun:
            yield number, line
        elif '"nhq"' in line:
            facts.update(_facts(line[1:], name, number))


def _facts(text: str, name: str, number: int) -> Facts:
    try:
        return dict(json.loads(text))
    except (TypeError, ValueError):
        raise HistoryError(f"{name}: line {number} holds unreadable metadata") from None


def own_json_rows(lines: Iterable[tuple[int, dict[str, Any]]], name: str, facts: Facts) -> Iterator[Row]:
    """JSON objects; the one that holds "nhq" fills `facts`."""
    for number, row in lines:
        if "nhq" in row:
            facts.update(row)
        else:
            yield number, with_times(row, f"{name}: line {number}")


def with_times(row: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """The row with its times in seconds and `received` in place of a duration. Raises HistoryError naming `where`."""
    changed = {name: parse_time(row[name], where).seconds for name in TIMES if _in_another_unit(row.get(name))}
    told = dict(row) | changed if changed else row
    if told.get("received") is not None:
        return told
    unit = next((name for name in _DURATIONS if told.get(name) is not None), None)
    if unit is None:
        return told
    lasted = parse_duration(told[unit], where, _DURATIONS[unit])
    return dict(told) | {"received": parse_duration(told.get("sent"), where) + lasted}


def _in_another_unit(value: Any) -> bool:
    """Is it an ISO time or a number in another unit? Anything else is refused when the column is read."""
    if isinstance(value, str) and len(value) > 9 and value[4:5] in "-/" and value[:4].isdigit():
        return True
    try:
        return isinstance(value, str | int | float) and NOT_SECONDS < float(value) < 1e19
    except ValueError:
        return False
