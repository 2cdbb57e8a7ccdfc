"""junit_report.xml: what a CI server shows is what the run decided."""

import xml.etree.ElementTree as ET
from typing import Any

from nhq.record.record_json import record_of
from nhq.report import junit_report

# The xunit1 shape as Jenkins' plugin reads it: for each element its attributes and its children.
SHAPE = {
    "testsuites": ({"name", "tests", "failures", "errors", "time"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": ({"classname", "name", "time", "file", "line"}, {"failure", "error", "skipped", "system-out"}),
    "failure": ({"message", "type"}, set()),
    "error": ({"message", "type"}, set()),
    "skipped": ({"message", "type"}, set()),
}


def parse(record: dict[str, Any]) -> ET.Element:
    return ET.fromstring(junit_report.render_junit(record_of(record)).encode())


def case(root: ET.Element, rule: str, operation: str) -> ET.Element:
    found = [
        case
        for case in root.iter("testcase")
        if case.get("classname", "").endswith(rule) and case.get("name") == operation
    ]
    assert len(found) == 1
    return found[0]


def test_it_has_the_shape_that_jenkins_reads(any_record: dict[str, Any]) -> None:
    """Every element has only known attributes and children, suites' counts are true, and a case has one outcome."""
    root = parse(any_record)
    for element in root.iter():
        attributes, children = SHAPE[element.tag]
        assert set(element.keys()) <= attributes
        assert {child.tag for child in element} <= children
    for suite in root:
        assert suite.get("tests") == str(len(suite.findall("testcase")))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(name) == str(len(suite.findall(f"testcase/{tag}")))
        assert all(len(case) <= 1 for case in suite)


def test_it_is_red_exactly_when_the_exit_code_is(any_record: dict[str, Any]) -> None:
    """There is a failure or an error in the file if and only if the run's exit code isn't 0."""
    root = parse(any_record)
    red = bool(root.findall(".//failure") or root.findall(".//error"))
    assert red is (any_record["exit_code"] != 0)


def test_each_cell_is_a_case(holding: dict[str, Any]) -> None:
    """Each rule × operation is one test case, and the run as a whole is one more."""
    cells = sum(len(rule["cells"]) for rule in holding["rules"])
    assert len(list(parse(holding).iter("testcase"))) == cells + 1


def test_a_broken_must_is_a_failure(violated: dict[str, Any]) -> None:
    """The failure tells what was promised, expected and seen, and how to see it again."""
    failure = case(parse(violated), "AUTH-1", "list_leads").find("failure")
    assert failure is not None
    expected = "expected every lead exactly once over all pages"
    assert failure.get("message") == f"AUTH-1 failed: {expected}, got lead_0007 stands on page 1 and again on page 2"
    for part in (
        "promised: Requests without",
        "expected: every lead",
        "actual: lead_0007",
        "curl: curl -sS",
        "reproduce: nhq",
    ):
        assert part in (failure.text or "")


def test_a_warning_is_not_red(violated: dict[str, Any]) -> None:
    """A broken `should` is skipped with its warning, so that CI shows it and stays green."""
    skipped = case(parse(violated), "ERRORS-3", "get_lead").find("skipped")
    assert skipped is not None
    assert (skipped.get("message") or "").startswith("ERRORS-3 warning (should): expected every lead")


def test_unknown_is_skipped_with_its_cause(violated: dict[str, Any]) -> None:
    """What could not be judged is skipped and says why; it never passes in silence."""
    skipped = case(parse(violated), "LEADS-4", "list_lead_lists").find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "not judged: no campaign in state completed"


def test_trouble_and_interruption_are_errors(unknown: dict[str, Any]) -> None:
    """A run that couldn't be judged, or was stopped, is an error of the run's own case, with our troubles in it."""
    for code in (2, 130):
        unknown["exit_code"] = code
        error = parse(unknown).find("testsuite[@name='nhq.run']/testcase/error")
        assert error is not None
        assert error.get("type") == f"exit {code}"
        assert "no reply within 10 s" in (error.text or "")


def test_a_rule_without_cells_is_a_case(unknown: dict[str, Any]) -> None:
    """A rule that was selected but met no operation is there, skipped."""
    unknown["rules"][0].update(cells={}, verdict="unknown", cause="nothing to look at")
    assert case(parse(unknown), "AUTH-1", "(whole API)").find("skipped") is not None


def test_the_times_of_cases_add_up_to_the_runs(holding: dict[str, Any]) -> None:
    """A CI server shows where the time goes: a test's seconds are shared by what it judges, the rest is the run's."""
    holding["tests"] = [
        {**holding["tests"][0], "id": f"test_leads.py::test_x{on}", "rules": ["LEADS-1"], "seconds": 6.0}
        for on in ("", "[get_lead_list]")
    ]
    rule = next(rule for rule in holding["rules"] if rule["id"] == "LEADS-1")
    rule["cells"] = {name: rule["cells"].popitem()[1] for name in ("list_leads", "get_lead_list", "get_lead")}
    root = parse(holding)
    assert [case(root, "LEADS-1", name).get("time") for name in rule["cells"]] == ["2.000", "8.000", "2.000"]
    assert (root.get("time"), holding["seconds"]) == ("38.400", 38.4)
    assert root.find("testsuite[@name='nhq.run']").attrib["time"] == "26.400"


def test_hostile_text_survives_as_text(hostile: dict[str, Any]) -> None:
    """Markup, ]]> and control characters arrive as characters, forbidden ones as U+FFFD."""
    failure = case(parse(hostile), "AUTH-1", "list_leads").find("failure")
    assert failure is not None
    assert "</script></title><img src=x onerror=alert(1)> \"'` ]]> &" in (failure.text or "")
    assert "\ufffd" in (failure.text or "")
