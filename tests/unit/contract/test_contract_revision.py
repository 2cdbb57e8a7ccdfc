"""A contract that moved: nothing is refused, everything is named, and what still has its sentence is judged."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from known_contract import CONTRACT

from nhq import paths
from nhq.contract import Contract
from nhq.contract.contract_changes import ChangeKind
from nhq.contract.revision import load_revision, revise_contract
from nhq.mock.served_document import ServedDocument
from nhq.model import Effect

KNOWN = CONTRACT
CRAWL = ("PAGE-TERMINATES", "PAGE-NO-DUPLICATES", "PAGE-NO-GAPS", "PAGE-SAME-SEQUENCE")


@pytest.fixture(scope="module")
def moved(edits: Mapping[str, Any]) -> dict[str, Contract]:
    """Our contract as each edit leaves it."""
    return {name: of(edit.document()) for name, edit in edits.items()}


def of(document: dict[str, Any]) -> Contract:
    return revise_contract(KNOWN, document, "digest", paths.contracts_folder())


def test_there_are_forty_edits_and_more(edits: Mapping[str, Any]) -> None:
    """Operations, fields, values, statuses, sentences, numbers, scopes, parameters."""
    assert len(edits) >= 40


def test_every_edit_is_named(edits: Mapping[str, Any], moved: Mapping[str, Contract]) -> None:
    """Each finding has its kind and its place."""
    missing = {name: [told for told in edit.names if not _named(moved[name], told)] for name, edit in edits.items()}
    assert {name: told for name, told in missing.items() if told} == {}


def _named(contract: Contract, told: str) -> bool:
    kind, _, place = told.partition(" ")
    return any(change.kind == kind and change.pointer.startswith(place) for change in contract.changes)


def test_what_fails_is_what_we_judge_by(edits: Mapping[str, Any], moved: Mapping[str, Contract]) -> None:
    """A sentence, number or scope of ours that is another now fails; what was only added or described warns."""
    fails = {name: int(any(change.fails for change in contract.changes)) for name, contract in moved.items()}
    assert fails == {name: edit.exit for name, edit in edits.items()}


def test_every_finding_says_what_to_do(moved: Mapping[str, Contract]) -> None:
    """Nobody is left with a place alone."""
    assert [c for contract in moved.values() for c in contract.changes if not c.todo or not c.pointer] == []


def test_most_rules_go_on(edits: Mapping[str, Any], moved: Mapping[str, Contract]) -> None:
    """A rule isn't judged only where its own sentence, operation or scope went."""
    lost = {name: {rule for rule, _ in contract.unjudged} for name, contract in moved.items()}
    assert {name for name, edit in edits.items() if edit.exit == 0 and lost[name]} == set()
    assert lost["sentence-reworded"] == {"ORDER-ENROLLMENT"}
    assert "RL-LIMIT" in lost["limit-raised"]
    assert "RL-EXCEEDED" not in lost["limit-raised"]


def test_a_sentence_of_one_operation_counts_there_alone(moved: Mapping[str, Contract]) -> None:
    """«newest first» went from campaigns: the order of the other lists is judged all the same."""
    assert moved["promise-turned-round"].unjudged == {("ORDER-NEWEST", "list_campaigns"): "its sentence was changed"}


def test_the_same_document_is_our_contract() -> None:
    """Nothing moved, nothing is told."""
    assert of(dict(KNOWN.document)).changes == ()


def test_the_same_document_in_yaml_is_our_contract(tmp_path: Path) -> None:
    """`200:` is a status and `2026-01-01` a text, as in JSON; the mock reads it alike."""
    file = tmp_path / "openapi.yaml"
    text = yaml.safe_dump(dict(KNOWN.document), sort_keys=False, allow_unicode=True)
    file.write_text(text.replace("'200':", "200:"), encoding="utf-8")
    assert load_revision(file, former=KNOWN) is KNOWN
    assert ServedDocument(file).content == KNOWN.document


# --- operations that nobody has written of -------------------------------------------------------------------


def test_an_operation_is_read_from_the_document(moved: Mapping[str, Contract]) -> None:
    """Scope from the prose, effect from the method, statuses, body, pages."""
    tags = moved["list-added"].operations["get_tags"]
    assert (tags.scope, tags.effect, tags.paginated, tags.derived) == ("tags:read", Effect.READ, True, True)
    notes = moved["write-added"].operations["post_leads_lead_id_notes"]
    assert (notes.scope, notes.effect, notes.has_body) == ("leads:write", Effect.WRITE, True)


