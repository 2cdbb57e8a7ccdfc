"""The document that annotations are shown on: its path in the repository, and the place of each of its pointers."""

from dataclasses import dataclass

from nhq.contract.positions import Mark, Positions


@dataclass(frozen=True, slots=True)
class Source:
    """A document of the repository. `path` is relative to the repository's root, with forward slashes."""

    path: str
    positions: Positions

    def mark(self, pointer: str, quote: str = "") -> Mark:
        """Where a pointer leads, or the words `quote` in its value; see `Positions.mark`."""
        return self.positions.mark(pointer, quote)


UNREAD = Source("openapi.json", Positions(""))
"""Our contract without its text: every annotation stands on the first line."""
