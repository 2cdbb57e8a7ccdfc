"""Known secrets are taken out of whatever is written, in every usual spelling of them.

A text is folded first (case, percent, backslash and entity escapes undone) and searched for each secret as it is, in
Base64 at any alignment, and in hexadecimal. What was found is cut out of the text as it stood. A `Masker` is pure; it
stands where results are made (`nhq.run.record`), where a journal or a cassette is written, and before what a terminal
shows (`masked_output`).
"""

import re
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any, TextIO

#: What stands where a secret stood. It needs no escape in JSON, YAML, XML or a shell's quotes.
MASK = "‹secret›"
#: A shorter secret can't be told from ordinary words and numbers, and is not looked for.
SHORTEST = 8
_ESCAPES = re.compile(
    r"%(?:25)*([0-9a-f]{2})|\\+u00([0-9a-f]{2})|\\+x([0-9a-f]{2})|&#x0*([0-9a-f]{2});|&#0*(\d{2,3});"
    r"|&(amp|lt|gt|quot|apos);|\\+([\"'/])|(\\)\\*",
    re.IGNORECASE,
)
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_BASE64 = re.compile(r"[A-Za-z0-9+/_=-]")


class Masker:
    """Takes a target's secrets out of texts and JSON values. The same text is masked the same way each time."""

    def __init__(self, secrets: Iterable[str]) -> None:
        words = {part for secret in secrets for part in (secret, *secret.split()) if len(part) >= SHORTEST}
        self._plain = tuple(sorted({_lower(form) for word in words for form in _written(word)}))
        self._hidden = tuple(sorted({form for word in words for form in _encoded(word)}))

    def holds(self, value: str) -> bool:
        """Is there a secret in it?"""
        return bool(self._spans(value))

    def text(self, value: str) -> str:
        """The text without any secret."""
        spans = self._spans(value)
        for start, end in reversed(spans):
            value = value[:start] + MASK + value[end:]
        return value

    def value(self, value: Any) -> Any:
        """A JSON value of ours without any secret in its texts; the names of its members are ours, and stay."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: self.value(inner) for name, inner in value.items()}
        return [self.value(inner) for inner in value] if isinstance(value, list | tuple) else value

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Where secrets stand, in order; none overlap."""
        folded = _folded(text)
        found = [n for n in (*self._plain, *self._hidden) if n in folded]
        if not found:
            return []
        places = _places(text)
        spans = []
        for needle in found:
            for at in _all(folded, needle):
                span = places[at][0], places[at + len(needle) - 1][1]
                spans.append(_widened(text, *span) if needle in self._hidden else span)
        return _merged(spans)


@lru_cache(64)
def masker_of(secrets: tuple[str, ...]) -> Masker:
    """The masker for these secrets."""
    return Masker(secrets)


# --- spelling ---------------------------------------------------------------------------------------------------


def _lower(text: str) -> str:
    """In small letters, as long as before."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _plainly(found: re.Match[str]) -> str:
    """What an escape stands for: always one character."""
    *codes, decimal, named, sign, backslash = found.groups()
    code = next((int(digits, 16) for digits in codes if digits), int(decimal) if decimal else 0)
    return chr(code).lower()[0] if code else _NAMED.get(named or "", sign or backslash or " ")


def _folded(text: str) -> str:
    small = _lower(text)
    return _ESCAPES.sub(_plainly, small) if any(sign in small for sign in "%\\&") else small


def _places(text: str) -> list[tuple[int, int]]:
    """For each character of the folded text, where what it stands for begins and ends in the text."""
    places, last = list[tuple[int, int]](), 0
    for found in _ESCAPES.finditer(_lower(text)):
        places += ((at, at + 1) for at in range(last, found.start()))
        places.append(found.span())
        last = found.end()
    return [*places, *((at, at + 1) for at in range(last, len(text)))]


def _written(word: str) -> Iterator[str]:
    """The secret as it is, with the blanks of a form, and as the bytes that a URL's escapes stand for."""
    yield word
    yield word.replace(" ", "+")
    yield word.encode("utf-8", "surrogatepass").decode("latin-1")


def _encoded(word: str) -> Iterator[str]:
    """The secret inside a Base64 text, whatever stands before it, and in hexadecimal; in small letters."""
    raw = word.encode("utf-8", "surrogatepass")
    yield raw.hex()
    for before, spoilt in ((0, 0), (1, 2), (2, 3)):
        whole = (before + len(raw)) * 8 // 6  # characters that what follows can't change
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(b"\0" * before + raw).decode()[spoilt:whole].lower()


# --- spans ------------------------------------------------------------------------------------------------------


def _all(text: str, needle: str) -> Iterator[int]:
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + 1)


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """The whole run of Base64 around a find: the characters beside it hold bits of the secret too."""
    while start and _BASE64.match(text[start - 1]):
        start -= 1
    while end < len(text) and _BASE64.match(text[end]):
        end += 1
    return start, end


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


# --- the terminal -----------------------------------------------------------------------------------------------

_LEARNT: dict[str, None] = {}
_DOUBTED: dict[str, None] = {}


def learn_secrets(secrets: Iterable[str]) -> None:
    """From now on these are masked in what this process shows, where `masked_output` is in force."""
    _LEARNT.update(dict.fromkeys(secrets))


def mark_unmaskable(names: Iterable[str]) -> None:
    """The secrets in these environment variables are too much like ordinary words to be masked."""
    _DOUBTED.update(dict.fromkeys(names))


def unmaskable_variables() -> list[str]:
    """The variables whose secrets this process doesn't mask."""
    return list(_DOUBTED)


class MaskedStream:
    """A text stream that shows no secret that was learnt. Lines are held until they are whole, or flushed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._held = stream, ""

    def write(self, text: str) -> int:
        """Take a text; what ends a line goes on."""
        self._held += text
        whole = max(self._held.rfind("\n"), self._held.rfind("\r")) + 1
        self._pass_on(whole)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Take several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Pass everything on."""
        self._pass_on(len(self._held))
        self._stream.flush()

    def _pass_on(self, count: int) -> None:
        ready, self._held = self._held[:count], self._held[count:]
        if ready:
            self._stream.write(masker_of(tuple(_LEARNT)).text(ready))

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":  # who wrote bytes there would go past the mask
            raise AttributeError(name)
        return getattr(self._stream, name)


def mask_output() -> None:
    """For the rest of this process, stdout and stderr show no secret that was learnt."""
    for name in ("stdout", "stderr"):
        if (stream := getattr(sys, name)) is not None:
            setattr(sys, name, MaskedStream(stream))


@contextmanager
def masked_output() -> Iterator[None]:
    """Within the block, stdout and stderr show no secret that was learnt."""
    before = sys.stdout, sys.stderr
    _LEARNT.clear()
    _DOUBTED.clear()
    mask_output()
    try:
        yield
    finally:
        for masked in filter(None, (sys.stdout, sys.stderr)):
            with suppress(OSError, ValueError):  # a full disk, a closed pipe: who runs us has met them before
                masked.flush()
        sys.stdout, sys.stderr = before
