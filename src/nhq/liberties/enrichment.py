"""Choices about enrichment and its credits."""

from typing import Any

from nhq.faults.fault import Around
from nhq.liberties.liberty import area

take = area("enrichment")


def _every_other(odd: bool, instead: str) -> Around:
    """For `provider_answer`: another answer every other time, where the provider would have something."""

    def make(true: Any) -> Any:
        asked = 0

        def answer(flag: str, errors: bool, fails: bool) -> str:
            nonlocal asked
            told = str(true(flag, errors, fails))
            if told != "enriched":
                return told
            asked += 1
            return instead if asked % 2 == odd else told

        return answer

    return Around(make)


LIBERTIES = (
    take(
        "looks-at-credits-before-the-lead",
        "Without credits an enriched lead is answered insufficient_credits, too.",
        "credits-or-enriched-first",
        "credits first",
        pays_first=lambda: True,
    ),
    take(
        "charges-failed-attempts",
        "An attempt at which the provider fails costs a credit, and says so.",
        "failed-enrichment-charged",
        "yes",
        price=lambda status: int(status in {"enriched", "failed"}),
    ),
    take(
        "has-a-provider-that-errs-at-first",
        "The provider errs the first time, and every other time after: 502.",
        "documented-5xx",
        "502 and 503 where documented",
        provider_answer=_every_other(odd=True, instead="error"),
    ),
    take(
        "has-a-provider-that-errs-now-and-then",
        "The provider errs the second time, and every other time after: 502.",
        "documented-5xx",
        "502 and 503 where documented",
        provider_answer=_every_other(odd=False, instead="error"),
    ),
    take(
        "has-a-provider-that-fails-now-and-then",
        "The provider has nothing the second time, and every other time after.",
        "enrich-failed-or-502",
        "either, where the provider gives nothing",
        provider_answer=_every_other(odd=False, instead="failed"),
    ),
)
