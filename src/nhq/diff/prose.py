"""What a change of words means: a value that machines read, a promise that a rule stands on, or words alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nhq.contract.pointers import quotable_text, resolve_pointer
from nhq.diff.change_records import ComparedDocument, DocumentChange
from nhq.diff.policy import TABLE
from nhq.diff.prose_alignment import Rewording, sentence_rewordings
from nhq.diff.sentence_facts import ValueTurn, worst_turn


@dataclass(frozen=True, slots=True)
class QuotedRule:
    """A rule of the contract as far as its words go: its id, and where it quotes what."""

    rule: str
    places: tuple[tuple[str, str], ...]


def compare_prose(
    base: ComparedDocument, head: ComparedDocument, promises: Iterable[QuotedRule]
) -> list[DocumentChange]:
    """Every changed sentence, judged. Without promises (a document that is not ours) all words are docs."""
    known = list(promises)
    is_ours = bool(known)
    return [_change(one, _touched(one, known, base, head), is_ours) for one in sentence_rewordings(base, head)]


def are_ours(document: ComparedDocument, promises: Iterable[QuotedRule]) -> bool:
    """Is a document the one that the rules were written for: do most of their first quotes stand in it?"""
    known = [promise.places[0] for promise in promises if promise.places]
    standing = sum(_stands(document, *place) for place in known)
    return bool(known) and standing * 2 > len(known)


def _stands(document: ComparedDocument, at: str, quote: str) -> bool:
    try:
        return quote in quotable_text(resolve_pointer(document.content, at))
    except (LookupError, ValueError):
        return False


def _touched(
    one: Rewording, promises: list[QuotedRule], base: ComparedDocument, head: ComparedDocument
) -> tuple[str, ...]:
    """Rules whose quote has gone with the sentence; where none has, all that stand on it."""
    on_it = list(_standing(one, promises))
    gone = [rule for rule, quote in on_it if not _says(head, one.head_at, quote) or not _says(base, one.base_at, quote)]
    return tuple(dict.fromkeys(gone or [rule for rule, _ in on_it]))


def _standing(one: Rewording, promises: list[QuotedRule]) -> Iterator[tuple[str, str]]:
    """Rules with a quote that overlaps the sentence, as it was or as it is now (a rule may be adopted already)."""
    for promise in promises:
        for at, quote in promise.places:
            words = " ".join(quote.split())
            if at in (one.base_at, one.head_at) and any(_overlaps(words, said) for said in (one.before, one.after)):
                yield promise.rule, words


def _overlaps(quote: str, sentence: str) -> bool:
    """Do a quote and a sentence share words in a row? A quote may reach over several sentences, or be part of one."""
    if not sentence:
        return False
    return (
        quote in sentence or sentence in quote or any(part in sentence for part in quote.split(". ") if len(part) > 20)
    )


def _says(document: ComparedDocument, at: str, words: str) -> bool:
    try:
        return words in " ".join(quotable_text(resolve_pointer(document.content, at)).split())
    except (LookupError, ValueError):
        return False


def _change(one: Rewording, rules: tuple[str, ...], is_ours: bool) -> DocumentChange:
    turn = worst_turn(one.before, one.after) if is_ours and one.after and (rules or not one.before) else None
    rule = _rule(one, rules, turn[0] if turn else None)
    row = TABLE[rule]
    said = turn[1] if turn and rule.startswith("prose-value") else ""
    words = row.words.format(name=said)
    return DocumentChange(
        rule=rule,
        level=row.level,
        operations=(one.operation,) if one.operation else (),
        pointer=one.head_at if one.after else one.base_at,
        before=one.before or "none",
        after=one.after or "none",
        message=words,
        where="prose",
        gone=not one.after,
        rules=rules,
        keys=((one.operation, "prose"),) if one.operation else (),
    )


def _rule(one: Rewording, rules: tuple[str, ...], turn: ValueTurn | None) -> str:
    if turn is not None:
        if not one.before and turn is ValueTurn.WIDER:
            return "prose-words"
        return "prose-value-wider" if turn is ValueTurn.WIDER else "prose-value"
    if not rules:
        return "prose-words"
    return "prose-promise" if one.after else "prose-promise-removed"
