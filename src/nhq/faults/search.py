"""Faults of search and filters."""

from nhq.faults.fault import family

plant = family("search")

FAULTS = (
    plant(
        "matches-any-term",
        "A lead that matches one term of the query is found: OR for AND.",
        "SEARCH-AND",
        on=("list_leads",),
        matches_query=lambda text, wanted: any(term in text for term in wanted),
    ),
)
