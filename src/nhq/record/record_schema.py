"""The JSON Schema of a record, made from its types; `python -m nhq.record.record_schema` writes it anew."""

import json
from typing import Any

import msgspec

from nhq import paths
from nhq.files import replace_text
from nhq.record.run_record import Record

FILE = "results.schema.json"
_HEAD = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:nhq:results:1",
    "title": "Run record",
}


def record_schema() -> dict[str, Any]:
    """The schema (2020-12) of `results.json`, closed: no object admits a member that the types don't have."""
    made = msgspec.json.schema(Record)
    return _HEAD | {name: value for name, value in made.items() if name not in _HEAD}


def record_schema_text() -> str:
    """The schema as the file in reports/schemas holds it."""
    return json.dumps(record_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    replace_text(paths.schemas_folder() / FILE, record_schema_text())
