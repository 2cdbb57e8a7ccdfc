"""Campaign lifecycle: what each action does to the campaign, and that it leaves all others alone.

Not convicted: a campaign that ends by itself, one that somebody else acts on, a start that a logged-out sender decides,
and figures that grow.
"""

import random
from collections.abc import Iterable, Mapping

import pytest

from nhq.scenarios import (
    CAMPAIGN_COUNTERS,
    Api,
    CampaignProbe,
    Crawl,
    Exchange,
    Inventory,
    Judge,
    PreconditionNotMet,
    Row,
    Session,
    at_work,
    campaign_leads,
    data_of,
    differing_counts,
    differing_members_at_rest,
    join_names,
    lead_ids,
    open_draft,
    startable_draft,
)

TO_PAUSED = {  # actions that show all there is, and leave the campaign paused
    "draft": ("start", "pause", "resume", "pause"),
    "started": ("pause", "resume", "pause"),
    "paused": ("resume", "pause", "resume", "pause"),
}
INTERVAL = 2.0  # seconds that pass, at the least, over an action and the looks at it


@pytest.mark.scenario("lifecycle/start-pause-resume")
@pytest.mark.rule(
    "CAMP-START",
    "CAMP-PAUSE",
    "CAMP-RESUME",
    "CAMP-ACTION-NO-OTHER",
    "CAMP-ACTION-LISTED",
    "CAMP-RESUME-ONLY-FLIPS",
)
def test_start_pause_resume(api: Api, judge: Judge, session: Session, world: Inventory, rng: random.Random) -> None:
    """A ready draft starts, pauses, resumes and pauses again; nothing else about it or about others changes."""
    if session.target.restorable:
        probe = CampaignProbe(api, judge, session, startable_draft(api, world)["id"])
    elif (found := begun(api, judge, world, rng)) is not None:
        probe = found
    else:
        return
    rows, differences, enrolled = probe.rows(), [], None
    state = "draft" if session.target.restorable else probe.row(rows)["status"]
    for name in TO_PAUSED.get(state, ()):
        before = rows
        if name != "start" and enrolled is None:  # else the last look after an action is the look before the next
            enrolled = lead_ids(campaign_leads(api, probe.campaign))
        turned = probe.turn(name)
        if turned is None:
            return
        answer, rows = turned
        others_untouched(probe, before, rows, answer)
        if name == "pause":
            differences.append(
                differing_members_at_rest(data_of(answer), probe.row(rows))
                | differing_counts(data_of(answer), probe.row(rows))
            )
        if name != "start":
            enrolled = keeps_leads(probe, name, enrolled or [], answer)
        if name == "resume":
            only_flipped(probe, probe.row(before), probe.row(rows), [answer, rows.last])
    if len(differences) < 2:
        raise PreconditionNotMet("no campaign that could be paused twice")
    both = differences[0] & differences[1]  # twice: a counter may move between an answer and a list
    where = {"operation": "run_campaign_action"}
    expected = "the campaign that the list shows"
    judge("CAMP-ACTION-LISTED", not both, [answer, rows.last], expected=expected, actual=join_names(both), **where)


def begun(api: Api, judge: Judge, world: Inventory, rng: random.Random) -> CampaignProbe | None:
    """Where nothing is put back: the campaign that this run started, its start judged; without a draft another one.

    None where the start came to nothing.
    """
    try:
        kept = open_draft(api, world, rng)
    except PreconditionNotMet as without:
        judge.unknown("CAMP-START", str(without), "run_campaign_action")
        return CampaignProbe(api, judge, api.session, at_work(api, world, rng)["id"])
    probe = CampaignProbe(api, judge, api.session, kept.campaign)
    turned = probe.turned("start", kept.start, kept.after)
    if turned is None:
        return None
    others_untouched(probe, kept.before, kept.after, kept.start, once=True)
    return probe


