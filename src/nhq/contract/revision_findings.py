"""Every finding about a contract that moved, in one list: what changed where, what rests on it, and what to do."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nhq.contract.alignment import Alignment
from nhq.contract.contract import Contract
from nhq.contract.contract_changes import ChangeKind, ContractChange
from nhq.contract.document_comparison import DocumentDifference, abbreviate_value, document_differences
from nhq.contract.overlay_layering import Idle
from nhq.contract.pointers import make_pointer, resolve_pointer
from nhq.contract.quote_survival import GoneQuote, RuleSurvival, owner_of
from nhq.contract.trace import Informative, load_informative, trace_pieces

_ADOPT = "`nhq adopt` proposes the edit"
_TODO = {
    ChangeKind.ADDED: "nothing: it is judged by its schema",
    ChangeKind.REMOVED: "check whether a rule or a scenario still refers to it",
    ChangeKind.CHANGED: "check whether a rule or a scenario still refers to it",
    ChangeKind.NUMBER_CHANGED: f"put the new number into the rules that use it; {_ADOPT}",
}


def named_changes(
    aligned: Alignment, contract: Contract, stands: Sequence[RuleSurvival], idle: Sequence[Idle], folder: Path
) -> Iterator[ContractChange]:
    """All findings: those that fail first, each kind in the order of the document."""
    found = [
        *_routes(aligned, contract),
        *_quotes(aligned, contract, stands),
        *_rows(aligned, contract),
        *_schemas(aligned, contract),
        *_overlays(idle, contract),
        *_ambiguities(aligned, contract),
        *_sentences(aligned, contract, stands, folder),
    ]
    seen = list(dict.fromkeys(found))
    yield from sorted([*seen, *_other_prose(aligned, seen)], key=lambda change: not change.fails)


def _routes(aligned: Alignment, contract: Contract) -> Iterator[ContractChange]:
    """Operations that came, went, or go by another path."""
    former = contract.former
    assert former is not None
    for row in former.operations.values():
        now = aligned.route(row.method, row.template)
        was = f"{row.method} {row.template}"
        rules = tuple(rule.id for rule in former.rules.values() if row.id in rule.operations)
        if now is None:
            todo = f"remove its row and its rules, or restore it; {_ADOPT}"
            yield ContractChange(ChangeKind.OPERATION_REMOVED, row.pointer, was, "", todo, rules, row.id)
        elif now != (row.method, row.template):
            alike = contract.operations[row.id].path == row.path
            kind = ChangeKind.PARAMETER_RENAMED if alike else ChangeKind.OPERATION_MOVED
            todo = f"write the new path into its row and its places; {_ADOPT}"
            yield ContractChange(kind, contract.operations[row.id].pointer, was, " ".join(now), todo, (), row.id)
    for row in contract.operations.values():
        if row.derived:
            todo = f"write a row and rules for it; until then it is judged by the document alone; {_ADOPT}"
            yield ContractChange(
                ChangeKind.OPERATION_ADDED, row.pointer, "", f"{row.method} {row.template}", todo, (), row.id
            )


def _quotes(aligned: Alignment, contract: Contract, stands: Sequence[RuleSurvival]) -> Iterator[ContractChange]:
    """Quotes that stand no more, each once with all rules that rest on it; those of removed operations aside."""
    former = contract.former
    assert former is not None
    rules: dict[GoneQuote, list[str]] = {}
    for one in stands:
        for gone in one.gone:
            rules.setdefault(gone, []).append(one.rule.id)
    for gone, named in rules.items():
        owner = owner_of(gone.place.pointer, former.operations)
        if owner is not None and owner not in contract.operations:
            continue
        todo = f"check that the promise is still the same, then quote the new words; {_ADOPT}"
        place = gone.pointer or gone.place.pointer
        yield ContractChange(ChangeKind.QUOTE_GONE, place, gone.place.quote, gone.now, todo, tuple(named), owner)


def _rows(aligned: Alignment, contract: Contract) -> Iterator[ContractChange]:
    """What operations.toml says of an operation and the document no more does."""
    former = contract.former
    assert former is not None
    for row in former.operations.values():
        now = contract.operations.get(row.id)
        if now is None:
            continue
        said = resolve_pointer(aligned.after, now.pointer)
        if now.scope != row.scope:
            todo = f"write the new scope into its row, and give targets a key with it; {_ADOPT}"
            place = f"{now.pointer}/description"
            yield ContractChange(ChangeKind.SCOPE_CHANGED, place, row.scope, now.scope, todo, (), row.id)
        tag = ", ".join(map(str, said.get("tags", ())))
        if tag != row.tag:
            todo = f"write the new tag into its row; {_ADOPT}"
            yield ContractChange(ChangeKind.TAG_CHANGED, f"{now.pointer}/tags", row.tag, tag, todo, (), row.id)


def _schemas(aligned: Alignment, contract: Contract) -> Iterator[ContractChange]:
    """What differs outside of prose."""
    for one in document_differences(aligned):
        if one.path[-1] == "tags" or "tags" in one.path[3:4]:
            continue
        yield ContractChange(one.kind, one.pointer, one.before, one.after, _TODO[one.kind], (), _owner(one, contract))


def _owner(one: DocumentDifference, contract: Contract) -> str | None:
    place = one.pointer
    return owner_of(place, contract.operations)


def _overlays(idle: Sequence[Idle], contract: Contract) -> Iterator[ContractChange]:
    for one in idle:
        if one.gone is None:
            todo = f"remove the action from {one.place}, or change its target"
            yield ContractChange(
                ChangeKind.OVERLAY_UNMATCHED, one.action.target, one.place, "", todo, (one.action.rule,)
            )


def _ambiguities(aligned: Alignment, contract: Contract) -> Iterator[ContractChange]:
    for row in contract.ambiguities.values():
        if aligned.place(row.pointer) is None:
            todo = f"check whether the question {row.id} is still open"
            yield ContractChange(ChangeKind.AMBIGUITY_GONE, row.pointer, row.id, "", todo)


def _sentences(
    aligned: Alignment, contract: Contract, stands: Sequence[RuleSurvival], folder: Path
) -> Iterator[ContractChange]:
    """Words that no rule quotes and nobody listed, and listed ones that have gone."""
    own = {one.rule.id: one.places for one in stands}
    quoted = [
        place
        for rule in contract.rules.values()
        for place in rule.places
        if place in own[rule.id] or place.pointer.startswith(_derived(contract))
    ]
    listed = [_replaced(row, aligned) for row in load_informative(folder / "informative.toml")]
    new, stale = trace_pieces(contract.document, quoted, listed)
    for piece in new:
        todo = f"write a rule for it, or list it in informative.toml with a reason; {_ADOPT}"
        owner = owner_of(piece.pointer, contract.operations)
        yield ContractChange(ChangeKind.SENTENCE_UNCLAIMED, piece.pointer, "", piece.text, todo, (), owner)
    for text, pattern in stale:
        todo = f"remove it from informative.toml; {_ADOPT}"
        yield ContractChange(ChangeKind.INFORMATIVE_GONE, pattern, text, "", todo)


def _replaced(row: Informative, aligned: Alignment) -> Informative:
    """A listed text with its places as they are now, where they are named one by one."""
    return replace(row, at=tuple(aligned.place(place) or place for place in row.at))


def _derived(contract: Contract) -> tuple[str, ...]:
    """The places of operations that nobody has written of."""
    return tuple(f"{row.pointer}/" for row in contract.operations.values() if row.derived)


def _other_prose(aligned: Alignment, named: Sequence[ContractChange]) -> Iterator[ContractChange]:
    """Texts that differ and that no finding names yet: what was quoted still stands, and no word is new."""
    known = {change.pointer for change in named}
    for place, before, after in _texts(aligned.before, aligned.after, aligned):
        if place not in known:
            yield ContractChange(
                ChangeKind.CHANGED,
                place,
                abbreviate_value(before),
                abbreviate_value(after),
                "nothing, if its promises are the same",
            )


def _texts(before: Any, after: Any, aligned: Alignment) -> Iterator[tuple[str, str, str]]:
    """Descriptions and summaries that differ, by their present place."""
    for place, text in _prose(before, ()):
        now = aligned.place(make_pointer(place))
        value = resolve_pointer(after, now) if now is not None else text
        if now is not None and isinstance(value, str) and value != text:
            yield now, text, value


def _prose(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    items: Any = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for key, inner in items:
        if key in ("description", "summary") and isinstance(inner, str):
            yield (*path, key), inner
        else:
            yield from _prose(inner, (*path, key))
