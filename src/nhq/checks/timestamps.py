"""Things just created are dated now, and nothing is dated in the future, by the server's own clock."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from nhq.checks.context import CheckContext, judges
from nhq.checks.values import http_date, parse_instant
from nhq.model import Observation

RULE = "SCHEMA-CREATED-NOW"
#: Seconds by which a time may differ from the answer's Date: no two time zones are so far apart.
DAY = 86_400


#: Members that hold the time of a past event; plans (`next_action_at`) and birthdays are not among them.
_HAPPENED = re.compile(
    rb'"(?:created_at|createdAt|updated_at|updatedAt|sent_at|enrolled_at|performed_at|accepted_at|completed_at'
    rb"|enriched_at|profile_enriched_at|company_enriched_at|enrichment_requested_at|last_ran_at|last_action_at)"
    rb'"\s*:\s*"([^"]+)"'
)


@judges("SCHEMA-PAST")
def happened(seen: CheckContext) -> Iterator[Observation]:
    """Nothing that has happened is more than a day ahead of the answer's Date."""
    date = http_date(seen.exchange.headers.get("date"))
    told = _HAPPENED.findall(seen.exchange.body) if seen.exchange.ok and date is not None else []
    if date is None or not told:
        return
    today = datetime.fromtimestamp(date, UTC).date().isoformat().encode()
    late = [moment for moment in told if moment[:10] > today]  # usually few, and only these have to be parsed
    read = [parse_instant(moment.decode("utf-8", "replace")) for moment in late]
    odd = sum(moment is not None and moment > int(date) + DAY for moment in read)
    actual = f"{odd} of {len(told)} more than a day ahead of the answer's Date"
    yield seen.judged("SCHEMA-PAST", not odd, "nothing dated in the future", actual, "/data")


@judges("SCHEMA-CREATED-NOW")
def dated_now(seen: CheckContext) -> Iterator[Observation]:
    """A list or lead just created, and a message just sent, are dated now. Not judged if the answer has no Date."""
    date = http_date(seen.exchange.headers.get("date"))
    told = [moment for value in _dates(seen) if (moment := parse_instant(value)) is not None]
    if date is None or not told:
        return
    odd = sum(abs(moment - int(date)) > DAY for moment in told)
    actual = f"{odd} of {len(told)} more than a day away from the answer's Date"
    yield seen.judged(RULE, not odd, "dated with the present", actual, "/data")


def _dates(seen: CheckContext) -> Iterator[Any]:
    """The creation times of the things that this answer says were created."""
    data = seen.body.get("data") if seen.exchange.ok and isinstance(seen.body, dict) else None
    made = data if isinstance(data, list) else [data]
    if seen.operation.id == "create_lead_lists":
        yield from (_of(row, "created_at") for row in made)
    elif seen.operation.id == "import_leads" and isinstance(data, list):
        yield from (_of(_of(row, "lead"), "created_at") for row in made if _of(row, "result") == "created")
    elif seen.operation.id == "import_leads" and _of(seen.body, "result") == "created":
        yield _of(data, "created_at")
    elif seen.operation.id == "send_message":
        yield _of(_of(data, "message"), "sent_at")


def _of(value: Any, name: str) -> Any:
    """A member of an object; None for anything else."""
    return value.get(name) if isinstance(value, dict) else None
