"""Typed records for tests, made from as much of their JSON as a test cares for; the rest is that of an empty run."""

from collections.abc import Mapping
from typing import Any

from nhq.fingerprints import fingerprint_of
from nhq.record.case_file import Case
from nhq.record.case_row import CaseRow
from nhq.record.record_json import record_of
from nhq.record.run_record import SCHEMA_VERSION, Record

_EMPTY: Mapping[str, Any] = {
    "format": "nhq-run/1",
    "schema_version": SCHEMA_VERSION,
    "tool": {"name": "networkhq-conformance", "version": "1"},
    "kind": "gate",
    "verdict": "unknown",
    "exit_code": 0,
    "interrupted": False,
    "started": "2026-01-01T00:00:00+00:00",
    "seconds": 1.0,
    "seed": 1,
    "profile": "gate",
    "command": "nhq gate",
    "versions": {},
    "contract": {},
    "target": None,
    "pairs": {"documented": 0, "observed": 0, "missing": []},
    "exchanges": {},
    "requests": {},
    "load": None,
    "mutation": None,
    "operations": [],
    "rules": [],
    "findings": [],
    "troubles": [],
    "ambiguities": [],
    "unsatisfied": [],
    "written": [],
    "tests": [],
}
_PARTS: Mapping[str, Mapping[str, Any]] = {
    "contract": {"title": "", "version": "", "digest": "c1"},
    "target": {"name": "mock", "base_url": "", "kind": "mock", "allow": [], "limit": 60, "window": 60},
    "requests": {"total": 0, "by_operation": {}, "by_key": {}, "waits": 0, "waited_seconds": 0, "unplanned_429": 0},
}
_ROWS: Mapping[str, Mapping[str, Any]] = {
    "rules": {
        **dict.fromkeys(("title", "pointer", "quote", "cause"), ""),
        "area": "leads",
        "level": "must",
        "verdict": "holds",
        "selected": True,
        "cells": {},
        "bound": [],
    },
    "findings": {
        **dict.fromkeys(("where", "expected", "actual", "curl", "rerun", "test"), ""),
        "id": "F1",
        "code": "value",
        "level": "must",
        "count": 1,
        "exchanges": [],
    },
    "tests": {"outcome": "passed", "seconds": 0.0, "rules": [], "requests": 0, "cause": ""},
    "ambiguities": {"question": ""},
}
_CELL = {"observations": 1, "cause": "", "exchange": None}
_CHANGE = {"before": "", "after": "", "todo": "adopt it", "operation": None, "rules": [], "stanza": ""}


def made_record(**changes: Any) -> Record:
    """A record with these members. Rows and parts may leave out what a test doesn't look at."""
    values = {**_EMPTY, **changes}
    for name, whole in _PARTS.items():
        values[name] = {**whole, **values[name]} if values[name] is not None else None
    for name, whole in _ROWS.items():
        values[name] = [{**whole, **row} for row in values[name]]
    for rule in values["rules"]:
        rule["cells"] = {name: {**_CELL, **cell} for name, cell in rule["cells"].items()}
    for finding in values["findings"]:
        parts = (finding["rule"], finding["operation"], finding["code"], finding["where"])
        finding.setdefault("fingerprint", fingerprint_of(*parts))
    if "changes" in values["contract"]:
        values["contract"]["changes"] = [{**_CHANGE, **change} for change in values["contract"]["changes"]]
    return record_of(values)


def made_case(depth: str) -> Case:
    """A case that was found at such a depth."""
    words = dict.fromkeys(("code", "where", "expected", "actual", "nonce"), "")
    known = {"rule": "PAGE-LIMIT", "operation": "list_leads", "fingerprint": "0" * 64, "contract": "c1"}
    part = CaseRow(scenario="a", seed=1, depth=depth)
    return Case(**words, **known, format="nhq-case/1", kind="scenario", part=part, requests=())
