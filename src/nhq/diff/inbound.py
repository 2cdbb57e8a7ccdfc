"""Callbacks and webhooks: the API sends the request, and its client must be able to take it."""

from nhq.diff.collecting import Found
from nhq.diff.comparer import Comparer
from nhq.diff.media import compare_content
from nhq.diff.operations import Operation
from nhq.diff.records import Side
from nhq.diff.references import Node, follow
from nhq.diff.values import Pair


def compare_received(pair: Pair, comparer: Comparer, found: Found, base: Operation, head: Operation) -> None:
    """Add what changed about the body that a client receives: judged as an answer is."""
    old, new = base.node.child("requestBody"), head.node.child("requestBody")
    if old is not None and new is not None:
        one, other = follow(pair.base.content, old), follow(pair.head.content, new)
        compare_content(pair, comparer, found, Side.RESPONSE, one, other, "received body")


def compare_replies(pair: Pair, comparer: Comparer, found: Found, base: Operation, head: Operation) -> None:
    """Add what changed about the answers that a client may give: judged as a request is."""
    old, new = (_responses(operation) for operation in (base, head))
    for status, node in old.items():
        if status in new:
            one, other = follow(pair.base.content, node), follow(pair.head.content, new[status])
            compare_content(pair, comparer, found, Side.REQUEST, one, other, f"reply {status}")


def _responses(operation: Operation) -> dict[str, Node]:
    listed = operation.node.child("responses")
    return listed.members() if listed is not None else {}
