"""`nhq adopt`: what a person would write is written, and our files fit the changed document again."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from nhq import paths
from nhq.adopt.adoption import propose_adoption
from nhq.adopt.proposal import Proposal
from nhq.contract import Contract, load_contract
from nhq.contract.bindings import rule_bindings
from nhq.contract.trace import load_informative, trace_problems

# One of each sort; all of them are adopted by hand now and then (see CONTRIBUTING.md).
SORTS = (
    "list-added",
    "public-operation-added",
    "list-removed",
    "path-renamed",
    "path-parameter-renamed",
    "success-status-changed",
    "sentence-reworded",
    "promise-turned-round",
    "sentence-removed",
    "page-bound-lowered",
    "request-field-optional",
    "scope-changed",
    "scope-sentence-removed",
    "parameter-added",
)


class Adopted:
    """Our files in a folder, with one edit adopted."""

    def __init__(self, edit: Any, root: Path) -> None:
        shutil.copy(paths.openapi_file(), root / "openapi.json")
        shutil.copytree(paths.contracts_folder(), root / "contracts", ignore=shutil.ignore_patterns("__pycache__"))
        document = root / "new.json"
        document.write_text(json.dumps(edit.document(), ensure_ascii=False), encoding="utf-8")
        self.root = root
        self.proposal: Proposal = propose_adoption(document, root)
        self.proposal.write(root)

    def load(self) -> Contract:
        """The contract as it is now, strictly."""
        return load_contract(self.root / "openapi.json", self.root / "contracts")


@pytest.fixture(scope="module")
def adopted(edits: Mapping[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Adopted]:
    return {name: Adopted(edits[name], tmp_path_factory.mktemp(name)) for name in SORTS}


@pytest.fixture(scope="module")
def contracts(adopted: Mapping[str, Adopted]) -> dict[str, Contract]:
    return {name: one.load() for name, one in adopted.items()}


def test_everything_fits_again(contracts: Mapping[str, Contract], edits: Mapping[str, Any]) -> None:
    """Loading is strict, and refuses nothing; the document is the changed one."""
    for name, contract in contracts.items():
        assert contract.document == edits[name].document()


def test_every_word_is_accounted_for(adopted: Mapping[str, Adopted], contracts: Mapping[str, Contract]) -> None:
    """By a rule, or by a reason."""
    for name, one in adopted.items():
        informative = load_informative(one.root / "contracts" / "informative.toml")
        assert trace_problems(contracts[name], informative) == [], name


def test_every_rule_is_judged_or_says_why_not(contracts: Mapping[str, Contract]) -> None:
    """New words have a rule that waits for a scenario; what lost its sentence waits to be taken out."""
    bound = rule_bindings()
    for contract in contracts.values():
        assert [rule.id for rule in contract.rules.values() if rule.id not in bound and not rule.unjudged] == []


def test_a_new_operation_gets_a_row(contracts: Mapping[str, Contract]) -> None:
    """Judged by what the document says, as before it was adopted."""
    row = contracts["list-added"].operations["get_tags"]
    assert (row.scope, row.derived) == ("tags:read", True)
    assert "get_tags" in contracts["list-added"].rules["PAGE-TERMINATES"].operations


def test_our_names_of_path_parameters_stay(contracts: Mapping[str, Contract]) -> None:
    """Scenarios and links fill a path by them."""
    match = contracts["path-parameter-renamed"].match("GET", "/leads/7")
    assert match is not None
    assert match[1] == {"lead_id": "7"}


def test_a_reworded_quote_moves(contracts: Mapping[str, Contract]) -> None:
    """The same promise in other words is judged on."""
    rule = contracts["sentence-reworded"].rules["ORDER-ENROLLMENT"]
    assert (rule.quote, rule.unjudged) == ("latest enrollments first", "")


def test_a_promise_that_was_turned_round_is_not_judged(contracts: Mapping[str, Contract]) -> None:
    """Campaigns come oldest first now: the rule that says otherwise stands for the others alone."""
    contract = contracts["promise-turned-round"]
    assert "list_campaigns" not in contract.rules["ORDER-NEWEST"].operations
    assert [rule.quote for rule in contract.rules.values() if rule.unjudged] == ["oldest first"]


def test_a_rule_without_a_sentence_stays_unjudged(contracts: Mapping[str, Contract]) -> None:
    """Its scenarios name it still: a person takes both out."""
    assert contracts["sentence-removed"].rules["SEARCH-CASE"].unjudged == "its sentence is gone from the contract"


def test_numbers_follow_their_sentence(adopted: Mapping[str, Adopted], contracts: Mapping[str, Contract]) -> None:
    """In quotes, titles and overlays."""
    assert contracts["page-bound-lowered"].rules["PAGE-LIMIT-KEPT"].quote == "Pass `limit` (1–200, default 100)"
    overlay = (adopted["page-bound-lowered"].root / "contracts" / "promised.overlay.yaml").read_text("utf-8")
    assert "maxItems: 200" in overlay
    assert "maxItems: 500" not in overlay


def test_comments_and_layout_stay(adopted: Mapping[str, Adopted]) -> None:
    """Only the lines that change differ."""
    before, after = adopted["scope-changed"].proposal.files["contracts/operations.toml"]
    changed = [pair for pair in zip(before.splitlines(), after.splitlines(), strict=True) if pair[0] != pair[1]]
    assert changed == [('scope = "leads:write"', 'scope = "enrichment:write"')]


def test_the_diff_shows_every_file(adopted: Mapping[str, Adopted]) -> None:
    """And of the document that it is copied."""
    shown = adopted["list-added"].proposal.diff()
    assert all(f"+++ b/{name}" in shown for name in adopted["list-added"].proposal.files)
    assert "(copied:" in shown


def test_what_is_left_is_said(adopted: Mapping[str, Adopted]) -> None:
    """What the mock lacks, and what a person looks at."""
    left = "\n".join(adopted["list-added"].proposal.left)
    assert "the mock has no code for GET /tags" in left
    assert "write what judges it" in left


def test_the_same_document_is_nothing_to_adopt() -> None:
    """No file changes."""
    assert propose_adoption(paths.openapi_file(), paths.data_root()).files == {}


def test_yaml_becomes_json(edits: Mapping[str, Any], tmp_path: Path) -> None:
    """Our document is JSON, whatever the changed one was written in."""
    document = tmp_path / "new.yaml"
    document.write_text(yaml.safe_dump(edits["answer-field-added"].document(), allow_unicode=True), encoding="utf-8")
    _, text = propose_adoption(document, paths.data_root()).files["openapi.json"]
    assert json.loads(text) == edits["answer-field-added"].document()


def test_stale_cassettes_are_named(edits: Mapping[str, Any], tmp_path: Path) -> None:
    """All were recorded under the former contract; those that hold what changed come by name."""
    document = tmp_path / "new.json"
    document.write_text(json.dumps(edits["scope-changed"].document()), encoding="utf-8")
    told = "\n".join(propose_adoption(document, paths.data_root()).stale)
    assert "fixtures/corpus.json" in told
    assert "cassettes/enrichment/enriched-once.yaml" in told
    assert "cassettes/test_search/" not in told
