"""The document that annotations are shown on: its path in the repository, and the place of each of its pointers."""

from dataclasses import dataclass

from nhq.contract.text_positions import Positions, TextMark


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """A document of the repository. `path` is relative to the repository's root, with forward slashes."""

    path: str
    positions: Positions

    def mark(self, pointer: str, quote: str = "") -> TextMark:
        """Where a pointer leads, or the words `quote` in its value; see `Positions.mark`."""
        return self.positions.mark(pointer, quote)


UNREAD = DocumentSource("openapi.json", Positions(""))
"""Our contract without its text: every annotation stands on the first line."""
