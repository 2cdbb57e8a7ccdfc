"""operations.toml made to fit: rows taken out, moved, corrected, and written for what is new."""

from collections.abc import Mapping
from typing import Any

from nhq.adopt import toml_blocks
from nhq.adopt.proposal import Draft
from nhq.contract.contract import Contract
from nhq.contract.definitions import Operation
from nhq.contract.derived_operations import scopes_named
from nhq.contract.pointers import resolve_pointer

FILE = "contracts/operations.toml"


def adopt_rows(draft: Draft, contract: Contract) -> None:
    """Every row as the changed document wants it, in the order of the document."""
    head, *tables = toml_blocks.split_blocks(draft.text(FILE), "operation")
    known = {toml_blocks.block_row(block)["id"]: block for block in tables}
    written = []
    for operation in contract.operations.values():
        block = known.get(operation.id)
        written.append(_new(contract, operation) if block is None else _corrected(block, contract, operation))
    draft.texts[FILE] = head + "\n".join(block.rstrip("\n") + "\n" for block in written)


def _corrected(block: str, contract: Contract, operation: Operation) -> str:
    row = toml_blocks.block_row(block)
    wanted = {"path": operation.path, "tag": _tag(contract, operation), "scope": operation_scope(contract, operation)}
    for name, value in wanted.items():
        if value != row.get(name, ""):
            block = toml_blocks.with_value(block, name, value) if value else toml_blocks.block_without(block, name)
    return block


def _new(contract: Contract, operation: Operation) -> str:
    """A row for an operation that nobody has written of; `scenarios` says so until somebody has."""
    row: dict[str, Any] = {
        "id": operation.id,
        "method": operation.method,
        "path": operation.template,
        "tag": _tag(contract, operation) or "none",
        **({"scope": operation.scope} if operation.scope else {}),
        "effect": operation.effect.value,
        "scenarios": False,
    }
    return "[[operation]]\n" + "".join(
        f"{name} = {toml_blocks.dump_value(name, value)}\n" for name, value in row.items()
    )


def _tag(contract: Contract, operation: Operation) -> str:
    said: Mapping[str, Any] = resolve_pointer(contract.document, operation.pointer)
    return next((str(tag) for tag in said.get("tags", ())), "")


def operation_scope(contract: Contract, operation: Operation) -> str:
    """The scope that an operation's prose names; "" where it names none."""
    named = scopes_named(resolve_pointer(contract.document, operation.pointer).get("description"))
    return named[0] if named else ""
