"""The overlays made to fit: sentences and targets as they are now; an action that has none of either is taken out."""

import re
from contextlib import suppress

import jsonpath
import yaml

from nhq.adopt.proposal import Draft
from nhq.adopt.quote_places import Moved, moved_quote, quote_elsewhere
from nhq.adopt.requoting import numbers_changed, with_numbers
from nhq.contract.alignment import Alignment
from nhq.contract.contract import Contract
from nhq.contract.contract_changes import ChangeKind
from nhq.contract.definitions import Place
from nhq.contract.overlay import MARK
from nhq.contract.pointers import make_pointer, pointer_tokens, resolve_pointer

NAMES = ("contracts/promised.overlay.yaml", "contracts/assumed.overlay.yaml")
_REFERENCE = re.compile(r'("\$ref": "#)(/[^"]*)"')
_ACTION = re.compile(r"(?m)^(?:  #[^\n]*\n)*  - target: ")


def adopt_overlays(draft: Draft, aligned: Alignment, contract: Contract) -> None:
    """Every action as the changed document wants it."""
    idle = {change.before for change in contract.changes if change.kind is ChangeKind.OVERLAY_UNMATCHED}
    gone = [row.id for row in (contract.former or contract).operations.values() if row.id not in contract.operations]
    for name in NAMES:
        text = draft.text(name)
        starts = [match.start() for match in _ACTION.finditer(text)]
        bounds = zip(starts, [*starts[1:], len(text)], strict=True)
        parts = [text[a:b] for a, b in bounds]
        file = name.rpartition("/")[2]
        written = [
            _adopted(draft, part, f"{file}: action {number}", aligned, contract, gone)
            for number, part in enumerate(parts, 1)
            if f"{file}: action {number}" not in idle
        ]
        draft.texts[name] = text[: starts[0]] + "".join(written)


def _adopted(draft: Draft, part: str, who: str, aligned: Alignment, contract: Contract, gone: list[str]) -> str:
    action = yaml.safe_load(part)[0]
    place = Place(action["x-nhq-pointer"], action["x-nhq-quote"])
    former = contract.former or contract
    found = moved_quote(aligned, place) or quote_elsewhere(
        aligned, place, former.rules[action[MARK]].operations, former, contract
    )
    if found is None or found.turned:
        draft.leave(f"{who} rested on a sentence that is gone, and was taken out: «{place.quote}»")
        return ""
    for (_, before), (_, after) in aligned.moved.items():
        part = part.replace(f"'{before}'", f"'{after}'")
    part = _REFERENCE.sub(lambda found: found[1] + _referred(aligned, found[2]) + '"', part)
    part = _aimed(part, contract, numbers_changed(place.quote, found.place.quote))
    if not _matches(contract, yaml.safe_load(part)[0]["target"]):
        draft.leave(f"{who} matches nothing any more, and was taken out: {action['target']}")
        return ""
    for operation in gone:
        part = re.sub(rf"(?m)^        {operation}:\n(?:          [^\n]*\n)+", "", part)
    return _quoted(part, place, found)


def _referred(aligned: Alignment, former: str) -> str:
    """Where a reference leads now: its own place, or that of another operation which says just the same."""
    now = aligned.place(former)
    if now is not None:
        return now
    said, tail = resolve_pointer(aligned.before, former), pointer_tokens(former)[3:]
    for path, item in aligned.after["paths"].items():
        for method in item:
            other = make_pointer(["paths", path, method, *tail])
            with suppress(LookupError, ValueError):
                if resolve_pointer(aligned.after, other) == said:
                    return other
    return former


def _aimed(part: str, contract: Contract, numbers: list[tuple[str, str]]) -> str:
    """An action whose target names a status by its present number, where that changed in the sentence, too."""
    target, rest = part.split("\n", 1)
    if numbers and not _matches(contract, yaml.safe_load(part)[0]["target"]):
        target = with_numbers(target, numbers)
    return f"{target}\n{rest}"


def _matches(contract: Contract, target: str) -> bool:
    return any(True for _ in jsonpath.finditer(target, contract.assumed))


def _quoted(part: str, place: Place, found: Moved) -> str:
    """An action with its sentence as it is now, and the numbers that changed in it."""
    if found.place.pointer != place.pointer:
        part = _with(part, "x-nhq-pointer", found.place.pointer)
    if found.place.quote != place.quote:
        part = _with(part, "x-nhq-quote", found.place.quote)
        head, update, tail = part.partition("    update:")
        part = head + update + with_numbers(tail, numbers_changed(place.quote, found.place.quote))
    return part


def _with(part: str, name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return re.sub(rf"(?m)^    {name}: .*$", lambda _: f'    {name}: "{escaped}"', part, count=1)
