"""Deprecation, sunset, names and servers of operations."""

import datetime
import itertools
from typing import Any

from nhq.diff.change_collector import ChangeCollector
from nhq.diff.change_records import ComparedDocument
from nhq.diff.document_operations import DocumentOperation, effective_field
from nhq.diff.references import Node
from nhq.diff.schema_changes import Pair

_ADDRESSES_AT_MOST = 64


def add_removal(found: ChangeCollector, base: DocumentOperation, today: datetime.date) -> None:
    """Add that an operation has gone: harmless only after a sunset that was announced, and is past."""
    if base.inbound:
        found.row("inbound-removed", None, base.node, "", base.title, base.title, "none")
        return
    sunset = _sunset(base)
    gone = base.node.get("deprecated") is True and sunset is not None and sunset <= today
    rule = "operation-removed-after-sunset" if gone else "operation-removed"
    found.row(rule, None, base.node, "", base.title, str(sunset) if gone else base.title, "none")


def add_addition(found: ChangeCollector, head: DocumentOperation) -> None:
    """Add that there is a new operation."""
    found.row(
        "inbound-added" if head.inbound else "operation-added", head.node, None, "", head.title, "none", head.title
    )


def compare_lifecycle(found: ChangeCollector, base: DocumentOperation, head: DocumentOperation) -> None:
    """Add what changed about how long an operation lives, and what it is called."""
    old, new = base.node, head.node
    if bool(old.get("deprecated")) != bool(new.get("deprecated")):
        until = f", until {new.get('x-sunset')}" if new.get("deprecated") and new.get("x-sunset") else ""
        rule = "operation-deprecated" if new.get("deprecated") else "operation-undeprecated"
        found.row(rule, new, old, "", until, bool(old.get("deprecated")), bool(new.get("deprecated")))
    before, after = _sunset(base), _sunset(head)
    if before is not None and after is not None and before != after:
        rule = "operation-sunset-earlier" if after < before else "operation-sunset-later"
        found.row(rule, new, old, "", "", str(before), str(after))
    if old.get("operationId") != new.get("operationId") and old.get("operationId"):
        found.row("operation-id", new, old, "", "", old.get("operationId"), new.get("operationId") or "none")
    if old.get("tags") != new.get("tags"):
        found.row("operation-tags", new, old, "", "", old.get("tags") or [], new.get("tags") or [])


def _sunset(operation: DocumentOperation) -> datetime.date | None:
    written = operation.node.get("x-sunset")
    try:
        return datetime.date.fromisoformat(str(written)[:10])
    except ValueError:
        return None


def compare_servers(pair: Pair, found: ChangeCollector, base: DocumentOperation, head: DocumentOperation) -> None:
    """Add which servers of an operation came and went. A document without servers says nothing of them."""
    old, new = server_addresses(pair.base, base), server_addresses(pair.head, head)
    if not old:
        return
    left = [url for url in old if url in new]
    node = head.node.child("servers") or head.item.child("servers") or Node(pair.head.content, "").child("servers")
    if not left:
        found.row(
            "servers-replaced",
            node or Node(None, "/servers"),
            None,
            "servers",
            "",
            ", ".join(old),
            ", ".join(new) or "none",
        )
        return
    for url in old:
        if url not in new:
            found.row("server-removed", node, None, "servers", "", url, "none")
    for url in new:
        if url not in old:
            found.row("server-added", node, None, "servers", "", "none", url)


def server_addresses(document: ComparedDocument, operation: DocumentOperation) -> list[str]:
    """The addresses of an operation, without their last slash; variables filled in with each value they may have."""
    listed: Any = effective_field(document, operation, "servers")
    found: list[str] = []
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and isinstance(one.get("url"), str):
            found += [_plain(url) for url in _filled(one["url"], one.get("variables"))]
    return [url for url in dict.fromkeys(found) if url]


def _filled(url: str, variables: Any) -> list[str]:
    urls = [url]
    for name, variable in variables.items() if isinstance(variables, dict) else ():
        if isinstance(variable, dict):
            listed = variable.get("enum")
            values = [variable.get("default", f"{{{name}}}"), *(listed if isinstance(listed, list) else ())]
            filled = (one.replace(f"{{{name}}}", str(value)) for one in urls for value in values)
            urls = list(itertools.islice(dict.fromkeys(filled), _ADDRESSES_AT_MOST))
    return urls


def _plain(url: str) -> str:
    """RFC 3986, section 6.2.2.1: scheme and host don't tell cases apart."""
    scheme, mark, rest = url.rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}{mark}{host.lower()}{slash}{path}" if mark else scheme
