"""The links of the overlays, fitted to the operations that they lead to."""

from collections.abc import Mapping
from typing import Any

from nhq.contract.definitions import Operation
from nhq.contract.pointers import resolve_pointer


def spell_links(document: Mapping[str, Any], operations: Mapping[str, Operation]) -> None:
    """Name parameters in links as the document does; take out links to what is gone, or by what it doesn't take."""
    for row in operations.values():
        for answer in resolve_pointer(document, row.pointer).get("responses", {}).values():
            links = answer.get("links", {}) if isinstance(answer, dict) else {}
            for name, link in list(links.items()):
                aimed = operations.get(str(link.get("operationId")))
                spelt = _spelt(link, row, aimed) if aimed is not None else None
                if spelt is None:
                    del links[name]
                else:
                    link["parameters"] = spelt


def _spelt(link: Mapping[str, Any], source: Operation, aimed: Operation) -> dict[str, Any] | None:
    """A link's parameters by the document's names; None where the operation doesn't take one of them."""
    known = {one.name: one.spelt or one.name for one in aimed.parameters}
    given = link.get("parameters", {})
    if not set(given) <= set(known):
        return None
    return {known[name]: _source(str(value), source) for name, value in given.items()}


def _source(expression: str, source: Operation) -> str:
    """Where a value comes from: a path parameter of the answering operation goes by the document's name, too."""
    for one in source.parameters:
        if one.spelt and expression == f"$request.path.{one.name}":
            return f"$request.path.{one.spelt}"
    return expression
