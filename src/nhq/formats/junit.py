"""JUnit XML in the xunit1 shape that Jenkins, GitLab and others read: suites of test cases."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from nhq.formats.text import cut_text, for_xml, one_line

LONGEST = 4000
"""How many characters of a text are written."""


def junit_document(name: str, suites: Iterable[ET.Element]) -> str:
    """The suites as XML, UTF-8, declaration included; counts and seconds are the sums of theirs."""
    root = ET.Element("testsuites", {"name": for_xml(name)})
    root.extend(suites)
    for total in ("tests", "failures", "errors"):
        root.set(total, str(sum(int(inner.get(total, "0")) for inner in root)))
    root.set("time", f"{sum(float(inner.get('time', '0')) for inner in root):.3f}")
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def junit_suite(name: str, cases: Sequence[ET.Element], started: str) -> ET.Element:
    """A suite with its counts and the seconds of its cases; `started` is ISO 8601 without a zone."""
    made = ET.Element("testsuite", {"name": for_xml(name), "tests": str(len(cases))})
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        made.set(count, str(sum(one.find(tag) is not None for one in cases)))
    made.set("time", f"{sum(float(one.get('time', '0')) for one in cases):.3f}")
    made.set("timestamp", for_xml(started))
    made.extend(cases)
    return made


def junit_case(classname: str, name: str, seconds: float = 0.0) -> ET.Element:
    """A test case that passed, so far."""
    names = {"classname": for_xml(classname), "name": for_xml(name)}
    return ET.Element("testcase", {**names, "time": f"{seconds:.3f}"})


def add_outcome(to: ET.Element, tag: str, message: str, kind: str, words: str = "") -> None:
    """Let a case fail, err or be skipped, with a reason on one line and more in `words`."""
    element = ET.SubElement(to, tag, {"message": for_xml(cut_text(one_line(message), LONGEST)), "type": for_xml(kind)})
    element.text = for_xml(words) or None
