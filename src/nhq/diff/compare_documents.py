"""Two documents → every change, grouped: one changed schema is one change, with the operations that it reaches."""

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from nhq.diff import deprecation
from nhq.diff.body_changes import compare_request_body, compare_responses
from nhq.diff.callbacks import compare_received, compare_replies
from nhq.diff.change_collector import ChangeCollector
from nhq.diff.change_records import ChangeLevel, ComparedDocument, DocumentChange, Witness
from nhq.diff.document_operations import DocumentOperation, operations_by_key
from nhq.diff.parameters import compare_parameters
from nhq.diff.schema_changes import Pair
from nhq.diff.schema_comparer import Comparer
from nhq.diff.security import compare_security


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changes, worst first; how many pairs of schemas were compared, and how many could not be decided."""

    changes: tuple[DocumentChange, ...]
    schemas: int
    undecided: int


def compare_documents(
    base: ComparedDocument, head: ComparedDocument, today: datetime.date, comparer: Comparer | None = None
) -> Comparison:
    """What changed for a client between two documents, prose aside. `today` tells which sunsets are past."""
    comparer = comparer or Comparer()
    pair, old, new = Pair(base, head), operations_by_key(base), operations_by_key(head)
    changes: list[DocumentChange] = []
    for key, operation in old.items():
        found = ChangeCollector(operation.title)
        if key not in new:
            deprecation.add_removal(found, operation, today)
        else:
            _compare(pair, comparer, found, operation, new[key])
        changes += found.changes
    for key, operation in new.items():
        if key not in old:
            found = ChangeCollector(operation.title)
            deprecation.add_addition(found, operation)
            changes += found.changes
    return Comparison(tuple(group_changes(changes)), comparer.compared, comparer.undecided)


def _compare(
    pair: Pair, comparer: Comparer, found: ChangeCollector, base: DocumentOperation, head: DocumentOperation
) -> None:
    deprecation.compare_lifecycle(found, base, head)
    if base.inbound:
        _compare_inbound(pair, comparer, found, base, head)
        return
    deprecation.compare_servers(pair, found, base, head)
    compare_security(pair, found, base, head)
    compare_parameters(pair, comparer, found, base, head)
    compare_request_body(pair, comparer, found, base, head)
    compare_responses(pair, comparer, found, base, head)


def _compare_inbound(
    pair: Pair, comparer: Comparer, found: ChangeCollector, base: DocumentOperation, head: DocumentOperation
) -> None:
    """The API calls its client: what it sends is an answer to the client's eyes, what it takes is a request."""
    compare_received(pair, comparer, found, base, head)
    compare_replies(pair, comparer, found, base, head)


def group_changes(changes: Iterable[DocumentChange]) -> list[DocumentChange]:
    """The same change of several operations made one, worst first; the order of finding within a level."""
    found: dict[tuple[object, ...], DocumentChange] = {}
    for change in changes:
        place = "" if change.where == "prose" else change.pointer  # the same words in many places are one change
        key = (change.rule, change.level, place, change.before, change.after, change.gone)
        if key not in found:
            found[key] = change
            continue
        known = found[key]
        found[key] = replace(
            known,
            operations=tuple(dict.fromkeys((*known.operations, *change.operations))),
            keys=tuple(dict.fromkeys((*known.keys, *change.keys))),
            rules=tuple(dict.fromkeys((*known.rules, *change.rules))),
            witness=_smaller(known, change),
        )
    order = list(ChangeLevel)
    return sorted(found.values(), key=lambda change: order.index(change.level))


def _smaller(known: DocumentChange, again: DocumentChange) -> Witness | None:
    """The witness that there is less to read of; both must be of the operation that is named first."""
    one, other = known.witness, again.witness
    if one is None or other is None or known.keys[:1] != again.keys[:1]:
        return one
    return min((one, other), key=lambda witness: len(json.dumps(witness.value)))
