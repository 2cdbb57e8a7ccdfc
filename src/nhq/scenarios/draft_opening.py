"""On a target that can't be restored, a run starts one draft, stores what that showed, and reuses it."""

import random
from collections.abc import Iterable
from dataclasses import dataclass

from nhq.client.api import Api, Crawl
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange
from nhq.scenarios.inventory import Inventory, Row
from nhq.scenarios.payloads import unique_word, valid_body
from nhq.scenarios.steps import (
    campaign_leads,
    import_into,
    lead_ids,
    look_until,
    named_startable,
    new_lead,
    read_members,
    read_whole_list,
    run_action,
    startable_draft,
)

PLACE = "opening"  # in World.venues
BEFORE = "started before"  # there too: the campaigns that this run started before it was stopped and taken up again
AT_WORK = ("paused", "started")  # states that a campaign can be taken back to, the best to begin with first


@dataclass(frozen=True, slots=True)
class Opening:
    """A draft with a lead of our own in its source list, its start, and what was seen before and after.

    `before` and `after` are all campaigns, `already` and `enrolled` the draft's campaign leads, `wanted` the ids of
    its source list's members before the start, `members` its members afterwards. `overridden` answers `messages`,
    which were saved for our lead while the campaign was a draft.
    """

    campaign: str
    lead: str
    already: frozenset[str]
    wanted: frozenset[str]
    before: Crawl
    messages: list[Row]
    overridden: Exchange
    start: Exchange
    after: Crawl
    enrolled: Crawl
    members: Crawl


def open_draft(api: Api, world: Inventory, rng: random.Random) -> Opening:
    """The start of this run's draft, kept from its first use on.

    Raises PreconditionNotMet if no named draft is left, and in a resumed run that had started one before: what that
    start showed is not stored, and no second draft is used.
    """
    if PLACE not in world.venues and world.venues.get(BEFORE):
        raise PreconditionNotMet("no draft that this run may still start: it did before it was stopped")
    while PLACE not in world.venues:
        made = _open(api, startable_draft(api, world, largest=True), rng)
        if not _taken(made):
            world.venues[PLACE] = made
    found: Opening = world.venues[PLACE]
    return found


def _open(api: Api, row: Row, rng: random.Random) -> Opening:
    campaign, source = str(row["id"]), row["leadList"]["id"]
    already = frozenset(lead_ids(campaign_leads(api, campaign)))
    lead = import_into(api, source, new_lead(rng))
    wanted = frozenset(look_until(api.session, lambda: read_members(api, source), lambda seen: lead in seen.ids).ids)
    sent = valid_body("save_message_overrides", unique_word(rng))
    overridden = api.call("save_message_overrides", path={"campaign_id": campaign, "lead_id": lead}, json=sent)
    before = read_whole_list(api, "list_campaigns")
    start = run_action(api, campaign, "start")
    after = look_until(
        api.session, lambda: read_whole_list(api, "list_campaigns"), lambda rows: _begun(rows, campaign, start)
    )
    enrolled = look_until(
        api.session,
        lambda: campaign_leads(api, campaign),
        lambda rows: not start.ok or wanted <= set(lead_ids(rows)),
    )
    now = read_members(api, source)
    return Opening(campaign, lead, already, wanted, before, sent["messages"], overridden, start, after, enrolled, now)


def _taken(made: Opening) -> bool:
    """Did somebody else start the draft first? Then our start was refused, and the campaign is no draft any more."""
    states = [row["status"] for row in made.after.items if row["id"] == made.campaign]
    return made.start.status == 409 and "draft" not in states


def _begun(rows: Crawl, campaign: str, start: Exchange) -> bool:
    """Is a campaign shown in another state than draft? After a refused start there is nothing to wait for."""
    return not start.ok or any(row["id"] == campaign and row["status"] != "draft" for row in rows.items)


def at_work(api: Api, world: Inventory, rng: random.Random) -> Row:
    """A started or paused campaign that its owner named for such use: this run's, one of an earlier run, or a new one.

    Raises PreconditionNotMet where there is none and no draft is left either.
    """
    if found := _at_work(read_whole_list(api, "list_campaigns").items, _names(api, world)):
        return found
    ident = open_draft(api, world, rng).campaign
    if found := _at_work(read_whole_list(api, "list_campaigns").items, [ident]):
        return found
    raise PreconditionNotMet("no campaign named in [given] that is started or paused")


def _names(api: Api, world: Inventory) -> list[str]:
    own: Opening | None = world.venues.get(PLACE)
    paused = api.target.given.get("campaign_paused")
    before: list[str] = world.venues.get(BEFORE, [])
    return [*([own.campaign] if own else []), *before, *named_startable(api), *([paused] if paused else [])]


def _at_work(rows: Iterable[Row], names: list[str]) -> Row | None:
    """The first of the named ones that is at work; this run's own before paused ones before started ones."""
    fit = [row for row in rows if row["id"] in names and row["status"] in AT_WORK and row["leadList"]]
    return min(fit, key=lambda row: (AT_WORK.index(row["status"]), names.index(row["id"])), default=None)


def pause_if_running(api: Api, campaign: str) -> None:
    """Pause a running campaign: we leave no campaign running."""
    if any(
        row["id"] == campaign and row["status"] == "started" for row in read_whole_list(api, "list_campaigns").items
    ):
        run_action(api, campaign, "pause")
