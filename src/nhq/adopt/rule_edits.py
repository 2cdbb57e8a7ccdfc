"""rules/*.toml made to fit: quotes moved to their new words, operations added and taken out.

What lost its sentence stays, unjudged, until a person takes it out with what judges it.
"""

from collections.abc import Collection, Mapping

from nhq.adopt import toml_blocks
from nhq.adopt.operation_edits import operation_scope
from nhq.adopt.proposal import Draft
from nhq.adopt.quote_places import Moved, moved_quote, quote_elsewhere
from nhq.adopt.requoting import numbers_changed, with_numbers
from nhq.contract.alignment import Alignment
from nhq.contract.contract import Contract
from nhq.contract.definitions import Operation, Place, Rule
from nhq.contract.general_rules import own_places
from nhq.contract.quote_survival import owner_of

GONE = "its sentence is gone from the contract"
_BY_DOCUMENT = ("ratelimit", "pagination")  # areas whose checks and scenarios read their numbers from the document
REMOVED = "its operation is gone from the contract"


def adopt_rules(draft: Draft, aligned: Alignment, contract: Contract) -> None:
    """Every rule of the former contract as the changed document wants it."""
    former = contract.former
    assert former is not None
    for area in dict.fromkeys(rule.area for rule in former.rules.values()):
        name = f"contracts/rules/{area}.toml"
        head, *tables = toml_blocks.split_blocks(draft.text(name), "rule")
        written = [_adopted(draft, block, aligned, contract, former) for block in tables]
        draft.texts[name] = head + "".join(written)


def _adopted(draft: Draft, block: str, aligned: Alignment, contract: Contract, former: Contract) -> str:
    rule = former.rules[toml_blocks.block_row(block)["id"]]
    if rule.unjudged:
        return block
    if not any(name in contract.operations for name in rule.operations):
        draft.leave(f"rule {rule.id}: {REMOVED}; take it out with the scenarios that judge it")
        return toml_blocks.with_value(block, "unjudged", REMOVED)
    found = {place: moved_quote(aligned, place) for place in rule.places}
    apart = _apart(draft, rule, found, former, contract)
    block = _operations(block, rule, contract, apart)
    kept = {place: one for place, one in found.items() if owner_of(place.pointer, former.operations) not in apart}
    if not any(kept.values()):
        kept = {place: quote_elsewhere(aligned, place, rule.operations, former, contract) for place in rule.places}
    return _placed(draft, _numbered(draft, block, rule, kept), rule, kept, _added(rule, contract))


def _apart(
    draft: Draft, rule: Rule, found: Mapping[Place, Moved | None], former: Contract, contract: Contract
) -> set[str]:
    """Operations whose own sentence is gone or may say otherwise, where the rule still stands for others."""
    apart = set()
    for place, one in found.items():
        owner = owner_of(place.pointer, former.operations)
        if owner in rule.operations and owner in contract.operations and (one is None or one.turned):
            apart.add(str(owner))
    others = [name for name in rule.operations if name in contract.operations and name not in apart]
    standing = [
        one
        for place, one in found.items()
        if one is not None and not one.turned and owner_of(place.pointer, former.operations) not in apart
    ]
    if not others or not standing:
        return set()
    for name in sorted(apart):
        draft.leave(f"rule {rule.id}: it is judged no more on {name}, whose sentence is another now")
    return apart


def _placed(draft: Draft, block: str, rule: Rule, found: Mapping[Place, Moved | None], own: list[Place]) -> str:
    """A block with its places where they stand now; unjudged where none is left, or one may say otherwise."""
    kept = [one.place for one in found.values() if one is not None]
    if not kept and not own:
        draft.leave(f"rule {rule.id}: {GONE} («{rule.quote}»); take it out with the scenarios that judge it")
        return toml_blocks.with_value(block, "unjudged", GONE)
    turned = [one.place.quote for one in found.values() if one is not None and one.turned]
    main, *also = dict.fromkeys([*kept, *own])
    block = toml_blocks.with_value(block, "pointer", main.pointer) if main.pointer != rule.pointer else block
    block = toml_blocks.with_value(block, "quote", main.quote) if main.quote != rule.quote else block
    if tuple(also) != rule.also:
        block = _also(block, also)
    if turned:
        draft.leave(f"rule {rule.id}: its sentence may promise something else now («{turned[0]}»); it is unjudged")
        block = toml_blocks.with_value(block, "unjudged", "its sentence was changed, and may promise something else")
    return block


def _also(block: str, also: list[Place]) -> str:
    if not also:
        return toml_blocks.block_without(block, "also")
    listed = [{"pointer": place.pointer, "quote": place.quote} for place in also]
    if "\nalso = " in block:
        return toml_blocks.with_value(block, "also", listed)
    head, line, tail = block.partition("\nlevel = ")
    return f"{head}\nalso = {toml_blocks.dump_value('also', listed)}{line}{tail}"


def _numbered(draft: Draft, block: str, rule: Rule, found: Mapping[Place, Moved | None]) -> str:
    """The title with the numbers that changed in the sentence it stands on."""
    changed = [
        pair
        for place, one in found.items()
        if one is not None
        for pair in numbers_changed(place.quote, one.place.quote)
    ]
    if not changed:
        return block
    title = with_numbers(rule.title, changed)
    told = ", ".join(f"{before} by {after}" for before, after in dict.fromkeys(changed))
    block = toml_blocks.with_value(block, "title", title) if title != rule.title else block
    if rule.area in _BY_DOCUMENT:
        return block
    draft.leave(
        f"rule {rule.id}: its check or scenario may contain the former number; replace {told} there; it is unjudged"
    )
    return toml_blocks.with_value(
        block, "unjudged", "its number was changed, and its check or scenario may contain the former one"
    )


def _operations(block: str, rule: Rule, contract: Contract, apart: Collection[str]) -> str:
    """The operations that a rule names: those that are there and not set apart, and those that it is judged on besides.

    What rests on scopes is judged only where the prose names one.
    """
    silent = {row.id for row in contract.operations.values() if not operation_scope(contract, row)}
    out = {*apart, *(silent if rule.area == "scopes" else ())}
    row = toml_blocks.block_row(block)
    now = [name for name in contract.rules[rule.id].operations if name in contract.operations and name not in out]
    if not now or now == row["operations"] or (row["operations"] == ["*"] and len(now) == len(contract.operations)):
        return block
    return _listed(block, now)


def _listed(block: str, names: list[str] | tuple[str, ...]) -> str:
    return toml_blocks.with_value(block, "operations", list(names))


def _added(rule: Rule, contract: Contract) -> list[Place]:
    """Sentences of new operations that repeat what the rule rests on."""
    new = [row for row in contract.operations.values() if row.derived and _is_new(row, contract)]
    return [place for row in new for place, rules in own_places(contract.document, row) if rule.id in rules]


def _is_new(row: Operation, contract: Contract) -> bool:
    return contract.former is not None and row.id not in contract.former.operations
