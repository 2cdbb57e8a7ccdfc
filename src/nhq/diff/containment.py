"""Does one schema accept all that another accepts? The one place that knows jsonschema-rs' containment.

Its API (`canonicalize`, `covers`, `subtract`) is marked experimental: whatever it can't do or fails at is "unknown".
"""

import json
from functools import lru_cache
from typing import Any

import jsonschema_rs
from jsonschema_rs.canonical import Containment, Satisfiability

from nhq.diff.schemas import Schema, spelling

_PANIC = "PanicException"  # of a Rust extension; it is no Exception


def covers(big: Schema, small: Schema) -> bool | None:
    """Whether `big` accepts every value that `small` accepts; None where that isn't decided."""
    one, other = _canonical(spelling(big)), _canonical(spelling(small))
    if one is None or other is None:
        return None
    answer = _guarded(lambda: one.covers(other))
    if answer == Containment.YES:
        return True
    left = _guarded(lambda: other.subtract(one).satisfiability())
    if left == Satisfiability.NO:
        return True
    return False if answer == Containment.NO else None


def remainder(small: Schema, big: Schema) -> Schema | None:
    """A schema of what `small` accepts and `big` refuses; None where it can't be made."""
    one, other = _canonical(spelling(big)), _canonical(spelling(small))
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
