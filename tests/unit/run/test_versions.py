"""Whoever reads a record takes those of today's shape alone."""

import json

import pytest
from click.testing import CliRunner

from nhq.cli.corpus import command
from nhq.errors import ConfigError
from nhq.report.schema import results_schema
from nhq.run.versions import SCHEMA_VERSION, check_version


@pytest.mark.parametrize("record", [{}, {"schema_version": 1}, {"schema_version": SCHEMA_VERSION + 1}])
def test_another_version_is_refused_in_one_line(record: dict[str, int]) -> None:
    """It names the file, both versions, and what to do."""
    with pytest.raises(ConfigError, match=rf"^old.json: schema_version \d+, read is {SCHEMA_VERSION}; make that run"):
        check_version(record, "old.json")


def test_todays_version_is_read() -> None:
    """What was written today can be read, and is what the published schema says."""
    check_version({"schema_version": SCHEMA_VERSION}, "new.json")
    assert results_schema()["properties"]["schema_version"]["const"] == SCHEMA_VERSION


def test_costs_are_read_from_no_record_of_another_version(tmp_path) -> None:
    """Costs made of a field that means something else would be wrong."""
    (tmp_path / "old.json").write_text(json.dumps({"kind": "gate"}), "utf-8")
    ended = CliRunner().invoke(command, ["--costs", str(tmp_path / "old.json")], standalone_mode=False)
    assert "schema_version 1" in str(ended.exception)
