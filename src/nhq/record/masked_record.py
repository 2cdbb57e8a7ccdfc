"""A record without a target's secrets: what `Masker` does to a text is done to all of its texts."""

from dataclasses import fields, is_dataclass
from dataclasses import replace as replace_fields
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from nhq.masking import Masker

Part = TypeVar("Part", bound=Struct)


def mask_record(part: Part, masker: Masker) -> Part:
    """The record, or a part of it, without any secret in its texts; names of members are ours, and stay."""
    return replace(part, **{name: _masked(getattr(part, name), masker) for name in part.__struct_fields__})


def _masked(value: Any, masker: Masker) -> Any:
    if isinstance(value, str):
        return masker.text(value)
    if isinstance(value, Struct):
        return mask_record(value, masker)
    if is_dataclass(value) and not isinstance(value, type):
        return replace_fields(value, **{one.name: _masked(getattr(value, one.name), masker) for one in fields(value)})
    if isinstance(value, dict):
        return {name: _masked(inner, masker) for name, inner in value.items()}
    return tuple(_masked(inner, masker) for inner in value) if isinstance(value, tuple) else value
