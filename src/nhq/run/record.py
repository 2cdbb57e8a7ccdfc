"""The one record of a run: a JSON document that every report is written from (reports/schemas/results.schema.json)."""

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from nhq import __version__
from nhq.contract import Contract, Operation, Rule
from nhq.contract.change_approvals import ChangeApprovals
from nhq.contract.changes import Change
from nhq.drive.budget import Spent
from nhq.drive.redact import mask_of
from nhq.drive.target import Target
from nhq.model import Finding, Identity, Level, Verdict, worst
from nhq.run.accepting import NOTHING_SETTLED, settle_run, with_approvals
from nhq.run.collect import FINDINGS_MOST, Cell, Collector, Proven
from nhq.run.gains import gains
from nhq.run.missing_keys import refused_scope
from nhq.run.required import Required, outcome
from nhq.run.select import Selection
from nhq.run.versions import SCHEMA_VERSION

_LIBRARIES = ("schemathesis", "hypothesis", "pytest", "jsonschema-rs", "requests")

NO_APPROVALS = ChangeApprovals()


@dataclass(frozen=True, slots=True)
class Header:
    """What a record says of the run itself. `started` is seconds since the epoch, `seconds` its real length.

    `again` makes the command that repeats a finding; without it, the whole run's own command does.
    """

    kind: str
    seed: int
    profile: str
    command: str
    started: float
    seconds: float
    interrupted: bool = False
    nonce: str = ""
    required: Required | None = None
    again: Callable[[Finding], str] | None = None

    def rerun(self, finding: Finding) -> str:
        """The command that repeats a finding."""
        return self.again(finding) if self.again else self.command


def make_record(
    header: Header,
    contract: Contract,
    target: Target,
    collector: Collector,
    selection: Selection,
    spent: Spent,
    bound: Mapping[str, Sequence[str]],
    approvals: ChangeApprovals = NO_APPROVALS,
) -> dict[str, Any]:
    """Fold a run into its record, in which no secret of the target stands.

    `bound` names what judges each rule, `approvals` what somebody approved: changes of the contract, a gate's findings.
    """
    rules = [_rule(rule, contract, collector, selection, bound.get(rule.id, ())) for rule in contract.rules.values()]
    findings = [_finding(f"F{n}", p, contract, header) for n, p in enumerate(_selected(collector, selection), 1)]
    settled = NOTHING_SETTLED
    if header.kind == "gate" and not header.interrupted:
        settled = settle_run(findings, rules, contract, approvals, whole=len(findings) < FINDINGS_MOST)
        findings = with_approvals(findings, settled, approvals)
    code = exit_code(rules, findings, collector, header.interrupted)
    if contract.former is not None and not header.interrupted:
        code = moved_code(code, contract, rules, approvals)
    required = outcome(header.required, rules)
    hollow = required is not None and not required["met"]
    code = 1 if settled.problems else code
    record = {
        "format": "nhq-run/1",
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "networkhq-conformance", "version": __version__},
        "kind": header.kind,
        "verdict": _overall(rules, findings, hollow).value,
        "exit_code": code or 2 * hollow,
        "interrupted": header.interrupted,
        "ended_early": "" if header.interrupted else collector.ended,
        "started": datetime.fromtimestamp(header.started, UTC).isoformat(timespec="seconds"),
        "seconds": round(header.seconds, 3),
        "seed": header.seed,
        "nonce": header.nonce,
        "profile": header.profile,
        "command": header.command,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
        "contract": _contract(contract, approvals),
        "target": _target(target, collector.target.refused),
        "operations": [_operation(row, collector, rules) for row in contract.operations.values()],
        "required": required,
        "gains": gains(contract, target, collector.tests, rules) if header.kind == "gate" else [],
        "pairs": _pairs(contract, collector),
        "rules": rules,
        "findings": findings,
        "approval_problems": list(settled.problems),
        "approvals": [asdict(use) for use in settled.uses],
        "exchanges": {str(number): shown for number, shown in sorted(collector.shown.items())},
        "requests": _requests(collector, spent),
        "troubles": [asdict(trouble) for trouble in collector.troubles],
        "ambiguities": _ambiguities(contract, collector),
        "unsatisfied": list(collector.unsatisfied),
        "written": collector.written,
        "tests": [_test(result) for result in collector.tests],
        "load": None,
        "power": None,
    }
    masked: dict[str, Any] = mask_of(target).value(record)
    return masked


