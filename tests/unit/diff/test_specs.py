"""The diff on labelled mutations of our own contract."""

import datetime
import importlib.util
from pathlib import Path
from typing import Any

import pytest

from nhq import paths
from nhq.contract.quoted_rules import apply_overlay_to_both, quoted_places
from nhq.contract.schema_validation import Validators
from nhq.diff.change_records import ChangeLevel, ComparedDocument
from nhq.diff.compare_documents import Comparison
from nhq.diff.document_operations import align_templates
from nhq.diff.full_comparison import Ours, compare_all
from nhq.diff.prose import QuotedRule

_SPEC = importlib.util.spec_from_file_location("specs", Path(__file__).with_name("specs.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
specs = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(specs)

PAIRS = specs.pairs()
BASE = specs.published()
TODAY = datetime.date(2026, 11, 28)
QUOTED = quoted_places(paths.contracts_folder() / "rules")
PROMISES = tuple(QuotedRule(rule, tuple((p.pointer, p.quote) for p in at)) for rule, at in QUOTED.items())


def compared(head: dict[str, Any]) -> Comparison:
    one, other = apply_overlay_to_both(
        paths.contracts_folder() / "promised.overlay.yaml",
        (BASE, align_templates(ComparedDocument("base", BASE), ComparedDocument("head", head)).content),
    )
    ours = Ours(PROMISES, ComparedDocument("base", one), ComparedDocument("head", other))
    return compare_all(ComparedDocument("base", BASE), ComparedDocument("head", head), TODAY, ours)


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["id"] for pair in PAIRS])
def test_an_edit_of_our_contract_comes_out_as_labelled(pair: dict[str, Any]) -> None:
    """The worst level is the label, and every rule that the label names is among the changes."""
    found = compared(specs.edited(pair["edit"])).changes
    told = [f"{change.level} {change.rule} {change.message}" for change in found]
    worst = min((list(ChangeLevel).index(change.level) for change in found), default=None)
    assert (str(list(ChangeLevel)[worst]) if worst is not None else "none") == pair["label"], told
    assert set(pair["rules"]) <= {change.rule for change in found}, told
    for change in found:
        if change.witness is not None:
            assert _is_shown(change, BASE, specs.edited(pair["edit"]))


def _is_shown(change: Any, base: dict[str, Any], head: dict[str, Any]) -> bool:
    """Do the documents' own validators, references and all, agree that one accepts the witness and one doesn't?"""
    documents = {"base": base, "head": head}
    witness = change.witness
    takes = _validate(documents[witness.accepted_by], change)
    refuses = _validate(documents[witness.refused_by], change)
    return takes(witness.value) == [] and refuses(witness.value) != []


def _validate(document: dict[str, Any], change: Any) -> Any:
    method, _, path = change.operations[0].partition(" ")
    operation = document["paths"][path][method.lower()]
    at = f"/paths/{path.replace('/', '~1')}/{method.lower()}"
    if "parameter" in change.where:
        name = change.where.rpartition(" ")[2]
        names = [parameter["name"] for parameter in operation["parameters"]]
        return Validators(document).at(f"{at}/parameters/{names.index(name)}/schema")
    if change.where.startswith("request"):
        return Validators(document).at(f"{at}/requestBody/content/application~1json/schema")
    status = change.where.split()[1]
    return Validators(document).at(f"{at}/responses/{status}/content/application~1json/schema")


def test_our_contract_against_itself_has_no_change() -> None:
    """What is the same is not a change."""
    assert compared(specs.published()).changes == ()


def test_there_are_pairs_of_every_label() -> None:
    """At least sixty, and none of the labels without one."""
    assert len(PAIRS) >= 60
    assert {pair["label"] for pair in PAIRS} == {*map(str, ChangeLevel), "none"}
