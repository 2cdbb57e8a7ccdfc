"""One schema against another: is everything that one accepts accepted by the other, and where not?

`small` is the side that sends (a request's base, a response's head), `big` the side that must accept it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nhq.diff import witness
from nhq.diff.containment import covers
from nhq.diff.edits import MISSING, Edit, applied, edits
from nhq.diff.schemas import Schema, bare, bare_part
from nhq.diff.witness import JSON, Reading

_EDITS_AT_MOST = 60


class Answer(StrEnum):
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
    answer: Answer
    value: tuple[Any, ...] = ()


def compare_schemas(small: Schema, big: Schema, reading: Reading = JSON) -> list[Judged]:
    """What differs, judged: edit by edit where that tells, else as a whole. However long it takes."""
    one, other = bare(small), bare(big)
    found = edits(small, big)
    if _covers(other, one, reading) is True:
        same = _covers(one, other, reading) is True
        answers = [_harmless(one, edit, same, reading) for edit in found]
        return answers or [Judged(None, Answer.VACUOUS if same else Answer.PROVEN)]
    if len(found) > _EDITS_AT_MOST or not found:
        return [_whole(one, other, reading)]
    return _by_edits(one, other, found, reading)


def _by_edits(one: Any, other: Any, found: list[Edit], reading: Reading) -> list[Judged]:
    judged = [_edit(one, other, edit, reading) for edit in found]
    if any(j.answer is Answer.BROKEN for j in judged):
        return judged
    changed = one
    for j in judged:
        if j.answer is not Answer.UNNAMED and j.edit is not None:
            changed = applied(changed, _after(changed, j.edit))
    whole = _whole(one, changed, reading)
    if whole.answer is Answer.BROKEN and not witness.agreed(whole.value[0], one, other, reading):
        whole = _whole(one, other, reading)
    if whole.answer in (Answer.PROVEN, Answer.VACUOUS):
        return [Judged(j.edit, Answer.PROVEN) if j.answer is Answer.UNDECIDED else j for j in judged]
    return [*[j for j in judged if j.answer is not Answer.UNDECIDED], whole]


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


def _edit(one: Any, other: Any, edit: Edit, reading: Reading) -> Judged:
    """One edit alone: what it does to the sender's schema."""
    changed = bare(applied(one, _bare_edit(edit)))
    answer = _covers(changed, one, reading)
    if answer is True:
        return _harmless(one, edit, _covers(one, changed, reading) is True, reading)
    if edit.is_property and edit.before is MISSING and edit.is_open:
        return Judged(edit, Answer.UNNAMED)
    value = witness.find(one, changed, (), reading)
    if value is not None and witness.agreed(value[0], one, other, reading):
        return Judged(edit, Answer.BROKEN, value)
    if value is not None:  # refused for this edit alone, and not by the whole: search what both refuse
        both = witness.find(one, {"anyOf": [changed, other]}, value, reading)
        return Judged(edit, Answer.BROKEN, both) if both is not None else Judged(edit, Answer.UNDECIDED)
    return Judged(edit, Answer.UNDECIDED)


def _harmless(one: Any, edit: Edit, same: bool, reading: Reading) -> Judged:
    if not same:
        same = _covers(one, bare(applied(one, _bare_edit(edit))), reading) is True
    return Judged(edit, Answer.VACUOUS if same else Answer.PROVEN)


def _bare_edit(edit: Edit) -> Edit:
    return Edit(
        edit.path, edit.key, edit.before, _bare_value(edit), edit.one_at, edit.other_at, edit.keyword, edit.name
    )


def _bare_value(edit: Edit) -> Any:
    return bare(edit.after) if edit.keyword in ("properties", "patternProperties") else bare_part(edit.key, edit.after)


def _covers(big: Any, small: Any, reading: Reading) -> bool | None:
    return covers(reading.widened(big), small)


def _whole(one: Any, other: Any, reading: Reading) -> Judged:
    if _covers(other, one, reading) is True:
        return Judged(None, Answer.VACUOUS if _covers(one, other, reading) is True else Answer.PROVEN)
    value = witness.find(one, other, (), reading)
    return Judged(None, Answer.BROKEN, value) if value is not None else Judged(None, Answer.UNDECIDED)
