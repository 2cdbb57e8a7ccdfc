"""The record's own schema, and the check that a record obeys it: who polices schemas should keep one."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from nhq import places
from nhq.errors import ConfigError
from nhq.report.words import Record

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

FILE = "results.schema.json"


@cache
def results_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `results.json`."""
    schema: dict[str, Any] = json.loads((places.schemas() / FILE).read_text(encoding="utf-8"))
    return schema


@cache
def _validator() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator

    return Draft202012Validator(results_schema())


def problems(record: Record) -> list[str]:
    """Where the record breaks its schema: `/rules/3/level: 'mut' is not one of …`, in document order."""
    found = sorted(_validator().iter_errors(record), key=lambda error: [str(part) for part in error.absolute_path])
    return [f"/{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


def validate(record: Record) -> None:
    """Raise ConfigError, naming the first place, when `record` is not a run record of this version."""
    found = problems(record)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise ConfigError(f"not a run record: {found[0][:300]}{more}")
