"""Replay against a changed contract: which recorded interactions would it break? Nothing runs and nothing is sent."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nhq.cassettes.breaks import Break, breaks
from nhq.cassettes.rejudging import interactions
from nhq.cassettes.shelf import DISCOVERY, home, read_all, read_target
from nhq.clock import SystemClock
from nhq.contract import load_contract
from nhq.contract.bindings import bindings
from nhq.contract.changes import Change, ChangeKind
from nhq.contract.revision import load_revision
from nhq.drive.budget import Spent
from nhq.model import Finding, holds, violated
from nhq.run.collect import Collector
from nhq.run.record import Header, make_record
from nhq.run.select import Selection


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change does to the cassettes: what it breaks, which quotes have gone, how many were judged; the record."""

    breaks: tuple[Break, ...]
    gone: tuple[str, ...]
    judged: int
    record: dict[str, Any]


def judge_changed(document: Path, folder: Path | None = None, command: str = "nhq replay") -> Outcome:
    """Judge everything recorded against a changed contract, beside today's.

    Raises ConfigError for a document that is none, and where there are no cassettes.
    """
    clock = SystemClock()
    started, began = clock.now(), clock.monotonic()
    today = load_contract()
    changed, shelf = load_revision(document, former=today), read_all(folder or home())
    target = read_target(shelf[DISCOVERY].held)
    collector, found = Collector(target), list[Break]()
    for recorded in shelf.values():
        collector.begin()
        for interaction in interactions(recorded, today):
            exchange = replace(interaction.exchange, id=collector.requests + 1)
            collector.exchange(exchange)
            broken = breaks(interaction, today, changed)
            collector.observe(violated(_finding(one, exchange.id)) for one in broken)
            collector.observe([] if broken else [holds("STATUS-DOCUMENTED", exchange.operation, exchange.id)])
            found += broken
    gone = tuple(_line(change) for change in changed.changes if change.fails)
    collector.unsatisfied |= dict.fromkeys(gone)
    header = Header("replay", shelf[DISCOVERY].label.seed, "contract", command, started, clock.monotonic() - began)
    told = replace(today, document=changed.document, digest=changed.digest)
    record = make_record(header, told, target, collector, Selection(), Spent(), bindings())
    # A change that breaks what only an overlay asks breaks it all the same; so does one of what we judge by.
    record["exit_code"] = 1 if found or gone else 0
    return Outcome(tuple(found), gone, collector.requests, record)


def _line(change: Change) -> str:
    """A change of what we judge by, in one line."""
    if change.kind is ChangeKind.QUOTE_GONE:
        return f"rule {', '.join(change.rules)}: its quote has gone from {change.pointer}: {change.before}"
    who = f" (rules {', '.join(change.rules)})" if change.rules else ""
    return f"{change.kind} at {change.pointer}: {change.before}{f' is {change.after}' if change.after else ''}{who}"


def _finding(broken: Break, number: int) -> Finding:
    return Finding(broken.rule, broken.operation, broken.expected, "recorded otherwise", broken.where, (number,))
