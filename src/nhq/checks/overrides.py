"""Message overrides, judged one answer at a time."""

from collections.abc import Iterator

from nhq.checks.context import CheckContext, judges, listed_rows
from nhq.checks.identity import all_name
from nhq.model import Observation


@judges("OVR-SAME-IDS")
def overrides_name_their_campaign_and_lead(seen: CheckContext) -> Iterator[Observation]:
    """«to one lead for specific message slots in a campaign»: both are those of the path, the lead by the lead's id."""
    if seen.operation.id != "save_message_overrides" or not seen.exchange.ok:
        return
    for parameter in ("campaign_id", "lead_id"):
        yield from all_name(seen, "OVR-SAME-IDS", listed_rows(seen), parameter, parameter)
