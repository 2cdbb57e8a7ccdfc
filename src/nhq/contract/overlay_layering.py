"""The overlays on a changed document: actions whose sentence stands and that match something; the rest is told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nhq.contract.alignment import Alignment
from nhq.contract.contract import Contract
from nhq.contract.definitions import Layer, Operation
from nhq.contract.link_fitting import spell_links
from nhq.contract.overlay import Action, apply_what_fits, load_overlay
from nhq.contract.pointers import resolve_pointer
from nhq.contract.quote_survival import GoneQuote, present_place


@dataclass(frozen=True, slots=True)
class Idle:
    """An action that isn't applied: where it stands, and the quote that has gone, if that is why."""

    place: str
    action: Action
    gone: GoneQuote | None


def layer_overlays(
    folder: Path, known: Contract, aligned: Alignment, operations: Mapping[str, Operation]
) -> tuple[dict[Layer, dict[str, Any]], list[Idle]]:
    """The three layers of a changed document, and the actions that are idle."""
    layers, idle = {Layer.PUBLISHED: dict(aligned.after)}, list[Idle]()
    for layer, below in ((Layer.PROMISED, Layer.PUBLISHED), (Layer.ASSUMED, Layer.PROMISED)):
        file = folder / f"{layer}.overlay.yaml"
        written = enumerate(load_overlay(file, known.document, known.rules), 1)
        named = {f"{file.name}: action {number}": action for number, action in written}
        found = {name: present_place(aligned, action.place) for name, action in named.items()}
        idle += [Idle(name, named[name], gone) for name, gone in found.items() if isinstance(gone, GoneQuote)]
        standing = [
            (name, move_action(named[name], aligned)) for name, one in found.items() if not isinstance(one, GoneQuote)
        ]
        layers[layer], unfit = apply_what_fits(layers[below], standing)
        idle += [Idle(name, named[name], None) for name in unfit]
    for operation in operations.values():
        resolve_pointer(layers[Layer.ASSUMED], operation.pointer)["operationId"] = operation.id
    spell_links(layers[Layer.ASSUMED], operations)
    return layers, idle


def move_action(action: Action, aligned: Alignment) -> Action:
    """An action whose target names paths as they are spelt now."""
    target = action.target
    for (_, before), (_, after) in aligned.moved.items():
        target = target.replace(f"'{before}'", f"'{after}'")
    return replace(action, target=target)
