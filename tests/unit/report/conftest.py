"""Run records to write reports from: one that holds, one violated, one that could not be judged, one empty."""

import copy
import json
from typing import Any

import pytest

from nhq import paths
from nhq.fingerprints import fingerprint_of

IDS = (
    *("list_campaigns", "run_campaign_action", "list_campaign_leads", "save_message_overrides"),
    *("list_linkedin_accounts", "list_lead_lists", "create_lead_lists", "get_lead_list", "list_members"),
    *("import_leads", "list_leads", "get_lead", "enrich_lead"),
    *("list_conversations", "get_conversation", "send_message"),
)
EFFECTS = {"run_campaign_action": "send", "send_message": "send", "enrich_lead": "spend"}
AREAS = ("auth", "scopes", "rate_limit", "errors", "pagination", "campaigns", "lead_lists", "leads", "conversations")
EVERYWHERE = ("auth", "scopes", "rate_limit", "errors")


def _operations() -> list[dict[str, Any]]:
    templates = json.loads(paths.openapi_file().read_text(encoding="utf-8"))["paths"]
    found = [(path, method, spec) for path, item in templates.items() for method, spec in item.items()]
    rows = []
    for name, (path, method, spec) in zip(IDS, found, strict=True):
        documented = sorted(int(code) for code in spec["responses"])
        tag = spec["tags"][0]
        rows.append(
            {
                "id": name,
                "method": method.upper(),
                "path": path,
                "tag": tag,
                "scope": f"{tag}:{'read' if method == 'get' else 'write'}",
                "effect": EFFECTS.get(name, "read" if method == "get" else "write"),
                "verdict": "holds",
                "requests": 40 + len(name),
                "succeeded": True,
                "statuses": {str(code): 3 + code % 7 for code in documented},
                "documented": documented,
            }
        )
    return rows


def _rule(area: str, number: int) -> dict[str, Any]:
    on = IDS if area in EVERYWHERE else IDS[number % 13 : number % 13 + 3]
    cell = {"verdict": "holds", "observations": 7 + number, "cause": "", "exchange": 17}
    return {
        "id": f"{area.upper().replace('_', '-')}-{number}",
        "title": f"Promise {number} of {area.replace('_', ' ')} is kept by every answer",
        "area": area,
        "level": ("must", "must", "must", "should", "assumed")[number % 5],
        "pointer": f"/info/description#{number}",
        "quote": "Requests without a valid key are answered with 401, whatever the path or the body.",
        "verdict": "holds",
        "cause": "",
        "selected": True,
        "cells": {name: dict(cell) for name in on},
        "bound": [f"contracts/test_{area}.py::test_promise_{number}"],
    }


def _exchange(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "operation": "list_leads",
        "method": "GET",
        "path": "/leads?limit=7&cursor=c_0007",
        "identity": "full",
        "status": 200,
        "trouble": "",
        "request_headers": {"accept": "application/json", "authorization": "Bearer $NHQ_KEY_FULL"},
        "request_body": "",
        "headers": {
            "content-type": "application/json",
            "x-ratelimit-limit": "60",
            "x-ratelimit-remaining": "41",
            "x-ratelimit-reset": "1760000060",
        },
        "body": '{"data":[{"id":"lead_0001","first_name":"‹name›"}],"has_more":true,"next_cursor":"c_0014"}',
        "at": 1760000003.25,
        "seconds": 0.0042,
        "test": "contracts/test_pagination.py::test_pages_make_one_sequence",
    }


def _finding(number: int, rule: str, operation: str, level: str = "must") -> dict[str, Any]:
    return {
        "id": f"F{number}",
        "rule": rule,
        "level": level,
        "operation": operation,
        "code": "repeated",
        "fingerprint": fingerprint_of(rule, operation, "repeated", "/data/0/id"),
        "expected": "every lead exactly once over all pages",
        "actual": "lead_0007 stands on page 1 and again on page 2",
        "where": "/data/0/id",
        "count": 3,
        "exchanges": [17, 18],
        "curl": 'curl -sS "http://127.0.0.1:8000/leads?limit=7" -H "Authorization: Bearer $NHQ_KEY_FULL"',
        "rerun": f"nhq gate --rule {rule} --operation {operation} --seed 1",
        "test": "contracts/test_pagination.py::test_pages_make_one_sequence",
    }


