"""The section of a load run: verdicts, witnesses, windows, latencies, budget."""

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from msgspec import convert

from nhq import report
from nhq.record.load_rows import CourseRow, TimelineRow
from nhq.record.record_json import record_of
from nhq.report import html_page, load_section, terminal_summary
from nhq.report.latency_chart import course_picture
from nhq.report.window_timeline import timeline_svg

LATENCY = {"operation": "", "requests": 5, "p50": 0.01, "p90": 0.015, "p95": 0.02, "p99": 0.03, "longest": 0.04}
LATENCY |= {"per_second": 0.8, "errors": 0.2}
WITNESS = {"sent": 1.0, "received": 1.5, "key": "full", "status": "200", "remaining": 0, "reset": 1_800_000_005.0}
FOUND = {
    "name": "over-admission",
    "key": "full",
    "expected": "at most 2 in 5 s",
    "actual": "3",
    "source": "statuses",
    "times": 2,
    "witnesses": 30,
    "witness": [WITNESS, WITNESS | {"status": "no reply", "remaining": None, "reset": None}],
}
LINE = {
    "key": "full",
    "left_out": 0,
    "points": [[0.0, 1, 200], [1.0, 0, 200], [2.0, 0, 429], [3.0, None, 0], [6.0, 1, 200]],
    "declared": [5.0, 11.0],
    "observed": [[2.1, 6.1]],
}


