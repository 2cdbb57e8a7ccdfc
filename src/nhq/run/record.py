"""Folds what a run saw into its record, from which every report is written (`nhq.record`)."""

import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from nhq import __version__
from nhq.client.redact import mask_of
from nhq.client.target import Target
from nhq.contract import Contract, Operation, Rule
from nhq.contract.approvals import Command
from nhq.contract.change_approvals import ChangeApprovals
from nhq.contract.contract_changes import ContractChange
from nhq.fingerprints import fingerprint_of
from nhq.model import Finding, Identity, Level, Verdict, binds, worst_verdict
from nhq.record.judged_rows import CellRow, ExchangeRow, FindingRow, OperationRow, RuleRow
from nhq.record.masked_record import mask_record
from nhq.record.run_record import (
    SCHEMA_VERSION,
    ChangeRow,
    ContractRow,
    ExitCode,
    Kind,
    PairsRow,
    QuestionRow,
    Record,
    RequestsRow,
    StanzaRow,
    TargetRow,
    ToolRow,
    TroubleRow,
)
from nhq.run.collector import FINDINGS_MOST, Collector
from nhq.run.events import Event
from nhq.run.finding_approvals import NOTHING_SETTLED, settle_load, settle_run, with_approvals
from nhq.run.gains import judging_gains
from nhq.run.missing_keys import refused_scope
from nhq.run.required_rules import Required, is_judged, required_outcome
from nhq.run.run_state import RunState, fold_events
from nhq.run.selection import Selection
from nhq.run.tallies import CellTally, Proven

_LIBRARIES = ("schemathesis", "hypothesis", "pytest", "jsonschema-rs", "requests")

NO_APPROVALS = ChangeApprovals()
NOT_EXERCISED = "no test reached it"


@dataclass(frozen=True, slots=True)
class Header:
    """What a record says of the run itself. `started` is seconds since the epoch, `seconds` its real length.

    `settles`: findings of this load run may be approved. `again` makes the command that repeats a finding; without it,
    the whole run's own command does.
    """

    kind: Kind
    seed: int
    profile: str
    command: str
    started: float
    seconds: float
    interrupted: bool = False
    nonce: str = ""
    required: Required | None = None
    fail_on: Level = Level.MUST
    settles: bool = False
    again: Callable[[Finding], str] | None = None

    def rerun(self, finding: Finding) -> str:
        """The command that repeats a finding."""
        return self.again(finding) if self.again else self.command


@dataclass(frozen=True, slots=True)
class Frame:
    """What a record needs besides the observations.

    `target` is who was to be judged, `judged` the same as the run used it, without the keys that were refused. `bound`
    names what judges each rule, `approvals` what somebody approved: changes of the contract, a gate's findings.
    """

    header: Header
    contract: Contract
    target: Target
    judged: Target
    selection: Selection
    bound: Mapping[str, Sequence[str]]
    approvals: ChangeApprovals = NO_APPROVALS


def make_record(
    header: Header,
    contract: Contract,
    target: Target,
    collector: Collector,
    selection: Selection,
    bound: Mapping[str, Sequence[str]],
    approvals: ChangeApprovals = NO_APPROVALS,
) -> Record:
    """The record of what a collector was told; parts as of `Frame`."""
    frame = Frame(header, contract, target, collector.target, selection, bound, approvals)
    return build_record(frame, collector.state)


def fold_record(stream: Iterable[Event], frame: Frame) -> Record:
    """The record of a run, folded from its events."""
    return build_record(frame, fold_events(stream))