def _base() -> dict[str, Any]:
    operations = _operations()
    return {
        "format": "nhq-run/1",
        "schema_version": 3,
        "tool": {"name": "networkhq-conformance", "version": "0.1.0"},
        "kind": "gate",
        "verdict": "holds",
        "exit_code": 0,
        "interrupted": False,
        "started": "2025-10-09T08:53:20Z",
        "seconds": 38.4,
        "seed": 1,
        "profile": "gate",
        "command": "nhq gate --seed 1",
        "versions": {"python": "3.11.7", "schemathesis": "4.32.0", "hypothesis": "6.170.0"},
        "contract": {"title": "NetworkHQ Public API", "version": "1.0.0", "digest": "sha256:" + "0f" * 32},
        "target": {
            "name": "mock",
            "base_url": "http://127.0.0.1:40123",
            "kind": "mock",
            "allow": ["read", "write", "send", "spend"],
            "limit": 60,
            "window": 60.0,
        },
        "operations": operations,
        "pairs": {"documented": 90, "observed": 90, "missing": []},
        "rules": [_rule(area, number) for area in AREAS for number in range(1, 13)],
        "findings": [],
        "exchanges": {"17": _exchange(17), "18": _exchange(18)},
        "requests": {
            "total": 1243,
            "by_operation": {row["id"]: row["requests"] for row in operations},
            "by_key": {"full": 700, "full_2": 400, "none": 143},
            "waits": 12,
            "waited_seconds": 540.0,
            "unplanned_429": 0,
        },
        "troubles": [],
        "ambiguities": [{"id": "bad-limit", "question": "What answers a limit out of bounds?", "chosen": "400"}],
        "unsatisfied": [],
        "written": ["lead list lst_0042 (name prefix nhq-)"],
        "tests": [
            {
                "id": "contracts/test_pagination.py::test_pages_make_one_sequence",
                "scenario": "pagination/one-sequence",
                "outcome": "passed",
                "seconds": 0.8,
                "rules": ["PAGINATION-1"],
                "requests": 31,
                "cause": "",
            }
        ],
        "load": None,
        "mutation": None,
    }


def _rule_of(record: dict[str, Any], name: str) -> dict[str, Any]:
    rule: dict[str, Any] = next(rule for rule in record["rules"] if rule["id"] == name)
    return rule


def _violate(record: dict[str, Any], name: str, operation: str) -> None:
    rule = _rule_of(record, name)
    rule["verdict"] = rule["cells"][operation]["verdict"] = "violated"
    record["findings"].append(_finding(len(record["findings"]) + 1, name, operation, rule["level"]))


def _stop(record: dict[str, Any], name: str, cause: str) -> None:
    rule = _rule_of(record, name)
    rule["verdict"], rule["cause"] = "unknown", cause
    for cell in rule["cells"].values():
        cell.update(verdict="unknown", observations=0, cause=cause, exchange=None)


@pytest.fixture
def holding() -> dict[str, Any]:
    """Everything selected was judged and holds."""
    return _base()


@pytest.fixture
def violated() -> dict[str, Any]:
    """Two `must` rules broken by two operations, one `should` broken, one rule that could not be judged."""
    record = _base()
    record.update(verdict="violated", exit_code=1)
    _violate(record, "AUTH-1", "list_leads")
    _violate(record, "AUTH-1", "send_message")
    _violate(record, "SCOPES-2", "list_leads")
    _violate(record, "ERRORS-3", "get_lead")
    _stop(record, "LEADS-4", "no campaign in state completed")
    return record


