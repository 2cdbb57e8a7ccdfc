"""Does one schema accept all that another accepts? The one place that knows jsonschema-rs' containment.

Its API (`canonicalize`, `covers`, `subtract`) is marked experimental: whatever it can't do or fails at is "unknown".
"""

import json
from functools import lru_cache
from typing import Any

import jsonschema_rs
from jsonschema_rs.canonical import Containment, Satisfiability

from nhq.diff.json_schema import Schema, schema_text

# Under these a schema may accept less where what it refers to accepts more.
SHRINKING = frozenset({"contains", "if", "not", "oneOf", "unevaluatedItems", "unevaluatedProperties"})
_PANIC = "PanicException"  # of a Rust extension; it is no Exception


def schema_covers(big: Schema, small: Schema) -> bool | None:
    """Whether `big` accepts every value that `small` accepts; None where that isn't decided."""
    answer = _covers(big, small)
    return True if answer is None and _covers_step_by_step(big, small) else answer


def _covers_step_by_step(big: Schema, small: Schema) -> bool:
    """For schemas that name themselves: is each definition of `small` covered by one step of the same one of `big`?

    With S the definitions of `small`: if S fits what `big` makes of S, S fits `big` (a value is finite, and where
    `big` only asks for more of the same, whatever fits S at one step fits it at the next).
    """
    if not isinstance(big, dict) or not isinstance(small, dict):
        return False
    ours, theirs = small.get("$defs", {}), big.get("$defs", {})
    if not ours or ours.keys() != theirs.keys() or not accepts_only_more(big):
        return False
    steps = [({**big, "$defs": ours}, small)]
    steps += [({**theirs[name], "$defs": ours}, {**ours[name], "$defs": ours}) for name in ours]
    return all(_covers(after, before) is True for after, before in steps)


def accepts_only_more(schema: Any, may_refer: bool = True) -> bool:
    """Does the schema accept more, never less, where its references do?"""
    if isinstance(schema, list):
        return all(accepts_only_more(item, may_refer) for item in schema)
    if not isinstance(schema, dict):
        return True
    if "$ref" in schema and not may_refer:
        return False
    return all(accepts_only_more(value, may_refer and key not in SHRINKING) for key, value in schema.items())


def _covers(big: Schema, small: Schema) -> bool | None:
    one, other = _canonical(schema_text(big)), _canonical(schema_text(small))
    if one is None or other is None:
        return None
    answer = _guarded(lambda: one.covers(other))
    if answer in (Containment.YES, Containment.NO):
        return bool(answer == Containment.YES)
    left = _guarded(lambda: other.subtract(one).satisfiability())
    return True if left == Satisfiability.NO else None


def remaining_schema(small: Schema, big: Schema) -> Schema | None:
    """A schema of what `small` accepts and `big` refuses; None where it can't be made."""
    one, other = _canonical(schema_text(big)), _canonical(schema_text(small))
    if one is None or other is None:
        return None
    found: Schema | None = _guarded(lambda: other.subtract(one).to_json_schema())
    return found


@lru_cache(maxsize=4096)
def _canonical(schema: str) -> Any:
    return _guarded(
        lambda: jsonschema_rs.canonicalize(
            json.loads(schema), draft=jsonschema_rs.Draft202012, validate_formats=True, offline=True
        )
    )


def _guarded(ask: Any) -> Any:
    """What a call gives; None where it raises, as schemas beyond the library's model make it do."""
    try:
        return ask()
    except Exception:
        return None
    except BaseException as problem:
        if type(problem).__name__ != _PANIC:
            raise
        return None
