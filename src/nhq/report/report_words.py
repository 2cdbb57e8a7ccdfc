"""The words and signs of every report, each written once: labels, glyphs, plurals, the verdict in a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerdictMark:
    """How one verdict looks: `glyph` never relies on colour, `css` is the class that adds one."""

    label: str
    glyph: str
    css: str
    meaning: str


@dataclass(frozen=True, slots=True)
class CountOf:
    """A count out of how many there are, and of what."""

    number: int
    of: int
    what: str

    def __str__(self) -> str:
        return f"{self.number:,} of {self.of:,} {self.what}"


MARKS: Mapping[str, VerdictMark] = {
    "holds": VerdictMark("passed", "✓", "ok", "judged here, and passed"),
    "violated": VerdictMark("failed", "✗", "bad", "seen broken; the sign leads to the finding"),
    "warned": VerdictMark("warned", "!", "warn", "a “should” or an assumption seen broken; it doesn't fail the run"),
    "unknown": VerdictMark("not judged", "?", "unk", "could not be judged; the sign leads to the cause"),
    "none": VerdictMark("does not apply", "·", "", "the rule doesn't apply to this operation"),
    "seen": VerdictMark("seen", "✓", "ok", "documented, and observed in this run"),
    "missing": VerdictMark("not seen", "○", "unk", "documented, but not observed in this run"),
    "absent": VerdictMark("nothing", "·", "", "neither documented nor observed"),
    "extra": VerdictMark(
        "not documented", "+", "warn", "observed, not documented; a finding only where a rule says so"
    ),
}

FAILING = "must"
"""The one level whose breach fails a run; the others warn."""


def verdict_mark(verdict: str, level: str = FAILING) -> VerdictMark:
    """The mark of a verdict at a level: a broken `should` warns, it doesn't accuse."""
    return MARKS["warned" if verdict == "violated" and level != FAILING else verdict]


def count_words(count: int, one: str, more: str = "") -> str:
    """`1 rule`, `2 rules`, `0 rules`; `more` where the plural isn't `one` with an s."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def first_few(items: Sequence[str], most: int) -> str:
    """The first `most` items joined by commas, and how many more there are."""
    rest = len(items) - most
    return ", ".join(items[:most]) + (f" and {rest:,} more" if rest > 0 else "")


_AREAS = {
    "accounts": "LinkedIn accounts",
    "auth": "Authentication",
    "import": "Lead import",
    "lifecycle": "Campaign lifecycle",
    "lists": "Lead lists",
    "overrides": "Message overrides",
    "ratelimit": "Rate limit",
}


def area_heading(name: str) -> str:
    """An area's name as a heading; a name we have no words for is made readable: `some_area` → `Some area`."""
    if name in _AREAS:
        return _AREAS[name]
    return name.replace("_", " ").replace("-", " ").strip().capitalize() or "Other"


def duration_words(value: float) -> str:
    """A duration for people: `0.4 s`, `38 s`, `3 min 5 s`, `2 h 4 min`."""
    if value < 10:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
