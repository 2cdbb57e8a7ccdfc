"""How the limiter treated one key in a night: what was left at each request, refusals, and where windows began."""

from dataclasses import dataclass, field
from itertools import pairwise

from msgspec import Struct

from nhq.checks.rate_headers import rate_headers
from nhq.model import Exchange
from nhq.record.load_rows import TimelineRow

#: So many requests of the key are shown, those about its last refusal, or the last.
MOST = 240
#: When (seconds since the epoch), what was left, the status (0: no answer), and the end of the window as declared.
Point = tuple[float, int | None, int, int | None]


class LimiterTimeline(Struct, frozen=True):
    """A key's requests, of a window that admits `limit`; `seconds` is how long those that are shown lasted."""

    row: TimelineRow
    limit: int
    seconds: float


@dataclass(slots=True)
class KeyHistories:
    """Listens to exchanges, and keeps of each what the limiter's headers say, by the label of its key."""

    points: dict[str, list[Point]] = field(default_factory=dict)

    def hear(self, exchange: Exchange) -> None:
        """One more exchange."""
        if exchange.identity is not None and not exchange.identity.revoked:
            says = rate_headers(exchange)
            point = exchange.sent, says.remaining, exchange.status or 0, says.reset if says.dated else None
            self.points.setdefault(exchange.identity.label, []).append(point)

    def timeline(self, limit: int) -> LimiterTimeline | None:
        """The key that was refused most, else that sent most; None where none sent, or the clock stood still."""
        if not self.points:
            return None
        label = max(self.points, key=lambda name: (_refusals(self.points[name]), len(self.points[name])))
        whole = sorted(self.points[label], key=lambda point: point[0])
        shown = _part(whole)
        seconds = shown[-1][0] - shown[0][0]
        return LimiterTimeline(_row(label, shown, len(whole) - len(shown)), limit, seconds) if seconds > 0 else None


def _refusals(points: list[Point]) -> int:
    return sum(point[2] == 429 for point in points)


def _part(points: list[Point]) -> list[Point]:
    """So many requests that a picture can show, about the last that was refused."""
    refused = [place for place, point in enumerate(points) if point[2] == 429]
    end = min(len(points), refused[-1] + MOST // 4) if refused else len(points)
    return points[max(0, end - MOST) : end]


def _row(label: str, points: list[Point], left_out: int) -> TimelineRow:
    began = points[0][0]
    observed = [
        (round(a[0] - began, 3), round(b[0] - began, 3))
        for a, b in pairwise(points)
        if a[1] is not None and b[1] is not None and b[1] > a[1]
    ]
    ends = sorted({point[3] - began for point in points if point[3] is not None})
    return TimelineRow(
        key=label,
        left_out=left_out,
        points=tuple((round(at - began, 3), left, status) for at, left, status, _ in points),
        declared=tuple(round(end, 3) for end in ends if 0 <= end <= points[-1][0] - began),
        observed=tuple(observed),
    )
