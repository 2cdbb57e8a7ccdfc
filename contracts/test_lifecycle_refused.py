"""Actions that a campaign refuses, in the wrong state or for what it lacks, and that it stays as it was.

Not convicted: a campaign that ends by itself, one that somebody else acts on, and a session that a logged-out
sender decides.
"""

from collections.abc import Iterable

import pytest

from nhq.scenarios import (
    SAYS_NOTHING,
    Api,
    Breach,
    CampaignProbe,
    Effort,
    Exchange,
    Inventory,
    Judge,
    Row,
    Session,
    campaign_leads,
    differing_counts,
    differing_members_at_rest,
    first_row,
    has_a_session_by_now,
    join_names,
    lead_ids,
    read_whole_list,
    row_now,
    run_action,
)

REFUSALS = {
    "start": "CAMP-START-ONLY-DRAFT",
    "pause": "CAMP-PAUSE-ONLY-STARTED",
    "resume": "CAMP-RESUME-ONLY-PAUSED",
}
WRONG = {
    "draft": ("pause", "resume"),
    "started": ("start", "resume"),
    "paused": ("start", "pause"),
    "completed": ("start", "pause", "resume"),
}
ONE_WRONG = {"draft": ("resume",), "started": ("start",), "paused": ("pause",), "completed": ("start",)}  # live


# --- the wrong state ------------------------------------------------------------------------------------------


@pytest.mark.scenario("lifecycle/action-in-the-wrong-state")
@pytest.mark.rule(
    "CAMP-START-ONLY-DRAFT", "CAMP-PAUSE-ONLY-STARTED", "CAMP-RESUME-ONLY-PAUSED", "CAMP-REFUSED-UNCHANGED"
)
@pytest.mark.parametrize("state", WRONG)
def test_action_in_the_wrong_state(
    state: str, api: Api, judge: Judge, session: Session, world: Inventory, effort: Effort
) -> None:
    """An action that does not match the campaign's state is answered 409, and changes nothing."""
    before = in_state(api, state, world)
    probe, row = CampaignProbe(api, judge, session, before["id"]), before or None
    names = effort.pick(ONE_WRONG, WRONG)[state]
    for together in (
        [names] if session.target.undisturbed else [(name,) for name in names]
    ):  # others act the less between two looks
        row = refused_and_kept(probe, state, together, row) if row else None


def refused_and_kept(probe: CampaignProbe, state: str, names: Iterable[str], before: Row) -> Row | None:
    """Judge actions in a state that they don't fit, and what they leave; the campaign as it is then.

    None where it is in another state, or changes without being acted on.
    """
    enrolled = lead_ids(campaign_leads(probe.api, probe.campaign))
    answers: list[Exchange] = []
    for name in names:
        answers.append(refused(probe, state, name))
        if answers[-1].ok:
            return None
    after, page = row_now(probe.api, "list_campaigns", probe.campaign)
    changed = differing_members_at_rest(before, after) | (differing_counts(before, after) & {"totalLeads"})
    now = campaign_leads(probe.api, probe.campaign)
    changed |= {"campaign leads"} if sorted(lead_ids(now)) != sorted(enrolled) else set()
    judge, where = probe.judge, {"operation": "run_campaign_action"}
    if changed and moves_by_itself(probe, after):
        judge.unknown("CAMP-REFUSED-UNCHANGED", "the campaign changes without being acted on", "run_campaign_action")
        return None
    proof = [*answers, page, now.last]
    judge("CAMP-REFUSED-UNCHANGED", not changed, proof, expected="nothing changed", actual=join_names(changed), **where)
    return after if after["status"] == state else None


def in_state(api: Api, state: str, world: Inventory) -> Row:
    """A campaign in a state; best a small one, some members of whose list could be enrolled by mistake."""
    sizes = {row["id"]: row.get("lead_count", 0) for row in world.lists}
    rows = [row for row in read_whole_list(api, "list_campaigns").items if row["status"] == state]

    def rank(row: Row) -> tuple[bool, int]:
        source = row["leadList"]
        return source is None or row["totalLeads"] >= sizes.get(source["id"], 0), row["totalLeads"]

    return first_row(sorted(rows, key=rank), f"campaign in state {state}")


def refused(probe: CampaignProbe, state: str, name: str) -> Exchange:
    """Judge one action in a state that it does not fit."""
    answer = run_action(probe.api, probe.campaign, name)
    rule = REFUSALS[name]
    if probe.unheard(answer):
        probe.judge.unknown(rule, f"the action was answered {answer.status}", "run_campaign_action")
    else:
        expected = f"409 for {name} of a {state} campaign"
        probe.judge(rule, answer.status == 409, answer, expected=expected, actual=f"{answer.status}")
    if state == "completed":
        probe.judge.chose("completed-campaign", f"{answer.status}")
    return answer


def moves_by_itself(probe: CampaignProbe, seen: Row) -> bool:
    """Does the campaign look different again, without anyone's doing? Then its changes prove nothing."""
    probe.session.clock.sleep(2.0)
    row, _ = row_now(probe.api, "list_campaigns", probe.campaign)
    return (
        bool(differing_members_at_rest(row, seen) | differing_counts(row, seen))
        or row["status"] == "completed" != seen["status"]
    )


