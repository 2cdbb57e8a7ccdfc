"""A record as JSON text, and back: whoever reads one is told where it is none of today's."""

import json
from typing import Any

import msgspec

from nhq.errors import ConfigError
from nhq.record.former_record import renamed_record
from nhq.record.run_record import SCHEMA_VERSION, Record


def record_values(record: Record) -> dict[str, Any]:
    """The record as plain JSON values, its members in the order of the document."""
    values: dict[str, Any] = msgspec.to_builtins(record)
    return values


def record_text(record: Record) -> str:
    """The record as indented JSON with one trailing line break. Lone surrogates stay escaped."""
    values = record_values(record)
    text = json.dumps(values, indent=1, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(values, indent=1)
    return text + "\n"


def read_record(text: str, name: str) -> Record:
    """The record that a text holds, also one of schema version 2; `name` is that of its file.

    Raises ConfigError, naming the file and the place, where the text holds none, or one of another shape.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise ConfigError(f"{name}: not a JSON document") from None
    if isinstance(values, dict):
        values = renamed_record(values)
        _check_version(values.get("schema_version", 1), name)
    return record_of(values, name)


def record_of(values: object, name: str = "") -> Record:
    """The record that JSON values hold. Raises ConfigError, naming the first place, where they hold none."""
    try:
        return msgspec.convert(values, Record)
    except msgspec.ValidationError as problem:
        raise ConfigError(f"{name}{name and ': '}not a run record: {str(problem)[:300]}") from None


def _check_version(version: object, name: str) -> None:
    if version != SCHEMA_VERSION:
        raise ConfigError(f"{name}: schema_version {str(version)[:20]}, read is {SCHEMA_VERSION}; make that run again")
