"""Acts of others in a workspace while the suite runs: a person in the app, a schedule, another integration.

Each act changes one thing that a correct server may change without a request of ours. Things with the mark of a run are
not touched: the suite assumes that nobody else touches them (see ambiguities.toml).
"""

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from msgspec.structs import replace

from nhq.mock.operations.sending import append_message
from nhq.mock.policies import Policies
from nhq.mock.policies.lists import dedupe_key
from nhq.mock.store import Store, newest_first
from nhq.mock.wire_records import Campaign, Company, Lead, Message, iso_time
from nhq.mutation.variants.variant import make_dice

T = TypeVar("T")
Passing = Callable[[str, str, Store, float], None]
MARK = "nhq-"  # what our runs create bears it
USUAL = Policies()


@dataclass(frozen=True, slots=True)
class Scene:
    """One workspace at one moment, and the chance that chooses what is touched in it."""

    store: Store
    workspace: str
    now: float
    dice: random.Random

    def campaign(self, *states: str) -> Campaign | None:
        """A campaign in one of these states."""
        rows = [self.store.campaigns[row[2]] for row in self.store.listed("campaigns", self.workspace)]
        return self._one([row for row in rows if row.status in states])

    def lead_list(self) -> str | None:
        """A list that nobody's run made."""
        idents = [row[2] for row in self.store.listed("lists", self.workspace)]
        return self._one([ident for ident in idents if not self.store.lists[ident].name.startswith(MARK)])

    def lead(self) -> Lead | None:
        """A lead that nobody's run made."""
        rows = self.store.listed("leads", self.workspace)
        for _ in range(8):  # most are others' anyway, and there are a thousand
            lead = self.store.leads[self.dice.choice(rows)[2]] if rows else None
            if lead is not None and MARK not in f"{lead.linkedin_url} {lead.last_name}".casefold():
                return lead
        return None

    def conversation(self) -> str | None:
        """A conversation."""
        return self._one([row[2] for row in self.store.listed("conversations", self.workspace)])

    def number(self) -> int:
        """A number that nothing has yet."""
        return self.store.next_number()

    def _one(self, found: list[T]) -> T | None:
        return self.dice.choice(found) if found else None

    def turn(self, campaign: Campaign | None, **changes: Any) -> None:
        """Change a campaign, if there is one."""
        if campaign is not None:
            self.store.campaigns[campaign.id] = replace(campaign, updated_at=iso_time(self.now), **changes)


def pause_campaign(scene: Scene) -> None:
    """Pause a running campaign."""
    scene.turn(scene.campaign("started"), status="paused")


def resume_campaign(scene: Scene) -> None:
    """Resume a paused campaign."""
    scene.turn(scene.campaign("paused"), status="started")


def end_campaign(scene: Scene) -> None:
    """End a campaign that runs or is paused."""
    scene.turn(scene.campaign("started", "paused"), status="completed")


def count_actions(scene: Scene) -> None:
    """Count what a campaign has done: somebody replies although it is paused, too."""
    campaign = scene.campaign("started", "paused", "completed")
    if campaign is not None:
        sent = campaign.messages_sent + (campaign.status == "started")
        scene.turn(campaign, replies_received=campaign.replies_received + 1, messages_sent=sent)


def rename_something(scene: Scene) -> None:
    """Give a campaign, a list or a lead another name."""
    what, word = scene.dice.choice(("campaign", "list", "lead")), f"Renamed {scene.number()}"
    if what == "campaign":
        scene.turn(scene.campaign("draft", "started", "paused", "completed"), name=word)
    elif what == "list" and (ident := scene.lead_list()):
        _rename_list(scene, ident, word)
    elif (lead := scene.lead()) is not None:
        scene.store.leads[lead.id] = replace(lead, job_title=word, updated_at=iso_time(scene.now))


def _rename_list(scene: Scene, ident: str, word: str) -> None:
    """A list's new name, wherever it stands."""
    store = scene.store
    store.lists[ident] = replace(store.lists[ident], name=word, updated_at=iso_time(scene.now))
    store.remember_names(scene.workspace, [word])
    for campaign in list(store.campaigns.values()):
        if campaign.lead_list is not None and campaign.lead_list.id == ident:
            scene.turn(campaign, lead_list=replace(campaign.lead_list, name=word))


def delete_list(scene: Scene) -> None:
    """Delete a lead list; its leads stay, and campaigns have it no more."""
    store, ident = scene.store, scene.lead_list()
    if ident is None:
        return
    store.remove(
        "lists", scene.workspace, next(row for row in store.listed("lists", scene.workspace) if row[2] == ident)
    )
    for row in store.rows.pop(("members", ident), []):
        store.lists_of[row[2]] = tuple(one for one in store.lists_of[row[2]] if one != ident)
    del store.lists[ident], store.owner[ident]
    for campaign in list(store.campaigns.values()):
        if campaign.lead_list is not None and campaign.lead_list.id == ident:
            scene.turn(campaign, lead_list=None)
            store.setups[campaign.id] = replace(store.setups[campaign.id], lead_list=None)


