"""Faults of enrichment and credits."""

from nhq.faults.fault import family

plant = family("enrichment")

FAULTS = (
    plant(
        "charges-two-credits",
        "A new enrichment takes two credits.",
        "ENRICH-BALANCE",
        on=("enrich_lead",),
        price=lambda status: 2 if status == "enriched" else 0,
    ),
)
