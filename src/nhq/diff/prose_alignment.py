"""Two documents' prose, sentence by sentence: which words changed, came or went, and where."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nhq.contract.pointers import make_pointer, pointer_tokens, resolve_pointer
from nhq.contract.sentences import document_sentences
from nhq.diff.change_records import ComparedDocument
from nhq.diff.document_operations import operations_by_key

_INDEX = re.compile(r"/\d+(?=/|$)")
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Rewording:
    """A sentence that changed: before and after ("" where it came or went), and the pointers of its texts."""

    before: str
    after: str
    base_at: str
    head_at: str
    operation: str = ""


@dataclass(frozen=True, slots=True)
class _Text:
    """The sentences of one description: where it is, and in whose terms it is compared."""

    at: str
    said: tuple[str, ...]


def sentence_rewordings(base: ComparedDocument, head: ComparedDocument) -> list[Rewording]:
    """Every sentence that changed, in the order of the head document. What stands in something that came or went as
    a whole is left out: an operation's words go with it."""
    old_names = operations_by_key(base)
    renamed: dict[str, str] = {}
    titles: dict[str, str] = {}
    for key, operation in operations_by_key(head).items():
        if key in old_names:
            renamed[operation.item.at] = old_names[key].item.at
            titles[old_names[key].node.at] = operation.title
    old, new = _texts(base.content, {}), _texts(head.content, renamed)
    found: list[Rewording] = []
    for key in [*new, *[key for key in old if key not in new]]:
        before, after = old.get(key, []), new.get(key, [])
        found += _compared(before, after, base, head, renamed)
    return [_titled(one, titles) for one in found]


def _titled(one: Rewording, titles: Mapping[str, str]) -> Rewording:
    for at, title in titles.items():
        if one.base_at.startswith(f"{at}/"):
            return Rewording(one.before, one.after, one.base_at, one.head_at, title)
    return one


def _texts(content: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, list[_Text]]:
    """Texts by pointer, indexes aside: an item that is inserted moves those behind it."""
    by_place: dict[str, list[str]] = {}
    for sentence in document_sentences(content):
        by_place.setdefault(sentence.pointer, []).append(sentence.text)
    found: dict[str, list[_Text]] = {}
    for at, said in by_place.items():
        found.setdefault(_INDEX.sub("/*", _in_terms(at, renamed)), []).append(_Text(at, tuple(said)))
    return found


def _in_terms(at: str, renamed: Mapping[str, str]) -> str:
    item = make_pointer(pointer_tokens(at)[:2])
    return renamed.get(item, item) + at[len(item) :] if item in renamed else at


def _compared(
    before: list[_Text], after: list[_Text], base: ComparedDocument, head: ComparedDocument, renamed: Mapping[str, str]
) -> Iterator[Rewording]:
    left = [text for text in before if text.said not in [other.said for other in after]]
    come = [text for text in after if text.said not in [other.said for other in before]]
    backwards = {there: here for here, there in renamed.items()}
    for index in range(max(len(left), len(come))):
        old = left[index] if index < len(left) else None
        new = come[index] if index < len(come) else None
        if old is not None and new is not None:
            yield from _sentences(old, new)
        elif old is not None and _stands(head, _in_terms(old.at, backwards)):
            yield from (Rewording(text, "", old.at, _in_terms(old.at, backwards)) for text in old.said)
        elif new is not None and _stands(base, _in_terms(new.at, renamed)):
            yield from (Rewording("", text, _in_terms(new.at, renamed), new.at) for text in new.said)


def _stands(document: ComparedDocument, at: str) -> bool:
    """Is there what the text was about?"""
    try:
        resolve_pointer(document.content, at.rpartition("/")[0])
    except (LookupError, ValueError):
        return False
    return True


def _sentences(old: _Text, new: _Text) -> Iterator[Rewording]:
    matcher = difflib.SequenceMatcher(None, old.said, new.said, autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind != "equal":
            pairs = _paired(list(old.said[i1:i2]), list(new.said[j1:j2]))
            yield from (Rewording(before, after, old.at, new.at) for before, after in pairs)


def _paired(gone: list[str], come: list[str]) -> Iterator[tuple[str, str]]:
    """Each sentence with the one it became: the most alike first; what is alike to none came or went."""
    alike = sorted(
        ((difflib.SequenceMatcher(None, a, b, autojunk=False).ratio(), a, b) for a in gone for b in come), reverse=True
    )
    became: dict[str, str] = {}
    for ratio, a, b in alike:
        if ratio >= _ALIKE and a not in became and b not in became.values():
            became[a] = b
    yield from ((text, became.get(text, "")) for text in gone)
    yield from (("", text) for text in come if text not in became.values())
