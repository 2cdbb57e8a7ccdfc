"""The request body and the responses of an operation: statuses, media types, headers."""

from collections.abc import Mapping
from typing import Any

from nhq.diff.change_collector import ChangeCollector
from nhq.diff.change_records import Side
from nhq.diff.document_operations import DocumentOperation
from nhq.diff.media_types import compare_content
from nhq.diff.references import Node, follow_references
from nhq.diff.schema_changes import Pair, compare_values
from nhq.diff.schema_comparer import Comparer


def compare_request_body(
    pair: Pair, comparer: Comparer, found: ChangeCollector, base: DocumentOperation, head: DocumentOperation
) -> None:
    """Add what changed about the body of requests."""
    where = "request body"
    old, new = _body(pair.base.content, base), _body(pair.head.content, head)
    if old is None and new is not None:
        rule = "request-body-added-required" if new.get("required") is True else "request-body-added"
        found.row(rule, new, None, where, before="none", after="a body")
    elif old is not None and new is None:
        found.row("request-body-removed", None, old, where, before="a body", after="none")
    elif old is not None and new is not None:
        was, is_now = old.get("required") is True, new.get("required") is True
        if was != is_now:
            rule = "request-body-required" if is_now else "request-body-optional"
            found.row(rule, new, old, where, "", f"required: {was}", f"required: {is_now}")
        compare_content(pair, comparer, found, Side.REQUEST, old, new, where)


def _body(document: Mapping[str, Any], operation: DocumentOperation) -> Node | None:
    node = operation.node.child("requestBody")
    return follow_references(document, node) if node is not None and isinstance(node.value, dict) else None


def compare_responses(
    pair: Pair, comparer: Comparer, found: ChangeCollector, base: DocumentOperation, head: DocumentOperation
) -> None:
    """Add what changed about the answers of an operation."""
    old, new = _responses(pair.base.content, base), _responses(pair.head.content, head)
    successes = [status for status in new if status.startswith("2") or status == "default"]
    for status, node in old.items():
        match = covering_entry(status, new)
        if match is not None:
            _compare(pair, comparer, found, node, new[match], f"response {status}")
        elif status.startswith("2"):
            rule = "response-one-success-removed" if successes else "response-success-removed"
            found.row(rule, None, node, f"response {status}", status, status, "none")
        else:
            found.row("response-status-removed", None, node, f"response {status}", status, status, "none")
    for status, node in new.items():
        if status in old:
            continue
        match = covering_entry(status, old)
        if match is not None and match not in new:
            _compare(pair, comparer, found, old[match], node, f"response {status}")
        elif match is None or match in new:
            _added(found, status, node, pair, comparer, old.get(match or ""))


def _added(
    found: ChangeCollector, status: str, node: Node, pair: Pair, comparer: Comparer, covering: Node | None
) -> None:
    if covering is not None:
        _compare(pair, comparer, found, covering, node, f"response {status}")
        return
    kinds = {"2": "response-success-added", "3": "response-redirect-added"}
    found.row(kinds.get(status[:1], "response-status-added"), node, None, f"response {status}", status, "none", status)


def _responses(document: Mapping[str, Any], operation: DocumentOperation) -> dict[str, Node]:
    return {
        s: follow_references(document, node)
        for s, node in response_entries(operation).items()
        if not s.startswith("X-")
    }


def response_entries(operation: DocumentOperation) -> dict[str, Node]:
    """The entries of an operation's responses as they are written, by status: `2xx` is `2XX`."""
    listed = operation.node.child("responses")
    members = listed.members() if listed is not None else {}
    return {status.upper() if status != "default" else status: node for status, node in members.items()}


def covering_entry(status: str, among: Mapping[str, Node]) -> str | None:
    """The entry that describes a status: itself, its class, or the default."""
    for candidate in (status, f"{status[:1]}XX", "default"):
        if candidate in among:
            return candidate
    return None


def _compare(pair: Pair, comparer: Comparer, found: ChangeCollector, base: Node, head: Node, where: str) -> None:
    compare_content(pair, comparer, found, Side.RESPONSE, base, head, where)
    old, new = _headers(pair.base.content, base), _headers(pair.head.content, head)
    for name, (spelled, node) in old.items():
        if name not in new:
            rule = "response-header-required-removed" if node.get("required") is True else "response-header-removed"
            found.row(rule, None, node, f"{where} header {spelled}", spelled, spelled, "none")
            continue
        _compare_header(pair, comparer, found, spelled, node, new[name][1], f"{where} header {spelled}")
    for name, (spelled, node) in new.items():
        if name not in old:
            found.row("response-header-added", node, None, f"{where} header {spelled}", spelled, "none", spelled)


def _compare_header(
    pair: Pair, comparer: Comparer, found: ChangeCollector, name: str, base: Node, head: Node, where: str
) -> None:
    was, is_now = base.get("required") is True, head.get("required") is True
    if was != is_now:
        rule = "response-header-required" if is_now else "response-header-optional"
        found.row(rule, head, base, where, name, f"required: {was}", f"required: {is_now}")
    if base.child("content") is not None and head.child("content") is not None:
        compare_content(pair, comparer, found, Side.RESPONSE, base, head, where)
        return
    before, after = base.child("schema"), head.child("schema")
    compare_values(pair, comparer, found, Side.RESPONSE, before, after, where, is_text=True)


def _headers(document: Mapping[str, Any], response: Node) -> dict[str, tuple[str, Node]]:
    listed = response.child("headers")
    members = listed.members() if listed is not None else {}
    return {
        n.lower(): (n, follow_references(document, node)) for n, node in members.items() if n.lower() != "content-type"
    }
