"""What else a finding might be: what a reader should rule out before accusing a server."""

from typing import Any

import pytest

from nhq.report.other_explanations import other_explanations
from tests.made_records import made_record

ANSWER = {
    **dict.fromkeys(("path", "trouble", "request_body", "body", "test"), ""),
    "id": 7,
    "operation": "a",
    "method": "GET",
    "identity": "full",
    "status": 200,
    "request_headers": {},
    "headers": {"content-type": "application/json"},
    "at": 0.0,
    "seconds": 0.1,
}


def lines(kind: str = "live", area: str = "leads", level: str = "must", **finding: Any) -> str:
    """All that is said of a finding of a rule."""
    answer = {**ANSWER, **finding.pop("answer", {})}
    record = made_record(
        target={"kind": kind},
        rules=[{"id": "A-1", "area": area, "level": level}],
        findings=[{"rule": "A-1", "operation": "a", "level": level, "exchanges": [7], "count": 2, **finding}],
        exchanges={"7": answer},
    )
    return " ".join(other_explanations(record, record.rules[0], record.findings))


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"area": "ratelimit"}, "Another client may use the same key"),
        ({"code": "changed"}, "Somebody else may have changed the same data"),
        ({"code": "different"}, "A cache in front of the server"),
        ({"answer": {"status": 502}}, "A gateway or proxy"),
        ({"answer": {"status": 400, "headers": {"content-type": "text/html"}}}, "A gateway or proxy"),
        ({"count": 1}, "run the command again"),
        ({"level": "assumed"}, "we assume it"),
        ({}, "`nhq explain A-1`"),
    ],
)
def test_what_a_run_cannot_rule_out_is_named(about: dict[str, Any], words: str) -> None:
    """Each kind of finding names what people, clients and machines in between may have done."""
    assert words in lines(**about)


def test_nothing_that_did_not_happen_is_suspected() -> None:
    """An ordinary answer of a server is blamed on no gateway, cache or other client."""
    assert not {"gateway", "cache", "client", "Somebody"} & set(lines().split())


def test_on_a_mock_nobody_else_is_suspected() -> None:
    """Only we talk to it."""
    assert lines(kind="mock", area="ratelimit", count=1).startswith("Nobody else uses this mock")
