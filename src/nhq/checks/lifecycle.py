"""Campaign actions and campaign leads, seen one answer at a time."""

from collections.abc import Iterator

from nhq.checks.one import all_name, the_one
from nhq.checks.seen import Seen, judges, rows
from nhq.model import Observation


@judges("CAMP-ACTION-ONE")
def action_answers_with_its_campaign(seen: Seen) -> Iterator[Observation]:
    """«Starts, pauses, or resumes one campaign»: the one of the path."""
    if seen.operation.id == "run_campaign_action":
        yield from the_one(seen, "CAMP-ACTION-ONE", "campaign_id")


@judges("CAMP-LEADS-THEIR-CAMPAIGN")
def campaign_leads_name_their_campaign(seen: Seen) -> Iterator[Observation]:
    """«Lists the leads enrolled in a campaign»: in this one."""
    if seen.operation.id == "list_campaign_leads" and seen.exchange.ok:
        yield from all_name(seen, "CAMP-LEADS-THEIR-CAMPAIGN", rows(seen), "campaign_id", "campaign_id")
