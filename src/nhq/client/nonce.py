"""The nonce of a run: it makes whatever the run creates new to the target, whatever earlier runs left there.

A test's choices depend on the seed alone. Its names, URLs and texts carry the nonce too, where there is one: else a
second run with one seed would meet what the first left behind, and take it for the server's doing.
"""

import random
import re
import secrets
from string import ascii_lowercase

from nhq.errors import ConfigError

LENGTH = 6
MARK = "nhq-"  # what all that a run writes begins with, so that a person finds and removes it
_FORM = re.compile(r"[a-z]{1,16}")


class Chance(random.Random):
    """Chance fixed by a seed, and the nonce that made-up words carry ("" on a target that is put back)."""

    nonce: str = ""


def chance_of(seed: str, nonce: str = "") -> Chance:
    """Chance for one test."""
    chance = Chance(seed)
    chance.nonce = nonce
    return chance


def new_nonce() -> str:
    """Letters that no other run has, as far as chance can tell."""
    return "".join(secrets.choice(ascii_lowercase) for _ in range(LENGTH))


def checked_nonce(word: str) -> str:
    """The nonce itself. Raises ConfigError for one that names and URLs can't hold."""
    if not _FORM.fullmatch(word):
        raise ConfigError(f"--nonce {word[:20]!r}: give up to 16 small letters, such as a record's `nonce`")
    return word
