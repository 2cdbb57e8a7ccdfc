"""`junit.xml` in the xunit1 shape that Jenkins, GitLab and others read: a test case for each rule × operation.

A broken `must` is a <failure>. What only warns, and what could not be judged, is <skipped> with its reason:
CI servers colour a build by failures and errors, and those two don't decide a run. That the run as a whole
holds is a test case of its own, so that the file is red exactly when the exit code isn't 0.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Any

from nhq.report import facts
from nhq.report.text import cut, for_xml, one_line
from nhq.report.words import FAILING, Record

_MOST = 4000
_SUITE = "nhq"


def render(record: Record) -> str:
    """The record as JUnit XML, UTF-8, declaration included."""
    root = ET.Element("testsuites", {"name": f"{_SUITE} {record['kind']}"})
    root.append(_run_suite(record))
    findings = _by_cell(record)
    areas: dict[str, list[dict[str, Any]]] = {}
    for rule in facts.selected(record):
        areas.setdefault(rule["area"], []).append(rule)
    for area, rules in areas.items():
        root.append(_suite(record, area, [case for rule in rules for case in _cases(rule, findings)]))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _by_cell(record: Record) -> dict[tuple[str, str], list[dict[str, Any]]]:
    cells: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for finding in record["findings"]:
        cells.setdefault((finding["rule"], finding["operation"] or ""), []).append(finding)
    return cells


def _cases(rule: dict[str, Any], findings: dict[tuple[str, str], list[dict[str, Any]]]) -> Iterable[ET.Element]:
    """A rule's cells as test cases; a rule with no cell has one for itself, so that it never vanishes."""
    cells = rule["cells"] or {"": {"verdict": rule["verdict"], "cause": rule["cause"]}}
    for operation, cell in cells.items():
        case = _case(f"{_SUITE}.{rule['area']}.{rule['id']}", facts.place(operation))
        _judge(case, rule, cell, findings.get((rule["id"], operation), []))
        yield case


def _judge(case: ET.Element, rule: dict[str, Any], cell: dict[str, Any], found: list[dict[str, Any]]) -> None:
    if cell["verdict"] == "unknown":
        _add(case, "skipped", f"could not be judged: {cell['cause'] or rule['cause']}", "unknown", "")
    if cell["verdict"] == "violated":
        tag, word = ("failure", "violated") if rule["level"] == FAILING else ("skipped", f"warning ({rule['level']})")
        text = "\n\n".join(_explain(rule, finding) for finding in found)
        _add(case, tag, f"{word}: {found[0]['actual'] if found else rule['title']}", rule["id"], text)


def _explain(rule: dict[str, Any], finding: dict[str, Any]) -> str:
    lines = {
        "promised": f"{rule['quote']}  ({rule['pointer']})",
        "expected": finding["expected"],
        "actual": finding["actual"],
        "where": finding["where"],
        "seen": f"{finding['count']} time(s)",
        "curl": finding["curl"],
        "again": finding["rerun"],
    }
    whole = {"curl", "again"}  # commands that are cut don't run
    return "\n".join(f"{name}: {text if name in whole else cut(text, _MOST)}" for name, text in lines.items() if text)


def _run_suite(record: Record) -> ET.Element:
    """The verdict of the whole run, and our own troubles, as test cases."""
    case = _case(f"{_SUITE}.run", f"exit code is {record['exit_code']}")
    case.set("name", "nothing is violated, and the run could be judged")
    if record["exit_code"]:
        tag = "failure" if record["exit_code"] == 1 else "error"
        reasons = [f"{trouble['where']}: {trouble['cause']}" for trouble in record["troubles"]]
        _add(case, tag, facts.headline(record), f"exit {record['exit_code']}", "\n".join(reasons))
    return _suite(record, "run", [case], seconds=record["seconds"])


def _suite(record: Record, area: str, cases: list[ET.Element], seconds: float = 0.0) -> ET.Element:
    suite = ET.Element("testsuite", {"name": for_xml(f"{_SUITE}.{area}"), "tests": str(len(cases))})
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", f"{seconds:.3f}")
    suite.set("timestamp", for_xml(record["started"].removesuffix("Z").split("+")[0].split(".")[0]))
    suite.extend(cases)
    return suite


def _case(classname: str, name: str) -> ET.Element:
    return ET.Element("testcase", {"classname": for_xml(classname), "name": for_xml(name), "time": "0.000"})


def _add(case: ET.Element, tag: str, message: str, kind: str, text: str) -> None:
    element = ET.SubElement(case, tag, {"message": for_xml(cut(one_line(message), _MOST)), "type": for_xml(kind)})
    element.text = for_xml(text) or None
