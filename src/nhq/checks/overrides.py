"""Message overrides, seen one answer at a time."""

from collections.abc import Iterator

from nhq.checks.one import all_name
from nhq.checks.seen import Seen, judges, rows
from nhq.model import Observation


@judges("OVR-ITS-OWN")
def overrides_name_their_campaign_and_lead(seen: Seen) -> Iterator[Observation]:
    """«to one lead for specific message slots in a campaign»: both are those of the path, the lead by the lead's id."""
    if seen.operation.id != "save_message_overrides" or not seen.exchange.ok:
        return
    for parameter in ("campaign_id", "lead_id"):
        yield from all_name(seen, "OVR-ITS-OWN", rows(seen), parameter, parameter)
