"""Others act in the workspace while the suite runs: each act alone, all together, or any of them by name."""

import math
from collections.abc import Collection, Iterator
from itertools import combinations

from nhq.errors import ConfigError
from nhq.mutation.faults.fault import Around
from nhq.mutation.variants.acts import ACTS, acting_others
from nhq.mutation.variants.variant import Variant, variants_of_area

take = variants_of_area("others", "lifecycle", "lists", "leads", "search", "conversations", "pagination")

QUESTION = "others-act"
EVERY = 25  # one request in so many finds that somebody has acted just before it
SEED = 20261128
PREFIX = "others:"
TOGETHER = "all of these"

SENTENCES = {
    "pause": ("lets-others-pause", "Somebody pauses running campaigns."),
    "resume": ("lets-others-resume", "Somebody resumes paused campaigns."),
    "end": ("lets-others-end", "Campaigns are ended by somebody, or by their schedule."),
    "count": ("lets-others-count", "Figures of campaigns grow by what happens meanwhile."),
    "rename": ("lets-others-rename", "Somebody renames campaigns and lists, and gives leads other titles."),
    "delete": ("lets-others-delete", "Somebody deletes lead lists."),
    "import": ("lets-others-import", "Somebody imports leads into lists of theirs."),
    "reply": ("lets-others-reply", "Leads reply in conversations."),
    "read": ("lets-others-read", "Somebody reads conversations, and marks them unread again."),
    "enrich": ("lets-others-enrich", "Somebody enriches leads, and spends credits."),
    "logout": ("lets-others-log-out", "Sessions of accounts end, and what they send for is paused."),
}


def others_who_act(names: Collection[str], seed: int) -> Variant:
    """The variant in which others do these acts, by the chance of a seed. Raises ConfigError for an unknown act."""
    unknown = sorted(set(names) - ACTS.keys())
    if unknown or not names:
        raise ConfigError(f"no act {', '.join(unknown)} of others; known are {', '.join(ACTS)}")
    whole = set(names) == ACTS.keys()
    ident = f"{PREFIX}{'all' if whole else '+'.join(names)}:{seed}"
    choice = Around(acting_others(names, seed, EVERY))
    takes = TOGETHER if whole or len(names) > 1 else f"they {next(iter(names))}"
    sentence = f"Others act: {', '.join(names)}."
    return take(ident, sentence, QUESTION, takes, shared=True, meanwhile=choice)


def variant_named(ident: str) -> Variant:
    """The variant of an id such as `others:pause+delete:7` or `others:all:7`. Raises ConfigError for another."""
    words, _, seed = ident.removeprefix(PREFIX).partition(":")
    if not seed.isdecimal():
        raise ConfigError(f"{ident}: give {PREFIX}ACT+ACT:SEED, or {PREFIX}all:SEED")
    return others_who_act(list(ACTS) if words == "all" else words.split("+"), int(seed))


def covering_sets(seed: int) -> Iterator[Variant]:
    """All acts, then sets of them: of any two acts both are done in one set, and each without the other in another.

    A covering array of strength two (without the row in which nobody acts): each act has a column of its own, and is
    done in a bare majority of the rows. Two such columns share a row, and neither holds the other.
    """
    rows = next(n for n in range(3, 40) if math.comb(n, n // 2 + 1) >= len(ACTS))
    columns = dict(zip(ACTS, combinations(range(rows), rows // 2 + 1), strict=False))
    yield others_who_act(list(ACTS), seed)
    for row in range(rows):
        yield others_who_act([name for name, on in columns.items() if row in on], seed + row + 1)


def by_seeds(first: int, count: int) -> list[Variant]:
    """So many seeds from the first on: of all acts together; and once, by the first, each two of them."""
    every = [others_who_act(list(ACTS), seed) for seed in range(first, first + count)]
    return [*every, *list(covering_sets(first))[1:]] if every else []


VARIANTS = (
    *(
        take(
            ident, sentence, QUESTION, f"they {name}", shared=True, meanwhile=Around(acting_others([name], SEED, EVERY))
        )
        for name, (ident, sentence) in SENTENCES.items()
    ),
    take(
        "lets-others-do-all-they-may",
        "Others do all of this.",
        QUESTION,
        TOGETHER,
        shared=True,
        meanwhile=Around(acting_others(list(ACTS), SEED, EVERY)),
    ),
)