def build_record(frame: Frame, state: RunState) -> Record:
    """The record of what was seen, in which no secret of the target stands."""
    header, contract, target, approvals = frame.header, frame.contract, frame.target, frame.approvals
    rules = tuple(_rule(rule, frame, state) for rule in contract.rules.values())
    proven = [one for one in state.findings.values() if frame.selection.judges(one.finding.rule)]
    findings = [_finding(f"F{n}", p, contract, header, state.shown) for n, p in enumerate(proven, 1)]
    settled = NOTHING_SETTLED
    if header.kind == "gate" and not header.interrupted:
        settled = settle_run(findings, rules, contract, approvals, whole=len(findings) < FINDINGS_MOST)
        findings = with_approvals(findings, settled, approvals, header.fail_on)
    elif header.kind == "load" and header.settles and not header.interrupted:
        settled = settle_load(findings, approvals)
        findings = with_approvals(findings, settled, approvals, header.fail_on, Command.LOAD)
    code = gate_exit_code(rules, findings, state, header)
    if contract.former is not None and not header.interrupted:
        code = moved_code(code, contract, approvals)
    required = required_outcome(header.required, {rule.id: is_judged(rule) for rule in rules if rule.selected})
    hollow = required is not None and not required.met
    code = 1 if settled.problems else code
    record = Record(
        format="nhq-run/1",
        schema_version=SCHEMA_VERSION,
        tool=ToolRow(name="networkhq-conformance", version=__version__),
        kind=header.kind,
        verdict=_overall(rules, findings, hollow, header.fail_on),
        exit_code=2 if hollow and not code else code,
        fail_on=header.fail_on,
        interrupted=header.interrupted,
        ended_early="" if header.interrupted else state.ended,
        started=datetime.fromtimestamp(header.started, UTC).isoformat(timespec="seconds"),
        seconds=round(header.seconds, 3),
        seed=header.seed,
        nonce=header.nonce,
        profile=header.profile,
        command=header.command,
        versions={"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
        contract=_contract(contract, approvals),
        target=_target(target, frame.judged.refused),
        operations=tuple(_operation(row, state, rules) for row in contract.operations.values()),
        required=required,
        gains=judging_gains(contract, target, state.tests, rules) if header.kind == "gate" else (),
        pairs=_pairs(contract, state),
        rules=rules,
        findings=tuple(findings),
        approval_problems=settled.problems,
        approvals=tuple(
            StanzaRow(fingerprint=one.fingerprint, use=one.use.value, problem=one.problem) for one in settled.uses
        ),
        exchanges={str(number): shown for number, shown in sorted(state.shown.items())},
        requests=_requests(state),
        troubles=tuple(TroubleRow(where=one.where, cause=one.cause, time_up=one.time_up) for one in state.troubles),
        ambiguities=_ambiguities(contract, state),
        unsatisfied=tuple(state.unsatisfied),
        written=tuple(state.written),
        tests=tuple(state.tests),
        load=None,
        mutation=None,
    )
    return mask_record(record, mask_of(target))


def gate_exit_code(
    rules: Sequence[RuleRow], findings: Sequence[FindingRow], state: RunState, header: Header
) -> ExitCode:
    """130 interrupted, 1 a rule that binds violated and not approved, 2 trouble of ours or nothing judged, else 0."""
    if header.interrupted:
        return 130
    if any(binds(finding.level, header.fail_on) and not finding.approved for finding in findings):
        return 1
    some = any(rule.selected and rule.verdict is Verdict.HOLDS for rule in rules)
    some = some or any(finding.approved for finding in findings)
    return 0 if some and not state.troubles else 2


def moved_code(code: ExitCode, contract: Contract, approvals: ChangeApprovals) -> ExitCode:
    """Under a contract that moved: 1 where a change fails the run; that nothing could be judged is no trouble then."""
    if any(change.fails and not approvals.accept(change) for change in contract.changes):
        return 1
    return code


def _contract(contract: Contract, approvals: ChangeApprovals) -> ContractRow:
    """Which contract was judged by, and the findings about it where it moved."""
    info = contract.document.get("info", {})
    title, edition = (str(info.get(name, "")) for name in ("title", "version"))
    if contract.former is None:
        return ContractRow(title=title, version=edition, digest=contract.digest)
    changes = tuple(_change(change, approvals) for change in contract.changes)
    former = contract.former.digest
    return ContractRow(title=title, version=edition, digest=contract.digest, former=former, changes=changes)


def _change(change: ContractChange, approvals: ChangeApprovals) -> ChangeRow:
    approved = approvals.accept(change)
    return ChangeRow(
        kind=change.kind.value,
        pointer=change.pointer,
        before=change.before,
        after=change.after,
        todo=change.todo,
        operation=change.operation,
        rules=tuple(change.rules),
        fails=change.fails,
        approved=approved,
        stanza=approvals.propose(change) if change.fails and not approved else "",
    )


def _overall(rules: Sequence[RuleRow], findings: Sequence[FindingRow], hollow: bool, fail_on: Level) -> Verdict:
    if any(binds(finding.level, fail_on) for finding in findings):
        return Verdict.VIOLATED
    if hollow:
        return Verdict.UNKNOWN
    binding = [rule.verdict for rule in rules if rule.selected and rule.level is Level.MUST]
    return worst_verdict(v for v in binding if v is not Verdict.VIOLATED)


def _rule(rule: Rule, frame: Frame, state: RunState) -> RuleRow:
    contract, selection = frame.contract, frame.selection
    wanted = [operation for operation in contract.applies(rule) if selection.covers(operation)]
    cells = {
        name: _cell(
            state.cells.get((rule.id, name)),
            state.unanswered.get(name),
            _lost(contract, rule.id, name) or refused_scope(contract.operations[name].scope, frame.judged),
            state.ended or state.why_left_out(rule.id, name),
        )
        for name in wanted
    }
    general = state.cells.get((rule.id, None))
    verdict = _verdict([cell.verdict for cell in cells.values()], general)
    lost = contract.unjudged.get((rule.id, ""), "")
    selected = selection.judges(rule.id) and bool(wanted or lost or (general and not rule.operations))
    return RuleRow(
        id=rule.id,
        title=rule.title,
        area=rule.area,
        level=rule.level,
        pointer=rule.pointer,
        quote=rule.quote,
        verdict=verdict,
        cause=(lost if verdict is Verdict.UNKNOWN else "")
        or _cause(verdict, cells, general)
        or _remark(verdict, general),
        selected=selected,
        cells=cells,
        bound=tuple(frame.bound.get(rule.id, ())),
        aliases=rule.aliases,
        left_out=rule.id in state.rules_left_out,
    )


def _lost(contract: Contract, rule: str, operation: str) -> str:
    return contract.unjudged.get((rule, "")) or contract.unjudged.get((rule, operation), "")


def _verdict(cells: Sequence[Verdict], general: CellTally | None) -> Verdict:
    """A rule whose cells all hold holds, though one of its judges couldn't run; else the most serious decides."""
    seen = worst_verdict(cells)
    if general is None or (seen is Verdict.HOLDS and general.verdict is Verdict.UNKNOWN):
        return seen
    return worst_verdict([*cells, general.verdict])


def _remark(verdict: Verdict, general: CellTally | None) -> str:
    """Why one of the judges of a rule that holds couldn't run."""
    return general.cause if general is not None and verdict is Verdict.HOLDS else ""


def _cell(cell: CellTally | None, unanswered: str | None, lost: str = "", ended: str = "") -> CellRow:
    if cell is None:
        cause = lost or (f"no answer: {unanswered}" if unanswered else ended or NOT_EXERCISED)
        return CellRow(verdict=Verdict.UNKNOWN, observations=0, cause=cause, exchange=None)
    shown = cell.exchange if cell.verdict is not Verdict.UNKNOWN else None
    return CellRow(
        verdict=cell.verdict,
        observations=cell.verdicts.total(),
        cause=cell.cause if cell.verdict is Verdict.UNKNOWN else "",
        exchange=shown,
    )


def _cause(verdict: Verdict, cells: Mapping[str, CellRow], general: CellTally | None) -> str:
    if verdict is not Verdict.UNKNOWN:
        return ""
    if general is not None and general.cause:
        return general.cause
    causes: dict[str, list[str]] = {}
    for name, cell in cells.items():
        if cell.verdict is Verdict.UNKNOWN:
            causes.setdefault(cell.cause, []).append(name)
    return "; ".join(f"{cause} ({', '.join(names)})" for cause, names in causes.items())


def _finding(
    number: str, proven: Proven, contract: Contract, header: Header, shown: Mapping[int, ExchangeRow]
) -> FindingRow:
    finding, rule = proven.finding, contract.rules[proven.finding.rule]
    return FindingRow(
        id=number,
        rule=finding.rule,
        operation=finding.operation,
        code=finding.code,
        where=finding.where,
        expected=finding.expected,
        actual=finding.actual,
        fingerprint=fingerprint_of(rule.first_id, finding.operation, finding.code, finding.where),
        level=rule.level,
        count=proven.count,
        exchanges=finding.exchanges,
        curl=proven.curl,
        rerun=header.rerun(finding),
        test=proven.test,
        case=proven.case,
        trace=shown[finding.exchanges[-1]].trace if finding.exchanges and finding.exchanges[-1] in shown else "",
    )


def _target(target: Target, refused: Sequence[Identity]) -> TargetRow:
    usable = tuple(key.label for key in target.keys if not key.revoked and key not in refused)
    return TargetRow(
        name=target.name,
        base_url=target.base_url,
        kind="mock" if target.controlled else "live",
        allow=tuple(sorted(target.allow)),
        limit=target.limit,
        window=target.window,
        refused=tuple(key.label for key in refused),
        usable=usable,
    )


def _operation(row: Operation, state: RunState, rules: Sequence[RuleRow]) -> OperationRow:
    statuses: Mapping[int, int] = state.statuses.get(row.id, {})
    succeeded = any(200 <= status < 300 for status in statuses)
    seen = worst_verdict(rule.cells[row.id].verdict for rule in rules if rule.selected and row.id in rule.cells)
    # Never 2xx means nothing about its promises was seen: unknown, whatever the cells say, unless violated.
    verdict = seen if succeeded or seen is Verdict.VIOLATED else Verdict.UNKNOWN
    return OperationRow(
        id=row.id,
        method=row.method,
        path=row.path,
        tag=row.tag,
        scope=row.scope,
        effect=row.effect,
        verdict=verdict,
        requests=sum(statuses.values()),
        succeeded=succeeded,
        statuses={str(status): count for status, count in sorted(statuses.items())},
        documented=tuple(sorted(row.statuses)),
    )


def _pairs(contract: Contract, state: RunState) -> PairsRow:
    missing = tuple((o, s) for o, s in contract.pairs if s not in state.statuses.get(o, {}))
    total = len(contract.pairs)
    return PairsRow(documented=total, observed=total - len(missing), missing=missing)


def _requests(state: RunState) -> RequestsRow:
    return RequestsRow(
        total=state.requests,
        preflight=state.preflight,
        background=state.background,
        by_operation={name: sum(counts.values()) for name, counts in sorted(state.statuses.items())},
        by_key=dict(sorted(state.by_key.items())),
        waits=state.waits,
        waited_seconds=round(state.waited_seconds, 3),
        unplanned_429=state.unplanned_429,
        unused_while_waiting=state.unused,
        digest=state.digest,
    )


def _ambiguities(contract: Contract, state: RunState) -> tuple[QuestionRow, ...]:
    return tuple(
        QuestionRow(id=row.id, question=row.question, chosen=state.chosen.get(row.id, "not seen in this run"))
        for row in contract.ambiguities.values()
    )
