"""Ids that exist, for each operation with ids in its path: found by reading, or named by the target file."""

import random
from collections.abc import Callable
from contextlib import suppress

from nhq.client.api import Api
from nhq.client.session import Session
from nhq.errors import PreconditionNotMet
from nhq.scenarios.draft_opening import PLACE
from nhq.scenarios.inventory import Inventory, Row, first_row
from nhq.scenarios.payloads import real_path
from nhq.scenarios.steps import import_into, new_lead, spare_list


def path_values(operation: str, api: Api, world: Inventory, rng: random.Random) -> dict[str, str]:
    """Values of an operation's path parameters. Raises PreconditionNotMet, naming what is missing."""
    row = api.operation(operation)
    if row.derived:
        return real_path(world, row.path)
    names = row.path_parameters
    return dict(zip(names, _FOUND[operation](api, world, rng), strict=True)) if names else {}


def lasting_filters(session: Session, world: Inventory) -> frozenset[str]:
    """Ids that filters may name beyond doubt; none if others use the target, who may delete these things."""
    return frozenset(known_filters(world).values() if session.target.undisturbed else ())


def known_filters(world: Inventory) -> dict[str, str]:
    """Values of filters that select something."""
    rows: dict[str, list[Row]] = {}
    for name, collection in (("list_ids", "lists"), ("linkedin_account_id", "accounts")):
        with suppress(PreconditionNotMet):  # a key that can't read them sends a request without that filter
            rows[name] = getattr(world, collection)
    return {"query": "a"} | {name: str(found[0]["id"]) for name, found in rows.items() if found}


def _startable(api: Api, world: Inventory, rng: random.Random) -> list[str]:
    """A campaign that can be started, so that a broken body is the only reason to refuse it.

    On a target that can't be put back, one that its owner named, because starting reaches people; preferably the one
    that this run has started and paused, so that no other draft is used up.
    """
    if not api.target.restorable and PLACE in world.venues:
        return [str(world.venues[PLACE].campaign)]
    if not api.target.restorable or "campaign_startable" in api.target.given:
        return [world.given("campaign_startable")]
    return [world.campaign("draft")["id"]]


def _crowded(api: Api, world: Inventory, rng: random.Random) -> list[str]:
    """A campaign with leads."""
    return [first_row(_running(world), "campaign with leads")["id"]]


def _running(world: Inventory) -> list[Row]:
    """Campaigns with leads. A draft may count those of its source list, who are not its own yet."""
    return [row for row in world.campaigns if row["totalLeads"] and row["status"] != "draft"]


def _overridable(api: Api, world: Inventory, rng: random.Random) -> list[str]:
    """A campaign and a lead whose overrides are accepted; where nothing is put back, a lead of our own."""
    if not api.target.restorable:
        return _own_override(api, world, rng)
    for campaign in _running(world)[:4]:
        page = api.ok("list_campaign_leads", path={"campaign_id": campaign["id"]}, query={"limit": 1})
        lead = next((row["lead_id"] for row in page.json()["data"] if row["lead_id"]), None)
        if lead is not None and _takes_overrides(api, campaign["id"], lead):
            return [campaign["id"], lead]
    raise PreconditionNotMet("no campaign lead whose messages can be overridden on the target")


def _own_override(api: Api, world: Inventory, rng: random.Random) -> list[str]:
    """The draft that the owner named, and a new lead in its source list: nobody's messages are touched."""
    wanted = world.given("campaign_startable")
    rows = (row for row in world.campaigns if row["id"] == wanted and row["leadList"])
    source = first_row(rows, "campaign with a source list by the name campaign_startable")["leadList"]["id"]
    return [wanted, import_into(api, source, new_lead(rng))]


def _takes_overrides(api: Api, campaign: str, lead: str) -> bool:
    slots = ("ice_breaker", "follow_up_1", "follow_up_2")
    messages = [{"node_type": "send_message", "message_stage": slot, "message": "Hello"} for slot in slots]
    path = {"campaign_id": campaign, "lead_id": lead}
    return api.call("save_message_overrides", path=path, json={"messages": messages}).ok


def _peopled(api: Api, world: Inventory, rng: random.Random) -> list[str]:
    """A list with members."""
    return [first_row((row for row in world.lists if row.get("lead_count")), "lead list with members")["id"]]


def _own_list(api: Api, world: Inventory, rng: random.Random) -> list[str]:
    """A list of our own, so that no other list is filled with generated leads."""
    return [spare_list(api, world, rng)]


def _lead(api: Api, world: Inventory, rng: random.Random) -> list[str]:
    """A lead."""
    return [first_row(world.leads, "lead")["id"]]


def _conversation(api: Api, world: Inventory, rng: random.Random) -> list[str]:
    """A conversation, preferably the one that the target file names."""
    given = api.target.given.get("conversation")
    return [given or first_row(world.conversations, "conversation")["id"]]


def _addressed(api: Api, world: Inventory, rng: random.Random) -> list[str]:
    """A conversation to send into; on a target that can't be put back, the one that its owner named for it."""
    return _conversation(api, world, rng) if api.target.restorable else [world.given("conversation")]


_FOUND: dict[str, Callable[[Api, Inventory, random.Random], list[str]]] = {
    "run_campaign_action": _startable,
    "list_campaign_leads": _crowded,
    "save_message_overrides": _overridable,
    "get_lead_list": _peopled,
    "list_members": _peopled,
    "import_leads": _own_list,
    "get_lead": _lead,
    "enrich_lead": _lead,
    "get_conversation": _conversation,
    "send_message": _addressed,
}
