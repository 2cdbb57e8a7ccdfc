"""The kill matrix: which fault is seen by which rule, told three ways: as data, as text, and by rule."""

from collections.abc import Mapping, Sequence
from typing import Any

from nhq.contract import Contract
from nhq.faults.fault import Fault
from nhq.model import Level
from nhq.power.choices import choices_table, honest, told
from nhq.power.outcome import GOOD, MEANING, Fate, Outcome
from nhq.power.unseen import unseen


def power_data(faults: Sequence[Fault], outcomes: Sequence[Outcome], contract: Contract) -> dict[str, Any]:
    """The part `power` of a run record: one row a fault, one row a rule, and the counts.

    `outcomes` are those of the faults in their order, then those of honest mocks of other seeds.
    """
    rows = [_row(fault, outcome) for fault, outcome in zip(faults, outcomes, strict=False)]
    fates = [row["fate"] for row in rows]
    return {
        "summary": {
            "faults": len(rows),
            "subtle": sum(bool(row["subtle"]) for row in rows),
            "families": len({row["family"] for row in rows if row["rules"]}),
            **{fate.value: fates.count(fate.value) for fate in Fate},
            "requests": sum(row["requests"] for row in rows),
        },
        "clean": [honest(outcome) for outcome in outcomes[len(faults) :]],
        "faults": rows,
        "unseen": list(unseen(outcomes[: len(faults)])),
        "rules": [_rule(rule.id, rule.level, rows) for rule in contract.rules.values()],
    }


def _row(fault: Fault, outcome: Outcome) -> dict[str, Any]:
    return {
        "id": fault.id,
        "sentence": fault.sentence,
        "family": fault.family,
        "policy": fault.policy,
        "subtle": fault.subtle,
        "on": list(fault.on),
        "rules": list(fault.rules),
        "fate": outcome.fate.value,
        "kills": list(outcome.kills),
        "others": list(outcome.others),
        "requests": outcome.requests,
        "tests": outcome.tests,
        "seconds": outcome.seconds,
        "whole": outcome.whole,
        "troubles": list(outcome.troubles),
    }


def _rule(ident: str, level: Level, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A rule with the faults planted against it, and all that it was seen to fail on."""
    return {
        "id": ident,
        "level": level.value,
        "planted": [row["id"] for row in rows if ident in row["rules"]],
        "seen": [row["id"] for row in rows if ident in row["kills"] or ident in row["others"]],
    }


def table(power: Mapping[str, Any]) -> str:
    """For people: what is not as it should be, fault by fault, then the counts by family."""
    rows, summary = power["faults"], power["summary"]
    lines = []
    for fate in Fate:
        found = [row for row in rows if row["fate"] == fate]
        if found and fate not in GOOD:
            lines += [f"{fate.value}: {MEANING[fate]}", *(_told(row) for row in found), ""]
    lines.append(f"{'family':<16} {'faults':>6} {'subtle':>6} {'killed':>6} {'requests':>8} {'seconds':>7}")
    for family in dict.fromkeys(row["family"] for row in rows):
        lines.append(_counted(family, [row for row in rows if row["family"] == family]))
    lines.append(_counted("all", rows))
    if power["clean"]:
        wrong = [row for row in power["clean"] if row["fate"] != Fate.CLEAN]
        lines += ["", f"{len(power['clean'])} honest mocks of other seeds: {len(wrong)} with a finding or trouble"]
        lines += [f"  seed {row['seed']}: {told(row)}" for row in wrong]
    if choices := list(choices_table(power)):
        lines += ["", *choices]
    if power["unseen"]:
        lines += ["", f"planted against, and never seen to fail: {', '.join(power['unseen'])}"]
    lines += ["", ", ".join(f"{summary[fate.value]} {fate.value}" for fate in Fate if summary[fate.value])]
    return "\n".join(lines) + "\n"


def _told(row: Mapping[str, Any]) -> str:
    found = f"; found {', '.join(row['others'])}" if row["others"] else ""
    trouble = f"; {row['troubles'][0]}" if row["troubles"] else ""
    return f"  {row['id']} [{', '.join(row['rules'])}]: {row['sentence']}{found}{trouble}"


def _counted(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    killed = sum(row["fate"] == Fate.KILLED for row in rows)
    subtle, requests = sum(bool(row["subtle"]) for row in rows), sum(row["requests"] for row in rows)
    seconds = sum(row["seconds"] for row in rows)
    return f"{name:<16} {len(rows):>6} {subtle:>6} {killed:>6} {requests:>8,} {seconds:>7.1f}"
