"""A schema of the base against the same one of the head, on one side: what a client notices."""

import json
from dataclasses import dataclass
from typing import Any

from nhq.diff import validators
from nhq.diff.change_collector import ChangeCollector, short_value
from nhq.diff.change_records import ChangeLevel, ComparedDocument, Side, Witness
from nhq.diff.compare_schemas import EditAnswer, Judged
from nhq.diff.json_schema import Schema, bare_part, bare_schema, normalized_schema
from nhq.diff.policy import ANSWERS, TABLE, value_words
from nhq.diff.references import Node
from nhq.diff.schema_comparer import Comparer
from nhq.diff.schema_edits import MISSING, Edit, differing_notes

_RANKED = {"int32": 0, "float": 0, "int64": 1, "double": 1}


@dataclass(frozen=True, slots=True)
class Pair:
    """The same thing in both documents."""

    base: ComparedDocument
    head: ComparedDocument


def compare_values(
    pair: Pair,
    comparer: Comparer,
    found: ChangeCollector,
    side: Side,
    base: Node | None,
    head: Node | None,
    where: str,
    is_text: bool = False,
) -> None:
    """Add what changed between two schemas; a missing one accepts anything. `is_text`: the value travels as text."""
    if base is not None and head is not None and _is_untouched(pair, base, head):
        return
    old = normalized_schema(pair.base, base, side) if base is not None else {}
    new = normalized_schema(pair.head, head, side) if head is not None else {}
    small, big = (old, new) if side is Side.REQUEST else (new, old)
    for judged in comparer.compare(small, big, is_text):
        _add(found, side, judged, small, big, where, base, head)
    for key, before, after, at in differing_notes(old, new):
        _note(found, side, key, before, after, at, where)


def _is_untouched(pair: Pair, base: Node, head: Node) -> bool:
    """Is a schema written the same in both, in the same version of OpenAPI, so that nothing of it needs comparing?

    One that refers to others says nothing of those. Compared as text, for which 1, 1.0 and true are three.
    """
    text = json.dumps(base.value)
    return '"$ref"' not in text and pair.base.nullable == pair.head.nullable and text == json.dumps(head.value)


def _add(
    found: ChangeCollector,
    side: Side,
    judged: Judged,
    small: Schema,
    big: Schema,
    where: str,
    base: Node | None,
    head: Node | None,
) -> None:
    edit = judged.edit
    shown = _witness(side, judged, big)
    if edit is None:
        at, gone = (head.at, False) if head else (base.at if base else "", True)
        before, after = (
            short_value(bare_schema(value)) for value in ((small, big) if side is Side.REQUEST else (big, small))
        )
        message = f"the schema: {value_words(side, judged.answer)}"
        found.add(f"{side}-schema", ANSWERS[judged.answer], at, gone, before, after, message, where, shown)
        return
    before, after = (edit.before, edit.after) if side is Side.REQUEST else (edit.after, edit.before)
    base_at, head_at = (edit.one_at, edit.other_at) if side is Side.REQUEST else (edit.other_at, edit.one_at)
    gone = after is MISSING and edit.is_property
    rule, level, message = _judgement(side, edit, judged.answer, before, after)
    at = base_at if gone or not head_at else head_at
    old, new = _said(edit, before), _said(edit, after)
    found.add(rule, level, at, gone or not head_at, old, new, message, where, shown, edit_steps(edit))


def _judgement(side: Side, edit: Edit, answer: EditAnswer, before: Any, after: Any) -> tuple[str, ChangeLevel, str]:
    if edit.is_property:
        return _property(side, edit, answer, before, after)
    rule = f"{side}-{_kebab(edit.keyword)}"
    place = _place(edit)
    what = f"{place}{edit.keyword}: {_said(edit, before)} → {_said(edit, after)}"
    if edit.keyword == "required":
        gained = isinstance(after, list) and edit.name in after
        what = f"{place}{edit.name} is {'required' if gained else 'no longer required'}"
    return rule, ANSWERS[answer], f"{what}: {value_words(side, answer)}"


