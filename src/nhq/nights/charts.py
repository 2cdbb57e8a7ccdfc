"""A small chart of numbers by night. Pure."""

from collections.abc import Sequence

from markupsafe import Markup

_WIDE, _HIGH, _LEFT, _TOP, _FLOOR = 1000, 144, 110, 26, 124

Series = Sequence[tuple[str, Sequence[float]]]


def night_chart(title: str, series: Series) -> Markup:
    """Lines over the nights, oldest left; `series` are (style class, a value for each night)."""
    most = max((value for _, values in series for value in values), default=0.0) or 1.0
    lines = Markup("").join(_line(style, values, most) for style, values in series)
    return Markup(
        '<figure class="chart trend"><figcaption>{}</figcaption><svg viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<path class="axis" d="M{} {}H{}M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">{:,.0f}</text>'
        '<text x="{}" y="{}" text-anchor="end">0</text>{}</svg></figure>'
    ).format(
        title,
        _WIDE,
        _HIGH,
        _said(title, series),
        *(_LEFT, _TOP, _WIDE, _LEFT, _FLOOR, _WIDE),
        *(_LEFT - 6, _TOP + 4, most),
        *(_LEFT - 6, _FLOOR + 4),
        lines,
    )


def _said(title: str, series: Series) -> str:
    """The chart in words, as its text alternative."""
    values = series[0][1] if series else ()
    return f"{title}: {len(values)} nights, last {values[-1]:,.0f}, highest {max(values):,.0f}" if values else title


def _line(style: str, values: Sequence[float], most: float) -> Markup:
    step = (_WIDE - _LEFT - 10) / max(len(values) - 1, 1)
    points = [f"{_LEFT + n * step:.1f} {_FLOOR - (_FLOOR - _TOP) * value / most:.1f}" for n, value in enumerate(values)]
    if len(points) == 1:
        x, y = points[0].split()
        return Markup('<circle class="line {}" cx="{}" cy="{}" r="3"/>').format(style, x, y)
    return Markup('<path class="line {}" d="M{}"/>').format(style, "L".join(points))
