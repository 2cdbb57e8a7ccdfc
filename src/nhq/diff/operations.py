"""The operations of a document, each with its parameters merged, callbacks and webhooks among them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nhq.diff.records import Document
from nhq.diff.references import Node, follow

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_TEMPLATE = re.compile(r"\{[^{}]*\}")
# Parameters of these names are described elsewhere in the document (OpenAPI, Parameter Object).
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name as written, where it goes, and its object."""

    name: str
    location: str
    node: Node


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `key` is the same for templates that differ in the names of their parameters alone.

    `inbound` ones (callbacks and webhooks) are requests that the API sends to its client.
    `parameters` go by location and name; path parameters by their position in the template.
    """

    key: str
    title: str
    node: Node
    item: Node
    inbound: bool
    parameters: dict[tuple[str, str], Parameter]


def operations(document: Document) -> dict[str, Operation]:
    """Every operation by key, in the order of the document."""
    root = Node(document.content, "")
    found: dict[str, Operation] = {}
    for section, inbound in (("paths", False), ("webhooks", True)):
        items = root.child(section)
        for template, item in (items.members() if items is not None else {}).items():
            if section == "paths" and template.startswith("x-"):
                continue
            for operation in _of_item(document, template, follow(document.content, item), inbound, section):
                found.setdefault(operation.key, operation)
    return found


def _of_item(document: Document, template: str, item: Node, inbound: bool, section: str) -> Iterator[Operation]:
    prefix = "" if section == "paths" else f"{section.removesuffix('s')} "
    for method in METHODS:
        node = item.child(method)
        if node is None or not isinstance(node.value, dict):
            continue
        parameters = _parameters(document, template, item, node)
        spot = f"{method.upper()} {template}"
        yield Operation(prefix + _positional(spot), prefix + spot, node, item, inbound, parameters)
        yield from _callbacks(document, spot, node)


def _callbacks(document: Document, spot: str, node: Node) -> Iterator[Operation]:
    listed = node.child("callbacks")
    for name, callback in (listed.members() if listed is not None else {}).items():
        for expression, item in follow(document.content, callback).members().items():
            followed = follow(document.content, item)
            for operation in _of_item(document, expression, followed, True, "callbacks"):
                title = f"{spot} {operation.title.replace('callback ', f'callback {name} ', 1)}"
                yield Operation(_positional(title), title, operation.node, followed, True, operation.parameters)


def _positional(template: str) -> str:
    return _TEMPLATE.sub("{}", template)


def _parameters(document: Document, template: str, item: Node, node: Node) -> dict[tuple[str, str], Parameter]:
    """Those of the path item, then those of the operation, which win."""
    names = [name[1:-1] for name in _TEMPLATE.findall(template)]
    found: dict[tuple[str, str], Parameter] = {}
    for holder in (item, node):
        listed = holder.child("parameters")
        for one in listed.items() if listed is not None else []:
            parameter = _parameter(follow(document.content, one))
            if parameter is not None:
                found[_parameter_key(parameter, names)] = parameter
    return found


def _parameter(node: Node) -> Parameter | None:
    name, location = node.get("name"), node.get("in")
    if not isinstance(name, str) or location not in ("path", "query", "header", "cookie"):
        return None
    if location == "header" and name.lower() in _IGNORED_HEADERS:
        return None
    return Parameter(name, location, node)


def _parameter_key(parameter: Parameter, names: list[str]) -> tuple[str, str]:
    if parameter.location == "path":
        known = parameter.name in names
        return "path", str(names.index(parameter.name)) if known else parameter.name
    return parameter.location, parameter.name.lower() if parameter.location == "header" else parameter.name


def effective(document: Document, operation: Operation, key: str) -> Any:
    """A field of the operation, or of its path item, or of the document: the innermost that has it."""
    for holder in (operation.node.value, operation.item.value, document.content):
        if key in holder:
            return holder[key]
    return None
