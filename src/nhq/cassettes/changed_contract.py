"""Replay against a changed contract: which recorded interactions would it break? Nothing runs and nothing is sent."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from msgspec import structs

from nhq.cassettes.breaking_exchanges import Break, broken_by_change
from nhq.cassettes.cassette_library import DISCOVERY, Recorded, cassettes_folder, read_all, read_target
from nhq.cassettes.offline_judging import recorded_interactions
from nhq.clock import SystemClock
from nhq.contract import Contract, load_contract
from nhq.contract.bindings import rule_bindings
from nhq.contract.change_approvals import present_approvals
from nhq.contract.contract_changes import ChangeKind, ContractChange
from nhq.contract.revision import load_revision
from nhq.errors import ContractError, crash_place
from nhq.model import Finding, holds, violated
from nhq.record.run_record import Record
from nhq.run.collector import Collector
from nhq.run.record import Header, make_record
from nhq.run.selection import Selection


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """What a change does to the cassettes: what it breaks, what of ours fails, how many were judged, the record.

    `gone` are the changes that fail the run, a line each; those that somebody approved are in the record alone.
    """

    breaks: tuple[Break, ...]
    gone: tuple[str, ...]
    judged: int
    record: Record


def judge_changed(
    document: Path, folder: Path | None = None, command: str = "nhq replay", approvals: Path | None = None
) -> ChangeOutcome:
    """Judge everything recorded against a changed contract, beside today's; `approvals` is the file that counts.

    Raises ConfigError for a document that is none, and where there are no cassettes.
    """
    clock = SystemClock()
    started, began = clock.now(), clock.monotonic()
    today, shelf = load_contract(), read_all(folder or cassettes_folder())
    target = read_target(shelf[DISCOVERY].held)
    collector, accepted = Collector(target), present_approvals(approvals, clock)
    with _reading(document):
        changed = load_revision(document, former=today)
        red = [change for change in changed.changes if change.fails and not accepted.accept(change)]
        found = _judge(shelf.values(), today, changed, collector)
        header = Header("replay", shelf[DISCOVERY].label.seed, "contract", command, started, clock.monotonic() - began)
        told = replace(today, document=changed.document, digest=changed.digest)
        if changed is not today:
            told = replace(told, former=today, changes=changed.changes)
        record = make_record(header, told, target, collector, Selection(), rule_bindings(), accepted)
    # A change that breaks what only an overlay asks breaks it all the same; so does one of what we judge by.
    record = structs.replace(record, exit_code=1 if found or red else 0)
    return ChangeOutcome(tuple(found), tuple(map(_line, red)), collector.requests, record)


@contextmanager
def _reading(document: Path) -> Iterator[None]:
    """Raises ContractError, naming the file, where the document has parts that are none of OpenAPI's."""
    try:
        yield
    except ContractError as problem:
        named = str(problem).startswith(document.name)
        raise ContractError(str(problem) if named else f"{document.name}: {problem}") from problem
    except (LookupError, TypeError, AttributeError, ValueError) as problem:
        line = f"{document.name}: a part of it is not as OpenAPI has it ({crash_place(problem)})"
        raise ContractError(line) from problem


def _judge(shelf: Iterable[Recorded], today: Contract, changed: Contract, collector: Collector) -> list[Break]:
    """What the change breaks of everything recorded; the collector is told, too."""
    found: list[Break] = []
    for recorded in shelf:
        collector.begin()
        for interaction in recorded_interactions(recorded, today):
            exchange = replace(interaction.exchange, id=collector.requests + 1)
            collector.exchange(exchange)
            broken = broken_by_change(interaction, today, changed)
            collector.observe(violated(_finding(one, exchange.id)) for one in broken)
            collector.observe([] if broken else [holds("STATUS-DOCUMENTED", exchange.operation, exchange.id)])
            found += broken
    return found


def _line(change: ContractChange) -> str:
    """A change of what we judge by, in one line."""
    if change.kind is ChangeKind.QUOTE_GONE:
        return f"rule {', '.join(change.rules)}: its quote is no longer at {change.pointer}: {change.before}"
    who = f" (rules {', '.join(change.rules)})" if change.rules else ""
    return f"{change.kind} at {change.pointer}: {change.before}{f' is {change.after}' if change.after else ''}{who}"


def _finding(broken: Break, number: int) -> Finding:
    return Finding(broken.rule, broken.operation, broken.expected, "recorded otherwise", broken.where, (number,))
