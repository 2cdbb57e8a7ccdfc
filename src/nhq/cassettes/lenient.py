"""Another contract, loaded as far as it goes: what today's rules and overlays don't find in it is told, not refused."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nhq import places
from nhq.contract import Contract, Layer, Operation
from nhq.contract.contract import read_document
from nhq.contract.overlay import Action, apply_overlay, load_overlay
from nhq.contract.records import Parameter, Place
from nhq.contract.routes import Routes
from nhq.contract.rules import check_quote
from nhq.contract.validation import Validators
from nhq.errors import ContractError


@dataclass(frozen=True, slots=True)
class Changed:
    """A changed contract, and what of today's rules and overlays has gone from it, one line each."""

    contract: Contract
    gone: tuple[str, ...]


def load_changed(document: Path, today: Contract) -> Changed:
    """Load a document beside today's contract. Raises ContractError where it is no OpenAPI document at all."""
    raw, published = read_document(document)
    gone = [f"rule {rule.id}: {line}" for rule in today.rules.values() for line in _gone(rule.places, published)]
    layers = {Layer.PUBLISHED: published}
    for layer, below in ((Layer.PROMISED, Layer.PUBLISHED), (Layer.ASSUMED, Layer.PROMISED)):
        layers[layer] = layers[below]
        file = places.contracts() / f"{layer}.overlay.yaml"
        for number, action in enumerate(load_overlay(file, today.document, today.rules), 1):
            layers[layer], lines = _applied(layers[layer], action, f"{file.name}: action {number}", published)
            gone += lines
    operations = {row.id: row for row in _still_there(today, published)}
    contract = Contract(
        document=published,
        promised=layers[Layer.PROMISED],
        assumed=layers[Layer.ASSUMED],
        digest=hashlib.sha256(raw).hexdigest(),
        operations=operations,
        rules=today.rules,
        ambiguities=today.ambiguities,
        _routes=Routes(operations.values()),
        _validators={layer: Validators(content) for layer, content in layers.items()},
    )
    return Changed(contract, tuple(dict.fromkeys(gone)))


def _gone(quoted: tuple[Place, ...], published: Mapping[str, Any]) -> Iterator[str]:
    for place in quoted:
        try:
            check_quote(place, published, "")
        except ContractError:
            yield f"its quote has gone from {place.pointer}: {place.quote}"


def _applied(
    document: dict[str, Any], action: Action, who: str, published: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """The document with an action done, if its sentence still stands there and it matches something."""
    if lines := [f"{who}: {line}" for line in _gone((action.place,), published)]:
        return document, lines
    try:
        return apply_overlay(document, [action], who), []
    except (ContractError, LookupError, TypeError):
        return document, [f"{who}: matches nothing: {action.target}"]


def _still_there(today: Contract, published: Mapping[str, Any]) -> Iterator[Operation]:
    """Today's operations as the document has them now; what it adds is none of ours."""
    for row in today.operations.values():
        documented = published["paths"].get(row.path, {}).get(row.method.lower())
        if not isinstance(documented, dict):
            continue
        listed = [p for p in documented.get("parameters", ()) if isinstance(p, dict) and "name" in p]
        parameters = tuple(
            Parameter(p["name"], str(p.get("in")), bool(p.get("required")), p.get("schema", {})) for p in listed
        )
        yield replace(
            row,
            statuses=tuple(sorted(int(status) for status in documented.get("responses", {}) if status.isdecimal())),
            has_body="requestBody" in documented,
            paginated=any(p.name == "cursor" for p in parameters),
            parameters=parameters,
        )
