"""The whole comparison: published documents, effective ones, prose, and the rules that a change touches."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from nhq.contract.pointers import resolve, spoken
from nhq.diff.compare import Comparison, compare, grouped
from nhq.diff.comparer import Comparer
from nhq.diff.prose import Promise, compare_prose
from nhq.diff.records import Change, Document

_EFFECTIVE = "with what the prose promises"


@dataclass(frozen=True, slots=True)
class Ours:
    """What is known of documents that are ours: the rules, and both documents with what their prose promises."""

    promises: tuple[Promise, ...] = ()
    base: Document | None = None
    head: Document | None = None


def compare_all(base: Document, head: Document, today: datetime.date, ours: Ours | None = None) -> Comparison:
    """Everything that changed between two documents."""
    known = ours or Ours()
    comparer = Comparer()
    try:
        found = list(compare(base, head, today, comparer).changes)
        if known.base is not None and known.head is not None:
            found += _only_there(compare(known.base, known.head, today, comparer).changes, found)
    finally:
        comparer.close()
    named = [_named(change, known.promises, head) for change in found]
    changes = grouped([*named, *compare_prose(base, head, known.promises)])
    return Comparison(tuple(changes), comparer.compared, comparer.undecided)


def _only_there(changes: Iterable[Change], known: Iterable[Change]) -> list[Change]:
    """Changes of the effective documents that the published ones don't show."""
    seen = {(change.rule, change.before, change.after, key) for change in known for key in change.keys}
    return [
        replace(change, where=f"{change.where}, {_EFFECTIVE}" if change.where else _EFFECTIVE)
        for change in changes
        if not any((change.rule, change.before, change.after, key) in seen for key in change.keys)
    ]


def _named(change: Change, promises: Iterable[Promise], head: Document) -> Change:
    """The change with the rules whose quote went with it."""
    rules = [
        promise.rule
        for promise in promises
        for at, quote in promise.places
        if (at == change.pointer or at.startswith(f"{change.pointer}/")) and change.pointer and _gone(head, at, quote)
    ]
    return replace(change, rules=tuple(dict.fromkeys((*change.rules, *rules))))


def _gone(head: Document, at: str, quote: str) -> bool:
    try:
        return quote not in spoken(resolve(head.content, at))
    except (LookupError, ValueError):
        return True