def verdict(aspect: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    said = "violated" if found else "holds"
    return {
        "aspect": aspect,
        "verdict": said,
        "cause": f"{aspect} because",
        "by_headers": "holds",
        "by_statuses": said,
        "findings": found,
        "doubts": [],
    }


@pytest.fixture
def loaded(holding: dict[str, Any]) -> dict[str, Any]:
    """The record of a load run that found one thing and exceeded one number."""
    holding["kind"] = "load"
    holding["load"] = {
        "profile": "boundary",
        "says": "2N around an edge",
        "limit": 2,
        "window": 5.0,
        "keys": 1,
        "workers": 1,
        "requests": 5,
        "seconds": 6.1,
        "per_second": 0.8,
        "statuses": {"no reply": 1, "200": 3, "429": 1},
        "verdicts": [verdict("admissions", [FOUND]), *(verdict(a, []) for a in ("headers", "reset", "algorithm"))],
        "exceeded": ["latency p50"],
        "budget": [{"name": "latency p50", "allowed": "0.001 s", "actual": "0.010 s", "verdict": "violated"}],
        "latency": [LATENCY, LATENCY | {"operation": "list_leads"}],
        "lateness": {"p50": 0.0, "p99": 0.1, "longest": 0.2},
        "course": {"step": 2.5, "points": [[2, 0.01, 0.02, 0.0], [0, None, None, 0.0], [3, 0.01, 0.04, 0.5]]},
        "looks_like": "sliding log",
        "skew": [-0.1, 0.9],
        "notes": ["worker-1 died"],
        "timeline": [LINE],
        "histories": ["worker-0.arrows"],
    }
    return holding


def test_the_record_is_valid(loaded: dict[str, Any]) -> None:
    """What the section is made from is what the schema admits."""
    assert report.record_problems(loaded) == []


@pytest.mark.parametrize("name", ["limit", "verdicts", "timeline", "histories"])
def test_the_schema_knows_load_runs(loaded: dict[str, Any], name: str) -> None:
    """A member that is missing, or one too many, is seen."""
    kept = loaded["load"].pop(name)
    assert any(name in problem for problem in report.record_problems(loaded))
    loaded["load"] |= {name: kept, "surprise": 1}
    assert any("surprise" in problem for problem in report.record_problems(loaded))


def test_the_page_shows_everything(loaded: dict[str, Any]) -> None:
    """Four verdicts, the finding with its witnesses, the picture, percentiles, budget, notes."""
    page = html_page.render_html(record_of(loaded))
    for said in ("admissions because", "over-admission: key full, 2 times", "at most 2 in 5 s", "28 further rows"):
        assert said in page
    for said in ("10.0 ms", "✗ violated", "worker-1 died", "2N around an edge", "1 × no reply", "-0.10 to +0.90 s"):
        assert said in page
    assert page.count("<svg") == 2


def test_a_doubt_is_shown_as_one(loaded: dict[str, Any]) -> None:
    """What another client would explain is shown with its witnesses, and not as a finding."""
    loaded["load"]["verdicts"][1]["doubts"] = [FOUND | {"name": "phantom count"}]
    assert report.record_problems(loaded) == []
    page = html_page.render_html(record_of(loaded))
    assert "? unless another client uses the keys: phantom count: key full" in page
    assert "✗ phantom count" not in page


def test_the_terminal_says_it_in_lines(loaded: dict[str, Any]) -> None:
    """A line a verdict, then what was exceeded and what to note."""
    lines = load_section.load_text(record_of(loaded).load).splitlines()
    assert lines[0] == "5 requests with 1 key in 6 s"
    assert [line.split()[:3] for line in lines[1:5]] == [
        ["✗", "admissions", "violated"],
        ["✓", "headers", "holds"],
        ["✓", "reset", "holds"],
        ["✓", "algorithm", "holds"],
    ]
    assert lines[5:] == [
        "  looks like  sliding log",
        "  operation   requests       p50       p90       p95       p99       max      rate    errors",
        "  all                5   10.0 ms   15.0 ms   20.0 ms   30.0 ms   40.0 ms     0.8/s    20.00%",
        "  list_leads         5   10.0 ms   15.0 ms   20.0 ms   30.0 ms   40.0 ms     0.8/s    20.00%",
        "! budget: latency p50 0.010 s, allowed 0.001 s",
        "note: worker-1 died",
    ]


def test_an_exceeded_budget_is_no_broken_promise(loaded: dict[str, Any]) -> None:
    """The headline says which it was."""
    loaded |= {"verdict": "violated", "findings": []}
    assert "the budget was exceeded (latency p50); no rule failed" in terminal_summary.render_terminal(
        record_of(loaded)
    )


def test_latency_is_drawn_over_time_with_the_windows_marked() -> None:
    """Two lines, which stretches without an answer interrupt, a mark for failures, a dash for each window's end."""
    course = {"step": 1.0, "points": [[2, 0.01, 0.02, 0.0], [0, None, None, 0.0], [3, 0.01, 0.04, 0.5]]}
    paths = {
        path.get("class"): str(path.get("d"))
        for path in ET.fromstring(str(course_picture(convert(course, CourseRow), [1.5, 99]))).iter("path")
    }
    assert (paths["p50"].count("M"), paths["p95"].count("M")) == (2, 2)
    assert paths["out"].count("M") == 1
    assert paths["edge"].count("M") == 1
    begun, ended = re.findall(r"M([\d.]+) [\d.]+H([\d.]+)", paths["p50"])[0]
    assert float(ended) - float(begun) > 100  # a stretch on its own is as wide as the others


def drawn(line: dict[str, Any], limit: int = 2, seconds: float = 11.0) -> ET.Element:
    """The picture, parsed as XML."""
    return ET.fromstring(str(timeline_svg(convert(line, TimelineRow), limit, seconds)))


def test_every_request_is_drawn() -> None:
    """A dot for what was admitted, a cross for a refusal, a ring for silence, dashes and stretches for edges."""
    paths = {path.get("class"): str(path.get("d")) for path in drawn(LINE).iter("path")}
    assert paths["in"].count("M") == 3
    assert paths["out"].count("M") == 1
    assert paths["lost"].count("M") == 1
    assert paths["edge"].count("M") == 2
    assert len(list(drawn(LINE).iter("rect"))) == 1


def test_a_picture_is_told_in_words_too() -> None:
    """For those who cannot see it."""
    (svg,) = drawn(LINE).iter("svg")
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == "Key full: 5 requests, 1 of them refused, 1 new windows observed"


@pytest.mark.parametrize("seconds", [0.0, 0.3, 7.0, 3600.0, 1e6])
def test_any_length_can_be_drawn(seconds: float) -> None:
    """The axis has a handful of numbers, whatever it spans."""
    texts = [text.text for text in drawn(LINE, seconds=seconds).iter("text")]
    assert 5 <= len(texts) <= 17


def test_hostile_labels_stay_text() -> None:
    """A key's label is the owner's choice."""
    label = '"><script>alert(1)</script>'
    (svg,) = drawn(LINE | {"key": label}).iter("svg")
    assert label in str(svg.get("aria-label"))


def test_nothing_recorded_of_a_key_is_an_empty_picture() -> None:
    """Axes alone."""
    empty = drawn({"key": "k", "left_out": 0, "points": [], "declared": [], "observed": []})
    assert {path.get("class") for path in empty.iter("path")} == {"axis", "edge"}
