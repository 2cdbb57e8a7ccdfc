"""The parameters of an operation: which came, which went, and what they take."""

from typing import Any

from nhq.diff.change_collector import ChangeCollector
from nhq.diff.change_records import ComparedDocument, Side
from nhq.diff.document_operations import DocumentOperation, DocumentParameter
from nhq.diff.json_schema import normalized_schema
from nhq.diff.media_types import media_types
from nhq.diff.references import Node, follow_references
from nhq.diff.schema_changes import Pair, compare_values
from nhq.diff.schema_comparer import Comparer
from nhq.diff.schema_edits import MISSING

_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
_SINGLE = frozenset({"boolean", "integer", "null", "number", "string"})
_ALL = _SINGLE | {"array", "object"}


def compare_parameters(
    pair: Pair, comparer: Comparer, found: ChangeCollector, base: DocumentOperation, head: DocumentOperation
) -> None:
    """Add what changed between the parameters of two operations."""
    for key, new in head.parameters.items():
        if key not in base.parameters and new.location == "path":
            _compare_schemas(pair, comparer, found, None, new, _where(new))
        elif key not in base.parameters:
            rule = "parameter-added-required" if new.node.get("required") is True else "parameter-added"
            found.row(rule, new.node, None, _where(new), _where(new), "none", _where(new))
    for key, old in base.parameters.items():
        if key in head.parameters:
            _compare(pair, comparer, found, old, head.parameters[key])
        elif old.location == "path":
            _compare_schemas(pair, comparer, found, old, None, _where(old))
        else:
            found.row("parameter-removed", None, old.node, _where(old), _where(old), _where(old), "none")


def _compare(
    pair: Pair, comparer: Comparer, found: ChangeCollector, old: DocumentParameter, new: DocumentParameter
) -> None:
    where = _where(new)

    def row(rule: str, before: Any, after: Any) -> None:
        found.row(rule, new.node, old.node, where, where, before, after)

    if old.name != new.name and old.location == "path":
        row("path-parameter-renamed", old.name, new.name)
    was, is_now = (one.location == "path" or one.node.get("required") is True for one in (old, new))
    if was != is_now:
        row("parameter-required" if is_now else "parameter-optional", f"required: {was}", f"required: {is_now}")
    kinds = _kinds(pair.base, old)  # what clients send
    one, other = _style(old, kinds), _style(new, kinds)
    if one != other:
        row("parameter-style", one, other)
    if bool(old.node.get("deprecated")) != bool(new.node.get("deprecated")):
        rule = "parameter-deprecated" if new.node.get("deprecated") else "parameter-undeprecated"
        row(rule, bool(old.node.get("deprecated")), bool(new.node.get("deprecated")))
    if old.node.get("allowEmptyValue") is True and new.node.get("allowEmptyValue") is not True:
        row("parameter-empty-refused", True, False)
    _compare_schemas(pair, comparer, found, old, new, where)


def _compare_schemas(
    pair: Pair,
    comparer: Comparer,
    found: ChangeCollector,
    old: DocumentParameter | None,
    new: DocumentParameter | None,
    where: str,
) -> None:
    """What the parameter takes; one that is in a path and not described takes any text."""
    before = _schema(pair.base.content, old.node) if old is not None else None
    after = _schema(pair.head.content, new.node) if new is not None else None
    one, other = (_default(document.content, node) for document, node in ((pair.base, before), (pair.head, after)))
    if old is not None and new is not None and one != other:
        found.row("parameter-default", new.node, old.node, where, where, one, other)
    inner = ChangeCollector(*found.operations)
    is_json = any(parameter is not None and parameter.node.get("content") for parameter in (old, new))
    compare_values(pair, comparer, inner, Side.REQUEST, before, after, where, not is_json)
    found.changes.extend(change for change in inner.changes if change.rule != "request-default")


def _default(document: Any, node: Node | None) -> Any:
    if node is None:
        return MISSING
    return node.get("default", follow_references(document, node).get("default", MISSING))


def _schema(document: Any, node: Node) -> Node | None:
    direct = node.child("schema")
    if direct is not None:
        return direct
    for media in media_types(document, node.child("content")).values():
        return media.child("schema")
    return None


def _style(parameter: DocumentParameter, kinds: frozenset[str]) -> str:
    """How values of some types are written in the request, as far as they can show it.

    Source: OpenAPI, Style Examples: a single value is written alike exploded or not, and so is an array in `simple`.
    """
    if parameter.node.get("content"):
        return f"content {next(iter(parameter.node.get('content')), '')}"
    style = parameter.node.get("style", _STYLES[parameter.location])
    if kinds <= _SINGLE or (style == "simple" and "object" not in kinds):
        return str(style)
    return f"{style}{', exploded' if parameter.node.get('explode', style == 'form') else ''}"


def _kinds(document: ComparedDocument, parameter: DocumentParameter) -> frozenset[str]:
    """The types that a value may have; all where the schema doesn't say it with its own `type` or `enum`."""
    node = parameter.node.child("schema")
    schema = normalized_schema(document, node, Side.REQUEST) if node is not None else True
    if not isinstance(schema, dict):
        return _ALL
    kind = schema.get("type", "string" if _holds_no_container(schema.get("enum")) else None)
    if isinstance(kind, str):
        return frozenset({kind})
    return frozenset(map(str, kind)) if isinstance(kind, list) else _ALL


def _holds_no_container(values: Any) -> bool:
    return isinstance(values, list) and not any(isinstance(value, list | dict) for value in values)


def _where(parameter: DocumentParameter) -> str:
    return f"{parameter.location} parameter {parameter.name}"
