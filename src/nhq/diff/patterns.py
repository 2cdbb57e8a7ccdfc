"""Regular expressions of schemas (ECMA-262) as Python's `re` spells them, and strings that match them."""

import random
import re
from functools import lru_cache

_EXAMPLES_AT_MOST = 60
_TOKENS = re.compile(r"\\.|\(\?<(?![=!])|.", flags=re.DOTALL)
# ECMA's classes are ASCII and its `$` is the very end.
_OUTSIDE = {
    "$": r"\Z",
    "(?<": "(?P<",
    r"\d": "[0-9]",
    r"\w": "[A-Za-z0-9_]",
    r"\D": "[^0-9]",
    r"\W": "[^A-Za-z0-9_]",
}
_INSIDE = {r"\d": "0-9", r"\w": "A-Za-z0-9_", "[": r"\["}


def python_pattern(pattern: str) -> str:
    """An ECMA-262 pattern in Python's spelling. Raises re.error for one that Python has no words for."""
    made: list[str] = []
    inside = False
    for token in _TOKENS.findall(pattern):
        made.append((_INSIDE if inside else _OUTSIDE).get(token, token))
        inside = token != "]" if inside else token == "["
    text = "".join(made)
    re.compile(text)
    return text


@lru_cache(maxsize=512)
def matching_strings(pattern: str) -> tuple[str, ...]:
    """Some strings that match, short ones first, the same in every run; none where none is found in a few tries."""
    # Imported late: a comparison without patterns doesn't need it, and it takes long to import.
    import hypothesis
    from hypothesis import strategies
    from hypothesis.errors import HypothesisException

    try:
        compiled = re.compile(python_pattern(pattern))
    except (re.error, ValueError):
        return ()
    seen: set[str] = set()

    def collect(text: str) -> bool:
        seen.add(text)
        return False

    settings = hypothesis.settings(
        max_examples=_EXAMPLES_AT_MOST,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    for strategy in (strategies.from_regex(compiled, fullmatch=True), strategies.from_regex(compiled)):
        try:
            hypothesis.find(strategy, collect, settings=settings, random=random.Random(0))
        except HypothesisException:
            continue
    return tuple(sorted(seen, key=lambda text: (len(text), not text.isascii(), text)))
