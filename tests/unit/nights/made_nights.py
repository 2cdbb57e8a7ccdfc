"""Nights to remember, made by hand."""

from typing import Any

from nhq.model import Level, Verdict
from nhq.nights.night import Cell, Night, Sighting

RULES = ("PAGE-LIMIT", "AUTH-ABSENT", "ORDER-STABLE")


def sighting(rule: str, where: str = "", **fields: Any) -> Sighting:
    """A finding of a rule on `list_leads`."""
    return Sighting(f"{rule}{where}", rule, "list_leads", where, f"{rule} broken", Level.MUST, **fields)


def make_night(*broken: Sighting, unjudged: tuple[str, ...] = (), **fields: Any) -> Night:
    """A night of three rules on one operation: those named are broken, or not judged; the rest holds."""
    violated = {found.rule for found in broken}
    cells = [Cell(rule, "list_leads", _verdict(rule, violated, unjudged), _cause(rule, unjudged)) for rule in RULES]
    given: dict[str, Any] = {"target": "http://staging", "started": 1.0, "contract": "c1", "suite": "1", "seed": 7}
    given |= {"exit_code": int(bool(broken)), "cells": tuple(cells), "sightings": broken}
    return Night(**(given | fields))


def _verdict(rule: str, violated: set[str], unjudged: tuple[str, ...]) -> Verdict:
    if rule in violated:
        return Verdict.VIOLATED
    return Verdict.UNKNOWN if rule in unjudged else Verdict.HOLDS


def _cause(rule: str, unjudged: tuple[str, ...]) -> str:
    return "key wide was refused" if rule in unjudged else ""
