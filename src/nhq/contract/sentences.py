"""The prose of the contract, sentence by sentence, each with the place where it stands."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nhq.contract.pointers import make_pointer

PROSE = ("description", "summary")
_DATA = ("example", "default", "enum", "const")
# A sentence ends with a full stop, and the next begins with a capital or with markup.
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`*(\"“])")


@dataclass(frozen=True, slots=True, order=True)
class Sentence:
    """One sentence, and the pointer of the text it is part of."""

    pointer: str
    text: str


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, trimmed, in order; a paragraph, a bullet and a heading each end one."""
    blocks = re.split(r"\n\s*\n|\n(?=\s*[-*#]\s)", text)
    return [sentence for block in blocks for sentence in _END.split(" ".join(block.split())) if sentence]


def document_sentences(document: Mapping[str, Any]) -> list[Sentence]:
    """Every sentence of every description and summary, in the order of the document; data of examples aside."""
    return [
        Sentence(make_pointer(path), text) for path, prose in _prose(document, ()) for text in split_sentences(prose)
    ]


def _prose(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    items: Any = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for key, inner in items:
        if key in PROSE and isinstance(inner, str):
            yield (*path, key), inner
        elif not (key in _DATA and isinstance(value, dict)) and not _is_example_value(path, key):
            yield from _prose(inner, (*path, key))


def _is_example_value(path: tuple[str | int, ...], key: str | int) -> bool:
    return key == "value" and len(path) >= 2 and path[-2] == "examples"
