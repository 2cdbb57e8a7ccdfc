"""What tells findings apart from run to run: the kind of breach, and a fingerprint in which no message stands."""

import hashlib
import re
from enum import StrEnum

_INDEX = re.compile(r"(?<=/)\d+(?=/|$)")
_IDENT = re.compile(r"\b(?=[\w-]*\d)[\w-]{10,}\b")


class Breach(StrEnum):
    """How a promise was broken: a finding's code. A word never changes, whatever the texts around it say.

    A rule that can be broken in one way only says BROKEN; one with several ways at one place has a code for each.
    """

    BROKEN = "broken"  # not as promised
    STATUS = "status"  # another status than is due
    MISSING = "missing"  # what is due is not there
    SURPLUS = "surplus"  # what is there is not due
    REPEATED = "repeated"  # there more than once
    DIFFERENT = "different"  # another value than is due
    ORDER = "order"  # at another place in a sequence
    REFUSED = "refused"  # turned down although allowed
    ACCEPTED = "accepted"  # taken although it must be turned down
    CHANGED = "changed"  # an effect where there must be none
    UNCHANGED = "unchanged"  # no effect where there must be one
    FORM = "form"  # not of the form that is promised


#: Codes of schemas broken: the keyword of JSON Schema (2020-12) that failed.
KEYWORDS = frozenset(
    {
        "additionalProperties", "allOf", "anyOf", "const", "contains", "dependentRequired", "enum", "exclusiveMaximum",
        "exclusiveMinimum", "format", "items", "maxItems", "maxLength", "maxProperties", "maximum", "minItems",
        "minLength", "minProperties", "minimum", "multipleOf", "not", "oneOf", "pattern", "propertyNames", "required",
        "type", "unevaluatedItems", "unevaluatedProperties", "uniqueItems",
    }
)  # fmt: skip


def keyword_code(keyword: str) -> str:
    """The code of a schema that a keyword broke; `form` for a keyword that JSON Schema doesn't have."""
    return f"schema-{keyword}" if keyword in KEYWORDS else Breach.FORM


def general_place(where: str) -> str:
    """A place with indexes and ids as *: the same fault in another row, or in other data, is at the same place."""
    return _IDENT.sub("*", _INDEX.sub("*", where))


def fingerprint_of(rule: str, operation: str | None, code: str, where: str) -> str:
    """The same for the same rule, operation, kind of breach and place, whatever was seen, said and drawn: 64 digits."""
    parts = (rule, operation or "", code, general_place(where))
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "backslashreplace")).hexdigest()
