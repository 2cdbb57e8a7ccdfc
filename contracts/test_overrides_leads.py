"""For whom message overrides are saved: leads enrolled, leads of the source list, and nobody else.

Not convicted: leads that a running campaign enrolls by itself.
"""

import random
from typing import Any

import pytest

from nhq.scenarios import (
    MARK,
    Api,
    Breach,
    Exchange,
    Inventory,
    Judge,
    OverrideSlots,
    PreconditionNotMet,
    Row,
    Session,
    absent_id,
    at_work,
    campaign_leads,
    disclose_value,
    first_row,
    foreign_path,
    import_into,
    lead_ids,
    look_until,
    new_lead,
    new_list,
    open_draft,
    override_entry,
    pause_if_running,
    row_now,
    run_action,
    startable_draft,
    unique_word,
)


@pytest.mark.scenario("overrides/pending-until-started")
@pytest.mark.rule("OVR-PENDING", "OVR-ENROLLED", "OVR-BECOMES-ENROLLED")
def test_pending_until_started(api: Api, judge: Judge, session: Session, world: Inventory, rng: random.Random) -> None:
    """A member of a draft's source list is pending_enrollment, and enrolled as soon as the campaign has started."""
    if not session.target.restorable:
        in_this_run(api, judge, world, rng)
        return
    row = startable_draft(api, world)
    source = row["leadList"]["id"]
    own = OverrideSlots(api, row["id"], source, import_into(api, source, new_lead(rng)))
    text = [override_entry("ice_breaker", unique_word(rng))]
    tell_pending(judge, own.put(text))
    start = api.ok("run_campaign_action", path={"campaign_id": own.campaign}, json={"action": "start"})
    enrolled = look_until(session, lambda: campaign_leads(api, own.campaign), lambda rows: own.lead in lead_ids(rows))
    become_enrolled(own, judge, [start, enrolled.last], text, own.lead in lead_ids(enrolled), rng)
    run_action(api, own.campaign, "pause")


def in_this_run(api: Api, judge: Judge, world: Inventory, rng: random.Random) -> None:
    """Where nothing is put back: what the start of this run's draft showed; without a draft, what can be shown."""
    try:
        kept = open_draft(api, world, rng)
    except PreconditionNotMet as without:
        judge.unknown("OVR-BECOMES-ENROLLED", str(without), "save_message_overrides")
        without_draft(api, judge, at_work(api, world, rng), rng)
        return
    tell_pending(judge, kept.overridden)
    own, there = OverrideSlots(api, kept.campaign, "", kept.lead), kept.lead in lead_ids(kept.enrolled)
    become_enrolled(own, judge, [kept.start, kept.enrolled.last], kept.messages, there, rng)
    pause_if_running(api, kept.campaign)


def without_draft(api: Api, judge: Judge, row: Row, rng: random.Random) -> None:
    """A new member of a paused campaign's source list is pending; a lead of ours that an earlier run enrolled isn't."""
    campaign, source = row["id"], row["leadList"]["id"]
    pause_if_running(api, campaign)
    own = OverrideSlots(api, campaign, source, import_into(api, source, new_lead(rng)))
    answer, rows = own.put([override_entry("ice_breaker", unique_word(rng))]), campaign_leads(api, campaign)
    if own.lead in lead_ids(rows):
        judge.unknown("OVR-PENDING", "a paused campaign enrolls new members by itself here", answer.operation)
    else:
        tell_pending(judge, answer)
    ours = [lead for lead in rows.items if str(lead["lead"]["last_name"]).startswith(MARK) and lead["lead_id"]]
    earlier = first_row(ours, "campaign lead of an earlier run's making")["lead_id"]
    tell_enrolled(
        "OVR-ENROLLED", judge, own, [rows.last, own.put([override_entry("ice_breaker", unique_word(rng))], earlier)]
    )


def tell_pending(judge: Judge, answer: Exchange) -> None:
    """Judge the answer for a member of the source list who is not enrolled."""
    shown = f"{answer.status}, {disclose_value('lead_campaign_state', shown_state(answer))}"
    judge(
        "OVR-PENDING", shown_state(answer) == "pending_enrollment", answer, expected="pending_enrollment", actual=shown
    )


def become_enrolled(
    own: OverrideSlots, judge: Judge, proof: list[Exchange], text: list[Row], there: bool, rng: random.Random
) -> None:
    """Judge the same text saved again after the start, and another one.

    Raises PreconditionNotMet unless the lead is `there`.
    """
    if not there:
        raise PreconditionNotMet("no lead that a start enrolled")
    for rule, rows in (
        ("OVR-BECOMES-ENROLLED", text),
        ("OVR-ENROLLED", [override_entry("ice_breaker", unique_word(rng))]),
    ):
        tell_enrolled(rule, judge, own, [*proof, own.put(rows)])


def tell_enrolled(rule: str, judge: Judge, own: OverrideSlots, proof: list[Exchange]) -> None:
    """Judge the last answer, for a lead who is enrolled. A campaign that is over meanwhile may refuse overrides."""
    answer = proof[-1]
    if answer.status == 409 and row_now(own.api, "list_campaigns", own.campaign)[0]["status"] == "completed":
        judge.unknown(rule, "the campaign came to its end before an override was saved", answer.operation)
        return
    shown = f"{answer.status}, {disclose_value('lead_campaign_state', shown_state(answer))}"
    judge(
        rule, shown_state(answer) == "enrolled", proof, expected="enrolled", actual=shown, where="/lead_campaign_state"
    )


def shown_state(answer: Exchange) -> Any:
    """`lead_campaign_state` of an answer."""
    try:
        return answer.json()["lead_campaign_state"] if answer.ok else None
    except (ValueError, KeyError, TypeError):
        return None


@pytest.mark.scenario("overrides/lead-of-no-concern")
@pytest.mark.rule("OVR-NEITHER-409")
def test_lead_of_no_concern(slots: OverrideSlots, api: Api, judge: Judge, rng: random.Random) -> None:
    """A lead that is neither enrolled nor in the source list is answered 409."""
    text = [override_entry("ice_breaker", unique_word(rng))]
    outsider = import_into(api, new_list(api, rng), new_lead(rng))
    answer = slots.put(text, outsider)
    judge("OVR-NEITHER-409", answer.status == 409, answer, expected="409", actual=f"{answer.status}")


@pytest.mark.scenario("overrides/lead-that-is-not-there")
@pytest.mark.rule("OVR-LEAD-404")
def test_lead_that_is_not_there(slots: OverrideSlots, judge: Judge, world: Inventory, rng: random.Random) -> None:
    """A lead that does not exist, or is of another workspace, is answered 404."""
    text = [override_entry("ice_breaker", unique_word(rng))]
    absent = slots.put(text, absent_id([slots.lead], rng))
    judge(
        "OVR-LEAD-404",
        absent.status == 404,
        absent,
        expected="404 for a lead that is nowhere",
        actual=f"{absent.status}",
    )
    foreign = slots.put(text, foreign_path(world, "{lead_id}")["lead_id"])
    expected = "404 for a lead of another workspace"
    judge(
        "OVR-LEAD-404",
        foreign.status == 404,
        foreign,
        expected=expected,
        code=Breach.ACCEPTED,
        actual=f"{foreign.status}",
    )
