"""reports/POWER.md: which faults the suite finds, for people to read beside the code."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from nhq import paths
from nhq.errors import ConfigError
from nhq.files import replace_text
from nhq.mutation.control_runs import describe_accusation
from nhq.mutation.kill_matrix import count_of_status
from nhq.mutation.mutant_status import MEANING
from nhq.record.mutation_rows import FaultRow, MutantStatus, MutationRecord, VariantRow
from nhq.record.run_record import Record

MUTANTS = "\n## Mutants\n"
LIVE = "\n## Live runs: what is seen, by how many requests are sent\n"
_PART = "\n### "


def write_page(record: Record, mutation: MutationRecord) -> Path:
    """Write the page of a run and its mutation section; return its path.

    Raises ConfigError where it cannot be written.
    """
    return _written(lambda known: renew_page(known, page_lines(record, mutation)))


def _written(change: Callable[[str], str]) -> Path:
    path = paths.data_root() / "reports" / "POWER.md"
    try:
        replace_text(path, change(path.read_text(encoding="utf-8") if path.exists() else ""))
    except OSError as problem:
        raise ConfigError(f"cannot write {path.name}: {problem.strerror}") from None
    return path


def renew_page(known: str, fresh: Iterable[str]) -> str:
    """The page with our part renewed; those that `nhq mutation --live` and `make mutants` write stay unchanged."""
    _, live, mutants = _parts(known)
    return "\n".join([*fresh, ""]) + live + mutants


def with_live_part(known: str, fresh: Sequence[str]) -> str:
    """The page with one part of its section on live runs renewed: the one with the heading of the first line."""
    head, live, mutants = _parts(known)
    _, *parts = live.removesuffix("\n").split(_PART)
    text = "\n".join([*fresh, ""]).removeprefix(_PART.lstrip())
    kept = [part for part in parts if part.partition("\n")[0] != text.partition("\n")[0]]
    ordered = sorted([*kept, text.removesuffix("\n")], key=_keys)
    return head + LIVE + "".join(f"{_PART}{part.rstrip()}\n" for part in ordered) + mutants


def _parts(known: str) -> tuple[str, str, str]:
    """The parts that `nhq mutation`, `nhq mutation --live` and `make mutants` have written."""
    rest, heading, mutants = known.partition(MUTANTS)
    head, live_heading, live = rest.partition(LIVE)
    return head, live_heading + live, heading + mutants


def _keys(part: str) -> int:
    """The number of keys that a part on live runs is about, by its heading."""
    word = part.partition(" ")[0]
    return int(word) if word.isdigit() else 1


def write_live_part(fresh: Sequence[str]) -> Path:
    """Write one part on live runs, and return the path of the page. Raises ConfigError if it cannot be written."""
    return _written(lambda known: with_live_part(known, fresh))


def page_lines(record: Record, mutation: MutationRecord) -> Iterator[str]:
    """The lines of the page."""
    summary, faults = mutation.summary, mutation.faults
    yield "# Power: how much the suite sees"
    yield ""
    yield f"Written by `{record.command} --write`, seed {record.seed}. Not edited by hand."
    yield ""
    statuses = ", ".join(f"{count} {status}" for status in MutantStatus if (count := count_of_status(summary, status)))
    yield f"{summary.faults} planted faults, {summary.subtle} of them subtle: {statuses}."
    if mutation.clean:
        fine = sum(row.status == MutantStatus.CLEAN for row in mutation.clean)
        yield f"{fine} of {len(mutation.clean)} honest mocks of other seeds and choices: no finding at all."
    if mutation.variants:
        yield _free(mutation)
    yield f"{summary.requests:,} requests, {record.seconds:.0f} s."
    for status in MutantStatus:
        rows = [row for row in faults if row.status == status]
        if rows:
            yield from ("", f"## {status.value.capitalize()}: {MEANING[status]}", "")
            yield from ("| fault | what it does | hidden by | seen by | named too |", "|---|---|---|---|---|")
            yield from (_row(row) for row in rows)
    yield from _variants(mutation.variants)
    yield from ("", "## Rules", "", "| rule | level | planted | seen to fail on |", "|---|---|---|---|")
    for rule in mutation.rules:
        yield f"| {rule.id} | {rule.level} | {len(rule.planted)} | {len(rule.seen)} |"


def _free(mutation: MutationRecord) -> str:
    """The number of control runs with variants, alone and many together, without any finding."""
    counts = []
    for rows in (mutation.variants, mutation.combined):
        fine = sum(row.status == MutantStatus.CLEAN for row in rows)
        counts.append(f"{fine} of {len(rows)}")
    return f"{counts[0]} honest mocks of one other choice, {counts[1]} of many together: no finding at all."


def _variants(rows: Sequence[VariantRow]) -> Iterator[str]:
    """The variants, by the open question that each answers."""
    if not rows:
        return
    yield from ("", "## Mocks with one variant", "")
    yield from (
        "| variant | what it does | open question | status | warned of | not judged |",
        "|---|---|---|---|---|---|",
    )
    for row in rows:
        status = row.status if row.status == MutantStatus.CLEAN else f"{row.status}: {describe_accusation(row)}"
        warned, unjudged = ", ".join(row.warned), ", ".join(row.unjudged)
        yield f"| {row.id} | {row.sentence} | {row.ambiguity} | {status} | {warned} | {unjudged} |"


def _row(row: FaultRow) -> str:
    seen = ", ".join(row.kills) or f"({', '.join(row.rules)})"
    return f"| {row.id} | {row.sentence} | {row.subtle} | {seen} | {', '.join(row.others)} |"
