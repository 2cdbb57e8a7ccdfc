"""Words of the changed document that nothing accounts for: listed with a reason, or made rules not judged yet."""

import re
from collections import Counter
from dataclasses import replace
from difflib import SequenceMatcher

from nhq.adopt import toml_blocks
from nhq.adopt.proposal import Draft
from nhq.contract.alignment import Alignment
from nhq.contract.contract import Contract
from nhq.contract.definitions import Place
from nhq.contract.pointers import pointer_tokens, resolve_pointer
from nhq.contract.quote_survival import owner_of
from nhq.contract.sentences import Sentence
from nhq.contract.trace import Informative, load_informative, trace_pieces

LISTED = "contracts/informative.toml"
NOBODY = "nobody has written yet how it is judged"
_ALIKE = 0.5
_TITLE_MOST = 125
_REASONS = (
    (re.compile(r"/examples/[^/]+/summary$"), "title of an example"),
    (re.compile(r"^/paths/[^/]+/[^/]+/summary$"), "title of an operation; its description says what is promised"),
    (re.compile(r"/responses/[^/]+/description$"), "names an answer; its schema says what is promised"),
    (re.compile(r"^/tags/"), "introduces the API; what it names is promised below, operation by operation"),
)
_SMALL = {"a", "an", "the", "of", "in", "to", "and", "or", "is", "are", "by", "for", "with", "its", "that", "each"}


def adopt_sentences(draft: Draft, aligned: Alignment, contract: Contract) -> None:
    """Account for every word, as `quoted` leaves them: texts that were listed in other words, and new ones."""
    head, *tables = toml_blocks.split_blocks(draft.text(LISTED), "text")
    rows = [_placed(row, aligned) for row in load_informative(draft.root / LISTED)]
    new, stale = trace_pieces(contract.document, places_of_draft(draft), rows)
    gone = set(stale)
    written: list[str] = []
    for block, row in zip(tables, rows, strict=True):
        left = tuple(place for place in row.at if (row.text, place) not in gone)
        successor = None if left else _successor(row, new)
        text = block
        if successor is not None:
            new.remove(successor)
            left, text = (successor.pointer,), toml_blocks.with_value(block, "text", successor.text)
        if left:
            former = tuple(toml_blocks.block_row(text)["at"])
            written.append(text if former == left else toml_blocks.with_value(text, "at", list(left)))
    listed = [_listing(piece, reason) for piece in new if (reason := _reason(piece))]
    draft.texts[LISTED] = head + "".join(written).rstrip("\n") + "\n" + "".join(listed)
    for piece in [piece for piece in new if not _reason(piece)]:
        _rule(draft, contract, piece)


def places_of_draft(draft: Draft) -> list[Place]:
    """Every place that the rules of a draft quote."""
    found = []
    for name, text in draft.texts.items():
        if name.startswith("contracts/rules/"):
            for block in toml_blocks.split_blocks(text, "rule")[1:]:
                row = toml_blocks.block_row(block)
                found += [Place(place["pointer"], place["quote"]) for place in (row, *row.get("also", []))]
    return found


def _placed(row: Informative, aligned: Alignment) -> Informative:
    return replace(row, at=tuple(aligned.place(place) or place for place in row.at))


def _successor(row: Informative, new: list[Sentence]) -> Sentence | None:
    """The new words that stand where a listed text stood and are most like it."""
    there = [piece for piece in new if piece.pointer in row.at]
    best = max(there, key=lambda piece: _likeness(piece.text, row.text), default=None)
    return best if best is not None and _likeness(best.text, row.text) >= _ALIKE else None


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _reason(piece: Sentence) -> str:
    return next((reason for pattern, reason in _REASONS if pattern.search(piece.pointer)), "")


def _listing(piece: Sentence, reason: str) -> str:
    fields = {"text": piece.text, "at": [piece.pointer], "reason": reason}
    return "\n[[text]]\n" + "".join(
        f"{name} = {toml_blocks.dump_value(name, value)}\n" for name, value in fields.items()
    )


def _rule(draft: Draft, contract: Contract, piece: Sentence) -> None:
    """A rule for new words, at the end of its area's file; nobody judges it before a check or a scenario is written."""
    if piece.text not in str(resolve_pointer(contract.document, piece.pointer)):
        draft.leave(f"new words at {piece.pointer} that can't be quoted as they stand: «{piece.text}»")
        return
    owner = owner_of(piece.pointer, contract.operations)
    area = _area(contract, owner, piece)
    name = f"contracts/rules/{area}.toml"
    title = piece.text if len(piece.text) <= _TITLE_MOST else piece.text[: _TITLE_MOST - 1] + "…"
    fields = {
        "id": _ident(draft, area, piece.text),
        "title": f"{title[0].upper()}{title[1:]}".rstrip("."),
        "pointer": piece.pointer,
        "quote": piece.text,
        "level": "must" if re.search(r"\b(must|returns?|requires?|always|never) ", piece.text, re.I) else "should",
        "area": area,
        "operations": [owner] if owner is not None else ["*"],
        "scope": "scenario",
        "unjudged": NOBODY,
    }
    block = "\n[[rule]]\n" + "".join(f"{key} = {toml_blocks.dump_value(key, value)}\n" for key, value in fields.items())
    draft.texts[name] = draft.text(name).rstrip("\n") + "\n" + block
    draft.leave(f"rule {fields['id']}: new words; write what judges it, or list them in informative.toml with a reason")


def _area(contract: Contract, owner: str | None, piece: Sentence) -> str:
    """The area that most rules below the same operation, path or text are of."""
    near = [rule.area for rule in contract.rules.values() if owner is not None and owner in rule.operations]
    path = pointer_tokens(piece.pointer)
    heads = [rule.area for rule in contract.rules.values() if pointer_tokens(rule.pointer)[:2] == path[:2]]
    special = [area for area in heads or near if area not in ("auth", "scopes", "ratelimit", "errors", "pagination")]
    return Counter(special or ["schema"]).most_common(1)[0][0]


def _ident(draft: Draft, area: str, text: str) -> str:
    words = [word for word in re.findall(r"[A-Za-z0-9]+", text.upper()) if word.lower() not in _SMALL]
    name = "-".join([area.upper(), *words[:4]]) if words else f"{area.upper()}-NEW"
    taken = {
        toml_blocks.block_row(b)["id"]
        for n, t in draft.texts.items()
        if "/rules/" in n
        for b in toml_blocks.split_blocks(t, "rule")[1:]
    }
    return next(n for n in (name, *(f"{name}-{number}" for number in range(2, 99))) if n not in taken)
