"""`nhq gate --base`, as a pull request runs it: in a made repository whose openapi.json was edited."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from repositories import git, make_repository

from nhq import paths

# One rule on one operation: the server's stage is the gate's own, which other tests judge.
NARROW = ("--rule", "AUTH-ABSENT", "--operation", "list_linkedin_accounts")
APPROVALS = Path("contracts") / "approvals.toml"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose branch main has our openapi.json."""
    return make_repository(tmp_path_factory.mktemp("repository"))


@pytest.fixture
def repository(made: Path) -> Iterator[Path]:
    """The repository; what a test does to its files is undone."""
    yield made
    git(made, "checkout", "-q", ".")
    git(made, "clean", "-qfdx")


def gate(folder: Path, *words: str, root: Path | None = None) -> tuple[int, dict[str, Any], str]:
    """Exit code, pull-request.json, and what the terminal shows."""
    ran = subprocess.run(
        [sys.executable, "-m", "nhq", "gate", "--base", "main", "--out", "out", *NARROW, *words],
        cwd=folder,
        env={**os.environ, **({"NHQ_ROOT": str(root)} if root else {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    answer = folder / "out" / "pull-request.json"
    return ran.returncode, json.loads(answer.read_text("utf-8")) if answer.is_file() else {}, ran.stdout + ran.stderr


def states(answer: Mapping[str, Any]) -> dict[str, str]:
    return {stage["name"]: stage["state"] for stage in answer["stages"]}


def approve(repository: Path, edit: Any, expires: str = "") -> tuple[int, dict[str, Any], str]:
    """A run of an edit, and its proposals copied with reason and owner. `expires`: a day other than proposed."""
    (repository / "openapi.json").write_text(json.dumps(edit.document()), "utf-8")
    first = gate(repository)
    approved = (repository / "out" / "proposed-approvals.toml").read_text("utf-8").replace('= ""', '= "agreed"')
    if expires:
        approved = re.sub(r"expires = .*", f"expires = {expires}", approved)
    (repository / APPROVALS).parent.mkdir()
    (repository / APPROVALS).write_text(approved, "utf-8")
    return first


def test_a_break_fails_until_it_is_approved(repository: Path, edits: Mapping[str, Any]) -> None:
    """The proposed stanzas, with reason and owner, make it green: the recorded interactions that it breaks, too."""
    code, answer, shown = approve(repository, edits["request-field-required"])
    failed = {"diff": "failed", "cassettes": "failed"}
    assert (code, states(answer)) == (1, {"document": "passed", "trace": "passed", **failed, "server": "passed"})
    assert "breaking request-required: lead_lists[].color is required" in shown
    assert len(shown.splitlines()) <= 30
    code, answer, shown = gate(repository)
    assert (code, set(states(answer).values())) == (0, {"passed"}), shown
    assert re.search(r"0 of \d+ recorded interactions broken, \d+ by approved changes", shown)


@pytest.mark.proof
def test_an_approved_break_fails_again_when_that_expires(repository: Path, edits: Mapping[str, Any]) -> None:
    """As an approved change of the contract does: tests/cli/test_gate_contract.py."""
    approve(repository, edits["request-field-required"], expires="2020-01-01")
    code, answer, shown = gate(repository)
    assert (code, states(answer)["diff"]) == (1, "failed")
    assert "expired on 2020-01-01" in shown


def test_a_harmless_change_exits_0(repository: Path, edits: Mapping[str, Any]) -> None:
    """A described field is named by the diff, and no stage is red; diff and record come in the formats asked for."""
    (repository / "openapi.json").write_text(json.dumps(edits["field-described"].document()), "utf-8")
    code, answer, shown = gate(repository, "--format", "sarif", "--format", "html")
    assert (code, set(states(answer).values())) == (0, {"passed"}), shown
    assert "1 docs" in shown
    written = {path.name for path in (repository / "out").iterdir() if path.suffix in (".sarif", ".html", ".xml")}
    assert written == {"diff.sarif", "diff.html", "results.sarif", "report.html"}


def test_a_base_that_is_no_revision_is_our_trouble(repository: Path) -> None:
    """One line that names it, exit 2, and nothing is judged."""
    code, answer, shown = gate(repository, "--base", "nowhere")
    assert (code, answer) == (2, {})
    assert "nowhere:./openapi.json" in shown
    assert len(shown.splitlines()) == 1


def test_a_checkout_whose_own_document_changed_is_judged(tmp_path: Path, edits: Mapping[str, Any]) -> None:
    """Nobody has adopted it yet: the rules are held to the base, and what has moved is named."""
    own = make_repository(tmp_path / "own")
    for name in ("contracts", "cassettes", "load", "fixtures", "reports"):
        (own / name).symlink_to(paths.data_root() / name)
    (own / "openapi.json").write_text(json.dumps(edits["limit-raised"].document()), "utf-8")
    below = own / "docs"  # whoever calls from another folder is told the document's path all the same
    below.mkdir()
    code, answer, shown = gate(below, root=own)
    expected = {"document": "passed", "trace": "failed", "diff": "failed", "cassettes": "passed", "server": "passed"}
    assert (code, states(answer)) == (1, expected), shown
    assert "quote-gone at /info/description" in shown
    assert all(f" {own / 'openapi.json'}" in stage["again"] for stage in answer["stages"] if stage["again"])
