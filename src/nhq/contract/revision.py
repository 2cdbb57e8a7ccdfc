"""A contract that moved: another document, held against the rules, rows and overlays that were written for ours.

Loading refuses nothing but what is no OpenAPI document: all that doesn't fit is told at once, as findings about the
contract, and the rest is judged all the same.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nhq import paths
from nhq.contract.alignment import Alignment, align_documents, documented_operations
from nhq.contract.contract import Contract, load_contract, read_contract_document
from nhq.contract.definitions import Layer, Operation, Rule
from nhq.contract.derived_operations import current_operation, derive_operation, scopes_named
from nhq.contract.general_rules import general_rules, is_excused_from_rule, own_places, with_operation
from nhq.contract.overlay_layering import layer_overlays
from nhq.contract.pointers import resolve_pointer
from nhq.contract.quote_survival import SCOPELESS, RuleSurvival, rule_survival
from nhq.contract.revision_findings import named_changes
from nhq.contract.routing import ContractRoutes
from nhq.contract.schema_validation import Validators


def load_revision(document: Path, contracts: Path | None = None, former: Contract | None = None) -> Contract:
    """Load a document beside our contract. A document that says the same gives our contract itself.

    Raises ContractError where it can't be read or is no OpenAPI document at all.
    """
    known = former or load_contract(contracts=contracts)
    raw, published = read_contract_document(document)
    if published == known.document:
        return known
    return revise_contract(known, published, hashlib.sha256(raw).hexdigest(), contracts or paths.contracts_folder())


def revise_contract(known: Contract, published: dict[str, Any], digest: str, folder: Path) -> Contract:
    """Our contract as a changed document leaves it; `folder` holds our overlays and what is listed as informative."""
    aligned = align_documents(known.document, published)
    operations = dict(_operations(aligned, known.operations))
    stands = [rule_survival(aligned, rule, operations, known.operations) for rule in known.rules.values()]
    layers, unmatched = layer_overlays(folder, known, aligned, operations)
    contract = Contract(
        document=published,
        promised=layers[Layer.PROMISED],
        assumed=layers[Layer.ASSUMED],
        digest=digest,
        operations=operations,
        rules=_rules(published, operations, stands, known),
        ambiguities=known.ambiguities,
        unjudged={**_scopeless(published, operations, known), **_causes(stands)},
        former=known,
        _routes=ContractRoutes(operations.values()),
        _validators={layer: Validators(content) for layer, content in layers.items()},
    )
    return replace(contract, changes=tuple(named_changes(aligned, contract, stands, unmatched, folder)))


def _causes(stands: Sequence[RuleSurvival]) -> dict[tuple[str, str], str]:
    return {(one.rule.id, name): cause for one in stands for name, cause in one.causes.items()}


def _scopeless(
    document: Mapping[str, Any], operations: Mapping[str, Operation], known: Contract
) -> dict[tuple[str, str], str]:
    """What rests on an operation's scope isn't judged where its prose names none any more."""
    rows = [row for row in operations.values() if not row.derived]
    silent = [row.id for row in rows if not scopes_named(resolve_pointer(document, row.pointer).get("description"))]
    rules = [rule for rule in known.rules.values() if rule.area == "scopes"]
    return {(rule.id, name): SCOPELESS for rule in rules for name in silent if name in rule.operations}


def _operations(aligned: Alignment, known: Mapping[str, Operation]) -> Iterator[tuple[str, Operation]]:
    """Rows by id in the order of the document: ours as they stand there now, and those that nobody has written."""
    ours = {aligned.route(row.method, row.template): row for row in known.values()}
    taken = set(known)
    for template, method, _ in documented_operations(aligned.after):
        row, route = ours.get((method, template)), (method, template)
        found = current_operation(aligned.after, route, row) if row else derive_operation(aligned.after, route, taken)
        taken.add(found.id)
        yield found.id, found


def _rules(
    document: Mapping[str, Any], operations: Mapping[str, Operation], stands: Sequence[RuleSurvival], known: Contract
) -> dict[str, Rule]:
    """Every rule by id, judged also on the operations that nobody has written rules for, where it speaks of them."""
    rules = {one.rule.id: one.rule for one in stands}
    everywhere = {rule.id for rule in known.rules.values() if set(rule.operations) == set(known.operations)}
    for row in operations.values():
        if not row.derived:
            continue
        general = general_rules(document, row, {other.scope for other in operations.values()})
        for name, rule in rules.items():
            if name in general or (name in everywhere and not is_excused_from_rule(row, rule)):
                quoted = tuple(place for place, named in own_places(document, row) if name in named)
                rules[name] = with_operation(rule, row.id, quoted)
    return rules