@pytest.mark.scenario("lifecycle/resume-under-way")
@pytest.mark.rule("CAMP-START", "CAMP-RESUME", "CAMP-PAUSE", "CAMP-RESUME-ONLY-FLIPS", "CAMP-ACTION-SAME-ID")
def test_resume_under_way(api: Api, judge: Judge, session: Session, world: Inventory) -> None:
    """A campaign paused under way resumes with all that it has counted; where one more may start, it answers for it."""
    probe = CampaignProbe(api, judge, session, world.given("campaign_paused"))
    before = probe.rows()
    if probe.row(before)["status"] != "paused":
        raise PreconditionNotMet("no campaign by the name campaign_paused that is paused")
    turned = probe.turn("resume")
    if turned is None:
        return
    answer, rows = turned
    only_flipped(probe, probe.row(before), probe.row(rows), [answer, rows.last])
    if session.target.restorable:
        CampaignProbe(api, judge, session, startable_draft(api, world)["id"]).turn("start")
    probe.turn("pause")


def others_untouched(probe: CampaignProbe, before: Crawl, after: Crawl, answer: Exchange, once: bool = False) -> None:
    """Judge that an action left the other campaigns alone; one may have come to its end by itself.

    Where others act, what was done `once` accuses nobody: it can't be tried again.
    """
    now = {row["id"]: row for row in after.items}
    others = [row for row in before.items if row["id"] != probe.campaign and row["id"] in now]
    changed = [row["id"] for row in others if touched(row, now[row["id"]])]
    if not others:
        probe.judge.unknown("CAMP-ACTION-NO-OTHER", "there is no other campaign", "run_campaign_action")
        return
    proof, actual = [answer, after.last], f"{len(changed)} of {len(others)} other campaigns changed"
    where = {"operation": "run_campaign_action"}
    if changed and not probe.session.target.undisturbed and (once or stirs(probe, now, changed)):
        cause = "other campaigns change without being acted on"
        probe.judge.unknown("CAMP-ACTION-NO-OTHER", cause, "run_campaign_action")
        return
    probe.judge(
        "CAMP-ACTION-NO-OTHER",
        not changed,
        proof,
        expected="no other campaign changed",
        actual=actual,
        about=changed,
        **where,
    )


def stirs(probe: CampaignProbe, seen: Mapping[str, Row], changed: Iterable[str]) -> bool:
    """Does one of these campaigns change again in an equal interval, in which we act on none?"""
    probe.session.clock.sleep(INTERVAL)
    rows = {row["id"]: row for row in probe.rows().items}
    return any(ident not in rows or touched(seen[ident], rows[ident]) for ident in changed)


def touched(before: Row, after: Row) -> bool:
    """Did a campaign that nobody acted on change its state, or, being at rest, its leads?"""
    if before["status"] != after["status"]:
        return (before["status"], after["status"]) != ("started", "completed")
    return before["status"] in {"paused", "completed"} and before["totalLeads"] != after["totalLeads"]


def keeps_leads(probe: CampaignProbe, name: str, enrolled: list[str], answer: Exchange) -> list[str]:
    """Judge that pausing or resuming loses no campaign lead; who is enrolled now."""
    now = campaign_leads(probe.api, probe.campaign)
    lost = set(enrolled) - set(lead_ids(now))
    rule = "CAMP-PAUSE" if name == "pause" else "CAMP-RESUME-ONLY-FLIPS"
    options = {"where": "campaign leads", "operation": "run_campaign_action", "actual": f"{len(lost)} lost"}
    probe.judge(rule, not lost, [answer, now.last], expected="every campaign lead kept", **options)
    return lead_ids(now)


def only_flipped(probe: CampaignProbe, before: Row, after: Row, proof: list[Exchange]) -> None:
    """Judge that resuming changed the status alone; what a running campaign counts may have grown meanwhile."""
    changed = differing_members_at_rest(before, after) - {"status"}
    changed |= {name for name in ("totalLeads", *CAMPAIGN_COUNTERS) if after[name] < before[name]}
    options = {"actual": join_names(changed), "operation": "run_campaign_action"}
    probe.judge("CAMP-RESUME-ONLY-FLIPS", not changed, proof, expected="the status alone changed", **options)
