"""Reads a night from the record of its run."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from statistics import quantiles

from nhq.contract.approvals import StanzaUse, Use
from nhq.model import Verdict
from nhq.nights.night import DEEP, REFUSED, UNVARIED, Load, Night, RuleCell, Sighting
from nhq.record.judged_rows import CellRow, FindingRow, RuleRow
from nhq.record.run_record import Record, TargetRow
from nhq.run.costs import Depth
from nhq.run.record import NOT_EXERCISED

#: Rules measured by our own clock between two answers, which a busy machine or network may stretch.
BY_OUR_CLOCK = frozenset({"RL-WINDOW-LENGTH", "RL-RENEWED-AT-RESET", "RL-REFUSED-UNTIL-RESET"})


def read_night(record: Record, scopes: Mapping[str, tuple[str, ...]], latencies: Sequence[float] = ()) -> Night:
    """The night in a record of `nhq gate`.

    `scopes`: those of each key in the target file; `latencies`: seconds that each answer took.
    """
    target = _judged_target(record)
    return Night(
        target=target_name(target),
        started=datetime.fromisoformat(record.started).timestamp(),
        contract=record.contract.digest,
        suite=record.tool.version,
        seed=record.seed,
        exit_code=record.exit_code,
        cells=tuple(_cells(record)),
        sightings=tuple(map(_sighting, record.findings)),
        scopes={**scopes, **dict.fromkeys(target.refused, (REFUSED,))},
        load=_load(record, target, latencies),
        statuses={row.id: row.statuses for row in record.operations},
        troubles=tuple(_troubles(record)),
        interrupted=record.interrupted,
        approved=frozenset(f.fingerprint for f in record.findings if f.approved),
        stanzas=tuple(StanzaUse(row.fingerprint, Use(row.use), row.problem) for row in record.approvals),
        complaints=tuple(_complaints(record)),
        sent=sent_tests(record),
        late=frozenset(_late(record)),
        renamed={alias: rule.id for rule in record.rules for alias in rule.aliases},
    )


def sent_tests(record: Record) -> frozenset[tuple[str, int]]:
    """Each scenario that was sent, with the place of each of its variants, or what stands for one; of any seed."""
    rows = [(test.scenario.partition("#")[0], test) for test in record.tests if test.requests]
    varied = {(scenario, place) for scenario, test in rows for place in test.variants or (UNVARIED,)}
    return frozenset(varied | {(scenario, DEEP) for scenario, test in rows if test.depth == Depth.NIGHT})


def _judged_target(record: Record) -> TargetRow:
    """Every run of the gate has one."""
    assert record.target is not None
    return record.target


def target_name(target: TargetRow) -> str:
    """The name that a target is stored under: its address; for a mock its name, because its port differs each time."""
    return target.name if target.kind == "mock" else target.base_url


def _cells(record: Record) -> Iterator[RuleCell]:
    """Every verdict on an operation, and one without operation for rules about all operations together."""
    late = next((trouble.cause for trouble in record.troubles if trouble.time_up), "")
    for rule in record.rules:
        if not rule.selected:
            continue
        for operation, cell in rule.cells.items():
            yield RuleCell(rule.id, operation, cell.verdict, _cause(rule, cell, late))
        if "" not in rule.cells:
            yield RuleCell(rule.id, "", rule.verdict, _in_time(rule.cause, late))


def _cause(rule: RuleRow, cell: CellRow, late: str) -> str:
    """Why a rule wasn't judged on an operation; if no test reached it, the causes of the rule's own tests."""
    return _in_time(rule.cause if cell.cause == NOT_EXERCISED and rule.cause else cell.cause, late)


def _in_time(cause: str, late: str) -> str:
    """A cause; if no test reached it because the time was up, that one."""
    return late if late and cause.startswith(NOT_EXERCISED) else cause


def _late(record: Record) -> Iterator[str]:
    """The rules of tests that there was no time for, or that depend on such tests."""
    short = any(trouble.time_up for trouble in record.troubles) or any(rule.left_out for rule in record.rules)
    for rule in record.rules:
        missed = rule.verdict is Verdict.UNKNOWN and rule.cause.startswith(NOT_EXERCISED)
        if rule.left_out or (short and missed):
            yield rule.id


def _troubles(record: Record) -> Iterator[str]:
    """Troubles on our side, except that a night's minutes ended its last round: what that missed is unknown."""
    for trouble in record.troubles:
        if not trouble.time_up:
            yield f"{trouble.where}: {trouble.cause}"


def _complaints(record: Record) -> Iterator[str]:
    """Expired stanzas, and unapproved changes of the contract that fail."""
    yield from (stanza.problem for stanza in record.approvals if Use(stanza.use) is Use.EXPIRED)
    for change in record.contract.changes:
        if change.fails and not change.approved:
            yield f"contract changed ({change.kind}) at {change.pointer}: adopt or approve it"


def _load(record: Record, target: TargetRow, latencies: Sequence[float]) -> Load:
    """Requests sent, the answers' latency, and the allowance of the keys in that time, by the target's rate."""
    sent = record.requests
    windows = record.seconds / target.window if target.kind == "live" else 0.0
    allowance = round(len(target.usable) * target.limit * windows)
    return Load(sent.total, allowance, record.seconds, *_percentiles(latencies))


def _percentiles(latencies: Sequence[float]) -> tuple[float, float]:
    """The latencies (seconds) of 50 and 95 % of the answers; 0 if unknown."""
    if len(latencies) < 2:
        return (latencies[0], latencies[0]) if latencies else (0.0, 0.0)
    twentieths = quantiles(latencies, n=20, method="inclusive")
    return twentieths[9], twentieths[18]


def _sighting(finding: FindingRow) -> Sighting:
    return Sighting(
        fingerprint=finding.fingerprint,
        rule=finding.rule,
        operation=finding.operation or "",
        where=finding.where,
        text=f"expected {finding.expected}, got {finding.actual}",
        level=finding.level,
        rerun=finding.rerun,
        trace=finding.trace,
        proven=bool(finding.exchanges) and finding.rule not in BY_OUR_CLOCK,
    )