def test_it_is_judged_by_what_holds_everywhere(moved: Mapping[str, Contract]) -> None:
    """Keys, scopes, limits, schema, errors, and every invariant of pages where it has any."""
    named = {rule.id for rule in moved["list-added"].rules.values() if "get_tags" in rule.operations}
    assert {"AUTH-ABSENT", "SCOPE-MISSING", "RL-HEADERS", "SCHEMA-BODY", "ERROR-BODY", "STATUS-DOCUMENTED"} <= named
    assert {*CRAWL, "PAGE-LIMIT-KEPT", "PAGE-DEFAULT-100"} <= named
    assert "PAGE-TIES" not in named


def test_its_unknown_and_foreign_ids_are_judged_where_it_documents_404(moved: Mapping[str, Contract]) -> None:
    """An id in its path, and a 404 for it."""
    rules = moved["list-and-single-added"].rules
    assert "get_notes_note_id" in rules["WS-UNKNOWN-404"].operations
    assert "get_notes_note_id" in rules["WS-FOREIGN-404"].operations


def test_one_that_needs_no_key_owes_nothing_to_keys(moved: Mapping[str, Contract]) -> None:
    """`security: []`: neither 401 nor 403, nor an allowance."""
    named = {rule.id for rule in moved["public-operation-added"].rules.values() if "get_health" in rule.operations}
    assert not {name for name in named if name.startswith(("AUTH", "SCOPE"))}
    assert "RL-EXCEEDED" not in named
    assert "SCHEMA-BODY" in named


def test_a_word_stands_before_an_id(moved: Mapping[str, Contract]) -> None:
    """/leads/export is no lead of that id."""
    match = moved["operation-beside-an-id-added"].match("GET", "/leads/export")
    assert match is not None
    assert match[0].id == "get_leads_export"


# --- operations that went by another path --------------------------------------------------------------------


def test_a_renamed_path_keeps_its_row_and_rules(moved: Mapping[str, Contract]) -> None:
    """The same words under another path are the same operation."""
    contract = moved["path-renamed"]
    assert contract.operations["list_linkedin_accounts"].path == "/sender_accounts"
    assert contract.unjudged == {}


def test_a_renamed_path_parameter_is_nobodys_business(moved: Mapping[str, Contract]) -> None:
    """No client sees its name: ours stays."""
    contract = moved["path-parameter-renamed"]
    match = contract.match("GET", "/leads/7")
    assert match is not None
    assert match[1] == {"lead_id": "7"}
    assert contract.validator("get_lead", 200) is not None


def test_rules_of_a_removed_operation_say_so(moved: Mapping[str, Contract]) -> None:
    """They are neither kept nor broken."""
    contract = moved["single-removed"]
    assert contract.unjudged["LEAD-SAME-ID", ""] == "its operation was removed"
    assert "get_lead" not in contract.rules["SCHEMA-BODY"].operations


# --- documents of any shape ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["paths"].clear(),
        lambda d: d["paths"].update({"/bare": {}}),
        lambda d: d.pop("components"),
        lambda d: d.pop("info"),
        lambda d: d["paths"]["/leads"]["get"].pop("responses"),
        lambda d: d["paths"]["/leads"]["get"].pop("description"),
        lambda d: d["paths"]["/leads"]["get"].pop("parameters"),
        lambda d: d["paths"].update({"/odd": {"$ref": "#/nowhere", "summary": "odd"}}),
        lambda d: d["paths"]["/leads"].update({"parameters": [{"$ref": "#/components/parameters/none"}]}),
    ],
)
def test_no_document_stops_it(change: Any) -> None:
    """What is missing, or leads nowhere, is named like anything else."""
    document = json.loads(json.dumps(KNOWN.document))
    change(document)
    assert of(document).changes


def test_kinds_are_named_once(moved: Mapping[str, Contract]) -> None:
    """The same change isn't told twice."""
    for contract in moved.values():
        assert len(set(contract.changes)) == len(contract.changes)


def test_a_quote_that_only_grew_stands(moved: Mapping[str, Contract]) -> None:
    """An enumeration with one value more still holds those that were quoted."""
    kinds = {change.kind for change in moved["request-value-added"].changes}
    assert kinds == {ChangeKind.ADDED}
    assert replace(moved["request-value-added"]).unjudged == {}
