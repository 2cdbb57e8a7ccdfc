"""Two validators that must agree on a witness: jsonschema-rs, and jsonschema in Python."""

import datetime
import ipaddress
import json
import re
import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jsonschema
import jsonschema_rs

from nhq.diff.json_schema import LISTS, MAPS, SINGLES, Schema, schema_text
from nhq.diff.patterns import python_pattern

Accepts = Callable[[Any], bool]


def fast_validator(schema: Schema) -> Accepts | None:
    """jsonschema-rs' word on values; None for a schema that it can't compile."""
    compiled = _compiled(schema_text(schema))
    return compiled.is_valid if compiled is not None else None


def places_refused(schema: Schema, value: Any) -> list[list[str | int]]:
    """Where jsonschema-rs refuses something of a value, as keys and indexes; none where it accepts it."""
    compiled = _compiled(schema_text(schema))
    return [list(error.instance_path) for error in compiled.iter_errors(value)] if compiled is not None else []


def problem_of(schema: Schema, value: Any) -> tuple[str, str]:
    """Where and why jsonschema-rs refuses a value: a pointer, and one line without the value."""
    compiled = _compiled(schema_text(schema))
    errors = list(compiled.iter_errors(value)) if compiled is not None else []
    if not errors:
        return "", ""
    deepest = max(errors, key=lambda error: len(error.instance_path))
    asked = {k: v for k, v in deepest.kind.as_dict().items() if k not in ("context", "error")}
    text = ", ".join(
        v if isinstance(v, str) else json.dumps(v, ensure_ascii=False, default=str) for v in asked.values()
    )
    place = "".join("/" + str(token) for token in deepest.instance_path)
    line = f"{deepest.kind.name}: {text}" if text else deepest.kind.name
    return place, line if len(line) <= 120 else line[:119] + "…"


def second_opinion(schema: Schema, value: Any) -> bool | None:
    """jsonschema's word on a value; None where it can't tell (a pattern that Python has no word for)."""
    try:
        translated = _translated(schema)
        return jsonschema.Draft202012Validator(translated, format_checker=_FORMATS).is_valid(value)
    except Exception:
        return None


@lru_cache(maxsize=4096)
def _compiled(schema: str) -> Any:
    try:
        return jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True, offline=True)
    except (ValueError, jsonschema_rs.ReferencingError):
        return None


def _translated(schema: Any) -> Any:
    """The schema with its ECMA patterns as Python spells them."""
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "patternProperties":
            made[key] = {python_pattern(name): _translated(inner) for name, inner in value.items()}
        elif key in MAPS:
            made[key] = {name: _translated(inner) for name, inner in value.items()}
        elif key in LISTS:
            made[key] = [_translated(inner) for inner in value]
        elif key in SINGLES:
            made[key] = _translated(value)
        else:
            made[key] = python_pattern(value) if key == "pattern" else value
    return made


_FORMATS = jsonschema.FormatChecker(formats=())


def _checks(name: str, pattern: str, parse: Callable[[str], object]) -> None:
    def check(value: object) -> bool:
        if not isinstance(value, str):
            return True
        if re.fullmatch(pattern, value) is None:
            return False
        parse(value)
        return True

    _FORMATS.checks(name, raises=ValueError)(check)


_CLOCK = r"\d\d:\d\d:\d\d(\.\d+)?([zZ]|[+-]\d\d:\d\d)"
_checks("date", r"\d{4}-\d\d-\d\d", datetime.date.fromisoformat)
_checks("date-time", r"\d{4}-\d\d-\d\d[tT]" + _CLOCK, lambda text: datetime.date.fromisoformat(text[:10]))
_checks("time", _CLOCK, lambda text: datetime.time.fromisoformat(text[:8]))
_checks("email", r"[^@\s]+@[^@\s]+", str)
_checks("ipv4", r"[0-9.]+", ipaddress.IPv4Address)
_checks("ipv6", r"[0-9a-fA-F:.]+", ipaddress.IPv6Address)
_checks("uri", r"[a-zA-Z][a-zA-Z0-9+.-]*:\S*", str)
_checks("uuid", r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", uuid.UUID)
