"""The whole comparison: published documents, effective ones, prose, and the rules that a change touches."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from nhq.contract.pointers import quotable_text, resolve_pointer
from nhq.diff.change_records import ComparedDocument, DocumentChange
from nhq.diff.compare_documents import Comparison, compare_documents, group_changes
from nhq.diff.prose import QuotedRule, compare_prose
from nhq.diff.schema_comparer import Comparer

_EFFECTIVE = "with what the prose promises"


@dataclass(frozen=True, slots=True)
class Ours:
    """What is known of documents that are ours: the rules, and both documents with what their prose promises."""

    promises: tuple[QuotedRule, ...] = ()
    base: ComparedDocument | None = None
    head: ComparedDocument | None = None


def compare_all(
    base: ComparedDocument, head: ComparedDocument, today: datetime.date, ours: Ours | None = None
) -> Comparison:
    """Everything that changed between two documents."""
    known = ours or Ours()
    comparer = Comparer()
    try:
        found = list(compare_documents(base, head, today, comparer).changes)
        if known.base is not None and known.head is not None:
            found += _only_there(compare_documents(known.base, known.head, today, comparer).changes, found)
    finally:
        comparer.close()
    named = [_named(change, known.promises, head) for change in found]
    changes = group_changes([*named, *compare_prose(base, head, known.promises)])
    return Comparison(tuple(changes), comparer.compared, comparer.undecided)


def _only_there(changes: Iterable[DocumentChange], known: Iterable[DocumentChange]) -> list[DocumentChange]:
    """Changes of the effective documents that the published ones don't show."""
    seen = {(change.rule, change.before, change.after, key) for change in known for key in change.keys}
    return [
        replace(change, where=f"{change.where}, {_EFFECTIVE}" if change.where else _EFFECTIVE)
        for change in changes
        if not any((change.rule, change.before, change.after, key) in seen for key in change.keys)
    ]


def _named(change: DocumentChange, promises: Iterable[QuotedRule], head: ComparedDocument) -> DocumentChange:
    """The change with the rules whose quote went with it."""
    rules = [
        promise.rule
        for promise in promises
        for at, quote in promise.places
        if (at == change.pointer or at.startswith(f"{change.pointer}/")) and change.pointer and _gone(head, at, quote)
    ]
    return replace(change, rules=tuple(dict.fromkeys((*change.rules, *rules))))


def _gone(head: ComparedDocument, at: str, quote: str) -> bool:
    try:
        return quote not in quotable_text(resolve_pointer(head.content, at))
    except (LookupError, ValueError):
        return True