def exit_code(
    rules: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]], collector: Collector, interrupted: bool
) -> int:
    """130 interrupted, 1 a `must` violated and not approved, 2 trouble of ours or nothing judged, else 0."""
    if interrupted:
        return 130
    if any(finding["level"] == Level.MUST and not finding.get("approved") for finding in findings):
        return 1
    judged = any(rule["selected"] and rule["verdict"] == Verdict.HOLDS for rule in rules)
    judged = judged or any(finding.get("approved") for finding in findings)
    return 0 if judged and not collector.troubles else 2


def moved_code(code: int, contract: Contract, rules: Sequence[Mapping[str, Any]], approvals: ChangeApprovals) -> int:
    """Under a contract that moved: 1 where a change fails the run; that nothing could be judged is no trouble then."""
    if any(change.fails and not approvals.accept(change) for change in contract.changes):
        return 1
    return code


def _contract(contract: Contract, approvals: ChangeApprovals) -> dict[str, Any]:
    """Which contract was judged by, and the findings about it where it moved."""
    info = contract.document.get("info", {})
    told: dict[str, Any] = {k: str(info.get(k, "")) for k in ("title", "version")} | {"digest": contract.digest}
    if contract.former is None:
        return told
    changes = [_change(change, approvals) for change in contract.changes]
    return told | {"former": contract.former.digest, "changes": changes}


def _change(change: Change, approvals: ChangeApprovals) -> dict[str, Any]:
    approved = approvals.accept(change)
    words = {name: getattr(change, name) for name in ("pointer", "before", "after", "todo", "operation")}
    return {
        "kind": change.kind.value,
        **words,
        "rules": list(change.rules),
        "fails": change.fails,
        "approved": approved,
        "stanza": approvals.propose(change) if change.fails and not approved else "",
    }


def _overall(rules: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]], hollow: bool) -> Verdict:
    if any(finding["level"] == Level.MUST for finding in findings):
        return Verdict.VIOLATED
    if hollow:
        return Verdict.UNKNOWN
    binding = [Verdict(r["verdict"]) for r in rules if r["selected"] and r["level"] == Level.MUST]
    return worst(v for v in binding if v is not Verdict.VIOLATED)


def _selected(collector: Collector, selection: Selection) -> list[Proven]:
    return [p for p in collector.findings.values() if selection.judges(p.finding.rule)]


def _rule(
    rule: Rule, contract: Contract, collector: Collector, selection: Selection, bound: Sequence[str]
) -> dict[str, Any]:
    wanted = [operation for operation in contract.applies(rule) if selection.covers(operation)]
    cells = {
        name: _cell(
            collector.cells.get((rule.id, name)),
            collector.unanswered.get(name),
            _lost(contract, rule.id, name) or refused_scope(contract.operations[name].scope, collector.target),
            collector.ended,
        )
        for name in wanted
    }
    general = collector.cells.get((rule.id, None))
    verdict = _verdict([Verdict(cell["verdict"]) for cell in cells.values()], general)
    lost = contract.unjudged.get((rule.id, ""), "")
    selected = selection.judges(rule.id) and bool(wanted or lost or (general and not rule.operations))
    return {
        "id": rule.id,
        "title": rule.title,
        "area": rule.area,
        "level": rule.level.value,
        "pointer": rule.pointer,
        "quote": rule.quote,
        "verdict": verdict.value,
        "cause": (lost if verdict is Verdict.UNKNOWN else "")
        or _cause(verdict, cells, general)
        or _remark(verdict, general),
        "selected": selected,
        "cells": cells,
        "bound": list(bound),
    }


def _lost(contract: Contract, rule: str, operation: str) -> str:
    return contract.unjudged.get((rule, "")) or contract.unjudged.get((rule, operation), "")


def _verdict(cells: Sequence[Verdict], general: Cell | None) -> Verdict:
    """A rule whose cells all hold holds, though one of its judges couldn't run; else the most serious decides."""
    seen = worst(cells)
    if general is None or (seen is Verdict.HOLDS and general.verdict is Verdict.UNKNOWN):
        return seen
    return worst([*cells, general.verdict])


def _remark(verdict: Verdict, general: Cell | None) -> str:
    """Why one of the judges of a rule that holds couldn't run."""
    return general.cause if general is not None and verdict is Verdict.HOLDS else ""


