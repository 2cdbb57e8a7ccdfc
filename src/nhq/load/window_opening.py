"""When does a key's next window open? From one answer: its Reset, and when we asked. Pure."""

from collections.abc import Mapping

from nhq.checks.values import http_date
from nhq.ratelimit.history.history_schema import header_number
from nhq.ratelimit.history.write_history import ClockPair

#: Seconds after a declared edge, against clocks' grain.
MARGIN = 0.03
_ROUNDING = 1.0
_SKEW_SEEN = 1.5


def next_opening(sent: ClockPair, received: ClockPair, headers: Mapping[str, str], window: float) -> float:
    """Our wall time at which the window of this answer ends; a whole window from now if it shows nothing usable."""
    reset, _ = header_number(headers.get("x-ratelimit-reset"))
    whole = received.wall + window
    if reset is None:
        return whole
    reset -= _skew(headers.get("date"), sent, received)
    if not sent.wall - _ROUNDING <= reset <= whole + _ROUNDING + MARGIN:
        return whole
    rounded_down = sent.wall + window - _ROUNDING < reset < sent.wall + window
    if rounded_down and reset % window > 0:
        return whole  # opened by this request, and its end cut to whole seconds
    return reset


def _skew(date: str | None, sent: ClockPair, received: ClockPair) -> float:
    """Seconds by which the server's clock is ahead of ours, by its Date (whole seconds); 0 if unknown."""
    told = http_date(date)
    if told is None:
        return 0.0
    ahead = told + 0.5 - (sent.wall + received.wall) / 2
    return ahead if abs(ahead) > _SKEW_SEEN else 0.0
