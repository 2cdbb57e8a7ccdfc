"""The whole answer to a pull request: five stages, each with what it saw, and why it is red. Pure text."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from nhq.formats.text import cut_text, inline_text, one_line
from nhq.report.report_words import count_words, verdict_mark

#: How many reasons of a stage one screen has room for; the files have all.
MOST_REASONS = 4
_WIDE = 160


class StageState(StrEnum):
    """How a stage ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNJUDGED = "unjudged"


_VERDICTS = {StageState.PASSED: "holds", StageState.FAILED: "violated", StageState.UNJUDGED: "unknown"}


@dataclass(frozen=True, slots=True)
class PullRequestStage:
    """One stage's result. `told` is one line; `reasons` say why it is not green; `again` is the command that shows it.

    `stanzas` would approve what is red; `seconds` is how long it took.
    """

    name: str
    state: StageState
    told: str
    reasons: tuple[str, ...] = ()
    again: str = ""
    stanzas: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class PullRequestAnswer:
    """What a pull request is told. `base` and `head` are the documents as they were named."""

    base: str
    head: str
    stages: tuple[PullRequestStage, ...]
    interrupted: bool = False

    @property
    def exit_code(self) -> int:
        """130 interrupted, 1 where a stage is red, 2 where one couldn't judge, else 0."""
        states = {stage.state for stage in self.stages}
        if self.interrupted:
            return 130
        return 1 if StageState.FAILED in states else 2 if StageState.UNJUDGED in states else 0

    @property
    def stanzas(self) -> tuple[str, ...]:
        """What would approve all that is red, each once."""
        return tuple(dict.fromkeys(text for stage in self.stages for text in stage.stanzas))


def pull_request_headline(answer: PullRequestAnswer) -> str:
    """The verdict in one line."""
    words = {0: "PASSED", 1: "FAILED", 2: "COULD NOT JUDGE", 130: "INTERRUPTED"}
    named = [f"{stage.name} {stage.state}" for stage in answer.stages if stage.state is not StageState.PASSED]
    why = f": {', '.join(named)}" if named else ""
    return f"{words[answer.exit_code]}{why} ({answer.base} → {answer.head})"


def pull_request_text(answer: PullRequestAnswer, written: tuple[str, ...] = ()) -> str:
    """For a terminal: one line a stage, the first reasons of what is not green, and where the rest is."""
    lines = [pull_request_headline(answer)]
    for stage in answer.stages:
        lines += _stage(stage)
    if answer.stanzas:
        lines += [f"to approve what is red, add reason and owner to {count_words(len(answer.stanzas), 'stanza')}:"]
    lines += [f"  {path}" for path in written if path.endswith(".toml")]
    rest = [path for path in written if not path.endswith(".toml")]
    return "\n".join([*lines, *([f"reports: {', '.join(rest)}"] if rest else [])]) + "\n"


def _stage(stage: PullRequestStage) -> Iterator[str]:
    sign = verdict_mark(_VERDICTS[stage.state]).glyph
    yield cut_text(f"{sign} {stage.name:<10} {one_line(stage.told)}  ({stage.seconds:.1f} s)", _WIDE)
    yield from (f"    {cut_text(one_line(reason), _WIDE)}" for reason in stage.reasons[:MOST_REASONS])
    if len(stage.reasons) > MOST_REASONS:
        yield f"    … and {count_words(len(stage.reasons) - MOST_REASONS, 'more reason')}, all in pull-request.json"
    if stage.again and stage.state is not StageState.PASSED:
        yield f"    reproduce: {stage.again}"


def pull_request_json(answer: PullRequestAnswer) -> str:
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


def pull_request_markdown(answer: PullRequestAnswer, changes: str = "") -> str:
    """A comment for the pull request: a row a stage, reasons below; `changes` is the diff's own comment."""
    lines = [
        f"### {verdict_mark(_of(answer)).glyph} {inline_text(pull_request_headline(answer))}",
        "",
        "| | stage | |",
        "|---|---|---|",
    ]
    for stage in answer.stages:
        lines.append(f"| {verdict_mark(_VERDICTS[stage.state]).glyph} | {stage.name} | {inline_text(stage.told)} |")
    for stage in answer.stages:
        lines += ["", f"**{stage.name}**", ""] if stage.reasons else []
        lines += [f"- {inline_text(cut_text(one_line(reason), _WIDE * 2))}" for reason in stage.reasons[:20]]
        if len(stage.reasons) > 20:
            lines.append(f"- … and {count_words(len(stage.reasons) - 20, 'more reason')}")
    return "\n".join(lines) + "\n" + (f"\n{changes}" if changes else "")


def _of(answer: PullRequestAnswer) -> str:
    return {0: "holds", 1: "violated"}.get(answer.exit_code, "unknown")
