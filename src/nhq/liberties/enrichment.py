"""Choices about enrichment and its credits."""

from nhq.liberties.liberty import area

take = area("enrichment")

LIBERTIES = (
    take(
        "charges-failed-attempts",
        "An attempt at which the provider fails costs a credit, and says so.",
        "failed-enrichment-charged",
        "yes",
        price=lambda status: int(status in {"enriched", "failed"}),
    ),
)
