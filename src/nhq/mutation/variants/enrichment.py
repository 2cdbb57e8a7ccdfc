"""Choices about enrichment and its credits."""

from nhq.mutation.variants.variant import every_other, variants_of_area

take = variants_of_area("enrichment")


VARIANTS = (
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
        provider_answer=every_other("enriched", "error", odd=True),
    ),
    take(
        "has-a-provider-that-errs-now-and-then",
        "The provider errs the second time, and every other time after: 502.",
        "documented-5xx",
        "502 and 503 where documented",
        provider_answer=every_other("enriched", "error", odd=False),
    ),
    take(
        "has-a-provider-that-fails-now-and-then",
        "The provider has nothing the second time, and every other time after.",
        "enrich-failed-or-502",
        "either, where the provider gives nothing",
        provider_answer=every_other("enriched", "failed", odd=False),
    ),
)
