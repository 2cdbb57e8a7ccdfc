"""`nhq adopt`: a changed document, and the edits to rows, rules, overlays and lists that make it our contract."""

import json
from pathlib import Path

from nhq.adopt import toml_blocks
from nhq.adopt.operation_edits import adopt_rows
from nhq.adopt.overlay_edits import adopt_overlays
from nhq.adopt.proposal import Draft, Proposal
from nhq.adopt.rule_edits import adopt_rules
from nhq.adopt.stale_artifacts import stale_files
from nhq.adopt.unaccounted_sentences import adopt_sentences
from nhq.contract.alignment import Alignment, align_documents
from nhq.contract.contract import Contract, load_contract
from nhq.contract.contract_changes import ChangeKind
from nhq.contract.revision import load_revision

_OPEN = "contracts/ambiguities.toml"


def propose_adoption(document: Path, root: Path) -> Proposal:
    """The edits that adopting a document takes, in the tree below `root`. Nothing is written.

    Raises ContractError where the document is none, or where our own files don't fit each other to begin with.
    """
    former = load_contract(root / "openapi.json", root / "contracts")
    contract = load_revision(document, root / "contracts", former)
    if contract.former is None:
        return Proposal({}, (), ())
    aligned = align_documents(former.document, contract.document)
    draft = Draft(root)
    adopt_rows(draft, contract)
    adopt_rules(draft, aligned, contract)
    adopt_overlays(draft, aligned, contract)
    _ambiguities(draft, aligned)
    adopt_sentences(draft, aligned, contract)
    _numbers(draft, contract)
    draft.texts["openapi.json"] = _as_json(document, contract)
    before = {name: (root / name).read_text(encoding="utf-8") for name in draft.texts}
    files = {name: (before[name], text) for name, text in sorted(draft.texts.items()) if text != before[name]}
    return Proposal(files, stale_files(root, contract), (*draft.left, *_mock(contract)))


def _as_json(document: Path, contract: Contract) -> str:
    """The text that becomes our document: JSON as it is, YAML written as JSON in the same order."""
    text = document.read_text(encoding="utf-8-sig")
    if text.lstrip()[:1] == "{":
        return text
    return json.dumps(contract.document, indent=2, ensure_ascii=False) + "\n"


def _ambiguities(draft: Draft, aligned: Alignment) -> None:
    """Questions at the place where their words stand now; without one where these are gone."""
    head, *tables = toml_blocks.split_blocks(draft.text(_OPEN), "ambiguity")
    written = []
    for block in tables:
        row = toml_blocks.block_row(block)
        now = aligned.place(row["pointer"]) if row.get("pointer") else ""
        if now is None:
            draft.leave(f"ambiguity {row['id']}: what it asks about is gone; look whether it is still open")
            written.append(toml_blocks.block_without(block, "pointer"))
        elif now != row.get("pointer", ""):
            written.append(toml_blocks.with_value(block, "pointer", now))
        else:
            written.append(block)
    draft.texts[_OPEN] = head + "".join(written)


def _numbers(draft: Draft, contract: Contract) -> None:
    """Numbers of schemas, which scenarios may repeat."""
    for change in contract.changes:
        if change.kind is ChangeKind.NUMBER_CHANGED:
            draft.leave(
                f"{change.pointer}: {change.before} is {change.after} now; scenarios may contain the former number"
            )


def _mock(contract: Contract) -> list[str]:
    """What the mock serves from the document alone, or may answer in the former way."""
    lines = [
        f"the mock has no code for {row.method} {row.template}: it serves it from its schema and examples"
        for row in contract.operations.values()
        if row.derived and contract.former is not None and row.id not in contract.former.operations
    ]
    changed = {ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.CHANGED}
    touched = [change for change in contract.changes if change.kind in changed and "/properties/" in change.pointer]
    lines += [f"{change.pointer} ({change.kind.value}): look whether the mock answers so" for change in touched]
    return lines
