"""The whole answer to a pull request: five stages, each with what it saw, and why it is red. Pure text."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from nhq.formats.text import cut, inline, one_line
from nhq.report.words import many, mark

#: How many reasons of a stage one screen has room for; the files have all.
MOST_REASONS = 4
_WIDE = 160


class State(StrEnum):
    """How a stage ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNJUDGED = "unjudged"


_VERDICTS = {State.PASSED: "holds", State.FAILED: "violated", State.UNJUDGED: "unknown"}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage's result. `told` is one line; `reasons` say why it is not green; `again` is the command that shows it.

    `stanzas` would approve what is red; `seconds` is how long it took.
    """

    name: str
    state: State
    told: str
    reasons: tuple[str, ...] = ()
    again: str = ""
    stanzas: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a pull request is told. `base` and `head` are the documents as they were named."""

    base: str
    head: str
    stages: tuple[Stage, ...]
    interrupted: bool = False

    @property
    def exit_code(self) -> int:
        """130 interrupted, 1 where a stage is red, 2 where one couldn't judge, else 0."""
        states = {stage.state for stage in self.stages}
        if self.interrupted:
            return 130
        return 1 if State.FAILED in states else 2 if State.UNJUDGED in states else 0

    @property
    def stanzas(self) -> tuple[str, ...]:
        """What would approve all that is red, each once."""
        return tuple(dict.fromkeys(text for stage in self.stages for text in stage.stanzas))


def headline(answer: Answer) -> str:
    """The verdict in one line."""
    words = {0: "PASSED", 1: "FAILED", 2: "COULD NOT JUDGE", 130: "INTERRUPTED"}
    named = [f"{stage.name} {stage.state}" for stage in answer.stages if stage.state is not State.PASSED]
    why = f": {', '.join(named)}" if named else ""
    return f"{words[answer.exit_code]}{why} ({answer.base} → {answer.head})"


def as_text(answer: Answer, written: tuple[str, ...] = ()) -> str:
    """For a terminal: one line a stage, the first reasons of what is not green, and where the rest is."""
    lines = [headline(answer)]
    for stage in answer.stages:
        lines += _stage(stage)
    if answer.stanzas:
        lines += [f"to approve what is red, write reason and owner into {many(len(answer.stanzas), 'stanza')}:"]
    lines += [f"  {path}" for path in written if path.endswith(".toml")]
    rest = [path for path in written if not path.endswith(".toml")]
    return "\n".join([*lines, *([f"reports: {', '.join(rest)}"] if rest else [])]) + "\n"


def _stage(stage: Stage) -> Iterator[str]:
    sign = mark(_VERDICTS[stage.state]).glyph
    yield cut(f"{sign} {stage.name:<10} {one_line(stage.told)}  ({stage.seconds:.1f} s)", _WIDE)
    yield from (f"    {cut(one_line(reason), _WIDE)}" for reason in stage.reasons[:MOST_REASONS])
    if len(stage.reasons) > MOST_REASONS:
        yield f"    … and {many(len(stage.reasons) - MOST_REASONS, 'more reason')}, all in pull-request.json"
    if stage.again and stage.state is not State.PASSED:
        yield f"    again: {stage.again}"


def as_json(answer: Answer) -> str:
    """For machines: every stage with all its reasons (reports/schemas/pull-request.schema.json)."""
    told = {
        "format": "nhq-pull-request/1",
        "exit_code": answer.exit_code,
        "base": answer.base,
        "head": answer.head,
        "interrupted": answer.interrupted,
        "stages": [
            {
                "name": stage.name,
                "state": str(stage.state),
                "told": stage.told,
                "reasons": list(stage.reasons),
                "again": stage.again,
                "stanzas": list(stage.stanzas),
                "seconds": round(stage.seconds, 3),
            }
            for stage in answer.stages
        ],
    }
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def as_markdown(answer: Answer, changes: str = "") -> str:
    """A comment for the pull request: a row a stage, reasons below; `changes` is the diff's own comment."""
    lines = [f"### {mark(_of(answer)).glyph} {inline(headline(answer))}", "", "| | stage | |", "|---|---|---|"]
    for stage in answer.stages:
        lines.append(f"| {mark(_VERDICTS[stage.state]).glyph} | {stage.name} | {inline(stage.told)} |")
    for stage in answer.stages:
        lines += ["", f"**{stage.name}**", ""] if stage.reasons else []
        lines += [f"- {inline(cut(one_line(reason), _WIDE * 2))}" for reason in stage.reasons[:20]]
        if len(stage.reasons) > 20:
            lines.append(f"- … and {many(len(stage.reasons) - 20, 'more reason')}")
    return "\n".join(lines) + "\n" + (f"\n{changes}" if changes else "")


def _of(answer: Answer) -> str:
    return {0: "holds", 1: "violated"}.get(answer.exit_code, "unknown")
