"""How hard a comparison may be: what is easy is done at once, what may take for ever is done where it can be ended."""

import re
from collections.abc import Iterator
from typing import Any

from nhq.diff.json_schema import Schema

_BRANCHES, _VALUES, _NODES = 256, 400, 4_000
# A group that is repeated may make matching exponential.
_REPEATED = re.compile(r"\)[*+{]")


def is_easy(*schemas: Schema) -> bool:
    """Is the work bounded by the size of these schemas: few combinations of branches, short enumerations?"""
    for schema in schemas:
        branches = 1
        for count, (key, value) in enumerate(_keywords(schema)):
            if key in ("anyOf", "oneOf", "if", "dependentSchemas", "not", "contains"):
                branches *= max(len(value), 2) if isinstance(value, list | dict) and key != "not" else 2
            longest = len(value) if key == "enum" and isinstance(value, list) else 0
            repeats = key == "pattern" and isinstance(value, str) and _REPEATED.search(value) is not None
            if branches > _BRANCHES or longest > _VALUES or repeats or count > _NODES or key == "$defs":
                return False
    return True


def _keywords(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from _keywords(inner)
    elif isinstance(value, list):
        for item in value:
            yield from _keywords(item)
