"""`$ref`s within one document (RFC 6901 fragments); what leads elsewhere stays a reference."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from nhq.contract.pointers import make_pointer, resolve_pointer

_AT_MOST = 50
# Below these stand values, in which a `$ref` is a word like any other.
_DATA = frozenset({"const", "default", "enum", "example"})


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a document and the pointer where it is written."""

    value: Any
    at: str

    def child(self, *keys: str) -> "Node | None":
        """A member below it, None where there is none."""
        value = self.value
        for key in keys:
            if not isinstance(value, Mapping) or key not in value:
                return None
            value = value[key]
        return Node(value, self.at + make_pointer(keys))

    def members(self) -> "dict[str, Node]":
        """The members of an object by name; none for anything else."""
        if not isinstance(self.value, Mapping):
            return {}
        return {str(key): Node(value, self.at + make_pointer([key])) for key, value in self.value.items()}

    def items(self) -> "list[Node]":
        """The items of an array; none for anything else."""
        if not isinstance(self.value, list):
            return []
        return [Node(value, self.at + make_pointer([n])) for n, value in enumerate(self.value)]

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a member."""
        return self.value.get(key, default) if isinstance(self.value, Mapping) else default


def follow_references(document: Mapping[str, Any], node: Node) -> Node:
    """What a node stands for: itself, or the end of its chain of references within the document.

    A reference that leads out of the document, in a circle or nowhere is returned as it stands.
    """
    current = node
    for _ in range(_AT_MOST):
        reference = current.get("$ref")
        if not isinstance(reference, str):
            return current
        found = reference_target(document, reference)
        if found is None:
            return current
        current = found
    return node


def reference_target(document: Mapping[str, Any], reference: str) -> Node | None:
    """The node that a reference names, None where it leads out of the document or nowhere."""
    if not reference.startswith("#"):
        return None
    place = unquote(reference[1:])
    try:
        return Node(resolve_pointer(document, place), place)
    except (LookupError, ValueError):
        return None


def unresolved_references(document: Mapping[str, Any]) -> list[str]:
    """The references that lead out of the document or nowhere, each once: what they name can't be compared."""
    found: dict[str, None] = {}
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            reference = value.get("$ref")
            if isinstance(reference, str) and reference_target(document, reference) is None:
                found[reference] = None
            waiting += [inner for key, inner in value.items() if key not in _DATA]
        elif isinstance(value, list):
            waiting += value
    return sorted(found)
