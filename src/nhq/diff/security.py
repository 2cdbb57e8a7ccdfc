"""Which credentials an operation accepts, as sets: more may be accepted, none may be refused that was accepted."""

import json
from typing import Any

from nhq.diff.collecting import Found
from nhq.diff.operations import Operation, effective
from nhq.diff.records import Document
from nhq.diff.references import Node, follow
from nhq.diff.values import Pair

#: One way to be let in: every (scheme, scope) that a caller must bring; a scheme without scopes has the scope "".
Credentials = frozenset[tuple[str, str]]


def compare_security(pair: Pair, found: Found, base: Operation, head: Operation) -> None:
    """Add what changed about the credentials that an operation accepts."""
    old, new = _accepted(pair.base, base), _accepted(pair.head, head)
    lost = [one for one in old if not any(other <= one for other in new)]
    gained = [one for one in new if not any(other <= one for other in old)]
    node = head.node.child("security") or head.node
    if lost:
        found.row("security-narrowed", node, None, "security", "", _spelled(lost), _spelled(list(new)))
    elif gained:
        found.row("security-widened", node, None, "security", "", _spelled(list(old)), _spelled(gained))


def _accepted(document: Document, operation: Operation) -> list[Credentials]:
    listed = effective(document, operation, "security")
    if not isinstance(listed, list) or not listed:
        return [frozenset()]
    return [_credentials(document, one) for one in listed if isinstance(one, dict)]


def _credentials(document: Document, requirement: dict[str, Any]) -> Credentials:
    found: set[tuple[str, str]] = set()
    for name, scopes in requirement.items():
        identity = _identity(document, name)
        found.add((identity, ""))
        found.update((identity, str(scope)) for scope in scopes or ())
    return frozenset(found)


def _identity(document: Document, name: str) -> str:
    """What a client needs to know of a scheme; its name in the document is nothing to a client."""
    node = Node(document.content, "").child("components", "securitySchemes", name)
    scheme = follow(document.content, node) if node is not None else None
    if scheme is None:
        return name
    kind = scheme.get("type")
    told = {key: scheme.get(key) for key in ("type", "in", "name", "scheme", "openIdConnectUrl") if scheme.get(key)}
    if kind == "http":
        told["scheme"] = str(told.get("scheme", "")).lower()
    return " ".join(str(value) for value in told.values()) if kind != "oauth2" else f"oauth2 {name}"


def _spelled(several: list[Credentials]) -> str:
    if not several:
        return "none"
    texts = []
    for one in several:
        schemes = sorted({scheme for scheme, _ in one})
        scopes = {scheme: sorted(s for name, s in one if name == scheme and s) for scheme in schemes}
        texts.append(" and ".join(f"{s} {json.dumps(scopes[s])}" if scopes[s] else s for s in schemes) or "anonymous")
    return " or ".join(sorted(texts))
