"""The stretches of a JSON or YAML text that its values fill, by JSON pointer (RFC 6901). Offsets, from 0."""

import json
import re
from dataclasses import dataclass
from typing import Any

import yaml

from nhq.contract.pointers import make_pointer

_NODES_AT_MOST = 1_000_000
_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_WORD = re.compile(r"[^\s,\]}\"{\[:]+")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Span:
    """A value's stretch of text: from `begin` to before `end`.

    `start` to before `shown` is what tells it to a reader: a member's key, and a scalar with it.
    """

    start: int
    shown: int
    begin: int
    end: int


def value_spans(text: str) -> dict[str, Span]:
    """The span of every value by its pointer; none for a text that is neither JSON nor YAML, or nested too deeply."""
    if text.lstrip()[:1] in ("{", "["):
        scan = _Scan(text)
        try:
            scan.value("", 0, None)
            return scan.found
        except (ValueError, IndexError, RecursionError):
            pass  # a flow mapping of YAML looks like JSON
    found: dict[str, Span] = {}
    try:
        node = yaml.compose(text, Loader=_LOADER)
        if node is not None:
            _walk(node, "", None, found)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return found


class _Scan:
    """One pass over a JSON text. It trusts that the text is JSON: what isn't raises ValueError or IndexError."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.found: dict[str, Span] = {}

    def value(self, place: str, at: int, key: tuple[int, int] | None) -> int:
        """Note the value at an offset, and all within it; `key` is the stretch of its key. Returns its end."""
        begin = self._skip(at)
        if self._text[begin] == "{":
            end = self._members(place, begin + 1)
        elif self._text[begin] == "[":
            end = self._items(place, begin + 1)
        else:
            end = self._token(_STRING if self._text[begin] == '"' else _WORD, begin)
        nested = self._text[begin] in "{["
        start, told = key or (begin, begin + 1)
        self.found[place] = Span(start, told if nested else end, begin, end)
        return end

    def _members(self, place: str, at: int) -> int:
        at = self._skip(at)
        while self._text[at] != "}":
            end = self._token(_STRING, at)
            name = json.loads(self._text[at:end], strict=False)
            colon = self._skip(end)
            if self._text[colon] != ":":
                raise ValueError("no colon after a key")
            at = self._next(self.value(place + make_pointer([name]), colon + 1, (at, end)), "}")
        return at + 1

    def _items(self, place: str, at: int) -> int:
        at, number = self._skip(at), 0
        while self._text[at] != "]":
            at = self._next(self.value(f"{place}/{number}", at, None), "]")
            number += 1
        return at + 1

    def _next(self, at: int, closing: str) -> int:
        """The offset of the next member, or of the bracket that closes."""
        at = self._skip(at)
        if self._text[at] == closing:
            return at
        if self._text[at] != ",":
            raise ValueError("no comma between values")
        return self._skip(at + 1)

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def _token(self, kind: re.Pattern[str], at: int) -> int:
        found = kind.match(self._text, at)
        if found is None:
            raise ValueError("no value")
        return found.end()


def _walk(node: yaml.Node, place: str, key: yaml.Node | None, found: dict[str, Span]) -> None:
    """Note a YAML node and all within it. An alias is found where its anchor stands."""
    if len(found) >= _NODES_AT_MOST:
        raise ValueError("aliases multiply without end")
    begin, end = node.start_mark.index, node.end_mark.index
    nested = isinstance(node, yaml.CollectionNode)
    start = begin if key is None else key.start_mark.index
    told = end if not nested else start + 1 if key is None else key.end_mark.index
    found[place] = Span(start, max(told, start + 1), begin, end)
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            _walk(value, place + make_pointer([str(name.value)]), name, found)
    if isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _walk(value, f"{place}/{number}", None, found)
