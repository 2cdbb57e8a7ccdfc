"""A second opinion on records: an independent validator holds their JSON to the published schema."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from nhq import paths
from nhq.errors import ConfigError
from nhq.record.record_json import record_values
from nhq.record.record_schema import FILE
from nhq.record.run_record import Record

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError


@cache
def results_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `results.json`, as it is published."""
    schema: dict[str, Any] = json.loads((paths.schemas_folder() / FILE).read_text(encoding="utf-8"))
    return schema


@cache
def _validator() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator

    return Draft202012Validator(results_schema())


def record_problems(record: Record | Mapping[str, Any]) -> list[str]:
    """Where a record breaks its schema: `/rules/3/level: 'mut' is not one of …`, in document order.

    `record` may be the JSON values of one, as `results.json` holds them.
    """
    values = json.loads(json.dumps(record_values(record) if isinstance(record, Record) else record))
    every = (part for error in _validator().iter_errors(values) for part in _within(error))
    found = sorted(every, key=lambda error: [str(part) for part in error.absolute_path])
    return [f"/{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


def _within(error: "ValidationError") -> Iterator["ValidationError"]:
    """What is wrong with a part that may be null or something, and is neither: what keeps it from being the latter."""
    branches = [one for one in error.context or () if one.validator != "type" or one.relative_path]
    yield from branches or [error]


def validate_record(record: Record | Mapping[str, Any]) -> None:
    """Raise ConfigError, naming the first place, when `record` is not a run record of this version."""
    found = record_problems(record)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise ConfigError(f"not a run record: {found[0][:300]}{more}")
