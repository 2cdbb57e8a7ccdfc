"""Which credentials an operation accepts, as sets: more may be accepted, none may be refused that was accepted."""

import itertools
import json
from typing import Any

from nhq.diff.change_collector import ChangeCollector
from nhq.diff.change_records import ComparedDocument
from nhq.diff.document_operations import DocumentOperation, effective_field
from nhq.diff.references import Node, follow_references
from nhq.diff.schema_changes import Pair

#: One way to be let in: every (scheme, scope) that a caller must bring; a scheme without scopes has the scope "".
Credentials = frozenset[tuple[str, str]]


def compare_security(pair: Pair, found: ChangeCollector, base: DocumentOperation, head: DocumentOperation) -> None:
    """Add what changed about the credentials that an operation accepts."""
    shared = _oauth_names(pair.base) & _oauth_names(pair.head)
    old, new = _accepted(pair.base, base, shared), _accepted(pair.head, head, shared)
    lost = [one for one in old if not any(other <= one for other in new)]
    gained = [one for one in new if not any(other <= one for other in old)]
    node = head.node.child("security") or head.node
    if lost:
        found.row("security-narrowed", node, None, "security", "", _spelled(lost), _spelled(list(new)))
    elif gained:
        found.row("security-widened", node, None, "security", "", _spelled(list(old)), _spelled(gained))


def _accepted(document: ComparedDocument, operation: DocumentOperation, shared: frozenset[str]) -> list[Credentials]:
    listed = effective_field(document, operation, "security")
    if not isinstance(listed, list) or not listed:
        return [frozenset()]
    return [each for one in listed if isinstance(one, dict) for each in _credentials(document, one, shared)]


def _credentials(document: ComparedDocument, requirement: dict[str, Any], shared: frozenset[str]) -> list[Credentials]:
    """The ways to fulfil a requirement: one for each choice among the flows of its OAuth schemes."""
    choices: list[list[Credentials]] = []
    for name, scopes in requirement.items():
        wanted = ["", *map(str, scopes if isinstance(scopes, list) else ())]
        identities = _identities(document, name, shared)
        choices.append([frozenset((identity, scope) for scope in wanted) for identity in identities])
    return [frozenset[tuple[str, str]]().union(*each) for each in itertools.islice(itertools.product(*choices), 64)]


def _schemes(document: ComparedDocument) -> dict[str, Node]:
    listed = Node(document.content, "").child("components", "securitySchemes")
    members = listed.members() if listed is not None else {}
    return {name: follow_references(document.content, node) for name, node in members.items()}


def _oauth_names(document: ComparedDocument) -> frozenset[str]:
    return frozenset(name for name, scheme in _schemes(document).items() if scheme.get("type") == "oauth2")


def _identities(document: ComparedDocument, name: str, shared: frozenset[str]) -> list[str]:
    """What a client needs to know of a scheme, once for each flow; its name in the document is nothing to a client.

    `shared` are OAuth schemes that both documents have: those are told apart by their names, whatever their addresses.
    """
    scheme = _schemes(document).get(name)
    if scheme is None:
        return [name]
    told = {key: scheme.get(key) for key in ("type", "in", "name", "scheme", "openIdConnectUrl") if scheme.get(key)}
    flows = scheme.child("flows")
    if told.get("type") == "oauth2" and flows is not None and flows.members():
        return [f"oauth2 {_flow(kind, flow, name if name in shared else '')}" for kind, flow in flows.members().items()]
    if told.get("type") == "http":
        told["scheme"] = str(told.get("scheme", "")).lower()
    if told.get("in") == "header":  # RFC 9110, section 5.1: names of fields don't tell cases apart
        told["name"] = str(told.get("name", "")).lower()
    return [" ".join(str(value) for value in told.values()) + (f" {name}" if told.get("type") == "oauth2" else "")]


def _flow(kind: str, flow: Node, name: str) -> str:
    addresses = [str(flow.get(key)) for key in ("authorizationUrl", "tokenUrl") if flow.get(key)]
    return " ".join([name, kind] if name else [kind, *addresses])


def _spelled(several: list[Credentials]) -> str:
    if not several:
        return "none"
    texts = []
    for one in several:
        schemes = sorted({scheme for scheme, _ in one})
        scopes = {scheme: sorted(s for name, s in one if name == scheme and s) for scheme in schemes}
        texts.append(" and ".join(f"{s} {json.dumps(scopes[s])}" if scopes[s] else s for s in schemes) or "anonymous")
    return " or ".join(sorted(texts))
