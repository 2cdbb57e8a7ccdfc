"""The contract: openapi.json, the overlays and the rules."""

from nhq.contract.contract import Contract, load_contract
from nhq.contract.definitions import Ambiguity, Layer, Operation, Parameter, Place, Rule, SchemaProblem
from nhq.contract.schema_validation import Validate

__all__ = [
    "Ambiguity",
    "Contract",
    "Layer",
    "Operation",
    "Parameter",
    "Place",
    "Rule",
    "SchemaProblem",
    "Validate",
    "load_contract",
]
