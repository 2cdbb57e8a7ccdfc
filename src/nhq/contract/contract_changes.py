"""What a changed contract does to what is written about it: each finding with its place and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """What was found when a document was held against our rules, rows, overlays and the former document."""

    QUOTE_GONE = "quote-gone"
    NUMBER_CHANGED = "number-changed"
    SCOPE_CHANGED = "scope-changed"
    OPERATION_ADDED = "operation-added"
    OPERATION_REMOVED = "operation-removed"
    OPERATION_MOVED = "operation-moved"
    PARAMETER_RENAMED = "parameter-renamed"
    TAG_CHANGED = "tag-changed"
    SENTENCE_UNCLAIMED = "sentence-unclaimed"
    INFORMATIVE_GONE = "informative-gone"
    OVERLAY_UNMATCHED = "overlay-unmatched"
    AMBIGUITY_GONE = "ambiguity-gone"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


#: What fails a run until it is approved or adopted: a sentence, a number or a scope that we judge by is another now.
FAILING = frozenset(
    {
        ChangeKind.QUOTE_GONE,
        ChangeKind.NUMBER_CHANGED,
        ChangeKind.SCOPE_CHANGED,
        ChangeKind.OPERATION_REMOVED,
        ChangeKind.OPERATION_MOVED,
    }
)


@dataclass(frozen=True, slots=True)
class ContractChange:
    """One finding about the contract.

    `pointer` is its place in the changed document, or in the former one where it has gone; `before` and `after` are
    short texts, "" where there is none; `todo` says what a person does about it; `rules` are those that it touches.
    """

    kind: ChangeKind
    pointer: str
    before: str
    after: str
    todo: str
    rules: tuple[str, ...] = ()
    operation: str | None = None

    @property
    def fails(self) -> bool:
        """Does it fail a run unless it is approved?"""
        return self.kind in FAILING
