"""Callbacks and webhooks: the API sends the request, and its client must be able to take it."""

from collections.abc import Mapping
from typing import Any

from nhq.diff.bodies import covering, responses
from nhq.diff.collecting import Found
from nhq.diff.comparer import Comparer
from nhq.diff.media import compare_content
from nhq.diff.operations import Operation, Parameter
from nhq.diff.records import Side
from nhq.diff.references import Node, follow
from nhq.diff.values import Pair, compare_values


def compare_received(pair: Pair, comparer: Comparer, found: Found, base: Operation, head: Operation) -> None:
    """Add what changed about the headers, queries and bodies that a client receives: judged as an answer is."""
    _compare_parameters(pair, comparer, found, base, head)
    old, new = (_body(document.content, one) for document, one in ((pair.base, base), (pair.head, head)))
    was, is_now = old.get("required") is True, new.get("required") is True
    if was and not is_now:
        found.row("inbound-body-optional", new, old, "received body", "", "required", "optional")
    compare_content(pair, comparer, found, Side.RESPONSE, old, new, "received body")


def _body(document: Mapping[str, Any], operation: Operation) -> Node:
    """The body; an empty one where there is none."""
    node = operation.node.child("requestBody")
    return follow(document, node) if node is not None else Node({}, operation.node.at)


def _compare_parameters(pair: Pair, comparer: Comparer, found: Found, base: Operation, head: Operation) -> None:
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


def _is_required(parameter: Parameter) -> bool:
    return parameter.node.get("required") is True


def compare_replies(pair: Pair, comparer: Comparer, found: Found, base: Operation, head: Operation) -> None:
    """Add what changed about the answers that a client may give: judged as a request is."""
    old, new = (responses(operation) for operation in (base, head))
    for status, node in old.items():
        match = covering(status, new)
        if match is not None:
            one, other = follow(pair.base.content, node), follow(pair.head.content, new[match])
            compare_content(pair, comparer, found, Side.REQUEST, one, other, f"reply {status}")
        elif status.startswith("2"):
            found.row("inbound-reply-removed", None, node, f"reply {status}", status, status, "none")
