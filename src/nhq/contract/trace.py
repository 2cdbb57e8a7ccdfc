"""The trace: every word of the contract's prose belongs to a rule, or is listed as informative, with a reason.

What no quote covers is a piece. A new or changed sentence leaves a piece that nobody listed (or takes a quote away,
which loading refuses); a listed text that no longer stands where it was listed is stale. Both are problems.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from nhq.contract.contract import Contract
from nhq.contract.definitions import Place, Rule
from nhq.contract.pointers import resolve_pointer
from nhq.contract.sentences import Sentence, document_sentences
from nhq.contract.toml_tables import table_rows

_JOINTS = {"and", "or"}


@dataclass(frozen=True, slots=True)
class Informative:
    """A text that promises nothing a client could see: its words, where it stands (`*` matches anything), and why."""

    text: str
    at: tuple[str, ...]
    reason: str

    def tells(self, piece: Sentence, pattern: str) -> bool:
        """Is this piece the text, at this place?"""
        return piece.text == self.text and fnmatchcase(piece.pointer, pattern)


def load_informative(path: Path) -> list[Informative]:
    """The rows of informative.toml. Raises ContractError for one that is malformed."""
    table = table_rows(path, "text", {"text": str, "at": list, "reason": str})
    return [Informative(row["text"], tuple(row["at"]), row["reason"]) for row in table]


def trace_problems(contract: Contract, informative: Iterable[Informative]) -> list[str]:
    """What is wrong with the trace, one line each; nothing when all prose is accounted for."""
    new, stale = trace_pieces(contract.document, _all_quoted(contract), list(informative))
    problems = [f"no rule and no reason for {piece.text!r} at {piece.pointer}" for piece in new]
    return problems + [f"informative.toml lists {text!r}, which is gone from {pattern}" for text, pattern in stale]


def trace_pieces(
    document: Mapping[str, Any], quoted: Sequence[Place], informative: Sequence[Informative]
) -> tuple[list[Sentence], list[tuple[str, str]]]:
    """The words that no quote covers and nobody listed, and the listed texts (each with its place) that are gone."""
    found = _pieces(document, quoted)
    new = [p for p in found if not any(row.tells(p, pattern) for row in informative for pattern in row.at)]
    listed = [(row, pattern) for row in informative for pattern in row.at]
    stale = [(row.text, pattern) for row, pattern in listed if not any(row.tells(piece, pattern) for piece in found)]
    return new, stale


def unquoted_pieces(contract: Contract) -> list[Sentence]:
    """What of each sentence no rule quotes; punctuation and a bare "and" or "or" aside."""
    return _pieces(contract.document, _all_quoted(contract))


def _all_quoted(contract: Contract) -> list[Place]:
    return [place for rule in contract.rules.values() for place in rule.places]


def _pieces(document: Mapping[str, Any], quoted: Sequence[Place]) -> list[Sentence]:
    by_pointer: dict[str, list[str]] = {}
    for place in quoted:
        by_pointer.setdefault(place.pointer, []).append(" ".join(place.quote.split()))
    return [
        Sentence(sentence.pointer, piece)
        for sentence in document_sentences(document)
        for piece in _uncovered(sentence, _spans(document, sentence, by_pointer.get(sentence.pointer, ())))
    ]


def rules_on_sentence(contract: Contract, sentence: Sentence) -> list[Rule]:
    """The rules that stand, at least in part, on this sentence."""
    text = _text(contract.document, sentence.pointer)
    start = text.find(sentence.text)
    end = start + len(sentence.text)
    return [
        rule
        for rule in contract.rules.values()
        if any(a < end and b > start for q in _quotes(rule, sentence.pointer) if q in text for a, b in [_span(text, q)])
    ]


def _spans(document: Mapping[str, Any], sentence: Sentence, quotes: Sequence[str]) -> list[tuple[int, int]]:
    """Where, within the sentence, quotes begin and end; they may reach beyond it."""
    text = _text(document, sentence.pointer)
    start = text.find(sentence.text)
    found = (_span(text, quote) for quote in quotes if quote in text)
    return [(begin - start, end - start) for begin, end in found]


def _quotes(rule: Rule, pointer: str) -> list[str]:
    return [" ".join(place.quote.split()) for place in rule.places if place.pointer == pointer]


def _span(text: str, quote: str) -> tuple[int, int]:
    begin = text.find(quote)
    return begin, begin + len(quote)


def _text(document: Mapping[str, Any], pointer: str) -> str:
    return " ".join(str(resolve_pointer(document, pointer)).split())


def _uncovered(sentence: Sentence, spans: Sequence[tuple[int, int]]) -> Iterator[str]:
    covered = bytearray(len(sentence.text))
    for begin, end in spans:
        first, last = max(begin, 0), min(end, len(covered))
        if first < last:
            covered[first:last] = b"\1" * (last - first)
    for run in re.finditer(rb"\0+", covered):
        piece = sentence.text[run.start() : run.end()].strip(" ,;:.—()")
        if re.search(r"\w", piece) and piece not in _JOINTS:
            yield piece
