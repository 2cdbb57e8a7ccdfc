"""Compare two readings of one list: which items are repeated, missing, extra, or out of order."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Compared:
    """How a reading differs from the reference, in numbers of items.

    `missing` items were skipped, `cut` ones would have followed its end; `extra` ones were skipped by the reference,
    `beyond` ones follow the reference's end. `astray` is the place of the first item out of order, None if all are in
    order.
    """

    repeated: int = 0
    missing: int = 0
    cut: int = 0
    extra: int = 0
    beyond: int = 0
    astray: int | None = None


@dataclass(frozen=True, slots=True)
class CrawlReading:
    """Ids in the order in which a crawl showed them; `complete` when the server said that nothing follows."""

    ids: Sequence[str]
    complete: bool


def compare_crawls(reference: CrawlReading, read: CrawlReading, steady: Collection[str] | None = None) -> Compared:
    """Compare a reading with the reference.

    `steady` are the ids that nobody touched meanwhile: others are ignored. None: nobody touched any. An incomplete
    reading is compared only up to its last item.
    """
    touched = set() if steady is None else {*reference.ids, *read.ids} - set(steady)
    first = [ident for ident in dict.fromkeys(reference.ids) if ident not in touched]
    second = [ident for ident in dict.fromkeys(read.ids) if ident not in touched]
    missing, cut = _passed_over(first, second, read.complete)
    extra, beyond = _passed_over(second, first, reference.complete)
    return Compared(
        repeated=sum(count - 1 for ident, count in Counter(read.ids).items() if ident not in touched),
        missing=missing,
        cut=cut,
        extra=extra,
        beyond=beyond,
        astray=_astray(first, second),
    )


def _passed_over(these: Sequence[str], those: Sequence[str], complete: bool) -> tuple[int, int]:
    """How many of `these` are not in `those`: before the last one they share, and after it (if `those` is complete)."""
    shared = set(those)
    last = max((place for place, ident in enumerate(these) if ident in shared), default=-1)
    before = sum(ident not in shared for ident in these[: last + 1])
    return before, len(these) - last - 1 if complete else 0


def _astray(first: Sequence[str], second: Sequence[str]) -> int | None:
    """The place in the second reading from which on what both show stands in another order."""
    common = set(first) & set(second)
    expected = [ident for ident in first if ident in common]
    shown = [(place, ident) for place, ident in enumerate(second) if ident in common]
    return next((place for want, (place, ident) in zip(expected, shown, strict=True) if want != ident), None)
