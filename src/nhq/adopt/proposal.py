"""What adopting a changed contract comes to: the files as they would be, what goes stale, what is left to a person."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Draft:
    """Files on their way to a proposal: texts by their path below the root, and what is left to do."""

    root: Path
    texts: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A file as the draft has it by now."""
        if name not in self.texts:
            self.texts[name] = (self.root / name).read_text(encoding="utf-8")
        return self.texts[name]

    def leave(self, line: str) -> None:
        """Something that a person has to do."""
        if line not in self.left:
            self.left.append(line)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The edits: files that change, as they are and as they would be; what goes stale; what is left to a person."""

    files: Mapping[str, tuple[str, str]]
    stale: tuple[str, ...]
    left: tuple[str, ...]

    def diff(self) -> str:
        """A unified diff of the edits; of the document itself only that it is copied."""
        parts = []
        for name, (before, after) in self.files.items():
            if name == "openapi.json":
                parts.append(
                    f"--- a/{name}\n+++ b/{name}\n  (copied: {len(after)} characters in place of {len(before)})\n"
                )
                continue
            lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), f"a/{name}", f"b/{name}")
            parts.append("".join(lines))
        return "".join(parts)

    def write(self, root: Path) -> None:
        """Put the edits into place."""
        for name, (_, after) in self.files.items():
            (root / name).write_text(after, encoding="utf-8")
