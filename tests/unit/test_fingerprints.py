"""What a fingerprint depends on, and what it doesn't."""

from dataclasses import replace

import pytest

from nhq.fingerprints import Breach, fingerprint_of, general_place, keyword_code
from nhq.model import Finding

FINDING = Finding("LIST-DATA-COMPLETE", "create_lead_lists", "2 lists", "1 list", "/data/0/id", (7,), Breach.MISSING)


@pytest.mark.parametrize(
    "other",
    [
        {"expected": "all lists"},
        {"actual": "another"},
        {"exchanges": (1, 2)},
        {"where": "/data/17/id"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_what_is_said_and_seen_changes_no_fingerprint(other: dict[str, object]) -> None:
    """Neither a message nor its proof nor the index of a row stands in it."""
    assert replace(FINDING, **other).fingerprint == FINDING.fingerprint


@pytest.mark.parametrize(
    "other",
    [{"rule": "LIST-SUMMARY"}, {"operation": "get_lead_list"}, {"code": Breach.SURPLUS}, {"where": "/data/0/name"}],
    ids=lambda other: next(iter(other)),
)
def test_another_cause_has_another_fingerprint(other: dict[str, object]) -> None:
    """Rule, operation, code and place each tell findings apart."""
    assert replace(FINDING, **other).fingerprint != FINDING.fingerprint


@pytest.mark.parametrize(
    ("where", "general"),
    [
        ("/data/3/lead_list_ids/12", "/data/*/lead_list_ids/*"),
        ("/data/list_0a1b2c3d4e/name", "/data/*/name"),
        ("/data/3f2504e0-4f89-41d3-9a0c-0305e82c3301", "/data/*"),
        ("x-ratelimit-remaining", "x-ratelimit-remaining"),
        ("/linkedin_account", "/linkedin_account"),
        ("status", "status"),
    ],
)
def test_indexes_and_ids_are_no_part_of_a_place(where: str, general: str) -> None:
    """The same fault in another row, or about another id, is at the same place."""
    assert general_place(where) == general


def test_a_fingerprint_is_the_same_for_good() -> None:
    """Approvals and dashboards keep them: a change here makes every one of them new."""
    known = "8eec22"
    assert fingerprint_of("LIST-DATA", None, "missing", "/data")[:6] == known


def test_a_schema_is_broken_by_a_keyword() -> None:
    """Codes of schemas are those of JSON Schema's keywords, and `form` for what has none."""
    assert keyword_code("required") == "schema-required"
    assert keyword_code("json") == Breach.FORM
