"""Recorded interactions as the diff looks at them: in how many does a change show?"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from nhq.diff import text_values, validators
from nhq.diff.change_records import ComparedDocument, DocumentChange, Side
from nhq.diff.document_operations import DocumentOperation, operations_by_key
from nhq.diff.json_schema import Schema, bare_schema, normalized_schema
from nhq.diff.media_types import media_types
from nhq.diff.recorded_routes import DocumentRoutes
from nhq.diff.references import Node, follow_references

_UNREADABLE = object()


@dataclass(frozen=True, slots=True)
class RecordedInteraction:
    """One recorded request and its answer. `path` has the query; it may have the server's address before it.

    Of `times` equal ones of a history only the operation and the status are known (not `whole`): `operation` is its
    id, and `path` may be a template.
    """

    method: str
    path: str
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_body: bytes = b""
    status: int | None = None
    body: bytes = b""
    operation: str = ""
    whole: bool = True
    times: int = 1


@dataclass(frozen=True, slots=True)
class _Seen:
    """An interaction as a call of one of the base's operations."""

    operation: DocumentOperation
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    sent: Any
    status: str
    received: Any
    whole: bool
    times: int


class TrafficSightings:
    """Looks through interactions, each of which calls an operation of the base or counts as none."""

    def __init__(
        self, base: ComparedDocument, head: ComparedDocument, interactions: Iterable[RecordedInteraction]
    ) -> None:
        self._head = head
        self._old, self._new = operations_by_key(base), operations_by_key(head)
        self._keys = {operation.title: key for key, operation in (*self._new.items(), *self._old.items())}
        routes = DocumentRoutes(self._old.values(), base)
        named = {str(one.node.value.get("operationId")): one for one in self._old.values()}
        self.total = self.whole = 0
        self._by_key: dict[str, list[_Seen]] = {}
        for one in interactions:
            self.total += one.times
            self.whole += one.times if one.whole else 0
            operation = named.get(one.operation) or routes.match(one.method, one.path)
            if operation is not None:
                self._by_key.setdefault(operation.key, []).append(_seen(one, operation))

    def count(self, change: DocumentChange) -> tuple[int, int]:
        """In how many interactions a change shows, and of how many; one of the whole document shows in all.

        What only parameters or bodies tell is looked for where these were recorded.
        """
        if not change.keys:
            return self.total, self.total
        content = any(_needs_content(change, where) for _, where in change.keys)
        seen: dict[int, int] = {}
        for title, where in change.keys:
            key = self._keys.get(title, title)
            rows = [one for one in self._by_key.get(key, ()) if one.whole or not content]
            seen.update((id(one), one.times) for one in rows if self._shows(change, key, where, one))
        return sum(seen.values()), self.whole if content else self.total

    def _shows(self, change: DocumentChange, key: str, where: str, one: _Seen) -> bool:
        where = where.partition(", ")[0]
        kind, _, rest = where.partition(" ")
        if "parameter " in where and kind in ("path", "query", "header", "cookie"):
            return self._parameter(change, key, where, one)
        if kind == "request":
            return self._body(change, key, one)
        if kind == "response":
            status = rest.partition(" ")[0]
            return _is_of(one.status, status) and _has(one.received, change.place)
        return True

    def _parameter(self, change: DocumentChange, key: str, where: str, one: _Seen) -> bool:
        location, _, name = where.partition(" parameter ")
        values = _parameter_values(location, name, one)
        if change.rule in ("parameter-added-required", "parameter-required", "parameter-default"):
            return not values
        if change.witness is None:
            return bool(values) or location == "path"
        schema = self._head_schema(key, lambda operation: _parameter_schema(operation, location, name))
        accepts = validators.fast_validator(schema) if schema is not None else None
        if accepts is None:
            return False
        return any(not any(accepts(reading) for reading in text_values.text_readings(value)) for value in values)

    def _body(self, change: DocumentChange, key: str, one: _Seen) -> bool:
        if change.rule.startswith("request-body-") and "added" in change.rule:
            return one.sent is None
        if one.sent is None:
            return False
        if change.witness is None:
            return one.sent is not _UNREADABLE and _has(one.sent, change.place)
        if one.sent is _UNREADABLE:
            return False
        schema = self._head_schema(key, lambda operation: _body_schema(self._head, operation))
        return schema is not None and _refused_at(schema, one.sent, change.place)

    def _head_schema(self, key: str, find: Callable[[DocumentOperation], Node | None]) -> Schema | None:
        operation = self._new.get(key)
        node = find(operation) if operation is not None else None
        return bare_schema(normalized_schema(self._head, node, Side.REQUEST)) if node is not None else None


def _seen(one: RecordedInteraction, operation: DocumentOperation) -> _Seen:
    query = parse_qs(urlsplit(one.path).query, keep_blank_values=True)
    headers = {name.lower(): value for name, value in one.request_headers.items()}
    sent, received = _decoded(one.request_body), _decoded(one.body)
    return _Seen(operation, query, headers, sent, str(one.status or ""), received, one.whole, one.times)


def _needs_content(change: DocumentChange, where: str) -> bool:
    """Is more than an operation and a status needed to see a change there?"""
    kind = where.partition(" ")[0]
    return "parameter " in where or kind == "request" or (kind == "response" and bool(change.place))


def _decoded(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return _UNREADABLE


def _parameter_values(location: str, name: str, one: _Seen) -> list[str]:
    if location == "query":
        return list(one.query.get(name, ()))
    return [one.headers[name.lower()]] if location == "header" and name.lower() in one.headers else []


def _parameter_schema(operation: DocumentOperation, location: str, name: str) -> Node | None:
    key = (location, name.lower() if location == "header" else name)
    parameter = operation.parameters.get(key)
    return parameter.node.child("schema") if parameter is not None else None


def _body_schema(document: ComparedDocument, operation: DocumentOperation) -> Node | None:
    body = operation.node.child("requestBody")
    if body is None:
        return None
    for media in media_types(document.content, follow_references(document.content, body).child("content")).values():
        return media.child("schema")
    return None


def _is_of(status: str, named: str) -> bool:
    """Is a recorded status the documented one: itself, of its class, or any (`default`)?"""
    return named in (status, "default") or named == f"{status[:1]}XX"


def _has(value: Any, place: tuple[str, ...]) -> bool:
    """Is there anything at a place, whose `*` stands for any item or member?"""
    return any(True for _ in _at(value, place))


def _at(value: Any, place: tuple[str, ...]) -> Iterator[Any]:
    if not place:
        yield value
        return
    first, rest = place[0], place[1:]
    if isinstance(value, list) and first == "*":
        for item in value:
            yield from _at(item, rest)
    elif isinstance(value, dict):
        for name in value if first == "*" else [first] if first in value else []:
            yield from _at(value[name], rest)


def _refused_at(schema: Any, value: Any, place: tuple[str, ...]) -> bool:
    """Does the schema refuse a value for something at that place, or for the whole that holds it?"""
    for found in validators.places_refused(schema, value):
        pairs = zip(found, place, strict=False)
        if all(wanted in ("*", str(token)) for token, wanted in pairs):
            return True
    return False
