"""The run record obeys a schema of its own."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from nhq import paths, report
from nhq.errors import ConfigError
from nhq.report.record_validation import results_schema


def test_schema_is_a_schema() -> None:
    """The schema itself is valid JSON Schema 2020-12."""
    Draft202012Validator.check_schema(results_schema())


def test_every_object_is_closed() -> None:
    """Every object of the schema says what else it admits, so that a misspelt member can't pass unseen."""
    free = {"load", "mutation"}

    def check(node: Any, name: str) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object":
                assert "additionalProperties" in node or name in free, name
            for key, inner in node.items():
                check(inner, key)
        if isinstance(node, list):
            for inner in node:
                check(inner, name)

    check(results_schema(), "")


def test_records_are_valid(any_record: dict[str, Any]) -> None:
    """Every record the other tests use is one the schema admits."""
    if "\ud800" not in json.dumps(any_record, ensure_ascii=False):
        report.validate_record(any_record)
    assert report.record_problems(any_record) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("rules", 0, "level"), "may"),
        (("rules", 0, "cells", "list_leads", "verdict"), "passed"),
        (("findings", 0, "count"), 0),
        (("findings", 0, "surprise"), 1),
        (("exchanges", "17", "status"), 42),
        (("operations", 0, "statuses", "ok"), 1),
        (("requests", "total"), -1),
        (("pairs", "missing"), [["get_lead"]]),
        (("exit_code",), 3),
        (("format",), "nhq-run/2"),
    ],
)
def test_wrong_records_are_refused(violated: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    """A record that breaks the schema is refused in one line that names the place."""
    place: Any = violated
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ConfigError, match="not a run record: /") as refusal:
        report.validate_record(violated)
    assert "\n" not in str(refusal.value)


def test_unknown_needs_a_cause(unknown: dict[str, Any]) -> None:
    """A cell can't be unknown without saying why."""
    rule = next(rule for rule in unknown["rules"] if rule["verdict"] == "unknown")
    next(iter(rule["cells"].values()))["cause"] = ""
    assert any("/cause" in problem for problem in report.record_problems(unknown))


def test_every_member_is_required(empty: dict[str, Any]) -> None:
    """A record without one of its members is refused, whichever it is."""
    for name in empty:
        short = {key: value for key, value in empty.items() if key != name}
        assert any(f"'{name}' is a required property" in problem for problem in report.record_problems(short)), name


def test_schema_lies_where_the_readme_says() -> None:
    """The schema is a file of reports/schemas/ and is named by its own identifier."""
    assert (paths.schemas_folder() / "results.schema.json").is_file()
    assert results_schema()["$id"] == "urn:nhq:results:1"
