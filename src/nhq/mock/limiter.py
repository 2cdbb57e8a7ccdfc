"""One counter per bucket, in a fixed window. `policies.limits` holds the decisions."""

from dataclasses import dataclass
from typing import NamedTuple

from nhq.mock.policies import Policies
from nhq.mock.policies.limits import Quota


class Counter(NamedTuple):
    """The window that started at `start` (seconds), and the requests counted in it."""

    start: float
    used: int


@dataclass(slots=True)
class Limiter:
    """`limit` requests in `window` seconds for each bucket; `anchor` is `first` or `clock`."""

    limit: int
    window: float
    anchor: str
    counters: dict[str, Counter]

    def look(self, policies: Policies, bucket: str, label: str, now: float) -> Counter:
        """The counter in force now; a fresh one when none is, or when its window is over."""
        counter, window = self.counters.get(bucket), policies.window_of(label, self.window)
        if counter is None or policies.window_over(now, counter.start, window):
            return Counter(policies.window_start(self.anchor, label, now, window), 0)
        return counter

    def put_back(self, counters: dict[str, Counter]) -> None:
        """Restore earlier counters."""
        self.counters = counters

    def refund(self, bucket: str) -> None:
        """Take one request back from a bucket's count."""
        start, used = self.counters[bucket]
        self.counters[bucket] = Counter(start, max(0, used - 1))

    def judge(
        self, policies: Policies, operation: str, label: str, bucket: str, counter: Counter, now: float
    ) -> tuple[bool, Quota]:
        """Admit or refuse one request by a counter that was read, and write the count."""
        start, count = counter
        window = policies.window_of(label, self.window)
        limit = policies.limit_of(operation, label, self.limit)
        admitted = policies.admit(operation, bucket, now, start, window, count, limit)
        count = policies.count_after(operation, admitted, count)
        self.counters[bucket] = Counter(start, count)
        left = policies.remaining(limit, count, admitted)
        reset = policies.reset_at(start, window, now)
        return admitted, Quota(policies.shown_limit(limit, admitted), left, reset)