def import_some_lead(scene: Scene) -> None:
    """Import a lead into a list: a new one, or one that the workspace has."""
    ident = scene.lead_list()
    lead = scene.lead() if scene.dice.random() < 0.5 else None
    if ident is None:
        return
    known = lead or _new_lead(scene)
    if ident not in scene.store.lists_of.get(known.id, ()):
        scene.store.insert("members", ident, newest_first(scene.now, scene.number(), known.id))
        scene.store.lists_of[known.id] = (*scene.store.lists_of.get(known.id, ()), ident)


def _new_lead(scene: Scene) -> Lead:
    store, number = scene.store, scene.number()
    ident, url, stamp = (
        store.new_id("lead", number),
        f"https://www.linkedin.com/in/visitor-{number}",
        iso_time(scene.now),
    )
    store.leads[ident] = Lead(
        id=ident,
        first_name="Vera",
        last_name=f"Visitor{number}",
        linkedin_url=url,
        job_title="Head of Sales",
        created_at=stamp,
        updated_at=stamp,
    )
    store.owner[ident] = scene.workspace
    store.insert("leads", scene.workspace, newest_first(scene.now, number, ident))
    store.remember_key(dedupe_key(url) or url, scene.workspace, ident)
    return store.leads[ident]


def receive_reply(scene: Scene) -> None:
    """Somebody writes to one of our senders."""
    store, ident = scene.store, scene.conversation()
    if ident is None:
        return
    number = store.new_id("msg", scene.number())
    message = Message(
        number, f"urn:li:msg:{number[4:]}", "Thanks, let us talk next week.", "received", iso_time(scene.now)
    )
    append_message(store, USUAL, ident, message, scene.now, scene.now)
    store.conversations[ident] = replace(store.conversations[ident], is_unread=True)


def read_thread(scene: Scene) -> None:
    """Read a conversation, or mark it unread again."""
    if (ident := scene.conversation()) is not None:
        row = scene.store.conversations[ident]
        scene.store.conversations[ident] = replace(row, is_unread=not row.is_unread)


def enrich_lead(scene: Scene) -> None:
    """Enrich a lead, and pay for it."""
    store, lead = scene.store, scene.lead()
    if lead is None or lead.profile_enriched_at or store.credits.get(scene.workspace, 0) < 1:
        return
    store.credits[scene.workspace] -= 1
    stamp = iso_time(scene.now)
    company = Company(id=f"company_of_{lead.id}", name=lead.company or "Independent", enriched_at=stamp)
    store.leads[lead.id] = replace(
        lead,
        headline="Somebody",
        company_details=company,
        profile_enriched_at=stamp,
        company_enriched_at=stamp,
        enrichment_requested_at=stamp,
        updated_at=stamp,
    )


def log_out(scene: Scene) -> None:
    """An account's session ends: what it sends for is paused."""
    rows = [scene.store.accounts[row[2]] for row in scene.store.listed("accounts", scene.workspace)]
    account = scene.dice.choice(rows) if rows else None
    if account is None:
        return
    scene.store.accounts[account.id] = replace(account, status="disconnected", updated_at=iso_time(scene.now))
    for campaign in list(scene.store.campaigns.values()):
        if campaign.status == "started" and account.id in {sender.id for sender in campaign.linkedin_accounts}:
            scene.turn(campaign, status="paused")


ACTS: Mapping[str, Callable[[Scene], None]] = {
    "pause": pause_campaign,
    "resume": resume_campaign,
    "end": end_campaign,
    "count": count_actions,
    "rename": rename_something,
    "delete": delete_list,
    "import": import_some_lead,
    "reply": receive_reply,
    "read": read_thread,
    "enrich": enrich_lead,
    "logout": log_out,
}


def acting_others(names: Collection[str], seed: int, every: int) -> Callable[[Passing], Passing]:
    """For `meanwhile`: before one request in so many, by chance, one of these acts happens in its workspace.

    Restoring a snapshot doesn't restart the chance: acts continue differently each time.
    """
    chosen = [ACTS[name] for name in sorted(names)]

    def make(true: Passing) -> Passing:
        chance = make_dice(f"others:{seed}")

        def pass_by(operation: str, workspace: str, store: Store, now: float) -> None:
            true(operation, workspace, store, now)
            if chance.random() < 1 / every:
                chance.choice(chosen)(Scene(store, workspace, now, chance))

        return pass_by

    return make
