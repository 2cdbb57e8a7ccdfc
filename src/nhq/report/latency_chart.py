"""Latency over time as a picture: p50 and p95 of each stretch, failures, and where windows ended. Pure."""

from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup

from nhq.record.load_rows import CourseRow

WIDE, HIGH = 1000, 170
_LEFT, _RIGHT, _TOP, _FLOOR, _FAILED = 64, 990, 14, 126, 142

Place = Callable[[float], float]
Point = tuple[int, float | None, float | None, float]


def course_picture(course: CourseRow, edges: Sequence[float]) -> Markup:
    """The SVG of a load record's `course`; `edges` are window ends in seconds from the first request."""
    step, points = course.step, course.points
    span = max(step * len(points), 1e-3)
    most: float = max((row[2] for row in points if row[2] is not None), default=0.0) or 1e-3

    def x(at: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * min(max(at / span, 0.0), 1.0), 1)

    def y(seconds: float) -> float:
        return round(_FLOOR - (_FLOOR - _TOP) * min(seconds / most, 1.0), 1)

    drawn = "".join(f"M{x(edge)} {_TOP - 6}V{_FAILED + 6}" for edge in edges if 0 <= edge <= span)
    body = Markup("").join(
        [
            *_axes(span, most, x, y),
            Markup('<path class="edge" d="{}"/>').format(drawn),
            *(_line(name, points, step, x, y) for name in ("p50", "p95")),
            _failures(points, step, x),
        ]
    )
    said = f"Latency over {span:.0f} s: p50 and p95 up to {most * 1000:.0f} ms, in stretches of {step:g} s"
    return Markup(
        '<div class="scroll chart"><svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg></div>'
    ).format(WIDE, HIGH, said, body)


def _axes(span: float, most: float, x: Place, y: Place) -> Iterator[Markup]:
    """The least and the greatest latency, the beginning and the end."""
    for seconds in (0.0, most):
        yield Markup('<path class="axis" d="M{} {}H{}"/>').format(_LEFT, y(seconds), _RIGHT)
        yield _text(_LEFT - 6, y(seconds) + 4, f"{seconds * 1000:,.0f} ms", "end")
    yield _text(_LEFT - 6, _FAILED + 4, "failed", "end")
    for at in (0.0, span / 2, span):
        yield _text(x(at), HIGH - 4, f"{at:g} s", "middle")


def _text(x: float, y: float, words: str, anchor: str) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(x, y, anchor, words)


def _line(name: str, points: Sequence[Point], step: float, x: Place, y: Place) -> Markup:
    """One percentile, as wide as each stretch: one between two without an answer is seen too."""
    parts: list[str] = []
    joined = False
    for number, (_, p50, p95, _) in enumerate(points):
        spent = p50 if name == "p50" else p95
        if spent is not None:
            height = y(spent)
            begin = f"V{height}" if joined else f"M{x(number * step)} {height}"
            parts.append(f"{begin}H{x((number + 1) * step)}")
        joined = spent is not None
    width = 2 if name == "p50" else 1
    style = "fill:none;stroke:currentColor" + (";stroke-dasharray:5 3" if name == "p95" else "")
    return Markup('<path class="{}" style="{}" stroke-width="{}" d="{}"/>').format(name, style, width, "".join(parts))


def _failures(points: Sequence[Point], step: float, x: Place) -> Markup:
    """A cross for each stretch in which something failed."""
    marks = (f"M{x((n + 0.5) * step) - 3} {_FAILED - 3}l6 6m-6 0l6 -6" for n, row in enumerate(points) if row[3])
    return Markup('<path class="out" d="{}"/>').format("".join(marks))
