"""One key's requests and windows as a picture: Remaining by request, refusals, edges declared and observed. Pure."""

from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup, escape

from nhq.record.load_rows import TimelineRow

WIDE, HIGH = 1000, 190
_LEFT, _RIGHT, _SEEN, _TOP, _FLOOR, _REFUSED, _LOST = 44, 990, 4, 16, 130, 148, 166

Place = Callable[[float], float]


def timeline_svg(line: TimelineRow, limit: int, seconds: float) -> Markup:
    """The SVG of one timeline of a load record; `seconds` is how long the run lasted."""
    span = max(seconds, 1e-3)

    def x(at: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * min(max(at / span, 0.0), 1.0), 1)

    def y(left: float) -> float:
        return round(_FLOOR - (_FLOOR - _TOP) * min(max(left / limit, 0.0), 1.0), 1)

    body = Markup("").join([*_frame(limit, span, x, y), *_edges(line, x), *_points(line.points, x, y)])
    return Markup(
        '<div class="scroll chart"><svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg></div>'
    ).format(WIDE, HIGH, _said(line), body)


def _said(line: TimelineRow) -> str:
    """The picture in words, for those who cannot see it."""
    statuses = [status for _, _, status in line.points]
    return (
        f"Key {line.key}: {len(statuses)} requests, {statuses.count(429)} of them refused, "
        f"{len(line.observed)} new windows observed"
    )


def _frame(limit: int, span: float, x: Place, y: Place) -> Iterator[Markup]:
    """Axes with their numbers."""
    for left in (0, limit):
        yield Markup('<path class="axis" d="M{} {}H{}"/>').format(_LEFT, y(left), _RIGHT)
        yield _text(_LEFT - 6, y(left) + 4, str(left), "end")
    yield _text(_LEFT - 6, _REFUSED + 4, "429", "end")
    yield _text(_LEFT - 6, _LOST + 4, "none", "end")
    step = _step(span)
    for number in range(int(span / step) + 1):
        yield _text(x(number * step), HIGH - 4, f"{number * step:g} s", "middle")


def _step(span: float) -> float:
    """A round distance between the numbers of the time axis, ten or so of them."""
    step = 0.1
    for factor in (2, 2.5, 2) * 8:
        if span / step <= 12:
            break
        step *= factor
    return step


def _text(x: float, y: float, words: str, anchor: str) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(x, y, anchor, words)


def _edges(line: TimelineRow, x: Place) -> Iterator[Markup]:
    """Observed edges as stretches in which the counter restarted, declared ones as dashed lines."""
    for begin, end in line.observed:
        wide = round(max(x(end) - x(begin), 1.0), 1)
        yield Markup('<rect class="seen" x="{}" y="{}" width="{}" height="{}"/>').format(x(begin), _SEEN, wide, 5)
    drawn = "".join(f"M{x(edge)} {_TOP - 8}V{_LOST + 8}" for edge in line.declared)
    yield Markup('<path class="edge" d="{}"/>').format(drawn)


def _points(points: Sequence[tuple[float, int | None, int]], x: Place, y: Place) -> Iterator[Markup]:
    """Each request: a dot at what it had left, a cross where it was refused, a ring where nothing came back."""
    admitted = [(x(at), y(left)) for at, left, status in points if status not in (0, 429) and left is not None]
    refused = [x(at) for at, _, status in points if status == 429]
    lost = [x(at) for at, _, status in points if status == 0]
    yield _path("in", (f"M{a} {b}h0" for a, b in dict.fromkeys(admitted)))
    yield _path("out", (f"M{a - 3} {_REFUSED - 3}l6 6m-6 0l6 -6" for a in dict.fromkeys(refused)))
    yield _path("lost", (f"M{a - 3} {_LOST}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0" for a in dict.fromkeys(lost)))


def _path(name: str, parts: Iterator[str]) -> Markup:
    drawn = "".join(parts)
    return Markup('<path class="{}" d="{}"/>').format(name, drawn) if drawn else escape("")
