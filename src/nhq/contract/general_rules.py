"""Which rules hold for an operation that nobody has written rules for, by what the document says of it.

Only rules whose sentence speaks of every endpoint, every key or every list; and those that its own prose repeats in
the words the others use ("Returns 404 when …").
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from nhq.contract.definitions import Operation, Place, Rule
from nhq.contract.derived_operations import answer_schema, member_schema
from nhq.contract.pointers import resolve_pointer

_CRAWLED = (
    "PAGE-HAS-MORE-FALSE-AT-END",
    "PAGE-HAS-MORE-TRUE",
    "PAGE-LAST-NOT-EMPTY",
    "PAGE-CURSOR",
    "PAGE-CURSOR-NULL",
    "PAGE-TERMINATES",
    "PAGE-NO-DUPLICATES",
    "PAGE-NO-GAPS",
    "PAGE-SAME-SEQUENCE",
)
_PAGED = ("PAGE-LIMIT-ACCEPTED", "PAGE-LIMIT-KEPT", "PAGE-DEFAULT-100", "PAGE-LIMIT-ECHO", "PAGE-FULL")
_ABSENT = ("WS-UNKNOWN-404", "WS-FOREIGN-404")
_REFUSED = {
    "required": "REQUEST-REQUIRED",
    "type": "REQUEST-TYPE",
    "enum": "REQUEST-ENUM",
    "additionalProperties": "REQUEST-UNKNOWN-MEMBER-400",
    "minLength": "REQUEST-EMPTY-TEXT",
    "minItems": "REQUEST-EMPTY-BATCH",
}
_OF_KEYS, _WITHOUT_KEY = ("auth", "scopes", "ratelimit"), ("RL-HEADERS",)
# The sentences that operations repeat about themselves, and the rules that rest on them.
_REPEATED = (
    (re.compile(r"Requires the `[^`]+` scope\."), ("SCOPE-MISSING", "SCOPE-SUFFICIENT")),
    (re.compile(r"Returns 404 when the [\w ]+ does not exist in the (?:API key )?workspace"), _ABSENT),
    (re.compile(r"[Cc]ursor-paginated \(`limit` \d+–\d+, default \d+\)"), ("PAGE-LIMIT-ACCEPTED", "PAGE-LIMIT-KEPT")),
)


def general_rules(document: Mapping[str, Any], operation: Operation, scopes: Collection[str]) -> frozenset[str]:
    """The rules, beside those that hold everywhere, that are judged on an operation without rules of its own.

    `scopes` are all that the document names.
    """
    return frozenset((*_access(operation, scopes), *_pages(document, operation), *_bodies(document, operation)))


def is_excused_from_rule(operation: Operation, rule: Rule) -> bool:
    """Is a rule that holds everywhere none of this operation's: it needs no key, or names no scope?"""
    keyless = operation.keyless and rule.area in _OF_KEYS and rule.id not in _WITHOUT_KEY
    return keyless or (rule.area == "scopes" and not operation.scope)


def own_places(document: Mapping[str, Any], operation: Operation) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """The sentences of an operation that repeat what others say of themselves, each with the rules that rest on it."""
    text = resolve_pointer(document, operation.pointer).get("description")
    for pattern, rules in _REPEATED if isinstance(text, str) else ():
        for match in pattern.finditer(text):
            yield Place(f"{operation.pointer}/description", match[0]), rules


def with_operation(rule: Rule, operation: str, places: tuple[Place, ...] = ()) -> Rule:
    """A rule that is judged on one operation more, and rests on more sentences."""
    also = (*rule.also, *(place for place in places if place not in rule.places))
    return replace(
        rule, operations=(*rule.operations, *([operation] if operation not in rule.operations else [])), also=also
    )


def _access(operation: Operation, scopes: Collection[str]) -> Iterator[str]:
    if operation.keyless:
        return
    reads = operation.scope.endswith(":read")
    other = operation.scope.replace(":read", ":write") if reads else operation.scope.replace(":write", ":read")
    if other != operation.scope and other in scopes:
        yield "SCOPE-WRITE-NOT-READ" if reads else "SCOPE-READ-NOT-WRITE"
    if operation.path_parameters or operation.has_body:
        yield from ("AUTH-FIRST", "SCOPE-FIRST")
    if operation.path_parameters and 404 in operation.statuses:
        yield from _ABSENT


def _pages(document: Mapping[str, Any], operation: Operation) -> Iterator[str]:
    """Every invariant of pages where the answer has a `pagination` and lists things; crawls where these have ids."""
    schema = answer_schema(document, operation)
    if not (operation.paginated and member_schema(document, schema, "pagination").get("properties")):
        return
    if member_schema(document, schema, "data").get("type") != "array":
        return
    yield from (*_PAGED, "PAGE-CURSOR-SAFE", "PAGE-LIMIT-400" if 400 in operation.statuses else "PAGE-LIMIT-SAFE")
    yield "REQUEST-VALID"
    if member_schema(document, schema, "data", "*", "id"):
        yield from _CRAWLED


def _bodies(document: Mapping[str, Any], operation: Operation) -> Iterator[str]:
    """Refusals of bodies that break the schema, where 400 is the one that it documents for them."""
    if operation.has_body and 400 in operation.statuses and 422 not in operation.statuses:
        yield "REQUEST-NOT-JSON"
        yield from _REFUSED.values()
