"""Our TOML tables as text: one block a table, so that comments, order and layout outlive an edit."""

import json
import re
import tomllib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

_WIDE = 120


def split_blocks(text: str, table: str) -> list[str]:
    """What stands before the first `[[table]]`, then each with the comments right above; joined, they are the text."""
    starts = [match.start() for match in re.finditer(rf"(?m)^(?:#[^\n]*\n)*\[\[{table}\]\]", text)]
    bounds = [0, *starts, len(text)] if starts else [0, len(text)]
    return [text[a:b] for a, b in pairwise(bounds)]


def block_row(block: str) -> dict[str, Any]:
    """The fields of a block's table."""
    tables = tomllib.loads(block)
    listed: Sequence[dict[str, Any]] = next(iter(tables.values()), [{}])
    return listed[0]


def with_value(block: str, name: str, value: Any) -> str:
    """A block with one field set; a new one is written at its end."""
    line = f"{name} = {dump_value(name, value)}"
    pattern = re.compile(rf"(?ms)^{name} = (?:\[.*?^\]|\[[^\n]*\]|[^\n]*)$")
    if pattern.search(block):
        return pattern.sub(lambda _: line, block, count=1)
    body = block.rstrip("\n")
    return f"{body}\n{line}{block[len(body) :]}"


def block_without(block: str, name: str) -> str:
    """A block without one field."""
    return re.sub(rf"(?ms)^{name} = (?:\[.*?^\]|\[[^\n]*\]|[^\n]*)\n", "", block, count=1)


def dump_value(name: str, value: Any) -> str:
    """A value as our files write it: lists of texts on one line where they fit."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, list):
        return text_of(str(value))
    items = [
        item
        if isinstance(item, str)
        else f"{{ pointer = {text_of(item['pointer'])}, quote = {text_of(item['quote'])} }}"
        for item in value
    ]
    shown = [text_of(item) for item in value] if all(isinstance(item, str) for item in value) else items
    flat = f"[{', '.join(shown)}]"
    if name != "also" and len(f"{name} = {flat}") <= _WIDE:
        return flat
    return "[\n" + "".join(f"  {item},\n" for item in shown) + "]"


def text_of(value: str) -> str:
    """A text in quotes; in single ones where it holds double ones alone, as our files write JSON."""
    if '"' in value and "'" not in value and value.isprintable() and "\\" not in value:
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)
