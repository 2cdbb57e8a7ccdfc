"""What a comparison of two documents is made of, as frozen records."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ChangeLevel(StrEnum):
    """What a change does to a client, worst first.

    `breaking`: a client that kept the old document can fail. `risky`: it keeps working by the document, and may
    still depend on what changed. `review`: a machine can't decide it. `compatible`: nothing a client must do.
    `docs`: words that no promise stands on.
    """

    BREAKING = "breaking"
    RISKY = "risky"
    REVIEW = "review"
    COMPATIBLE = "compatible"
    DOCS = "docs"


class Side(StrEnum):
    """Who sends the value that a schema describes."""

    REQUEST = "request"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True)
class Witness:
    """A value that one document's schema accepts and the other's refuses.

    `accepted_by` and `refused_by` are "base" or "head"; `problem` is what the refusing validator said, `place` the
    pointer of the failing part in the value.
    """

    value: Any
    accepted_by: str
    refused_by: str
    place: str
    problem: str


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """One difference, judged.

    `operations` are "METHOD /path" of every operation that it reaches, in the order of the document; none for a
    change of the whole document. `pointer` leads into the head document, or into the base where the head has no such
    place (`gone`). `before` and `after` are short texts. `where` says which part of an operation it was seen in
    ("request body application/json", "response 200"). `place` leads to the changed part inside the value, `*` for any
    item. `keys` are the operations with the part of each. `rules` are rules of the contract whose sentence was touched.
    """

    rule: str
    level: ChangeLevel
    operations: tuple[str, ...]
    pointer: str
    before: str
    after: str
    message: str
    where: str = ""
    gone: bool = False
    witness: Witness | None = None
    rules: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    place: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparedDocument:
    """A document to compare: what it is called in messages, and its content."""

    name: str
    content: Mapping[str, Any]

    @property
    def nullable(self) -> bool:
        """Is it written in OpenAPI 3.0, whose schemas have `nullable` and boolean exclusive bounds?"""
        return str(self.content.get("openapi", "")).startswith("3.0")
