"""reports/POWER.md: how much the suite sees, for people to read beside the code."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from nhq import places
from nhq.errors import ConfigError
from nhq.files import replace_text
from nhq.power.choices import told
from nhq.power.matrix import counted
from nhq.power.outcome import MEANING
from nhq.record.power_rows import Fate, FaultRow, LibertyRow, PowerRecord
from nhq.record.run_record import Record

MUTANTS = "\n## Mutants\n"


def write_page(record: Record, power: PowerRecord) -> Path:
    """Write the page of a run and its part `power`, and return where it lies.

    Raises ConfigError where it cannot be written.
    """
    path = places.root() / "reports" / "POWER.md"
    try:
        known = path.read_text(encoding="utf-8") if path.exists() else ""
        replace_text(path, renewed(known, lines(record, power)))
    except OSError as problem:
        raise ConfigError(f"cannot write {path.name}: {problem.strerror}") from None
    return path


def renewed(known: str, fresh: Iterable[str]) -> str:
    """The page with our part made anew; the part that `make mutants` writes stays as it is."""
    _, heading, rest = known.partition(MUTANTS)
    return "\n".join([*fresh, ""]) + heading + rest


def lines(record: Record, power: PowerRecord) -> Iterator[str]:
    """The page."""
    summary, faults = power.summary, power.faults
    yield "# Power: how much the suite sees"
    yield ""
    yield f"Written by `{record.command} --write`, seed {record.seed}. Not edited by hand."
    yield ""
    fates = ", ".join(f"{count} {fate}" for fate in Fate if (count := counted(summary, fate)))
    yield f"{summary.faults} planted faults, {summary.subtle} of them subtle: {fates}."
    if power.clean:
        fine = sum(row.fate == Fate.CLEAN for row in power.clean)
        yield f"{fine} of {len(power.clean)} honest mocks of other seeds and choices: no finding at all."
    if power.liberties:
        yield _free(power)
    yield f"{summary.requests:,} requests, {record.seconds:.0f} s."
    for fate in Fate:
        rows = [row for row in faults if row.fate == fate]
        if rows:
            yield from ("", f"## {fate.value.capitalize()}: {MEANING[fate]}", "")
            yield from ("| fault | what it does | hidden by | seen by | named too |", "|---|---|---|---|---|")
            yield from (_row(row) for row in rows)
    yield from _liberties(power.liberties)
    yield from ("", "## Rules", "", "| rule | level | planted | seen to fail on |", "|---|---|---|---|")
    for rule in power.rules:
        yield f"| {rule.id} | {rule.level} | {len(rule.planted)} | {len(rule.seen)} |"


def _free(power: PowerRecord) -> str:
    """How many honest mocks of other choices were accused of nothing, alone and many together."""
    counts = []
    for rows in (power.liberties, power.combined):
        fine = sum(row.fate == Fate.CLEAN for row in rows)
        counts.append(f"{fine} of {len(rows)}")
    return f"{counts[0]} honest mocks of one other choice, {counts[1]} of many together: no finding at all."


def _liberties(rows: Sequence[LibertyRow]) -> Iterator[str]:
    """The choices, by the open question that each answers."""
    if not rows:
        return
    yield from ("", "## Honest mocks of other choices", "")
    yield from (
        "| liberty | what it does | open question | fate | warned of | not judged |",
        "|---|---|---|---|---|---|",
    )
    for row in rows:
        fate = row.fate if row.fate == Fate.CLEAN else f"{row.fate}: {told(row)}"
        warned, unjudged = ", ".join(row.warned), ", ".join(row.unjudged)
        yield f"| {row.id} | {row.sentence} | {row.ambiguity} | {fate} | {warned} | {unjudged} |"


def _row(row: FaultRow) -> str:
    seen = ", ".join(row.kills) or f"({', '.join(row.rules)})"
    return f"| {row.id} | {row.sentence} | {row.subtle} | {seen} | {', '.join(row.others)} |"
