"""Nights to remember, made by hand."""

from typing import Any

from nhq.model import Level, Verdict
from nhq.nights.night import Load, Night, RuleCell, Sighting
from nhq.nights.night_storage import remember_night
from nhq.nights.night_store import NightStore

RULES = ("PAGE-LIMIT", "AUTH-ABSENT", "ORDER-STABLE")


def sighting(rule: str, where: str = "", **fields: Any) -> Sighting:
    """A finding of a rule on `list_leads`."""
    return Sighting(f"{rule}{where}", rule, "list_leads", where, f"{rule} broken", Level.MUST, **fields)


def make_night(*broken: Sighting, unjudged: tuple[str, ...] = (), **fields: Any) -> Night:
    """A night of three rules on one operation: those named are broken, or not judged; the rest holds."""
    violated = {found.rule for found in broken}
    cells = [RuleCell(rule, "list_leads", _verdict(rule, violated, unjudged), _cause(rule, unjudged)) for rule in RULES]
    given: dict[str, Any] = {"target": "http://staging", "started": 1.0, "contract": "c1", "suite": "1", "seed": 7}
    given |= {"exit_code": int(bool(broken)), "cells": tuple(cells), "sightings": broken}
    return Night(**(given | fields))


def _verdict(rule: str, violated: set[str], unjudged: tuple[str, ...]) -> Verdict:
    if rule in violated:
        return Verdict.VIOLATED
    return Verdict.UNKNOWN if rule in unjudged else Verdict.HOLDS


def _cause(rule: str, unjudged: tuple[str, ...]) -> str:
    return "key wide was refused" if rule in unjudged else ""


def many_nights(
    store: NightStore, nights: int, findings: int, rules: int = 40, text: str = "page of 101 leads"
) -> None:
    """Nights of rules, of which some are broken from a night on, some now and then, and some are not judged."""
    names = [f"RULE-OF-A-USUAL-LENGTH-{number}" for number in range(rules)]
    for number in range(nights):
        found = [
            Sighting(f"f{n}", names[n % rules], f"operation_{n}", f"/data/{n}", f"expected 100 leads, got {text}",
                     Level.MUST, f"nhq gate --target staging.toml --rule {names[n % rules]} --seed {number}")
            for n in range(findings)
            if (number + n) % 7 and number >= n % 30
        ]  # fmt: skip
        broken = {(s.rule, s.operation) for s in found}
        cells = [
            RuleCell(rule, "list_leads", Verdict.UNKNOWN if n % 11 == 5 else Verdict.HOLDS)
            for n, rule in enumerate(names)
        ]
        cells += [RuleCell(*place, Verdict.VIOLATED) for place in sorted(broken)]
        cells += [RuleCell(names[n % rules], f"operation_{n}", Verdict.HOLDS) for n in range(findings)
                  if (names[n % rules], f"operation_{n}") not in broken]  # fmt: skip
        night = make_night(
            *found, cells=tuple(cells), started=1.76e9 + number * 86400, contract=f"c{number // 40}",
            load=Load(1700 + number % 9 * 10, 1800, 1800.0, 0.05, 0.12 + number % 5 / 50),
            statuses={"list_leads": {"200": 5}, "send_message": {"404": 3}},
        )  # fmt: skip
        begun = store.begin(night.target, night.started, night.contract, night.suite, night.seed)
        remember_night(store, begun, night)
