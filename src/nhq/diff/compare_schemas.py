"""One schema against another: is everything that one accepts accepted by the other, and where not?

`small` is the side that sends (a request's base, a response's head), `big` the side that must accept it.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nhq.diff import witness_search
from nhq.diff.containment import SHRINKING, accepts_only_more, schema_covers
from nhq.diff.embedding import embedded_values
from nhq.diff.json_schema import Schema, bare_part, bare_schema
from nhq.diff.schema_edits import MISSING, Edit, apply_edit, schema_edits
from nhq.diff.witness_search import JSON, ValueReading

_EDITS_AT_MOST = 60


class EditAnswer(StrEnum):
    """What is known of one edit: harmless is proven; broken has a witness; vacuous means no value shows it."""

    PROVEN = "proven"
    BROKEN = "broken"
    UNDECIDED = "undecided"
    VACUOUS = "vacuous"
    #: Only a value with a property that the sender's schema doesn't name can show it.
    UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class Judged:
    """An edit (None: the two schemas as a whole) with its answer; `value` is the witness, alone in a tuple."""

    edit: Edit | None
    answer: EditAnswer
    value: tuple[Any, ...] = ()


def compare_schemas(small: Schema, big: Schema, reading: ValueReading = JSON) -> list[Judged]:
    """What differs, judged: edit by edit where that tells, else as a whole. However long it takes."""
    one, other, found = bare_schema(small), bare_schema(big), schema_edits(small, big)
    there = where_they_stand(one, found, reading)
    left = [n for n in range(len(found)) if n not in there]
    if all(found[n].is_unnamed for n in left) and not _speaks_of_rest(one):
        there.update(dict.fromkeys(left, EditAnswer.UNNAMED))
    known = [Judged(edit, there[n]) for n, edit in enumerate(found) if n in there]
    if found and len(known) == len(found):
        return known
    shown = _all_shown(one, other, {n: edit for n, edit in enumerate(found) if n not in there}, reading)
    if not shown and _covers(other, one, reading) is True:
        proven = [Judged(edit, there.get(n, EditAnswer.PROVEN)) for n, edit in enumerate(found)]
        return proven or [
            Judged(None, EditAnswer.VACUOUS if _covers(one, other, reading) is True else EditAnswer.PROVEN)
        ]
    if len(found) - len(known) > _EDITS_AT_MOST or not found:
        return [*known, _whole(one, other, reading)]
    told = {n: Judged(edit, there[n]) for n, edit in enumerate(found) if n in there}
    told.update({n: Judged(found[n], EditAnswer.BROKEN, value) for n, value in shown.items()})
    return _by_edits(one, other, found, told, reading)


def _all_shown(one: Any, other: Any, found: Mapping[int, Edit], reading: ValueReading) -> dict[int, tuple[Any]]:
    """Witnesses that are found at once, by the index of their edits."""
    if len(found) > _EDITS_AT_MOST:
        return {}
    tried = {n: _shown(one, other, edit, reading) for n, edit in found.items() if not edit.is_unnamed}
    return {n: value for n, value in tried.items() if value is not None}


def _by_edits(
    one: Any, other: Any, found: list[Edit], known: Mapping[int, Judged], reading: ValueReading
) -> list[Judged]:
    judged = [known.get(n) or _edit(one, other, edit, reading) for n, edit in enumerate(found)]
    if any(j.answer is EditAnswer.BROKEN for j in judged):
        return judged
    changed = _all_applied(one, [j.edit for j in judged if j.answer is not EditAnswer.UNNAMED and j.edit is not None])
    whole = _whole(one, changed, reading)
    if whole.answer is EditAnswer.BROKEN and not witness_search.validators_agree(
        whole.value[0], one, (other,), reading
    ):
        whole = _whole(one, other, reading)
    if whole.answer in (EditAnswer.PROVEN, EditAnswer.VACUOUS):
        return [Judged(j.edit, EditAnswer.PROVEN) if j.answer is EditAnswer.UNDECIDED else j for j in judged]
    return [*[j for j in judged if j.answer is not EditAnswer.UNDECIDED], whole]


def _after(schema: Any, edit: Edit) -> Edit:
    """The edit as it must be done beside others: a list of required names has changed meanwhile."""
    if edit.keyword != "required":
        return edit
    node = schema
    for key in edit.path:
        node = node[key]
    had = node.get("required", [])
    gains = edit.after is not MISSING and edit.name in edit.after
    kept = [*had, edit.name] if gains and edit.name not in had else [n for n in had if gains or n != edit.name]
    return Edit(edit.path, edit.key, had, kept or MISSING, edit.one_at, edit.other_at, edit.keyword, edit.name)


def _edit(one: Any, other: Any, edit: Edit, reading: ValueReading) -> Judged:
    """One edit alone: what it does to the sender's schema."""
    changed = bare_schema(apply_edit(one, _bare_edit(edit)))
    if _covers(changed, one, reading) is True:
        return Judged(edit, EditAnswer.PROVEN)
    if edit.is_unnamed:
        return Judged(edit, EditAnswer.UNNAMED)
    value = witness_search.find_witness(one, changed, reading)
    if value is not None and not witness_search.validators_agree(value[0], one, (changed, other), reading):
        value = witness_search.find_witness(one, {"anyOf": [changed, other]}, reading) if "$defs" not in one else None
    return Judged(edit, EditAnswer.UNDECIDED) if value is None else Judged(edit, EditAnswer.BROKEN, value)


