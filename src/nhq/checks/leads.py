"""Single leads, judged one answer at a time."""

from collections.abc import Iterator

from nhq.checks.context import CheckContext, judges
from nhq.checks.identity import has_requested_id
from nhq.model import Observation


@judges("LEAD-SAME-ID")
def lead_is_the_one_asked_for(seen: CheckContext) -> Iterator[Observation]:
    """«Returns a single lead»: that of the path."""
    if seen.operation.id == "get_lead":
        yield from has_requested_id(seen, "LEAD-SAME-ID", "lead_id")