# --- what a start needs ---------------------------------------------------------------------------------------


@pytest.mark.scenario("lifecycle/start-needs-a-list")
@pytest.mark.rule("CAMP-START-NEEDS-LIST")
def test_start_needs_a_list(api: Api, judge: Judge, world: Inventory) -> None:
    """A draft without a lead list is not started, and stays as it was."""
    not_started(api, judge, "CAMP-START-NEEDS-LIST", unready(api, world, "campaign_without_lead_list"))


@pytest.mark.scenario("lifecycle/start-needs-a-schedule")
@pytest.mark.rule("CAMP-START-NEEDS-SCHEDULE")
def test_start_needs_a_schedule(api: Api, judge: Judge, world: Inventory) -> None:
    """A draft without a schedule is not started, and stays as it was."""
    not_started(api, judge, "CAMP-START-NEEDS-SCHEDULE", unready(api, world, "campaign_without_schedule"))


@pytest.mark.scenario("lifecycle/start-needs-a-sender")
@pytest.mark.rule("CAMP-START-NEEDS-SENDER")
def test_start_needs_a_sender(api: Api, judge: Judge, world: Inventory) -> None:
    """A draft without a sender account is not started, and stays as it was."""
    not_started(api, judge, "CAMP-START-NEEDS-SENDER", unready(api, world, "campaign_without_sender"))


@pytest.mark.scenario("lifecycle/start-needs-messages")
@pytest.mark.rule("CAMP-START-NEEDS-MESSAGES")
def test_start_needs_messages(api: Api, judge: Judge, world: Inventory) -> None:
    """A draft without a message setup is not started, and stays as it was."""
    not_started(api, judge, "CAMP-START-NEEDS-MESSAGES", unready(api, world, "campaign_without_messages"))


@pytest.mark.scenario("lifecycle/start-needs-a-session")
@pytest.mark.rule("CAMP-START-NEEDS-SESSION")
@pytest.mark.parametrize("name", ["campaign_without_session", "campaign_session_unavailable"])
def test_start_needs_a_session(name: str, api: Api, judge: Judge, world: Inventory) -> None:
    """A draft whose sender's session is invalid or cannot be asked is not started, and stays as it was."""
    not_started(api, judge, "CAMP-START-NEEDS-SESSION", unready(api, world, name))


def not_started(api: Api, judge: Judge, rule: str, before: Row) -> None:
    """Try to start a draft that lacks something; judge that it is refused, and unchanged."""
    answer = run_action(api, before["id"], "start")
    allowed = {400, 409, 503} if rule == "CAMP-START-NEEDS-SESSION" else {400, 409}
    if answer.status in SAYS_NOTHING | {503} - allowed:
        judge.unknown(rule, f"the start was answered {answer.status}", "run_campaign_action")
        return
    if rule == "CAMP-START-NEEDS-SESSION" and has_a_session_by_now(api, before, answer):
        judge.unknown(rule, "its senders are connected by now", "run_campaign_action")
        return
    expected = f"start refused with {' or '.join(map(str, sorted(allowed)))}"
    judge(rule, answer.status in allowed, answer, expected=expected, actual=f"{answer.status}{slip(api, answer)}")
    if answer.ok:
        return
    if answer.status != 503:
        judge.chose("start-without-prerequisite", f"{answer.status}")
    after, page = row_now(api, "list_campaigns", before["id"])
    enrolled = campaign_leads(api, before["id"])
    changed = (
        differing_members_at_rest(before, after)
        if api.target.undisturbed
        else differing_members_at_rest(before, after) & {"status"}
    )
    unchanged = not changed and not enrolled.items
    actual, where = f"{after['status']}, {len(enrolled.items)} campaign leads", {"operation": "run_campaign_action"}
    judge(
        rule,
        unchanged,
        [answer, page, enrolled.last],
        expected="the draft as before",
        code=Breach.CHANGED,
        actual=actual,
        **where,
    )


def slip(api: Api, answer: Exchange) -> str:
    """What else a start that succeeded may be: only the target's owner can know what a draft lacks."""
    return ", or the draft lacks nothing by now: see [given]" if answer.ok and not api.target.undisturbed else ""


def unready(api: Api, world: Inventory, name: str) -> Row:
    """The draft that the target file names for what it lacks; or one whose row shows that it lacks it.

    One that its owner has completed since is not started, and nothing is read into its start.
    """
    lacks = {
        "campaign_without_lead_list": lambda row: row["leadList"] is None,
        "campaign_without_sender": lambda row: not row["linkedinAccounts"],
    }
    drafts = [row for row in read_whole_list(api, "list_campaigns").items if row["status"] == "draft"]
    if name in lacks and name not in api.target.given:
        return first_row(filter(lacks[name], drafts), f"draft like {name}")
    ident = world.given(name)
    still = lacks.get(name, lambda row: True)
    return first_row(
        (row for row in drafts if row["id"] == ident and still(row)), f"draft like {name} that still is one"
    )
