"""Replay against a changed contract: which recorded interactions would it break? Nothing runs and nothing is sent."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nhq.cassettes.breaks import Break, breaks
from nhq.cassettes.lenient import load_changed
from nhq.cassettes.rejudging import interactions
from nhq.cassettes.shelf import DISCOVERY, home, read_all, read_target
from nhq.clock import SystemClock
from nhq.contract import load_contract
from nhq.contract.bindings import bindings
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
    changed, shelf = load_changed(document, today), read_all(folder or home())
    target = read_target(shelf[DISCOVERY].held)
    collector, found = Collector(target), list[Break]()
    for recorded in shelf.values():
        collector.begin()
        for interaction in interactions(recorded, today):
            exchange = replace(interaction.exchange, id=collector.requests + 1)
            collector.exchange(exchange)
            broken = breaks(interaction, today, changed.contract)
            collector.observe(violated(_finding(one, exchange.id)) for one in broken)
            collector.observe([] if broken else [holds("STATUS-DOCUMENTED", exchange.operation, exchange.id)])
            found += broken
    collector.unsatisfied |= dict.fromkeys(changed.gone)
    header = Header("replay", shelf[DISCOVERY].label.seed, "contract", command, started, clock.monotonic() - began)
    told = replace(today, document=changed.contract.document, digest=changed.contract.digest)
    record = make_record(header, told, target, collector, Selection(), Spent(), bindings())
    record["exit_code"] = 1 if found else 0  # a change that breaks what only an overlay asks breaks it all the same
    return Outcome(tuple(found), changed.gone, collector.requests, record)


def _finding(broken: Break, number: int) -> Finding:
    return Finding(broken.rule, broken.operation, broken.expected, "recorded otherwise", broken.where, (number,))
