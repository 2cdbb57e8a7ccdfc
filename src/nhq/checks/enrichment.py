"""Enrichment, judged one answer at a time: which lead, and whether it was charged. Balances need several answers."""

from collections.abc import Iterator

from nhq.checks.context import CheckContext, judges
from nhq.checks.identity import has_requested_id
from nhq.model import Observation

_CHARGED = {
    "enriched": ("ENRICH-ENRICHED-CHARGED", True),
    "already_enriched": ("ENRICH-ALREADY-FREE", False),
    "insufficient_credits": ("ENRICH-INSUFFICIENT-FREE", False),
}


@judges("ENRICH-SAME-ID")
def enrichment_answers_with_its_lead(seen: CheckContext) -> Iterator[Observation]:
    """«Enriches a lead's profile»: the lead of the path."""
    if seen.operation.id == "enrich_lead":
        yield from has_requested_id(seen, "ENRICH-SAME-ID", "lead_id")


@judges("ENRICH-ENRICHED-CHARGED", "ENRICH-ALREADY-FREE", "ENRICH-INSUFFICIENT-FREE")
def charge_fits_the_outcome(seen: CheckContext) -> Iterator[Observation]:
    """A newly enriched lead costs a credit, one enriched before or not paid for costs none. `failed` is open."""
    if seen.operation.id != "enrich_lead" or not seen.exchange.ok or not isinstance(seen.body, dict):
        return
    outcome = seen.body.get("enrichment")
    status = outcome.get("status") if isinstance(outcome, dict) else None
    if isinstance(outcome, dict) and status in _CHARGED and isinstance(outcome.get("charged"), bool):
        rule, charged = _CHARGED[status]
        expected = f"charged {str(charged).lower()} for {status}"
        yield seen.judged(rule, outcome["charged"] is charged, expected, "the opposite", "/enrichment/charged")
