"""The operations of a document, each with its parameters merged, callbacks and webhooks among them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nhq.diff.change_records import ComparedDocument
from nhq.diff.references import Node, follow_references

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_TEMPLATE = re.compile(r"\{[^{}]*\}")
# Parameters of these names are described elsewhere in the document (OpenAPI, Parameter Object).
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})


@dataclass(frozen=True, slots=True)
class DocumentParameter:
    """One parameter: its name as written, where it goes, and its object."""

    name: str
    location: str
    node: Node


@dataclass(frozen=True, slots=True)
class DocumentOperation:
    """One operation. `key` is the same for templates that differ in the names of their parameters alone.

    `inbound` ones (callbacks and webhooks) are requests that the API sends to its client.
    `parameters` go by location and name; path parameters by their position in the template.
    """

    key: str
    title: str
    node: Node
    item: Node
    inbound: bool
    parameters: dict[tuple[str, str], DocumentParameter]


def operations_by_key(document: ComparedDocument) -> dict[str, DocumentOperation]:
    """Every operation by key, in the order of the document."""
    root = Node(document.content, "")
    found: dict[str, DocumentOperation] = {}
    for section, inbound in (("paths", False), ("webhooks", True)):
        items = root.child(section)
        for template, item in (items.members() if items is not None else {}).items():
            if section == "paths" and template.startswith("x-"):
                continue
            for operation in _of_item(document, template, follow_references(document.content, item), inbound, section):
                found.setdefault(operation.key, operation)
    return found


def _of_item(
    document: ComparedDocument, template: str, item: Node, inbound: bool, section: str
) -> Iterator[DocumentOperation]:
    prefix = "" if section == "paths" else f"{section.removesuffix('s')} "
    for method in METHODS:
        node = item.child(method)
        if node is None or not isinstance(node.value, dict):
            continue
        parameters = _parameters(document, template, item, node)
        spot = f"{method.upper()} {template}"
        yield DocumentOperation(prefix + _positional(spot), prefix + spot, node, item, inbound, parameters)
        yield from _callbacks(document, spot, node)


def _callbacks(document: ComparedDocument, spot: str, node: Node) -> Iterator[DocumentOperation]:
    listed = node.child("callbacks")
    for name, callback in (listed.members() if listed is not None else {}).items():
        for expression, item in follow_references(document.content, callback).members().items():
            followed = follow_references(document.content, item)
            for operation in _of_item(document, expression, followed, True, "callbacks"):
                title = f"{spot} {operation.title.replace('callback ', f'callback {name} ', 1)}"
                yield DocumentOperation(_positional(title), title, operation.node, followed, True, operation.parameters)


def _positional(template: str) -> str:
    return _TEMPLATE.sub("{}", template)


def _parameters(
    document: ComparedDocument, template: str, item: Node, node: Node
) -> dict[tuple[str, str], DocumentParameter]:
    """Those of the path item, then those of the operation, which win."""
    by_name: dict[tuple[str, str], DocumentParameter] = {}
    for holder in (item, node):
        listed = holder.child("parameters")
        for one in listed.items() if listed is not None else []:
            parameter = _parameter(follow_references(document.content, one))
            if parameter is not None:
                name = parameter.name.lower() if parameter.location == "header" else parameter.name
                by_name[(parameter.location, name)] = parameter
    return _positioned(by_name, [name[1:-1] for name in _TEMPLATE.findall(template)])


def _positioned(
    by_name: dict[tuple[str, str], DocumentParameter], names: list[str]
) -> dict[tuple[str, str], DocumentParameter]:
    """Path parameters by their position; one that the template doesn't name takes a position that none has."""
    free = [str(n) for n, name in enumerate(names) if ("path", name) not in by_name]
    found: dict[tuple[str, str], DocumentParameter] = {}
    for (location, name), parameter in by_name.items():
        if location == "path":
            spot = str(names.index(name)) if name in names else free.pop(0) if free else name
            found[("path", spot)] = parameter
        else:
            found[(location, name)] = parameter
    return found


def _parameter(node: Node) -> DocumentParameter | None:
    name, location = node.get("name"), node.get("in")
    if not isinstance(name, str) or location not in ("path", "query", "header", "cookie"):
        return None
    if location == "header" and name.lower() in _IGNORED_HEADERS:
        return None
    return DocumentParameter(name, location, node)


def effective_field(document: ComparedDocument, operation: DocumentOperation, key: str) -> Any:
    """A field of the operation, or of its path item, or of the document: the innermost that has it."""
    for holder in (operation.node.value, operation.item.value, document.content):
        if key in holder:
            return holder[key]
    return None


def align_templates(base: ComparedDocument, head: ComparedDocument) -> ComparedDocument:
    """The head with its templates spelled as the base spells them, where they differ in names of parameters alone."""
    paths = head.content.get("paths") or {}
    spelled = {_positional(template): template for template in base.content.get("paths") or {}}
    renamed = {spelled.get(_positional(template), template): item for template, item in paths.items()}
    return ComparedDocument(
        head.name, {**head.content, "paths": renamed} if len(renamed) == len(paths) else head.content
    )
