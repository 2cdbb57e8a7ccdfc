"""Changes as they are found, in one operation: the policy's row made into a record."""

import hashlib
import json
from typing import Any

from nhq.diff.change_records import ChangeLevel, DocumentChange, Witness
from nhq.diff.policy import TABLE
from nhq.diff.references import Node
from nhq.diff.schema_edits import MISSING

_LONG = 160


def short_value(value: Any) -> str:
    """A value in a few characters; what is cut off is told apart by a digest."""
    if value is MISSING or value is None:
        return "none" if value is MISSING else "null"
    spelled = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(spelled) <= _LONG:
        return spelled
    return f"{spelled[: _LONG - 12]}… #{hashlib.sha256(spelled.encode()).hexdigest()[:8]}"


class ChangeCollector:
    """The changes of one operation (or of the whole document, where `operation` is "")."""

    def __init__(self, operation: str = "") -> None:
        self.operations = (operation,) if operation else ()
        self.changes: list[DocumentChange] = []

    def row(
        self,
        rule: str,
        head: Node | None,
        base: Node | None,
        where: str = "",
        name: str = "",
        before: Any = "",
        after: Any = "",
    ) -> None:
        """Add what the policy's table says of a rule; the place is the head's, or the base's where it has gone."""
        row = TABLE[rule]
        place = head or base
        words = row.words.format(name=name, before=short_value(before), after=short_value(after))
        self.add(
            rule,
            row.level,
            place.at if place else "",
            head is None and base is not None,
            short_value(before),
            short_value(after),
            words,
            where,
        )

    def add(
        self,
        rule: str,
        level: ChangeLevel,
        at: str,
        gone: bool,
        before: str,
        after: str,
        message: str,
        where: str = "",
        witness: Witness | None = None,
        place: tuple[str, ...] = (),
    ) -> None:
        """Add a change as it is told."""
        keys = tuple((operation, where) for operation in self.operations)
        self.changes.append(
            DocumentChange(
                rule, level, self.operations, at, before, after, message, where, gone, witness, (), keys, place
            )
        )
