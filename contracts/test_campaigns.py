"""Campaigns and who is enrolled in them: enrollment by start alone, and rows that tell the truth.

Not convicted: who joins a running campaign by itself, figures that go on by themselves, and members who come or go
beside the start.
"""

import random
from dataclasses import dataclass

import pytest

from nhq.scenarios import (
    Api,
    Crawl,
    Exchange,
    Few,
    Inventory,
    Judge,
    Opening,
    PreconditionNotMet,
    Row,
    Session,
    at_work,
    campaign_leads,
    import_into,
    lead_ids,
    look_until,
    new_lead,
    open_draft,
    pause_if_running,
    read_members,
    read_whole_list,
    row_now,
    run_action,
    startable_draft,
)

# --- enrollment -----------------------------------------------------------------------------------------------


@pytest.mark.scenario("campaigns/start-enrolls-the-source-list")
@pytest.mark.rule("CAMP-START-ENROLLS", "CAMP-START-ENROLLS-ONLY", "CAMP-TOTAL-LEADS")
def test_start_enrolls_the_source_list(
    api: Api, judge: Judge, session: Session, world: Inventory, rng: random.Random
) -> None:
    """start enrolls every lead of the source list once, one that joined a moment ago too, and nobody else."""
    seen = started(api, session, world, rng)
    enrolled, where = lead_ids(seen.enrolled), {"operation": "run_campaign_action"}
    wanted, now = seen.wanted, set(seen.members.ids)
    missing, extra = (wanted & now) - set(enrolled), set(enrolled) - wanted - seen.already - now
    twice = len(enrolled) - len(set(enrolled))
    actual = f"{len(missing)} of {len(wanted)} missing, {twice} twice"
    proof = [seen.start, seen.members.last, seen.enrolled.last]
    judge("CAMP-START-ENROLLS", not missing and not twice, proof, expected="every member once", actual=actual, **where)
    actual = f"{len(extra)} who are no members"
    judge("CAMP-START-ENROLLS-ONLY", not extra, proof, expected="members only", actual=actual, **where)
    counts_its_leads(api, judge, session, seen.campaign)
    leave(api, session, seen.campaign)


@dataclass(frozen=True, slots=True)
class Started:
    """A start, and what its campaign's leads and its source list's members were: as in Opening."""

    campaign: str
    already: frozenset[str]
    wanted: frozenset[str]
    start: Exchange
    enrolled: Crawl
    members: Crawl


def started(api: Api, session: Session, world: Inventory, rng: random.Random) -> Opening | Started:
    """A draft that is started now; where nothing is put back, the one draft of this run.

    Raises PreconditionNotMet if refused.
    """
    if not session.target.restorable:
        kept = open_draft(api, world, rng)
        if not kept.start.ok:
            raise PreconditionNotMet("no start that was accepted")
        return kept
    row = startable_draft(api, world, largest=True)
    campaign, source = row["id"], row["leadList"]["id"]
    before = frozenset(lead_ids(campaign_leads(api, campaign)))
    newest = import_into(api, source, new_lead(rng))
    wanted = frozenset(look_until(session, lambda: read_members(api, source), lambda seen: newest in seen.ids).ids)
    start = api.ok("run_campaign_action", path={"campaign_id": campaign}, json={"action": "start"})
    rows = look_until(session, lambda: campaign_leads(api, campaign), lambda rows: wanted <= set(lead_ids(rows)))
    return Started(campaign, before, wanted, start, rows, read_members(api, source))


def leave(api: Api, session: Session, campaign: str) -> None:
    """A live target's campaign is not left running."""
    if not session.target.restorable:
        pause_if_running(api, campaign)
    else:
        run_action(api, campaign, "pause")


def counts_its_leads(api: Api, judge: Judge, session: Session, campaign: str) -> None:
    """Judge totalLeads of a started campaign against its campaign leads, looking again where they differ."""

    def look() -> tuple[int, int, list[Exchange]]:
        row, page = row_now(api, "list_campaigns", campaign)
        rows = campaign_leads(api, campaign)
        return row["totalLeads"], len(rows.items), [rows.last, page]

    total, counted, proof = look_until(session, look, lambda seen: seen[0] == seen[1])
    options = {"actual": f"{total}", "where": "/data/*/totalLeads"}
    judge("CAMP-TOTAL-LEADS", total == counted, proof, expected=f"{counted}, its campaign leads", **options)


