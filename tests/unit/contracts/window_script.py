"""Answers of a limiter, and a meter of its windows, by script."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from nhq.model import Exchange

RULES = (
    "RL-LIMIT-ADMITTED",
    "RL-EXCEEDED",
    "RL-PER-KEY",
    "RL-WINDOW-LENGTH",
    "RL-RENEWED-AT-RESET",
    "RL-REMAINING-COUNTS",
)
LIMIT = 5


def answers(*statuses: int | None, path: str = "/leads", left: Sequence[int] = (), first: int = 1) -> list[Exchange]:
    """Answers in order, the Remaining of each as told; without one it falls by one each time."""
    told = [*left, *range(LIMIT - 1 - len(left), LIMIT - 1 - len(statuses), -1)]
    return [
        Exchange(
            number,
            "list_leads",
            "GET",
            path,
            {},
            b"",
            None,
            status,
            {"x-ratelimit-remaining": str(max(0, remaining)), "x-ratelimit-limit": str(LIMIT)},
            b"{}",
            float(number),
            float(number),
        )
        for number, (status, remaining) in enumerate(zip(statuses, told, strict=False), first)
    ]


@dataclass
class Meter:
    """A meter by script: its answers to come, whether windows hold together, whether nobody else uses the key."""

    coming: Iterator[Exchange] = field(default_factory=lambda: iter(()))
    together: Iterator[bool] = field(default_factory=lambda: iter(lambda: True, False))
    exclusive_keys: bool = True
    limit: int = LIMIT
    window: float = 60.0
    lost_ones: int = 0
    flaw: str = ""
    exact: bool = True
    done: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    calls: list[Any] = field(default_factory=list)

    def call(self, call: Any = None) -> Exchange:
        self.done.append("call")
        return next(self.coming)

    def begin(self) -> Exchange:
        self.done.append("begin")
        return next(self.coming)

    def fill(self, count: int, **options: Any) -> list[Exchange]:
        self.done.append(f"fill {count}")
        return [next(self.coming) for _ in range(count)]

    def more(self, burst: list[Exchange], most: int) -> None:
        self.done.append(f"more {most}")
        burst.extend(next(self.coming) for _ in range(most - len(burst)))

    def at_once(self, calls: Sequence[Any]) -> list[Exchange]:
        self.done.append(f"at once {len(calls)}")
        return [next(self.coming) for _ in calls]

    def look(self) -> Any:
        return SimpleNamespace(operation="list_leads", options={})

    def same(self, one: Exchange, other: Exchange) -> bool:
        return next(self.together)

    def lost(self, one: Exchange, other: Exchange) -> int:
        return self.lost_ones

    def out_of_order(self, operation: str) -> str:
        return self.flaw

    def wait_before(self, answer: Exchange, before: float = 0.0) -> None:
        self.done.append(f"wait before {before:g}")

    def wait_past(self, answer: Exchange, beyond: float = 0.0) -> None:
        self.done.append("wait past")


FULL = answers(*[200] * LIMIT)
