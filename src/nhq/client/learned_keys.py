"""What one run after the other learns of a target's keys: no run forgets what the one before it was told."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from nhq.client.quota import Allowance


@dataclass(slots=True)
class LearnedKeys:
    """How much of its window each key has left, and which keys the server refuses; None: no run has asked yet."""

    allowance: Allowance
    refused: frozenset[str] | None = None
    _latency: tuple[float, ...] = field(default=())

    @property
    def latency(self) -> list[float]:
        """The seconds that answers took when the keys were asked for last."""
        return list(self._latency)

    def learn(self, refused: Iterable[str], latency: Iterable[float]) -> None:
        """The server refuses these keys, by their labels, and knows all others; its answers took so many seconds."""
        self.refused, self._latency = frozenset(refused), tuple(latency)
