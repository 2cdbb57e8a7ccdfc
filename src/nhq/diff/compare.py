"""Two documents → every change, grouped: one changed schema is one change, with the operations that it reaches."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from nhq.diff import lifecycle
from nhq.diff.bodies import compare_request_body, compare_responses
from nhq.diff.collecting import Found
from nhq.diff.comparer import Comparer
from nhq.diff.operations import Operation, operations
from nhq.diff.parameters import compare_parameters
from nhq.diff.records import Change, Document, Level
from nhq.diff.security import compare_security
from nhq.diff.values import Pair


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changes, worst first; how many pairs of schemas were compared, and how many could not be decided."""

    changes: tuple[Change, ...]
    schemas: int
    undecided: int


def compare(base: Document, head: Document, today: datetime.date, comparer: Comparer | None = None) -> Comparison:
    """What changed for a client between two documents, prose aside. `today` tells which sunsets are past."""
    comparer = comparer or Comparer()
    pair, old, new = Pair(base, head), operations(base), operations(head)
    changes: list[Change] = []
    for key, operation in old.items():
        found = Found(operation.title)
        if key not in new:
            lifecycle.removed(found, operation, today)
        else:
            _compare(pair, comparer, found, operation, new[key])
        changes += found.changes
    for key, operation in new.items():
        if key not in old:
            found = Found(operation.title)
            lifecycle.added(found, operation)
            changes += found.changes
    return Comparison(tuple(grouped(changes)), comparer.compared, comparer.undecided)


def _compare(pair: Pair, comparer: Comparer, found: Found, base: Operation, head: Operation) -> None:
    lifecycle.compare_lifecycle(found, base, head)
    if base.inbound:
        _compare_inbound(pair, comparer, found, base, head)
        return
    lifecycle.compare_servers(pair, found, base, head)
    compare_security(pair, found, base, head)
    compare_parameters(pair, comparer, found, base, head)
    compare_request_body(pair, comparer, found, base, head)
    compare_responses(pair, comparer, found, base, head)


def _compare_inbound(pair: Pair, comparer: Comparer, found: Found, base: Operation, head: Operation) -> None:
    """The API calls its client: what it sends is an answer to the client's eyes, what it takes is a request."""
    from nhq.diff.inbound import compare_received, compare_replies

    compare_received(pair, comparer, found, base, head)
    compare_replies(pair, comparer, found, base, head)


def grouped(changes: Iterable[Change]) -> list[Change]:
    """The same change of several operations made one, worst first; the order of finding within a level."""
    found: dict[tuple[object, ...], Change] = {}
    for change in changes:
        key = (change.rule, change.level, change.pointer, change.before, change.after, change.gone)
        if key not in found:
            found[key] = change
            continue
        known = found[key]
        found[key] = replace(
            known,
            operations=tuple(dict.fromkeys((*known.operations, *change.operations))),
            keys=tuple(dict.fromkeys((*known.keys, *change.keys))),
            rules=tuple(dict.fromkeys((*known.rules, *change.rules))),
            witness=known.witness or change.witness,
        )
    order = list(Level)
    return sorted(found.values(), key=lambda change: order.index(change.level))