def _cell(cell: Cell | None, unanswered: str | None, lost: str = "", ended: str = "") -> dict[str, Any]:
    if cell is None:
        cause = lost or (f"no answer: {unanswered}" if unanswered else ended or "not exercised")
        return {"verdict": Verdict.UNKNOWN.value, "observations": 0, "cause": cause, "exchange": None}
    shown = cell.exchange if cell.verdict is not Verdict.UNKNOWN else None
    return {
        "verdict": cell.verdict.value,
        "observations": cell.verdicts.total(),
        "cause": cell.cause if cell.verdict is Verdict.UNKNOWN else "",
        "exchange": shown,
    }


def _cause(verdict: Verdict, cells: Mapping[str, Mapping[str, Any]], general: Cell | None) -> str:
    if verdict is not Verdict.UNKNOWN:
        return ""
    if general is not None and general.cause:
        return general.cause
    causes: dict[str, list[str]] = {}
    for name, cell in cells.items():
        if cell["verdict"] == Verdict.UNKNOWN:
            causes.setdefault(str(cell["cause"]), []).append(name)
    return "; ".join(f"{cause} ({', '.join(names)})" for cause, names in causes.items())


def _finding(number: str, proven: Proven, contract: Contract, header: Header) -> dict[str, Any]:
    finding = proven.finding
    return {
        "id": number,
        **{
            name: getattr(finding, name)
            for name in ("rule", "operation", "code", "where", "expected", "actual", "fingerprint")
        },
        "level": contract.rules[finding.rule].level.value,
        "count": proven.count,
        "exchanges": list(finding.exchanges),
        "curl": proven.curl,
        "rerun": header.rerun(finding),
        "test": proven.test,
        "approved": "",
        "stanza": "",
    }


def _target(target: Target, refused: Sequence[Identity]) -> dict[str, Any]:
    return {
        "name": target.name,
        "base_url": target.base_url,
        "kind": "mock" if target.control_url else "live",
        "allow": sorted(target.allow),
        "limit": target.limit,
        "window": target.window,
        "refused": [key.label for key in refused],
    }


def _operation(row: Operation, collector: Collector, rules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    statuses: Mapping[int, int] = collector.statuses.get(row.id, {})
    succeeded = any(200 <= status < 300 for status in statuses)
    cells = [rule["cells"][row.id]["verdict"] for rule in rules if rule["selected"] and row.id in rule["cells"]]
    seen = worst(Verdict(v) for v in cells)
    # Never 2xx means nothing about its promises was seen: unknown, whatever the cells say, unless violated.
    verdict = seen if succeeded or seen is Verdict.VIOLATED else Verdict.UNKNOWN
    return {
        "id": row.id,
        "method": row.method,
        "path": row.path,
        "tag": row.tag,
        "scope": row.scope,
        "effect": row.effect.value,
        "verdict": verdict.value,
        "requests": sum(statuses.values()),
        "succeeded": succeeded,
        "statuses": {str(status): count for status, count in sorted(statuses.items())},
        "documented": sorted(row.statuses),
    }


def _pairs(contract: Contract, collector: Collector) -> dict[str, Any]:
    missing = [[o, s] for o, s in contract.pairs if s not in collector.statuses.get(o, {})]
    total = len(contract.pairs)
    return {"documented": total, "observed": total - len(missing), "missing": missing}


def _requests(collector: Collector, spent: Spent) -> dict[str, Any]:
    return {
        "total": collector.requests,
        "preflight": collector.preflight,
        "by_operation": {name: sum(counts.values()) for name, counts in sorted(collector.statuses.items())},
        "by_key": dict(sorted(collector.by_key.items())),
        "waits": spent.waits,
        "waited_seconds": round(spent.seconds, 3),
        "unplanned_429": spent.unplanned_429,
        "unused_while_waiting": spent.unused,
        "digest": collector.digest.hexdigest(),
    }


def _ambiguities(contract: Contract, collector: Collector) -> list[dict[str, str]]:
    return [
        {"id": row.id, "question": row.question, "chosen": collector.chosen.get(row.id, "not seen in this run")}
        for row in contract.ambiguities.values()
    ]


def _test(result: Any) -> dict[str, Any]:
    return {**asdict(result), "rules": list(result.rules), **_rounded(result)}


def _rounded(result: Any) -> dict[str, float]:
    return {name: round(getattr(result, name), 3) for name in ("seconds", "own_seconds")}
