"""The three slots of a lead in a campaign whose texts can be overridden, and what an answer shows of them."""

import random
from dataclasses import dataclass
from typing import Any

from nhq.client.api import Api
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange
from nhq.scenarios.inventory import Inventory, Row, first_row
from nhq.scenarios.payloads import unique_word
from nhq.scenarios.steps import import_into, new_lead, read_whole_list, row_now

OVERRIDE_STAGES = ("ice_breaker", "follow_up_1", "follow_up_2")


@dataclass(frozen=True, slots=True)
class OverrideSlots:
    """A lead of our own in the source list of a campaign whose three slots can be overridden."""

    api: Api
    campaign: str
    source: str
    lead: str

    def put(self, messages: list[Row], lead: str = "") -> Exchange:
        """Save overrides, whatever comes back.

        Raises PreconditionNotMet if a completed campaign refuses them, as it may.
        """
        name, options = self.call(messages, lead)
        answer = self.api.call(name, **options)
        if answer.status == 409 and lead in ("", self.lead) and self.over:
            raise PreconditionNotMet("the campaign came to its end before an override was saved")
        return answer

    @property
    def over(self) -> bool:
        """Has the campaign come to its end (overrides-too-late)? Another test may have started it."""
        return bool(row_now(self.api, "list_campaigns", self.campaign)[0]["status"] == "completed")

    def call(self, messages: list[Row], lead: str = "") -> tuple[str, dict[str, Any]]:
        """The request that saves overrides."""
        path = {"campaign_id": self.campaign, "lead_id": lead or self.lead}
        return "save_message_overrides", {"path": path, "json": {"messages": messages}}


def override_slots(api: Api, world: Inventory, rng: random.Random) -> OverrideSlots:
    """A campaign that the target file names as startable, and a lead of our own there whose overrides are accepted.

    On a target that can't be put back, one lead per run.
    """
    if api.target.restorable or "slots" not in world.venues:
        world.venues["slots"] = _slots(api, world, rng)
    found: OverrideSlots = world.venues["slots"]
    return found


def _slots(api: Api, world: Inventory, rng: random.Random) -> OverrideSlots:
    wanted = world.given("campaign_startable")
    rows = [row for row in read_whole_list(api, "list_campaigns").items if row["leadList"]]
    row = first_row(
        (row for row in rows if row["id"] == wanted), "campaign with a source list by the name campaign_startable"
    )
    source = row["leadList"]["id"]
    found = OverrideSlots(api, row["id"], source, import_into(api, source, new_lead(rng)))
    if not any(
        found.put([override_entry(stage, unique_word(rng))]).ok for stage in OVERRIDE_STAGES
    ):  # else no refusal would prove anything
        raise PreconditionNotMet("no override that is accepted for a member of the source list")
    return found


def override_entry(stage: str, text: str, node: str = "send_message") -> Row:
    """One entry of the request."""
    return {"node_type": node, "message_stage": stage, "message": text}


def entries_of_stage(answer: Exchange, stage: str) -> list[Row]:
    """The entries of an answer for one slot."""
    return [row for row in saved_entries(answer) if row.get("message_stage") == stage]


def saved_entries(answer: Exchange) -> list[Row]:
    """The entries of an answer; none if it is no success."""
    try:
        data = answer.json()["data"] if answer.ok else []
    except (ValueError, KeyError, TypeError):
        return []
    return [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []


def compare_saved(answer: Exchange, sent: list[Row]) -> tuple[bool, str]:
    """Is each sent entry in the answer, once, with its text? And the difference in words."""
    unlike = [row["message_stage"] for row in sent if not _kept(entries_of_stage(answer, row["message_stage"]), row)]
    return not unlike and answer.ok, f"{answer.status}, not so for: {', '.join(unlike) or 'none'}"


def _kept(found: list[Row], sent: Row) -> bool:
    return len(found) == 1 and all(found[0].get(name) == value for name, value in sent.items())
