"""What a history exercises: without evidence a verdict stays unknown, because silence is no proof."""

from dataclasses import dataclass, field, fields

import numpy as np

from nhq.ratelimit.checker.ledger import View
from nhq.ratelimit.checker.partition import KeyBlock, RateLimitPromise
from nhq.ratelimit.checker.smaller_limit import Fills, window_fills
from nhq.ratelimit.checker.time_order import so_many_by, sort_ascending
from nhq.ratelimit.history.history import NO_REPLY, Bools, Floats, Ints


@dataclass(slots=True)
class Evidence:
    """Counts over all blocks; each is of one thing that was exercised."""

    replies: int = 0
    refused: int = 0
    full_refused: int = 0
    windows: int = 0
    full_windows: int = 0
    counted: int = 0
    changes: int = 0
    restarts: int = 0
    bursts: int = 0
    gateways: int = 0
    judged: int = 0
    readable: int = 0
    courses: int = 0
    full_courses: int = 0
    fills: Fills = field(default_factory=Fills.none)

    def add(self, block: KeyBlock, promise: RateLimitPromise, admissions: tuple[Floats, Floats]) -> None:
        """Count what this block exercises, declared windows apart; `admissions` are those of the block."""
        answered = block.status != NO_REPLY
        self.replies += int(answered.sum())
        self.gateways += int(block.gateway.sum())
        self.refused += int(block.rejected.sum())
        self.judged += int(block.judged.sum())
        self._add_statuses(block, promise, *admissions)

    def add_replies(self, block: KeyBlock) -> None:
        """Count the replies of this block, and nothing else."""
        self.replies += int((block.status != NO_REPLY).sum())

    def joined(self, other: "Evidence") -> "Evidence":
        """The sum of the evidence of two parts."""
        counts = {name: getattr(self, name) + getattr(other, name) for name in COUNTS}
        return Evidence(**counts, fills=self.fills.joined(other.fills))

    def add_fills(self, block: KeyBlock, promise: RateLimitPromise) -> None:
        """Fills matter only where no window is seen to hold just the limit."""
        if not self.full_windows:
            self.fills = self.fills.joined(window_fills(block, promise))

    def smaller(self, promised: int) -> int:
        """The smaller limit that the server seems to enforce; 0 if there is none."""
        return 0 if self.full_windows else self.fills.limit(promised)

    def _add_statuses(self, block: KeyBlock, promise: RateLimitPromise, sent: Floats, received: Floats) -> None:
        """429s with exactly the limit behind them; bursts no sliding window and no bucket lets through."""
        self.full_refused += len(exactly_full(block, promise))
        for share in (1.25, 1.5, 1.75):
            count = int(np.ceil(share * promise.limit)) + 1
            if count < len(sent) and count > promise.limit + 1:
                spans = received[count:] - sent[:-count]
                self.bursts += int((spans < (share - 1.15) * promise.shortest).sum())

    def add_windows(self, seen: View) -> None:
        """Declared windows: how many, how many full with a 429, how many events counted, counters seen to restart."""
        block, promise, windows, table = seen.block, seen.promise, seen.windows, seen.table
        sizes = np.bincount(table.at, minlength=len(windows))
        refused = np.zeros(len(windows), dtype=bool)
        refused[windows.at[block.rejected[windows.events]]] = True
        self.windows += int(windows.trusted.sum())
        self.readable += len(windows.events)
        self.full_windows += int(((sizes == promise.limit) & refused & windows.trusted).sum())
        self.counted += int((sizes[sizes > 1]).sum())
        later = (windows.place > 0) & windows.trusted
        self.changes += int(later.sum())
        early = block.remaining[table.rows] >= promise.limit // 2  # these show best that a counter restarts
        rows = table.rows[later[table.at] & early]
        sends, receipts = sort_ascending(block.sent[table.rows]), np.sort(block.received[table.rows], kind="stable")
        recent = np.searchsorted(receipts, block.sent[rows], side="left")
        recent = recent - so_many_by(sends, block.received[rows] - promise.shortest)
        position = promise.limit - block.remaining[rows].astype(np.int64)
        self.restarts += int((recent > position + max(2, promise.limit // 4)).sum())

    def add_courses(self, seen: View, openings: Ints) -> None:
        """Stretches of single windows that Remaining's own course shows: how many, and how many full with a 429."""
        sizes = np.bincount(seen.table.at, minlength=len(seen.windows))
        refused = np.zeros(len(seen.windows), dtype=bool)
        refused[seen.full_at] = True
        self.courses += len(seen.windows)
        self.counted += int(sizes.sum())
        self.full_courses += int(((sizes + openings == seen.promise.limit) & refused).sum())


#: The names of the counts.
COUNTS = tuple(one.name for one in fields(Evidence) if one.name != "fills")


def exactly_full(block: KeyBlock, promise: RateLimitPromise) -> Ints:
    """The 429s that had exactly the limit counted in the window's length before them, for certain."""
    sent, received = sort_ascending(block.sent[block.counted]), np.sort(block.received[block.counted], kind="stable")
    refused = np.flatnonzero(block.rejected)
    inside = np.searchsorted(received, block.sent[refused], side="left")
    inside -= np.searchsorted(sent, block.received[refused] - promise.shortest, side="right")
    most = np.searchsorted(sent, block.received[refused], side="right")
    most -= np.searchsorted(received, block.sent[refused] - promise.longest, side="left")
    exactly: Bools = (inside == promise.limit) & (most == promise.limit)
    return refused[exactly]
