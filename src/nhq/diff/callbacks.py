"""Callbacks and webhooks: the API sends the request, and its client must be able to take it."""

from collections.abc import Mapping
from typing import Any

from nhq.diff.body_changes import covering_entry, response_entries
from nhq.diff.change_collector import ChangeCollector
from nhq.diff.change_records import Side
from nhq.diff.document_operations import DocumentOperation, DocumentParameter
from nhq.diff.media_types import compare_content
from nhq.diff.references import Node, follow_references
from nhq.diff.schema_changes import Pair, compare_values
from nhq.diff.schema_comparer import Comparer


def compare_received(
    pair: Pair, comparer: Comparer, found: ChangeCollector, base: DocumentOperation, head: DocumentOperation
) -> None:
    """Add what changed about the headers, queries and bodies that a client receives: judged as an answer is."""
    _compare_parameters(pair, comparer, found, base, head)
    old, new = (_body(document.content, one) for document, one in ((pair.base, base), (pair.head, head)))
    was, is_now = old.get("required") is True, new.get("required") is True
    if was and not is_now:
        found.row("inbound-body-optional", new, old, "received body", "", "required", "optional")
    compare_content(pair, comparer, found, Side.RESPONSE, old, new, "received body")


def _body(document: Mapping[str, Any], operation: DocumentOperation) -> Node:
    """The body; an empty one where there is none."""
    node = operation.node.child("requestBody")
    return follow_references(document, node) if node is not None else Node({}, operation.node.at)


def _compare_parameters(
    pair: Pair, comparer: Comparer, found: ChangeCollector, base: DocumentOperation, head: DocumentOperation
) -> None:
    for key, old in base.parameters.items():
        where = f"received {old.location} parameter {old.name}"
        new = head.parameters.get(key)
        if old.location in ("path", "cookie"):
            continue
        if new is None:
            rule = "response-header-required-removed" if _is_required(old) else "response-header-removed"
            found.row(rule, None, old.node, where, old.name, old.name, "none")
            continue
        if _is_required(old) and not _is_required(new):
            found.row("response-header-optional", new.node, old.node, where, old.name, "required", "optional")
        before, after = old.node.child("schema"), new.node.child("schema")
        compare_values(pair, comparer, found, Side.RESPONSE, before, after, where, is_text=True)


def _is_required(parameter: DocumentParameter) -> bool:
    return parameter.node.get("required") is True


def compare_replies(
    pair: Pair, comparer: Comparer, found: ChangeCollector, base: DocumentOperation, head: DocumentOperation
) -> None:
    """Add what changed about the answers that a client may give: judged as a request is."""
    old, new = (response_entries(operation) for operation in (base, head))
    for status, node in old.items():
        match = covering_entry(status, new)
        if match is not None:
            one, other = follow_references(pair.base.content, node), follow_references(pair.head.content, new[match])
            compare_content(pair, comparer, found, Side.REQUEST, one, other, f"reply {status}")
        elif status.startswith("2"):
            found.row("inbound-reply-removed", None, node, f"reply {status}", status, status, "none")
