"""POST /leads/{lead_id}/enrich."""

from msgspec.structs import replace

from nhq.mock.call import MockCall, MockReply, Refused
from nhq.mock.encoded_views import encode
from nhq.mock.wire_records import Company, Lead, iso_time


def enrich_lead(call: MockCall) -> MockReply:
    """Enrich unless enriched before; charge for new data only. 502 when the provider errors."""
    store, policies, ident = call.store, call.policies, call.ids[0]
    purse = policies.purse(call.operation.id, call.workspace)
    before = store.credits[purse]
    status = _outcome(call, store.leads[ident], before)
    cost = policies.price(status)
    store.credits[purse] = after = before - policies.taken(status, cost)
    if status == "error":
        raise Refused(502, "provider_error", "the enrichment provider had an error")
    _remember(call, ident, status)
    enrichment = {
        "status": status,
        "charged": policies.charged(status, cost),
        "credits_remaining": policies.credits_shown(before, after),
    }
    view = call.engine.views.lead(call.operation.id, store, ident)
    return MockReply(200, b'{"data":' + view + b',"enrichment":' + encode(enrichment) + b"}")


def _outcome(call: MockCall, lead: Lead, credits: int) -> str:
    """`already_enriched`, `insufficient_credits`, or the provider's answer."""
    policies, troubles = call.policies, call.engine.troubles
    if policies.is_enriched(lead) and (policies.can_pay(credits) or not policies.pays_first()):
        return "already_enriched"
    if not policies.can_pay(credits):
        return "insufficient_credits"
    flag = call.store.flags.get(lead.id, "")
    return policies.provider_answer(flag, "provider_errors" in troubles, "provider_fails" in troubles)


def _remember(call: MockCall, ident: str, status: str) -> None:
    """Store the result in the lead."""
    stamp, store = iso_time(call.policies.updated_moment("lead", call.now)), call.store
    lead = store.leads[ident]
    if call.policies.stores_enrichment(status):
        store.leads[ident] = _enriched(lead, stamp)
    elif status == "failed":
        store.leads[ident] = replace(lead, enrichment_failed=True, enrichment_requested_at=stamp, updated_at=stamp)


def _enriched(lead: Lead, stamp: str) -> Lead:
    """The lead with the provider's data; members that were set before stay."""
    name = lead.company or "Independent"
    return replace(
        lead,
        headline=lead.headline or f"{lead.job_title or 'Professional'} at {name}",
        summary=lead.summary or "Found by the enrichment provider.",
        profile_enriched_at=stamp,
        company_enriched_at=stamp,
        enrichment_requested_at=stamp,
        enrichment_failed=False,
        company_details=Company(id=f"company_of_{lead.id}", name=name, industry=lead.industry, enriched_at=stamp),
        updated_at=stamp,
    )