def _shown(one: Any, other: Any, edit: Edit, reading: ValueReading) -> tuple[Any] | None:
    """A witness of one edit, made of one that shows it where it stands; the whole must refuse it, too."""
    path = _place(edit)
    changed = bare_schema(apply_edit(one, _bare_edit(edit)))
    value = witness_search.find_witness(_part(one, path), _part(changed, path), reading)
    if value is None:
        return None
    hints = itertools.islice(embedded_values(one, path, value[0]), 60)
    return witness_search.first_agreed_guess(hints, one, (changed, other), reading)


def where_they_stand(one: Any, found: list[Edit], reading: ValueReading) -> dict[int, EditAnswer]:
    """What the parts of the schema that edits stand in tell of them, by index; none where only the whole can tell.

    A part that accepts more makes a whole that accepts more, as long as nothing around it turns that round. Edits of
    one part are judged together, because each may be harmless and both not.
    """
    by_place: dict[tuple[str | int, ...], list[int]] = {}
    for n, edit in enumerate(found):
        by_place.setdefault(_place(edit), []).append(n)
    known: dict[int, EditAnswer] = {}
    if not _speaks_of_rest(one):
        for path, indexes in by_place.items():
            if not SHRINKING & set(path) and ("$defs" not in path or accepts_only_more(one)):
                known.update(_together(one, path, {n: found[n] for n in indexes}, reading))
    return known


def _together(
    one: Any, path: tuple[str | int, ...], edits_there: dict[int, Edit], reading: ValueReading
) -> dict[int, EditAnswer]:
    """The answers of all edits of one part; none where they are not harmless together."""
    unnamed = {n for n, edit in edits_there.items() if edit.is_unnamed}
    here = _part(one, path)
    alone = {n: _part(bare_schema(apply_edit(one, _bare_edit(edit))), path) for n, edit in edits_there.items()}
    unnamed = {n for n in unnamed if _covers(alone[n], here, reading) is not True}
    rest = [edit for n, edit in edits_there.items() if n not in unnamed]
    if rest and _covers(_part(_all_applied(one, rest), path), here, reading) is not True:
        return {}
    answers = dict.fromkeys(unnamed, EditAnswer.UNNAMED)
    for n, part in alone.items():
        if n not in unnamed:
            same = _covers(here, part, reading) is True and _covers(part, here, reading) is True
            answers[n] = EditAnswer.VACUOUS if same else EditAnswer.PROVEN
    return answers


def _all_applied(schema: Any, found: list[Edit]) -> Any:
    for edit in found:
        schema = bare_schema(apply_edit(schema, _bare_edit(_after(schema, edit))))
    return schema


def _speaks_of_rest(schema: Any) -> bool:
    """Does it say something of whatever no other part names (`unevaluated…`)?"""
    if isinstance(schema, dict):
        return any(key.startswith("unevaluated") or _speaks_of_rest(value) for key, value in schema.items())
    return isinstance(schema, list) and any(map(_speaks_of_rest, schema))


def _place(edit: Edit) -> tuple[str | int, ...]:
    """The way to the schema that an edit changes."""
    if edit.keyword == "schema":
        return (*edit.path, edit.key)
    return edit.path[:-1] if edit.is_schema else edit.path


def _part(schema: Any, path: tuple[str | int, ...]) -> Any:
    """A part of a schema, with the definitions that it may name."""
    part = schema
    for key in path:
        part = part[key]
    return {**part, "$defs": schema["$defs"]} if "$defs" in schema and isinstance(part, dict) else part


def _bare_edit(edit: Edit) -> Edit:
    return Edit(
        edit.path, edit.key, edit.before, _bare_value(edit), edit.one_at, edit.other_at, edit.keyword, edit.name
    )


def _bare_value(edit: Edit) -> Any:
    return bare_schema(edit.after) if edit.is_schema else bare_part(edit.key, edit.after)


def _covers(big: Any, small: Any, reading: ValueReading) -> bool | None:
    return schema_covers(reading.widened(big), small)


def _whole(one: Any, other: Any, reading: ValueReading) -> Judged:
    if _covers(other, one, reading) is True:
        return Judged(None, EditAnswer.VACUOUS if _covers(one, other, reading) is True else EditAnswer.PROVEN)
    value = witness_search.find_witness(one, other, reading)
    return Judged(None, EditAnswer.BROKEN, value) if value is not None else Judged(None, EditAnswer.UNDECIDED)
