"""Campaign actions and campaign leads, judged one answer at a time."""

from collections.abc import Iterator

from nhq.checks.context import CheckContext, judges, listed_rows
from nhq.checks.identity import all_name, has_requested_id, returned_object
from nhq.model import Observation


@judges("CAMP-ACTION-SAME-ID")
def action_answers_with_its_campaign(seen: CheckContext) -> Iterator[Observation]:
    """«Starts, pauses, or resumes one campaign»: the one of the path."""
    if seen.operation.id == "run_campaign_action":
        yield from has_requested_id(seen, "CAMP-ACTION-SAME-ID", "campaign_id")


@judges("CAMP-START-NEEDS-LIST", "CAMP-START-NEEDS-SENDER")
def started_with_what_it_needs(seen: CheckContext) -> Iterator[Observation]:
    """«`start` … requires a configured lead list, … LinkedIn sender account»: so the campaign that it returns has them.

    Reports violations only: scenarios show that a draft without them is refused.
    """
    wish = seen.request.get("action") if isinstance(seen.request, dict) else None
    campaign = returned_object(seen)
    if seen.operation.id != "run_campaign_action" or wish != "start" or campaign.get("status") != "started":
        return
    if campaign.get("leadList", "") is None:
        yield seen.broken("CAMP-START-NEEDS-LIST", "a started campaign with its lead list", "none", "/data/leadList")
    if campaign.get("linkedinAccounts") == []:
        where = "/data/linkedinAccounts"
        yield seen.broken("CAMP-START-NEEDS-SENDER", "a started campaign with a sender", "none", where)


@judges("CAMP-LEADS-THEIR-CAMPAIGN")
def campaign_leads_name_their_campaign(seen: CheckContext) -> Iterator[Observation]:
    """«Lists the leads enrolled in a campaign»: in this one."""
    if seen.operation.id == "list_campaign_leads" and seen.exchange.ok:
        yield from all_name(seen, "CAMP-LEADS-THEIR-CAMPAIGN", listed_rows(seen), "campaign_id", "campaign_id")
