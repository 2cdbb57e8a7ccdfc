"""What the comparison of two runs takes for the same, and what for a difference."""

import copy
from pathlib import Path
from typing import Any

import pytest

from benchmarks.compare_runs import chosen
from benchmarks.run_facts import differences, planted_facts, rule_names, run_facts

RECORD: dict[str, Any] = {
    "exit_code": 1,
    "requests": {"total": 2, "digest": "d1"},
    "rules": [{"id": "OLD", "verdict": "violated", "cells": {"get_lead": {"verdict": "violated"}}}],
    "findings": [{"rule": "OLD", "operation": "get_lead", "where": "/data/0/id", "actual": "one", "test": "a"}],
}


def changed(**members: Any) -> list[str]:
    """What differs when the record's members do."""
    other = copy.deepcopy(RECORD) | members
    return list(differences(run_facts(RECORD, {}), run_facts(other, {})))


def test_other_words_are_no_difference() -> None:
    """Messages, names of tests and which row showed it may change."""
    finding = RECORD["findings"][0] | {"actual": "another", "test": "b", "where": "/data/7/id"}
    assert changed(findings=[finding]) == []


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"exit_code": 0}, "exit"),
        ({"requests": {"total": 2, "digest": "d2"}}, "digest of requests"),
        ({"rules": []}, "verdict of OLD"),
        ({"findings": []}, "finding of OLD on get_lead at /data/*/id"),
    ],
)
def test_what_must_stay_is_named(members: dict[str, Any], named: str) -> None:
    """Exit code, requests in order, verdicts and findings: each difference is a line that says which."""
    assert any(line.startswith(f"{named}") for line in changed(**members))


def test_a_renamed_rule_is_the_same_rule(tmp_path: Path) -> None:
    """Its row has its former id under `aliases`."""
    folder = tmp_path / "contracts" / "rules"
    folder.mkdir(parents=True)
    (folder / "a.toml").write_text('[[rule]]\nid = "NEW"\naliases = ["OLD"]\n', "utf-8")
    renamed = copy.deepcopy(RECORD)
    renamed["rules"][0]["id"] = renamed["findings"][0]["rule"] = "NEW"
    named = rule_names(tmp_path)
    assert list(differences(run_facts(RECORD, named), run_facts(renamed, named))) == []


def test_a_fault_that_another_rule_sees_is_a_difference() -> None:
    """Kills are compared as sets of rules, whichever version of the record tells them."""
    row = {"id": "f", "requests": 1, "tests": 1, "others": []}
    records = [
        {"schema_version": 2, "power": {"faults": [row | {"fate": "killed", "kills": ["A", "B"]}]}},
        {"schema_version": 3, "mutation": {"faults": [row | {"status": "killed", "kills": ["B", "A"]}]}},
        {"schema_version": 3, "mutation": {"faults": [row | {"status": "killed", "kills": ["A"]}]}},
    ]
    facts = [planted_facts(record, {}, "faults") for record in records]
    assert list(differences(facts[0], facts[1])) == []
    assert list(differences(facts[0], facts[2])) == ["f: kills: ['A', 'B'] before, ['A'] after"]


def test_a_catalogue_is_sampled_evenly() -> None:
    """So many ids, from its beginning to its end."""
    assert chosen("".join(f"id-{n} words\n" for n in range(10)), 3) == ["id-0", "id-3", "id-6"]