@pytest.fixture
def unknown() -> dict[str, Any]:
    """A read-only run: nothing broken, much not permitted, one trouble of ours."""
    record = _base()
    record.update(verdict="unknown", exit_code=2)
    for number in range(1, 9):
        _stop(record, f"CONVERSATIONS-{number}", 'not permitted: send (write `allow = ["send"]` in the target file)')
    record["pairs"] = {"documented": 90, "observed": 88, "missing": [["get_lead", 404], ["send_message", 503]]}
    record["troubles"] = [{"where": "GET /leads", "cause": "no reply within 10 s"}]
    record["unsatisfied"] = ["no campaign in state completed"]
    return record


@pytest.fixture
def empty() -> dict[str, Any]:
    """A run that saw nothing at all: no operation, no rule, no request, no target."""
    record = _base()
    record.update(verdict="unknown", exit_code=2, target=None, seconds=0, versions={}, profile="", command="")
    for name in ("operations", "rules", "findings", "troubles", "ambiguities", "unsatisfied", "written", "tests"):
        record[name] = []
    record.update(exchanges={}, pairs={"documented": 0, "observed": 0, "missing": []})
    record["requests"] = {
        "total": 0, "by_operation": {}, "by_key": {}, "waits": 0, "waited_seconds": 0, "unplanned_429": 0,
    }  # fmt: skip
    return record


def _change(kind: str, fails: bool, approved: bool = False) -> dict[str, Any]:
    return {
        "kind": kind,
        "pointer": "/info/version",
        "before": "60 requests a minute",
        "after": "120 requests a minute",
        "todo": "adopt it, or approve it",
        "operation": "list_leads" if fails else None,
        "rules": ["RATE-LIMIT-1"] if fails else [],
        "fails": fails,
        "approved": approved,
        "stanza": '[[approval]]\nfor = "gate"\nreason = ""' if fails and not approved else "",
    }


@pytest.fixture
def moved() -> dict[str, Any]:
    """Judged by a contract that moved: a change that warns, one that is approved, one that fails; a promise broken."""
    record = _base()
    record.update(verdict="violated", exit_code=1)
    changes = [_change("added", False), _change("number-changed", True, True), _change("quote-gone", True)]
    record["contract"] |= {"former": "sha256:" + "1f" * 32, "changes": changes}
    _violate(record, "AUTH-1", "list_leads")
    return record


HOSTILE = (
    "</script></title><img src=x onerror=alert(1)> \"'` ]]> & %0A::error::x \x00\x08\x1b[31m\ufffe\ud800 | *b* \u202e"
)


@pytest.fixture
def hostile(violated: dict[str, Any]) -> dict[str, Any]:
    """The violated record with markup, quotes, control characters and a lone surrogate in every free text."""
    record = copy.deepcopy(violated)
    for finding in record["findings"]:
        for name in ("expected", "actual", "where", "curl", "rerun", "test"):
            finding[name] = HOSTILE
    for exchange in record["exchanges"].values():
        exchange.update(path=HOSTILE, request_body=HOSTILE, body=HOSTILE, test=HOSTILE, identity=HOSTILE)
        exchange["headers"] = {HOSTILE: HOSTILE}
    for rule in record["rules"]:
        rule.update(title=HOSTILE, quote=HOSTILE, pointer=HOSTILE, cause=HOSTILE)
    record["troubles"] = [{"where": HOSTILE, "cause": HOSTILE}]
    record.update(command=HOSTILE, unsatisfied=[HOSTILE], written=[HOSTILE], profile=HOSTILE)
    record["versions"] = {HOSTILE: HOSTILE}
    words = dict.fromkeys(("pointer", "before", "after", "todo", "stanza"), HOSTILE)
    record["contract"]["changes"] = [_change("quote-gone", True) | words]
    return record


@pytest.fixture(params=["holding", "violated", "unknown", "empty", "hostile", "moved"])
def any_record(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each of the records in turn."""
    record: dict[str, Any] = request.getfixturevalue(request.param)
    return record
