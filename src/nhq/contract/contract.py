"""The contract as the suite knows it: the published document, what its prose promises, and what we assume."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nhq import paths
from nhq.contract.ambiguities import load_ambiguities
from nhq.contract.contract_changes import ContractChange
from nhq.contract.definitions import Ambiguity, Layer, Operation, Rule
from nhq.contract.link_fitting import spell_links
from nhq.contract.operation_table import load_operations
from nhq.contract.overlay import apply_overlay, load_overlay
from nhq.contract.pointers import make_pointer, pointer_tokens, resolve_pointer
from nhq.contract.routing import ContractRoutes
from nhq.contract.rules import load_rules
from nhq.contract.schema_validation import Validate, Validators
from nhq.decoding import decode_document
from nhq.errors import ConfigError, ContractError

_JSON = "application/json"


@dataclass(frozen=True, slots=True, eq=False)
class Contract:
    """Everything loaded and checked against everything else.

    `document` is openapi.json as published; `promised` adds what its prose promises; `assumed` adds to that what
    we assume where it is silent. `digest` is the SHA-256 of the published bytes, in hex.

    `unjudged` says why a rule isn't judged on an operation (or, at "", at all). Of a contract that moved
    (`nhq.contract.revision`) `changes` are the findings about it, and `former` is what our rules were written for.
    """

    document: Mapping[str, Any]
    promised: Mapping[str, Any]
    assumed: Mapping[str, Any]
    digest: str
    operations: Mapping[str, Operation]
    rules: Mapping[str, Rule]
    ambiguities: Mapping[str, Ambiguity]
    _routes: ContractRoutes
    _validators: Mapping[Layer, Validators]
    changes: tuple[ContractChange, ...] = ()
    unjudged: Mapping[tuple[str, str], str] = field(default_factory=dict)
    former: "Contract | None" = None

    @property
    def pairs(self) -> list[tuple[str, int]]:
        """Every documented (operation id, status), in the order of the contract."""
        return [(operation.id, status) for operation in self.operations.values() for status in operation.statuses]

    @property
    def scopes(self) -> list[str]:
        """Every scope that some operation requires."""
        return sorted({operation.scope for operation in self.operations.values()})

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation that a request calls and its decoded path parameters; `path` starts below the base."""
        return self._routes.match(method, path)

    def applies(self, rule: Rule | str) -> tuple[str, ...]:
        """Ids of the operations on which a rule is judged."""
        return (self.rules[rule] if isinstance(rule, str) else rule).operations

    def rule_id(self, name: str) -> str | None:
        """The id of the rule that has this id, or had it before it was renamed; None where none has."""
        if name in self.rules:
            return name
        return next((rule.id for rule in self.rules.values() if name in rule.aliases), None)

    def layer(self, layer: Layer | str) -> Mapping[str, Any]:
        """The document of a layer."""
        return {Layer.PUBLISHED: self.document, Layer.PROMISED: self.promised, Layer.ASSUMED: self.assumed}[
            Layer(layer)
        ]

    def validator(self, operation: str, status: int, layer: Layer | str = Layer.PUBLISHED) -> Validate | None:
        """Judges a JSON body of this answer; None where the layer has no schema for it.

        Where the status itself is not in the layer, its class is looked up ("4XX", as the assumed layer has it).
        """
        responses = resolve_pointer(self.layer(layer), self.operations[operation].pointer)["responses"]
        for key in (str(status), f"{status // 100}XX"):
            if key in responses:
                place, said = self._followed(layer, [*self._base(operation), "responses", key], responses[key])
                named = "schema" in said.get("content", {}).get(_JSON, {})
                return self._schema(layer, [*place, "content", _JSON, "schema"]) if named else None
        return None

    def _followed(self, layer: Layer | str, place: list[str], said: Any) -> tuple[list[str], Any]:
        """Where a part of the document stands that may be named by a reference to the components."""
        while isinstance(said, dict) and isinstance(said.get("$ref"), str):
            place = pointer_tokens(said["$ref"].removeprefix("#"))
            said = resolve_pointer(self.layer(layer), make_pointer(place))
        return place, said

    def request_validator(self, operation: str) -> Validate | None:
        """Judges a JSON body sent to an operation, by the published schema; None where it takes none."""
        if not self.operations[operation].has_body:
            return None
        body = resolve_pointer(self.document, make_pointer([*self._base(operation), "requestBody"]))
        place, said = self._followed(Layer.PUBLISHED, [*self._base(operation), "requestBody"], body)
        named = "schema" in said.get("content", {}).get(_JSON, {})
        return self._schema(Layer.PUBLISHED, [*place, "content", _JSON, "schema"]) if named else None

    def parameter_validator(self, operation: str, name: str) -> Validate | None:
        """Judges the value of a parameter, already converted from text; None where there is no such parameter."""
        found = next((p for p in self.operations[operation].parameters if p.name == name and p.schema), None)
        return None if found is None else self._schema(Layer.PUBLISHED, pointer_tokens(f"{found.pointer}/schema"))

    def _base(self, operation: str) -> list[str]:
        return pointer_tokens(self.operations[operation].pointer)

    def _schema(self, layer: Layer | str, place: list[str]) -> Validate:
        return self._validators[Layer(layer)].at(make_pointer(place))


def load_contract(document: Path | None = None, contracts: Path | None = None) -> Contract:
    """Load openapi.json and everything written about it, and check that all of it still fits together.

    Raises ContractError, with one line, for a document that is no OpenAPI, an overlay action that matches
    nothing, a quote that has gone, a row that is missing or says otherwise than the prose.
    """
    path, folder = document or paths.openapi_file(), contracts or paths.contracts_folder()
    raw, published = read_contract_document(path)
    operations = load_operations(folder / "operations.toml", published)
    rules = load_rules(folder / "rules", published, operations)
    layers = {Layer.PUBLISHED: published}
    for layer, below in ((Layer.PROMISED, Layer.PUBLISHED), (Layer.ASSUMED, Layer.PROMISED)):
        file = folder / f"{layer}.overlay.yaml"
        layers[layer] = apply_overlay(layers[below], load_overlay(file, published, rules), file.name)
    for operation in operations.values():
        # Links name operations by id; the published document has none.
        resolve_pointer(layers[Layer.ASSUMED], operation.pointer)["operationId"] = operation.id
    if any(parameter.spelt for operation in operations.values() for parameter in operation.parameters):
        spell_links(layers[Layer.ASSUMED], operations)
    return Contract(
        document=published,
        promised=layers[Layer.PROMISED],
        assumed=layers[Layer.ASSUMED],
        digest=hashlib.sha256(raw).hexdigest(),
        operations=operations,
        rules=rules,
        ambiguities=load_ambiguities(folder / "ambiguities.toml", published),
        unjudged={(rule.id, ""): rule.unjudged for rule in rules.values() if rule.unjudged},
        _routes=ContractRoutes(operations.values()),
        _validators={layer: Validators(content) for layer, content in layers.items()},
    )


def read_contract_document(path: Path) -> tuple[bytes, dict[str, Any]]:
    """The bytes of a document and what they say. Raises ContractError where that is no OpenAPI, in JSON or YAML."""
    try:
        raw = path.read_bytes()
    except OSError as problem:
        raise ContractError(f"{path.name}: cannot be read ({problem.strerror})") from problem
    try:
        content = decode_document(raw, path.name)
    except ConfigError as problem:
        raise ContractError(str(problem)) from problem
    if not isinstance(content, dict) or "openapi" not in content or not isinstance(content.get("paths"), dict):
        raise ContractError(f"{path.name}: not an OpenAPI document")
    return raw, content
