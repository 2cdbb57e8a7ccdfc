"""reports/POWER.md, which `make mutation` writes: it speaks of today's faults and rules, and leaves none unseen."""

import re

import pytest
from known_contract import CONTRACT

from nhq import paths
from nhq.mutation.faults.catalogue import FAULTS
from nhq.mutation.variants.catalogue import VARIANTS

PAGE = (paths.data_root() / "reports" / "POWER.md").read_text(encoding="utf-8")
STALE = "reports/POWER.md is not of today's faults and rules: run `make mutation`"
RULE = re.compile(r"^\| ([A-Z][A-Z0-9-]+) \| (?:must|should|assumed) \| (\d+) \| (\d+) \|$", re.MULTILINE)


def part(heading: str) -> str:
    """The part of the page under a heading that begins so; "" when there is none."""
    _, _, rest = PAGE.partition(f"\n## {heading}")
    return rest.partition("\n## ")[0]


def rows(heading: str) -> set[str]:
    """The first cells of its table."""
    return set(re.findall(r"^\| ([a-z0-9-]+) \|", part(heading), re.MULTILINE)) - {"fault", "variant"}


def test_every_rule_was_seen_to_fail() -> None:
    """A rule that no fault ever made fail may be unable to fail."""
    seen = {rule: int(count) for rule, _, count in RULE.findall(part("Rules"))}
    assert sorted(seen) == sorted(CONTRACT.rules), STALE
    assert [rule for rule, count in seen.items() if not count] == []


def test_every_fault_was_killed() -> None:
    """None survived, and the silent ones were told."""
    silent = {fault.id for fault in FAULTS if fault.silent}
    planted = {fault.id for fault in FAULTS if fault.rules}
    assert rows("Killed") == planted, STALE
    assert rows("Told") == silent, STALE
    assert rows("Clean") == {"noop"}, STALE


@pytest.mark.parametrize("status", ["Elsewhere", "Survived", "Trouble"])
def test_nothing_ended_otherwise(status: str) -> None:
    """No fault was named by other rules only, seen by nothing, or left unjudged."""
    assert part(status) == ""


def test_no_choice_was_called_a_finding() -> None:
    """Every permitted choice was taken by an honest mock, and nobody accused it."""
    told = dict(
        re.findall(r"^\| ([a-z0-9-]+) \|.*\| ([^|]+) \| [^|]* \| [^|]* \|$", part("Honest mocks"), re.MULTILINE)
    )
    told.pop("variant", None)
    assert sorted(told) == sorted(variant.id for variant in VARIANTS), STALE
    assert set(told.values()) == {"clean"}
