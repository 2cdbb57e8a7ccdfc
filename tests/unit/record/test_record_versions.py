"""Whoever reads a record takes those of today's shape alone."""

import json

import pytest
from click.testing import CliRunner

from nhq import paths
from nhq.cli.live_corpus_command import command
from nhq.errors import ConfigError
from nhq.record.mutation_rows import MutationCounts
from nhq.record.record_json import read_record, record_values
from nhq.record.record_schema import FILE, record_schema_text
from nhq.record.run_record import SCHEMA_VERSION
from tests.made_records import made_record


@pytest.mark.parametrize("record", [{}, {"schema_version": 1}, {"schema_version": SCHEMA_VERSION + 1}])
def test_another_version_is_refused_in_one_line(record: dict[str, int]) -> None:
    """It names the file, both versions, and what to do."""
    with pytest.raises(ConfigError, match=rf"^old.json: schema_version \d+, read is {SCHEMA_VERSION}; make that run"):
        read_record(json.dumps(record), "old.json")


@pytest.mark.parametrize("text", ["", "[]", "{", "null", f'{{"schema_version": {SCHEMA_VERSION}}}', "[" * 100_000])
def test_what_is_no_record_is_refused_in_one_line(text: str) -> None:
    """It names the file; no text at all makes reading crash."""
    with pytest.raises(ConfigError, match=r"^file.json: (not a JSON document|not a run record: [^\n]+)$"):
        read_record(text, "file.json")


def test_a_record_of_version_2_is_read_by_its_former_names() -> None:
    """What a mutation run was called then, its variants and its statuses."""
    counts = dict.fromkeys(MutationCounts.__struct_fields__, 0)
    honest = {"seed": 2, "found": [], "unjudged": [], "requests": 1, "troubles": []}
    now = {"summary": counts, "faults": [], "unseen": [], "rules": [], "variants": [], "combined": []}
    now |= {"clean": [honest | {"variants": ["says-charset"], "status": "clean"}]}
    former = {name: value for name, value in now.items() if name != "variants"}
    former |= {"liberties": [], "clean": [honest | {"liberties": ["says-charset"], "fate": "clean"}]}
    today = record_values(made_record(kind="mutation", mutation=now))
    old = {name: value for name, value in today.items() if name != "mutation"}
    old |= {"schema_version": 2, "kind": "power", "power": former}
    assert record_values(read_record(json.dumps(old), "old.json")) == today


def test_the_published_schema_is_the_types() -> None:
    """What reports/schemas holds is what `python -m nhq.record.record_schema` writes."""
    assert (paths.schemas_folder() / FILE).read_text("utf-8") == record_schema_text()


def test_costs_are_read_from_no_record_of_another_version(tmp_path) -> None:
    """Costs made of a field that means something else would be wrong."""
    (tmp_path / "old.json").write_text(json.dumps({"kind": "gate"}), "utf-8")
    ended = CliRunner().invoke(command, ["--costs", str(tmp_path / "old.json")], standalone_mode=False)
    assert "schema_version 1" in str(ended.exception)
