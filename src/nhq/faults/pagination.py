"""Faults of pages and cursors."""

from nhq.faults.fault import family

plant = family("pagination")

FAULTS = (
    plant(
        "loses-one-between-pages",
        "The cursor stands one item too far: the first item of each later page is lost.",
        "PAGE-NO-GAPS",
        subtle="second page",
        next_position=lambda operation, page, found, more: found[len(page)] if more else None,
    ),
)
