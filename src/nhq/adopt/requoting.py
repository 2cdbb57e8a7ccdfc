"""A quote found again in a sentence that was written anew, and whether it still says the same."""

import re
from difflib import SequenceMatcher

_WORDS = re.compile(r"\w+|\W")
_ALIKE = 0.6
_LEAST = 0.4  # of a quote's words that must be there still
# Words that turn a promise round, by what they say: another count of any of these is another promise.
_TURNS = {
    **dict.fromkeys(("newest", "latest", "recent", "descending"), "new"),
    **dict.fromkeys(("oldest", "earliest", "ascending"), "old"),
    **dict.fromkeys(("not", "no", "never", "without", "cannot", "unless", "except"), "not"),
    **dict.fromkeys(("only", "exactly"), "only"),
    **dict.fromkeys(("every", "all", "each"), "every"),
    **dict.fromkeys(("insensitive",), "insensitive"),
    **dict.fromkeys(("sensitive",), "sensitive"),
    **dict.fromkeys(("or",), "or"),
    **dict.fromkeys(("before", "after", "first", "last", "optional", "required"), ""),
}


def requote(quote: str, before: str, after: str) -> str | None:
    """The words of `after` that stand where the quote stood in `before`; None where too few of them are left."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    start = before.find(quote)
    if start < 0:
        return None
    first = len(_WORDS.findall(before[:start]))
    last = first + len(_WORDS.findall(quote))
    bounds: list[int] = []
    kept = 0
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        low, high = max(i1, first), min(i2, last)
        if tag == "insert":
            bounds += [j1, j2] if first < i1 < last else []
        elif low < high and tag == "equal":
            bounds += [j1 + low - i1, j1 + high - i1]
            kept += sum(word.strip() != "" and word.isalnum() for word in old[low:high])
        elif low < high and tag == "replace":
            bounds += [j1, j2]
    found = "".join(new[min(bounds) : max(bounds)]).strip() if bounds else ""
    words = sum(word.isalnum() for word in old[first:last])
    alike = kept >= _LEAST * words or SequenceMatcher(None, quote, found).ratio() >= _ALIKE
    return found if found and alike else None


def same_meaning(before: str, after: str) -> bool:
    """Do two wordings differ in none of the words that turn a promise round? Numbers aside."""
    return _turns(before) == _turns(after)


def numbers_changed(before: str, after: str) -> list[tuple[str, str]]:
    """Numbers of the first text that are others in the second, in order; [] where their counts differ."""
    old, new = re.findall(r"\d+", before), re.findall(r"\d+", after)
    return [(a, b) for a, b in zip(old, new, strict=True) if a != b] if len(old) == len(new) else []


def with_numbers(text: str, changed: list[tuple[str, str]]) -> str:
    """A text with whole numbers put in place of others."""
    for before, after in changed:
        text = re.sub(rf"(?<![\w.-]){before}(?![\w.])", after, text)
    return text


def _turns(text: str) -> list[str]:
    words = re.findall(r"\w+", text.lower())
    return sorted(_TURNS[word] or word for word in words if word in _TURNS)
