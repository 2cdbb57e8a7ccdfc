"""Records with as many findings as somebody wants, made from a record of a run: `python -m tests.sized_records FOLDER`.

Writes report.html with 0, 3 and 300 findings, and of a run that judged half of its rules, into folders of that name:
to be looked at in a browser, on paper and on a phone. It reads FOLDER/results.json, the record of any gate run.
"""

import copy
import json
import sys
from pathlib import Path
from typing import Any

from nhq.fingerprints import fingerprint_of

LONG_PATH = "/leads?limit=500&query=" + "%C3%A9" * 60 + "&list_ids=" + "list_0123456789abcdef," * 6
LONG_COMMAND = "nhq gate --target environments/staging.target.toml --rule {} --operation {} --seed 20261128"


def with_findings(record: dict[str, Any], number: int) -> dict[str, Any]:
    """The record with so many findings: rule after rule, on one operation more in each round, three rows each."""
    made = copy.deepcopy(record)
    places = [
        (rule, operation)
        for turn in range(16)
        for rule in made["rules"]
        for operation in sorted(rule["cells"])[turn : turn + 1]
    ]
    for rule, operation in places[:number]:
        rule["verdict"] = rule["cells"][operation]["verdict"] = "violated"
        made["findings"].append(_finding(made, rule, operation))
    failed = any(finding["level"] == "must" for finding in made["findings"])
    made.update(verdict="violated" if failed else made["verdict"], exit_code=int(failed))
    return made


def half_judged(record: dict[str, Any]) -> dict[str, Any]:
    """The record of a target that lacks keys and permissions: nothing failed, every other rule was not judged."""
    made = copy.deepcopy(record)
    causes = ("no key with leads:write", 'not permitted: send (write `allow = ["send"]` in the target file)')
    for number, rule in enumerate(made["rules"][::2]):
        rule.update(verdict="unknown", cause=causes[number % 2])
        for cell in rule["cells"].values():
            cell.update(verdict="unknown", observations=0, cause=causes[number % 2], exchange=None)
    names = [rule["id"] for rule in made["rules"][::2]]
    made["gains"] = [
        {"add": ["a key with leads:write", "a key of a second workspace"], "rules": names[::2], "places": 12},
        {"add": ['"send" in `allow`'], "rules": names[1::2], "places": 0},
    ]
    made.update(verdict="unknown", exit_code=0, unsatisfied=["no campaign in state completed"])
    return made


def _finding(made: dict[str, Any], rule: dict[str, Any], operation: str) -> dict[str, Any]:
    number = len(made["findings"]) + 1
    proof = 900_000 + number
    made["exchanges"][str(proof)] = _exchange(proof, operation)
    place, code = f"/data/{number}/some_member_with_a_long_name", "different"
    return {
        "id": f"F{number}",
        "rule": rule["id"],
        "level": rule["level"],
        "operation": operation,
        "code": code,
        "fingerprint": fingerprint_of(rule["id"], operation, code, place),
        "expected": "every member of the list exactly once over all pages, newest first",
        "actual": f"lead_{number:06} stands on page 1 and again on page {number % 7 + 2}",
        "where": place,
        "count": number % 5 + 1,
        "exchanges": [proof],
        "curl": f"curl -sS -i -H \"Authorization: Bearer $NHQ_KEY_FULL\" 'https://staging.example.com{LONG_PATH}'",
        "rerun": LONG_COMMAND.format(rule["id"], operation),
        "test": "contracts/test_pagination.py::test_pages_make_one_sequence",
    }


def _exchange(number: int, operation: str) -> dict[str, Any]:
    rows = [{"id": f"lead_{n:06}", "first_name": "‹name›", "email": "‹text 21›"} for n in range(40)]
    return {
        "id": number,
        "operation": operation,
        "method": "GET",
        "path": LONG_PATH,
        "identity": "full",
        "status": 200,
        "trouble": "",
        "request_headers": {"accept": "application/json", "authorization": "Bearer $NHQ_KEY_FULL"},
        "request_body": "",
        "headers": {"content-type": "application/json", "x-request-id": "0123456789abcdef" * 8},
        "body": json.dumps({"data": rows, "pagination": {"has_more": True, "limit": 40}}),
        "at": 1_760_000_003.25,
        "seconds": 0.0042,
        "test": "contracts/test_pagination.py::test_pages_make_one_sequence",
    }


def main(folder: Path) -> None:
    """Write the pages beside the record."""
    from nhq.record.record_json import record_of
    from nhq.report import write_reports

    record = json.loads((folder / "results.json").read_text("utf-8"))
    pages = {f"{number}-findings": with_findings(record, number) for number in (0, 3, 300)}
    for name, made in (pages | {"half-judged": half_judged(record)}).items():
        write_reports(record_of(made), folder / name, ["html"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
