"""What two runs must share although names and words have changed: requests in order, verdicts, findings."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nhq.fingerprints import general_place
from nhq.record.former_record import renamed_record

Facts = Mapping[str, Any]


def rule_names(checkout: Path) -> dict[str, str]:
    """A rule's former ids, each with its present one: `aliases` of the rows in contracts/rules."""
    named: dict[str, str] = {}
    for file in sorted((checkout / "contracts" / "rules").glob("*.toml")):
        for row in tomllib.loads(file.read_text("utf-8")).get("rule", ()):
            named.update(dict.fromkeys(row.get("aliases", ()), row["id"]))
    return named


def run_facts(record: Mapping[str, Any], named: Mapping[str, str], *, ordered: bool = True) -> dict[str, Any]:
    """A run's facts by name. `ordered`: its requests come in one order and number, as they do at a mock of ours."""
    facts: dict[str, Any] = {"exit": record["exit_code"]}
    if ordered:
        facts |= {"requests": record["requests"]["total"], "digest of requests": record["requests"]["digest"]}
    for rule in record["rules"]:
        ident = named.get(rule["id"], rule["id"])
        facts[f"verdict of {ident}"] = rule["verdict"]
        facts |= {f"verdict of {ident} on {name}": cell["verdict"] for name, cell in rule["cells"].items()}
    for finding in record["findings"]:
        ident, place = named.get(finding["rule"], finding["rule"]), general_place(finding["where"])
        facts[f"finding of {ident} on {finding['operation']} at {place or 'the answer'}"] = True
    return facts


def planted_facts(record: Mapping[str, Any], named: Mapping[str, str], part: str) -> dict[str, Any]:
    """What became of each fault, or of each permitted choice: the rules that saw it, and by how many requests."""
    facts: dict[str, Any] = {}
    for row in renamed_record(dict(record))["mutation"][part]:
        for name in ("status", "requests", "tests", "kills", "others", "found"):
            value = row.get(name)
            facts[f"{row['id']}: {name}"] = sorted(named.get(v, v) for v in value) if isinstance(value, list) else value
    return facts


def history_facts(judged: Mapping[str, Any]) -> dict[str, Any]:
    """A history's four verdicts, and the kinds and keys of what was found."""
    facts: dict[str, Any] = {"exit": judged["exit"]}
    for name, judgement in judged.items():
        if isinstance(judgement, dict) and "verdict" in judgement:
            facts[f"verdict of {name}"] = judgement["verdict"]
            found = (f"{one.get('name')} of {one.get('key')}" for one in judgement["findings"])
            facts |= {f"finding of {name}: {one}": True for one in found}
    return facts


def differences(before: Facts, after: Facts, *, timed: bool = False) -> Iterator[str]:
    """Every fact that isn't the same in both, one line each.

    A run in real time (`timed`) leaves a rule open when it comes too late for a window: that is no difference there.
    """
    for name in sorted(before.keys() | after.keys()):
        first, second = before.get(name, "nothing"), after.get(name, "nothing")
        if first != second and not (timed and "unknown" in (first, second)):
            yield f"{name}: {first} before, {second} after"
