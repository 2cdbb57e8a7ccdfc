"""Where a JSON pointer (RFC 6901) leads in the text of a document: the line and the columns that an annotation marks.

A member is marked at its key, the line that tells most about it, pretty-printed or not; a scalar with its value.
Lines and columns count from 1, a column is a code point, and a mark stays within one line.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from nhq.contract.pointers import make_pointer, pointer_tokens
from nhq.contract.text_spans import Span, value_spans

_FEWEST = 12  # characters of a quote that is looked for
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class TextMark:
    """A stretch of one line: the columns from `column` to before `end`."""

    line: int = 1
    column: int = 1
    end: int = 2


class Positions:
    """The places of a document's pointers. A text that is neither JSON nor YAML has its first line only.

    It is scanned when the first mark is asked for.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self._text))]

    @cached_property
    def _spans(self) -> dict[str, Span]:
        return value_spans(self._text)

    def mark(self, place: str, quote: str = "") -> TextMark:
        """The mark of a pointer's value: of the words `quote` where they stand in it, else of its key.

        A number or a word alone may stand in a value twice, so that it isn't looked for.
        A pointer that leads nowhere is marked at the nearest place above it that is there.
        """
        span = self._nearest(place)
        if span is None:
            return TextMark()
        for written in _writings(quote) if span is self._spans.get(place) else ():
            at = self._text.find(written, span.begin, span.end)
            if at >= 0:
                return self._marked(at, at + len(written))
        return self._marked(span.start, span.shown)

    def _nearest(self, place: str) -> Span | None:
        try:
            keys = pointer_tokens(place)
        except ValueError:
            keys = []
        lengths = range(len(keys), -1, -1)
        return next((found for n in lengths if (found := self._spans.get(make_pointer(keys[:n]))) is not None), None)

    def _marked(self, start: int, end: int) -> TextMark:
        """From `start` to `end`, or to the end of the first line."""
        line = bisect_right(self._starts, start)
        stop = self._starts[line] if line < len(self._starts) else len(self._text)
        shown = self._text[start : min(end, stop)].rstrip()
        column = start - self._starts[line - 1] + 1
        return TextMark(line, column, column + max(1, len(shown)))


def _writings(quote: str) -> Iterator[str]:
    """How a text may write these words: as a JSON string does, with or without ASCII escapes, and as they are."""
    if len(quote) >= _FEWEST:
        yield from dict.fromkeys((json.dumps(quote, ensure_ascii=False)[1:-1], json.dumps(quote)[1:-1], quote))
