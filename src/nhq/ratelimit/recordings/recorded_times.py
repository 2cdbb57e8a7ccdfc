"""Instants and durations as other tools write them, as seconds.

If a tool cuts its times to a grain (k6: whole seconds), a request may have been sent at any instant within the grain. A
row's interval is then widened to all instants that fit, because the checker relies on [sent, received] alone.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite

from nhq.errors import HistoryError

_ISO = re.compile(r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d([.,](\d+))?\s*(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(\.(\d+))?")
#: Unix times from these on are milliseconds, microseconds, nanoseconds: as seconds they are after the year 5000.
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))


@dataclass(frozen=True, slots=True)
class GrainedInstant:
    """Seconds since the Unix epoch (or since the recording began), cut to a multiple of `grain` seconds."""

    seconds: float
    grain: float


def parse_time(text: object, where: str) -> GrainedInstant:
    """A time: ISO 8601, or seconds, milliseconds, microseconds or nanoseconds. Raises HistoryError naming `where`.

    An ISO time without an offset is UTC. The grain follows from the number of decimals.
    """
    raw = str(text).strip()
    iso, number = _ISO.fullmatch(raw), _NUMBER.fullmatch(raw)
    seconds = _iso_seconds(raw) if iso else None
    if iso and seconds is not None:
        return GrainedInstant(seconds, 10.0 ** -len(iso[2] or ""))
    if number is None or not isfinite(float(raw)):
        raise HistoryError(f"{where}: {raw[:30]!r} is no time; ISO 8601, Unix seconds or milliseconds are read")
    per_second = next((unit for least, unit in _UNITS if float(raw) >= least), 1.0)
    whole = int(raw) / per_second if number[1] is None else float(raw) / per_second
    return GrainedInstant(whole, 10.0 ** -len(number[2] or "") / per_second)


def _iso_seconds(raw: str) -> float | None:
    """None for a day, an hour or an offset that no calendar has."""
    text = raw.replace("/", "-").replace(",", ".").upper()
    fraction = re.search(r"\.(\d+)", text)
    try:
        moment = datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace(" ", "T", 1).replace(" ", ""))
    except ValueError:
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return moment.timestamp() + (float(f"0.{fraction[1]}") if fraction else 0.0)


def parse_duration(text: object, where: str, per_second: float = 1.0) -> float:
    """A duration of so many units `per_second`, in seconds. Raises HistoryError naming `where`."""
    try:
        seconds = float(str(text).strip()) / per_second
    except ValueError:
        seconds = -1.0
    if not (isfinite(seconds) and seconds >= 0):
        raise HistoryError(f"{where}: {str(text)[:30]!r} is no duration")
    return seconds


def decision_interval(at: GrainedInstant, lasted: float, *, ended: bool | None = None) -> tuple[float, float]:
    """The interval in which a request can have been decided, for a time that is its start or its end (`ended`).

    None: the tool may be configured for either, so the interval covers both.
    """
    before = 0.0 if ended is False else lasted
    after = 0.0 if ended is True else lasted
    return at.seconds - before, at.seconds + after + (at.grain if at.grain > 1e-6 else 0.0)
