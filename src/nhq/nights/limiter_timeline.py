"""The limiter's treatment of one key in a night: what was left at each request, refusals, and window starts."""

from dataclasses import dataclass, field
from itertools import pairwise

from msgspec import Struct

from nhq.checks.rate_headers import rate_headers
from nhq.model import Exchange
from nhq.record.load_rows import TimelineRow

#: Number of the key's requests that are shown, around its last refusal, or the last ones.
MOST = 240
#: When (seconds since the epoch), what was left, the status (0: no answer), and the end of the window as declared.
Point = tuple[float, int | None, int, int | None]


class LimiterTimeline(Struct, frozen=True):
    """A key's requests and its limit; `seconds` is the duration of those shown."""

    row: TimelineRow
    limit: int
    seconds: float


@dataclass(slots=True)
class KeyHistories:
    """Listens to exchanges, and stores the rate-limit headers of each by the label of its key."""

    points: dict[str, list[Point]] = field(default_factory=dict)

    def hear(self, exchange: Exchange) -> None:
        """Note one exchange."""
        if exchange.identity is not None and not exchange.identity.revoked:
            says = rate_headers(exchange)
            point = exchange.sent, says.remaining, exchange.status or 0, says.reset if says.dated else None
            self.points.setdefault(exchange.identity.label, []).append(point)

    def timeline(self, limit: int) -> LimiterTimeline | None:
        """The key that was refused most, else the one that sent most; None if none sent, or the clock was stopped."""
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
    """As many requests as a picture can show, around the last refused one."""
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
