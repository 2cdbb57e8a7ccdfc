"""`junit.xml` in the xunit1 shape that Jenkins, GitLab and others read: a test case for each rule × operation.

A broken `must` is a <failure>. What only warns, and what could not be judged, is <skipped> with its reason:
CI servers colour a build by failures and errors, and those two don't decide a run. That the run as a whole
holds is a test case of its own, so that the file is red exactly when the exit code isn't 0.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping

from nhq.formats import junit
from nhq.formats.junit import LONGEST, add_outcome, junit_case
from nhq.formats.text import cut_text
from nhq.model import binds
from nhq.record.judged_rows import CellRow, FindingRow, RuleRow
from nhq.record.run_record import ChangeRow, Record
from nhq.report import record_facts, revision_section
from nhq.report.rule_times import Cell, cell_seconds
from nhq.report.run_headline import run_headline

_SUITE = "nhq"


def render_junit(record: Record) -> str:
    """The record as JUnit XML, UTF-8, declaration included."""
    findings, seconds = _by_cell(record), cell_seconds(record)
    areas: dict[str, list[RuleRow]] = {}
    for rule in record_facts.selected_rules(record):
        areas.setdefault(rule.area, []).append(rule)
    suites = [_run_suite(record, max(0.0, record.seconds - sum(seconds.values())))]
    if revision_section.contract_changes(record):
        suites.append(
            _suite(record, "contract", [_changed(change) for change in revision_section.contract_changes(record)])
        )
    for area, rules in areas.items():
        suites.append(_suite(record, area, [one for rule in rules for one in _cases(record, rule, findings, seconds)]))
    return junit.junit_document(f"{_SUITE} {record.kind}", suites)


def _changed(change: ChangeRow) -> ET.Element:
    """A finding about a contract that moved: a failure where it fails the run, else skipped with a reason."""
    made = junit_case(f"{_SUITE}.{revision_section.change_check_id(change).replace('/', '.')}", change.pointer or "/")
    tag = "failure" if revision_section.change_fails_run(change) else "skipped"
    words = "\n".join(filter(None, (revision_section.change_details(change), change.stanza)))
    add_outcome(made, tag, revision_section.change_title(change), change.kind, words)
    return made


def _by_cell(record: Record) -> dict[Cell, list[FindingRow]]:
    cells: dict[Cell, list[FindingRow]] = {}
    for finding in record.findings:
        cells.setdefault((finding.rule, finding.operation or ""), []).append(finding)
    return cells


def _cases(
    record: Record, rule: RuleRow, findings: Mapping[Cell, list[FindingRow]], seconds: Mapping[Cell, float]
) -> Iterable[ET.Element]:
    """A rule's cells as test cases; a rule with no cell has one for itself, so that it never vanishes."""
    cells = rule.cells or {"": CellRow(verdict=rule.verdict, observations=0, cause=rule.cause, exchange=None)}
    for operation, cell in cells.items():
        name = record_facts.operation_name(operation)
        made = junit_case(f"{_SUITE}.{rule.area}.{rule.id}", name, seconds.get((rule.id, operation), 0.0))
        _judge(made, record, rule, cell, findings.get((rule.id, operation), []))
        yield made


def _judge(made: ET.Element, record: Record, rule: RuleRow, cell: CellRow, found: list[FindingRow]) -> None:
    if cell.verdict == "unknown":
        add_outcome(made, "skipped", f"not judged: {cell.cause or rule.cause}", "unknown", "")
    if cell.verdict == "violated":
        is_red = binds(rule.level, record.fail_on)
        tag, word = ("failure", "failed") if is_red else ("skipped", f"warning ({rule.level})")
        if found and all(finding.approved for finding in found):
            tag, word = "skipped", f"failed (approved by {found[0].approved})"
        text = "\n\n".join(_explain(rule, finding) for finding in found)
        add_outcome(made, tag, f"{rule.id} {word}: {_message(rule, found)}", rule.id, text)


def _message(rule: RuleRow, found: list[FindingRow]) -> str:
    """What a CI server shows in its list: what was expected and what came, of the finding that counts most."""
    lead = next((finding for finding in found if not finding.approved), found[0] if found else None)
    return f"expected {lead.expected}, got {lead.actual}" if lead is not None else rule.title


def _explain(rule: RuleRow, finding: FindingRow) -> str:
    lines = {
        "promised": f"{rule.quote}  ({rule.pointer})",
        "expected": finding.expected,
        "actual": finding.actual,
        "where": finding.where,
        "seen": f"{finding.count} time(s)",
        "curl": finding.curl,
        "reproduce": finding.rerun,
        "approving": finding.stanza,
    }
    whole = {"curl", "reproduce", "approving"}  # commands that are cut don't run
    return "\n".join(
        f"{name}: {text if name in whole else cut_text(text, LONGEST)}" for name, text in lines.items() if text
    )


def _run_suite(record: Record, seconds: float) -> ET.Element:
    """The verdict of the whole run, and our own troubles, as a test case; its seconds are those of no rule."""
    made = junit_case(f"{_SUITE}.run", "no rule failed, and the run could be judged", seconds)
    if record.exit_code:
        tag = "failure" if record.exit_code == 1 else "error"
        reasons = [f"{trouble.where}: {trouble.cause}" for trouble in record.troubles]
        reasons += (
            [" ".join([record_facts.required_line(record), *record_facts.lacking_rules(record)])]
            if record_facts.lacking_rules(record)
            else []
        )
        reasons += record.approval_problems
        reasons += [record_facts.ended_early(record)] if record_facts.ended_early(record) else []
        add_outcome(made, tag, run_headline(record), f"exit {record.exit_code}", "\n".join(reasons))
    return _suite(record, "run", [made])


def _suite(record: Record, area: str, cases: list[ET.Element]) -> ET.Element:
    started = record.started.removesuffix("Z").split("+")[0].split(".")[0]
    return junit.junit_suite(f"{_SUITE}.{area}", cases, started)
