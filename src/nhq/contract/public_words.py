"""The words that tell nothing of a person: those of the published contract, and those that every API uses.

A code, a field's name or a status is shown when it is made of them. A name, a company or a message is not.
"""

import re
from functools import lru_cache

from nhq import paths
from nhq.masking import SHORTEST

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_ANY_LETTERS = re.compile(r"[^\W\d_]+")
_USUAL = """
    abort absent accept access already api app array attempt auth authentication authorization bad batch body
    boolean busy cannot character client closed conflict connection content copy count cursor data database date
    dead default denied deprecated detail disabled duplicate empty entity entry error exceeded exception exists
    expired failed failure fatal fault forbidden format found gateway gone header id implemented inactive input
    integer internal invalid item json key large length limit limited locked long malformed many match max maximum
    media message method min minimum missing must name not null number object ok out page parameter params parse
    pass path pending permission permitted present provider quota range rate reached read readable ready reason
    refused rejected request required resource result retry revoked schema scope server service short size start
    state status string success suspended syntax target temporarily temporary throttled time timeout token too type
    unauthorized unavailable undefined unexpected unique unknown unprocessable unsupported unverified upstream url
    user valid validation value version waiting write wrong
"""


@lru_cache(1)
def public_words() -> frozenset[str]:
    """Every word of the contract's document, and the usual ones, in small letters."""
    text = paths.openapi_file().read_text("utf-8", "replace")
    return frozenset(word.lower() for word in [*_WORD.findall(text), *_USUAL.split()])


@lru_cache(4096)
def only_public_words(text: str) -> bool:
    """Is every word in this text one of them? Words are parted by anything but letters, and by capitals within."""
    return all(_known(found) for found in _ANY_LETTERS.findall(text))


def is_too_plain(secret: str) -> bool:
    """Is a secret so short, or so much like the contract's own words, that a mask would hide everything but it?"""
    return len(secret) < SHORTEST or (not re.search(r"\d", secret) and only_public_words(secret))


def _known(letters: str) -> bool:
    vocabulary = public_words()
    return letters.lower() in vocabulary or (
        "".join(parts := _WORD.findall(letters)) == letters and all(part.lower() in vocabulary for part in parts)
    )