@pytest.mark.scenario("campaigns/resume-enrolls-nobody")
@pytest.mark.rule("CAMP-RESUME-ENROLLS-NOBODY", "CAMP-START-ENROLLS-ONLY")
def test_resume_enrolls_nobody(api: Api, judge: Judge, session: Session, world: Inventory, rng: random.Random) -> None:
    """Neither resume nor pause enrolls a member of the source list who is not enrolled."""
    row = resumable(api, world, rng)
    campaign, source = row["id"], row["leadList"]["id"]
    import_into(api, source, new_lead(rng))
    before = set(lead_ids(campaign_leads(api, campaign)))
    waiting = set(read_members(api, source).ids) - before
    if not waiting:
        raise PreconditionNotMet("no member of the paused campaign's list who is not enrolled")
    resume = api.ok("run_campaign_action", path={"campaign_id": campaign}, json={"action": "resume"})
    rows = campaign_leads(api, campaign)
    came = waiting & set(lead_ids(rows))
    if came and enrolls_by_itself(api, session, campaign, source, new_lead(rng)):
        judge.unknown("CAMP-RESUME-ENROLLS-NOBODY", "a running campaign enrolls new members by itself here")
    else:
        expected, actual = f"none of {len(waiting)} members enrolled", f"{len(came)} enrolled"
        options = {"expected": expected, "actual": actual, "operation": "run_campaign_action"}
        judge("CAMP-RESUME-ENROLLS-NOBODY", not came, [resume, rows.last], **options)
    pause = run_action(api, campaign, "pause")
    if pause.ok and not came and session.target.undisturbed:  # else a campaign may enroll by itself meanwhile
        rows = campaign_leads(api, campaign)
        came = waiting & set(lead_ids(rows))
        expected, actual = "nobody enrolled by a pause", f"{len(came)} of {len(waiting)} members enrolled"
        options = {"expected": expected, "actual": actual, "operation": "run_campaign_action"}
        judge("CAMP-START-ENROLLS-ONLY", not came, [pause, rows.last], **options)


def resumable(api: Api, world: Inventory, rng: random.Random) -> Row:
    """A paused campaign with a source list: the one the target file names, or a draft started and paused.

    Where nothing is put back, rather one that this run or an earlier one started.
    """
    named = api.target.given.get("campaign_paused")
    rows: list[Row] = [
        row for row in read_whole_list(api, "list_campaigns").items if row["status"] == "paused" and row["leadList"]
    ]
    for row in rows:
        if row["id"] == named:
            return row
    if not api.target.restorable:
        row = at_work(api, world, rng)
        pause_if_running(api, row["id"])
        return row
    row = startable_draft(api, world)
    for name in ("start", "pause"):
        api.ok("run_campaign_action", path={"campaign_id": row["id"]}, json={"action": name})
    return row


def enrolls_by_itself(api: Api, session: Session, campaign: str, source: str, lead: Row) -> bool:
    """The control: does a running campaign enroll a new member without any action?"""
    newest = import_into(api, source, lead)
    rows = look_until(session, lambda: campaign_leads(api, campaign), lambda rows: newest in lead_ids(rows))
    return newest in lead_ids(rows)


# --- what a campaign shows ------------------------------------------------------------------------------------


@pytest.mark.scenario("campaigns/total-leads")
@pytest.mark.rule("CAMP-TOTAL-LEADS")
def test_total_leads(api: Api, judge: Judge, session: Session, few: Few) -> None:
    """totalLeads of a started campaign is the number of its campaign leads."""
    rows = [
        row
        for row in read_whole_list(api, "list_campaigns").items
        if row["status"] == "started" and row["totalLeads"] <= 1000
    ]
    if not any(row["totalLeads"] for row in rows):
        raise PreconditionNotMet("no started campaign with a thousand leads or fewer")
    for row in few(sorted(rows, key=lambda row: -row["totalLeads"])[:3]):
        counts_its_leads(api, judge, session, row["id"])


@pytest.mark.scenario("campaigns/source-list")
@pytest.mark.rule("CAMP-SOURCE-LIST")
def test_source_list(api: Api, judge: Judge) -> None:
    """The source list that a campaign names is a lead list of that id and name."""
    campaigns, lists = read_whole_list(api, "list_campaigns"), read_whole_list(api, "list_lead_lists")
    names = {row["id"]: row["name"] for row in lists.items}
    sources = [row["leadList"] for row in campaigns.items if row["leadList"] is not None]
    if not sources:
        raise PreconditionNotMet("no campaign with a source list")
    wrong = [source["id"] for source in sources if names.get(source["id"]) != source["name"]]
    expected, actual = "a lead list by id and name", f"{len(wrong)} of {len(sources)} are not"
    options = {"expected": expected, "actual": actual, "where": "/data/*/leadList", "operation": "list_campaigns"}
    judge("CAMP-SOURCE-LIST", not wrong, [lists.last, campaigns.last], **options)