def _property(side: Side, edit: Edit, answer: EditAnswer, before: Any, after: Any) -> tuple[str, ChangeLevel, str]:
    name = f"{_place(edit)}{edit.name}"
    if answer is EditAnswer.UNNAMED:
        row = TABLE[f"{side}-property-unnamed"]
        return (
            f"{side}-property-{'added' if side is Side.REQUEST else 'removed'}",
            row.level,
            row.words.format(name=name),
        )
    kind = "added" if before is MISSING else "removed" if after is MISSING else "changed"
    rule = f"{side}-property-{kind}"
    if kind == "removed" and answer in (EditAnswer.PROVEN, EditAnswer.VACUOUS):
        row = TABLE[f"{side}-property-{'removed' if side is Side.REQUEST else 'unnamed'}"]
        return rule, row.level, row.words.format(name=name)
    return rule, ANSWERS[answer], f"{name} is {kind}: {value_words(side, answer)}"


def _place(edit: Edit) -> str:
    """The way to the place inside a value, as people write it: `data[].email`; with a colon and a space behind it."""
    path = edit_steps(edit)[:-1] if edit.is_property else edit_steps(edit)
    spelled = "".join("[]" if step == "*" else f".{step}" for step in path).removeprefix(".")
    if edit.is_property or edit.keyword == "required":
        return f"{spelled}." if spelled else ""
    return f"{spelled}: " if spelled else ""


def edit_steps(edit: Edit) -> tuple[str, ...]:
    """The way to an edit's place inside a value; `*` stands for any item, or any member that isn't named."""
    found: list[str] = []
    path = [*edit.path, edit.key] if edit.is_schema else list(edit.path)
    while path:
        key = path.pop(0)
        if key == "properties" and path:
            found.append(str(path.pop(0)))
        elif key in ("patternProperties", "$defs") and path:
            path.pop(0)
            found += ["*"] if key == "patternProperties" else []
        elif key in ("items", "contains", "prefixItems", "additionalProperties", "unevaluatedItems"):
            found.append("*")
    return tuple(found)


def _said(edit: Edit, value: Any) -> str:
    if edit.keyword == "required":
        return "required" if isinstance(value, list) and edit.name in value else "optional"
    if value is MISSING:
        return "none"
    return short_value(bare_schema(value) if edit.is_schema else bare_part(edit.key, value))


def _kebab(keyword: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in keyword)


def _witness(side: Side, judged: Judged, big: Schema) -> Witness | None:
    if judged.answer is not EditAnswer.BROKEN:
        return None
    value = judged.value[0]
    place, problem = validators.problem_of(bare_schema(big), value)
    sender, taker = ("base", "head") if side is Side.REQUEST else ("head", "base")
    return Witness(value, sender, taker, place, problem)


def _note(found: ChangeCollector, side: Side, key: str, before: Any, after: Any, at: str, where: str) -> None:
    rule = _note_rule(side, key, before, after)
    if rule is None:
        return
    row = TABLE[rule]
    name = at.rpartition("/")[2] or "the value"
    words = row.words.format(name=name, before=short_value(before), after=short_value(after))
    found.add(rule, row.level, at, False, short_value(before), short_value(after), words, where)


def _note_rule(side: Side, key: str, before: Any, after: Any) -> str | None:
    if key == "deprecated":
        return None if bool(before) is bool(after) else f"{side}-{'deprecated' if after is True else 'undeprecated'}"
    if key == "discriminator":
        return f"{side}-discriminator" if _chooses_otherwise(before, after) else None
    if key == "format":
        old, new = _RANKED.get(str(before)), _RANKED.get(str(after))
        if old is not None and new is not None and old != new:
            if side is Side.REQUEST and new < old:
                return "request-format-narrowed"
            if side is Side.RESPONSE and new > old:
                return "response-format-widened"
    return f"{side}-{_kebab(key)}"


def _chooses_otherwise(before: Any, after: Any) -> bool:
    """Is something that the old discriminator chose chosen otherwise? One more mapping is not."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return True
    if before.get("propertyName") != after.get("propertyName"):
        return True
    old, new = before.get("mapping") or {}, after.get("mapping") or {}
    return any(new.get(name) != target for name, target in old.items())
