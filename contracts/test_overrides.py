"""Message overrides: which slots, how many, how long, for whom, and that the exact text is kept.

Not convicted: ten entries of one slot refused, leads that a running campaign enrolls by itself, and overrides of
others beside those sent. That the named campaign may lack a stage is said beside the finding.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from nhq.scenarios import (
    MARK,
    Api,
    Breach,
    Exchange,
    Few,
    Inventory,
    Judge,
    Row,
    Session,
    Unmet,
    absent_id,
    at_work,
    campaign_leads,
    first_row,
    foreign_path,
    import_into,
    lead_ids,
    look_until,
    new_lead,
    new_list,
    open_draft,
    pause_if_running,
    read_whole_list,
    row_now,
    run_action,
    startable_draft,
    unique_word,
)
from nhq.scenarios import (
    disclose_value as told_as,
)

STAGES = ("ice_breaker", "follow_up_1", "follow_up_2")
# Awkward, but plain text: other scripts, an accent as its own character, a joined emoji, quotes, markup, a placeholder.
TEXT = 'Grüße, 你好 e\u0301 👩\u200d🚀\n\n"quoted" <b>&amp;</b>  {{first_name}} %s \\n'


@dataclass(frozen=True, slots=True)
class Slots:
    """A lead of our own in the source list of a campaign whose three slots can be overridden."""

    api: Api
    campaign: str
    source: str
    lead: str

    def put(self, messages: list[Row], lead: str = "") -> Exchange:
        """Save overrides, whatever comes back. Raises Unmet where a campaign that is over refuses them, as it may."""
        name, options = self.call(messages, lead)
        answer = self.api.call(name, **options)
        if answer.status == 409 and lead in ("", self.lead) and self.over:
            raise Unmet("the campaign came to its end before an override was saved")
        return answer

    @property
    def over(self) -> bool:
        """Has the campaign come to its end (overrides-too-late)? Another test may have started it."""
        return bool(row_now(self.api, "list_campaigns", self.campaign)[0]["status"] == "completed")

    def call(self, messages: list[Row], lead: str = "") -> tuple[str, dict[str, Any]]:
        """The request that saves overrides."""
        path = {"campaign_id": self.campaign, "lead_id": lead or self.lead}
        return "save_message_overrides", {"path": path, "json": {"messages": messages}}


@pytest.fixture
def slots(api: Api, world: Inventory, rng: random.Random) -> Slots:
    """A campaign that the target file names as startable, and a lead of our own there whose overrides are accepted.

    Where nothing is put back between tests, one lead for the run.
    """
    if api.target.restorable or "slots" not in world.venues:
        world.venues["slots"] = _slots(api, world, rng)
    found: Slots = world.venues["slots"]
    return found


def _slots(api: Api, world: Inventory, rng: random.Random) -> Slots:
    wanted = world.given("campaign_startable")
    rows = [row for row in read_whole_list(api, "list_campaigns").items if row["leadList"]]
    row = first_row(
        (row for row in rows if row["id"] == wanted), "campaign with a source list by the name campaign_startable"
    )
    source = row["leadList"]["id"]
    found = Slots(api, row["id"], source, import_into(api, source, new_lead(rng)))
    if not any(
        found.put([override(stage, unique_word(rng))]).ok for stage in STAGES
    ):  # else no refusal would prove anything
        raise Unmet("no override that is accepted for a member of the source list")
    return found


def override(stage: str, text: str, node: str = "send_message") -> Row:
    """One entry of the request."""
    return {"node_type": node, "message_stage": stage, "message": text}


def entries(answer: Exchange, stage: str) -> list[Row]:
    """The entries of an answer for one slot."""
    return [row for row in overrides(answer) if row.get("message_stage") == stage]


def overrides(answer: Exchange) -> list[Row]:
    """The entries of an answer; none where it is no success."""
    try:
        data = answer.json()["data"] if answer.ok else []
    except (ValueError, KeyError, TypeError):
        return []
    return [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []


def state(answer: Exchange) -> Any:
    """`lead_campaign_state` of an answer."""
    try:
        return answer.json()["lead_campaign_state"] if answer.ok else None
    except (ValueError, KeyError, TypeError):
        return None


def saved(answer: Exchange, sent: list[Row]) -> tuple[bool, str]:
    """Is each entry sent in the answer, once, with its text? And what is there instead."""
    unlike = [row["message_stage"] for row in sent if not _kept(entries(answer, row["message_stage"]), row)]
    return not unlike and answer.ok, f"{answer.status}, not so for: {', '.join(unlike) or 'none'}"


def _kept(found: list[Row], sent: Row) -> bool:
    return len(found) == 1 and all(found[0].get(name) == value for name, value in sent.items())


# --- what is saved --------------------------------------------------------------------------------------------


@pytest.mark.scenario("overrides/texts-are-saved-as-sent")
@pytest.mark.rule("OVR-SAVED", "OVR-STAGES")
def test_texts_are_saved_as_sent(slots: Slots, judge: Judge, rng: random.Random) -> None:
    """Each of the three slots takes a text, alone or with the others, and the answer holds exactly that text."""
    word, taken = unique_word(rng), []
    for stage in STAGES:
        answer = slots.put([override(stage, f"{word} {stage}")])
        actual = f"{answer.status}{_slip(slots, answer)}"
        judge("OVR-STAGES", answer.status == 200, answer, expected=f"200 for {stage}", actual=actual)
        if answer.ok:
            taken.append(stage)
            ok, actual = saved(answer, [override(stage, f"{word} {stage}")])
            judge("OVR-SAVED", ok, answer, expected=f"the {stage} sent, once", actual=actual, where="/data")
    sent = [override(stage, f"{word} {number} {TEXT}{stage}") for number, stage in enumerate(taken)]
    sent = [{**entry, "message": f"  {entry['message']}\t\n "} for entry in sent]  # «the exact text»: blanks, too
    answer = slots.put(sent)
    ok, actual = saved(answer, sent)
    judge("OVR-SAVED", ok, answer, expected="all of them as sent, once each", actual=actual, where="/data")


def _slip(slots: Slots, answer: Exchange) -> str:
    """What else a 400 may be where the campaign isn't of our making: a slot that it lacks is refused so."""
    ours = slots.api.target.undisturbed
    return ", or the campaign named campaign_startable lacks that stage" if answer.status == 400 and not ours else ""


@pytest.mark.scenario("overrides/repeating-replaces")
@pytest.mark.rule("OVR-UPSERT", "OVR-UPSERT-ID")
def test_repeating_replaces(slots: Slots, judge: Judge, rng: random.Random) -> None:
    """A second text for a slot replaces the first, under the same id, and leaves the other slots alone."""
    word = unique_word(rng)
    first = slots.put([override(stage, f"{word} first {stage}") for stage in STAGES])
    again = override("ice_breaker", f"{word} second")
    second = slots.put([again])
    if not first.ok or not second.ok:
        raise Unmet("no three overrides saved to be replaced")
    ok, actual = saved(second, [again])
    judge("OVR-UPSERT", ok, [first, second], expected="the second text, once", actual=actual, where="/data")
    ids = [[row.get("id") for row in entries(answer, "ice_breaker")] for answer in (first, second)]
    judge("OVR-UPSERT-ID", ids[0] == ids[1], [first, second], expected="one id", actual="another", where="/data/*/id")
    third = slots.put([override("follow_up_1", f"{word} third")])
    ids = [[row.get("id") for row in entries(answer, "follow_up_1")] for answer in (first, third)]
    proof, expected = [first, second, third], "one id, though another slot was saved in between"
    judge("OVR-UPSERT-ID", ids[0] == ids[1], proof, expected=expected, actual="another", where="/data/*/id")
    shown = {stage: [row.get("message") for row in entries(third, stage)] for stage in STAGES}
    wanted = dict(zip(STAGES, (f"{word} second", f"{word} third", f"{word} first follow_up_2"), strict=True))
    whole_set = bool(shown["ice_breaker"] or shown["follow_up_2"])
    judge.chose("override-data", "all of them" if whole_set else "the saved ones")
    wrong = [stage for stage in STAGES if (shown[stage] or stage == "follow_up_1") and shown[stage] != [wanted[stage]]]
    proof, actual = [first, second, third], f"not so for: {', '.join(wrong)}"
    judge("OVR-UPSERT", not wrong, proof, expected="the latest text of each slot shown", actual=actual, where="/data")


@pytest.mark.scenario("overrides/one-slot-twice-at-one-instant")
@pytest.mark.rule("OVR-UPSERT-ID", "OVR-UPSERT")
def test_one_slot_twice_at_one_instant(slots: Slots, judge: Judge, rng: random.Random) -> None:
    """Of two texts for a slot at one instant one is the last, under the one id that the slot has from then on.

    The slot is that of a lead which has none saved yet.
    """
    texts = [unique_word(rng), unique_word(rng)]
    lead = import_into(slots.api, slots.source, new_lead(rng))
    calls = [slots.call([override("ice_breaker", text)], lead) for text in texts]
    answers = slots.api.at_once(calls)
    if not all(answer.ok for answer in answers):
        raise Unmet("no two overrides saved at one instant")
    ids = {row.get("id") for answer in answers for row in entries(answer, "ice_breaker")}
    expected = "one id of a slot saved twice at one instant"
    judge("OVR-UPSERT-ID", len(ids) == 1, answers, expected=expected, actual=f"{len(ids)}", where="/data/*/id")
    after = slots.put([override("follow_up_1", unique_word(rng))], lead)
    shown = [row.get("message") for row in entries(after, "ice_breaker")]
    if shown:  # the answer may show the saved ones alone (override-data)
        ok, proof = len(shown) == 1 and shown[0] in texts, [*answers, after]
        judge("OVR-UPSERT", ok, proof, expected="one of the two texts, once", actual="another", where="/data")


# --- what is refused ------------------------------------------------------------------------------------------


@pytest.mark.scenario("overrides/only-messages-can-be-overridden")
@pytest.mark.rule("OVR-NODE-TYPE")
def test_only_messages_can_be_overridden(slots: Slots, judge: Judge, few: Few, rng: random.Random) -> None:
    """A node type other than send_message is answered 400, alone or beside a good entry."""
    text, good = unique_word(rng), override("follow_up_1", unique_word(rng))
    for node in few(("send_connection_request", "send_inmail", "Send_Message", "")):
        for messages in ([override("ice_breaker", text, node)], [good, override("ice_breaker", text, node)]):
            answer = slots.put(messages)
            expected = "400 for another node_type"
            judge("OVR-NODE-TYPE", answer.status == 400, answer, expected=expected, actual=f"{answer.status}")


@pytest.mark.scenario("overrides/one-to-ten")
@pytest.mark.rule("OVR-COUNT")
def test_one_to_ten(slots: Slots, judge: Judge, rng: random.Random) -> None:
    """None and eleven overrides are answered 400; one and ten are accepted, ten unless slots may not repeat."""
    same = override("ice_breaker", unique_word(rng))
    for count in (0, 11):
        answer = slots.put([same] * count)
        expected = f"400 for {count} overrides"
        judge("OVR-COUNT", answer.status == 400, answer, expected=expected, actual=f"{answer.status}")
    answer = slots.put([same])
    judge("OVR-COUNT", answer.ok, answer, expected="200 for one override", actual=f"{answer.status}")
    ten, two = slots.put([same] * 10), slots.put([same] * 2)
    judge.chose("override-count", f"{ten.status}" if ten.ok else "400 for repeated slots")
    expected, ok = "200 for 10 overrides, as for 2 of one slot", ten.ok or two.status == 400
    judge("OVR-COUNT", ok, [two, ten], expected=expected, actual=f"{two.status}, {ten.status}")


@pytest.mark.scenario("overrides/length")
@pytest.mark.rule("OVR-LENGTH")
def test_length(slots: Slots, judge: Judge, rng: random.Random) -> None:
    """8000 characters are accepted and kept, 8001 are answered 400, also as the last of three entries."""
    full = unique_word(rng).ljust(8000, "x")
    answer = slots.put([override("ice_breaker", full)])
    ok, actual = saved(answer, [override("ice_breaker", full)])
    judge("OVR-LENGTH", ok, answer, expected="8000 characters saved", code=Breach.REFUSED, actual=actual)
    others = [override(stage, unique_word(rng)) for stage in STAGES[1:]]
    for messages in ([override("ice_breaker", full + "x")], [*others, override("ice_breaker", full + "x")]):
        answer = slots.put(messages)
        judge(
            "OVR-LENGTH",
            answer.status == 400,
            answer,
            expected="400 for 8001 characters",
            code=Breach.ACCEPTED,
            actual=f"{answer.status}",
        )


@pytest.mark.scenario("overrides/missing-slot")
@pytest.mark.rule("OVR-NO-SLOT")
@pytest.mark.parametrize("name", ["campaign_missing_slot", "campaign_without_messages"])
def test_missing_slot(name: str, api: Api, judge: Judge, world: Inventory, rng: random.Random) -> None:
    """A slot that the campaign lacks is answered 400, also beside one that it has."""
    wanted = world.given(name)
    rows = [row for row in read_whole_list(api, "list_campaigns").items if row["leadList"]]
    row = first_row((row for row in rows if row["id"] == wanted), f"campaign with a source list by the name {name}")
    source = row["leadList"]["id"]
    lacking = Slots(api, row["id"], source, import_into(api, source, new_lead(rng)))
    answers = [lacking.put([override(stage, unique_word(rng))]) for stage in STAGES]
    has = [stage for stage, answer in zip(STAGES, answers, strict=True) if answer.ok]
    refusals = sorted({answer.status or 0 for answer in answers if not answer.ok})
    if not has and refusals != [400]:
        raise Unmet(f"no lead of {name} whose overrides could be saved or refused")
    if len(has) == len(STAGES) and wanted not in lacking_slots(api.target.given):
        raise Unmet(f"{name} has all three slots, if no texts")
    expected, actual = "400 for the slot it lacks", f"{len(has)} of 3 slots accepted, else {refusals}"
    if not judge("OVR-NO-SLOT", refusals == [400], answers, expected=expected, actual=actual) or not has:
        return
    lacked = next(stage for stage in STAGES if stage not in has)
    both = lacking.put([override(has[0], unique_word(rng)), override(lacked, unique_word(rng))])
    judge("OVR-NO-SLOT", both.status == 400, [*answers, both], expected=expected, actual=f"{both.status}")


def lacking_slots(given: Mapping[str, str]) -> set[str]:
    """The campaigns said to lack a slot. One whose messages aren't set up may have its slots, only no texts in them."""
    return {given[name] for name in ("campaign_missing_slot", "campaign_without_slots") if name in given}


# --- for whom -------------------------------------------------------------------------------------------------


@pytest.mark.scenario("overrides/pending-until-started")
@pytest.mark.rule("OVR-PENDING", "OVR-ENROLLED", "OVR-BECOMES-ENROLLED")
def test_pending_until_started(api: Api, judge: Judge, session: Session, world: Inventory, rng: random.Random) -> None:
    """A member of a draft's source list is pending_enrollment, and enrolled as soon as the campaign has started."""
    if not session.target.restorable:
        in_this_run(api, judge, world, rng)
        return
    row = startable_draft(api, world)
    source = row["leadList"]["id"]
    own = Slots(api, row["id"], source, import_into(api, source, new_lead(rng)))
    text = [override("ice_breaker", unique_word(rng))]
    tell_pending(judge, own.put(text))
    start = api.ok("run_campaign_action", path={"campaign_id": own.campaign}, json={"action": "start"})
    enrolled = look_until(session, lambda: campaign_leads(api, own.campaign), lambda rows: own.lead in lead_ids(rows))
    become_enrolled(own, judge, [start, enrolled.last], text, own.lead in lead_ids(enrolled), rng)
    run_action(api, own.campaign, "pause")


def in_this_run(api: Api, judge: Judge, world: Inventory, rng: random.Random) -> None:
    """Where nothing is put back: what the start of this run's draft showed; without a draft, what can be shown."""
    try:
        kept = open_draft(api, world, rng)
    except Unmet as without:
        judge.unknown("OVR-BECOMES-ENROLLED", str(without), "save_message_overrides")
        without_draft(api, judge, at_work(api, world, rng), rng)
        return
    tell_pending(judge, kept.overridden)
    own, there = Slots(api, kept.campaign, "", kept.lead), kept.lead in lead_ids(kept.enrolled)
    become_enrolled(own, judge, [kept.start, kept.enrolled.last], kept.messages, there, rng)
    pause_if_running(api, kept.campaign)


def without_draft(api: Api, judge: Judge, row: Row, rng: random.Random) -> None:
    """A new member of a paused campaign's source list is pending; a lead of ours that an earlier run enrolled isn't."""
    campaign, source = row["id"], row["leadList"]["id"]
    pause_if_running(api, campaign)
    own = Slots(api, campaign, source, import_into(api, source, new_lead(rng)))
    answer, rows = own.put([override("ice_breaker", unique_word(rng))]), campaign_leads(api, campaign)
    if own.lead in lead_ids(rows):
        judge.unknown("OVR-PENDING", "a paused campaign enrolls new members by itself here", answer.operation)
    else:
        tell_pending(judge, answer)
    ours = [lead for lead in rows.items if str(lead["lead"]["last_name"]).startswith(MARK) and lead["lead_id"]]
    earlier = first_row(ours, "campaign lead of an earlier run's making")["lead_id"]
    tell_enrolled(
        "OVR-ENROLLED", judge, own, [rows.last, own.put([override("ice_breaker", unique_word(rng))], earlier)]
    )


def tell_pending(judge: Judge, answer: Exchange) -> None:
    """Judge the answer for a member of the source list who is not enrolled."""
    shown = f"{answer.status}, {told_as('lead_campaign_state', state(answer))}"
    judge("OVR-PENDING", state(answer) == "pending_enrollment", answer, expected="pending_enrollment", actual=shown)


def become_enrolled(
    own: Slots, judge: Judge, proof: list[Exchange], text: list[Row], there: bool, rng: random.Random
) -> None:
    """Judge the same text saved again after the start, and another one. Raises Unmet unless the lead is `there`."""
    if not there:
        raise Unmet("no lead that a start enrolled")
    for rule, rows in (("OVR-BECOMES-ENROLLED", text), ("OVR-ENROLLED", [override("ice_breaker", unique_word(rng))])):
        tell_enrolled(rule, judge, own, [*proof, own.put(rows)])


def tell_enrolled(rule: str, judge: Judge, own: Slots, proof: list[Exchange]) -> None:
    """Judge the last answer, for a lead who is enrolled. A campaign that is over meanwhile may refuse overrides."""
    answer = proof[-1]
    if answer.status == 409 and row_now(own.api, "list_campaigns", own.campaign)[0]["status"] == "completed":
        judge.unknown(rule, "the campaign came to its end before an override was saved", answer.operation)
        return
    shown = f"{answer.status}, {told_as('lead_campaign_state', state(answer))}"
    judge(rule, state(answer) == "enrolled", proof, expected="enrolled", actual=shown, where="/lead_campaign_state")


@pytest.mark.scenario("overrides/lead-of-no-concern")
@pytest.mark.rule("OVR-NEITHER-409")
def test_lead_of_no_concern(slots: Slots, api: Api, judge: Judge, rng: random.Random) -> None:
    """A lead that is neither enrolled nor in the source list is answered 409."""
    text = [override("ice_breaker", unique_word(rng))]
    outsider = import_into(api, new_list(api, rng), new_lead(rng))
    answer = slots.put(text, outsider)
    judge("OVR-NEITHER-409", answer.status == 409, answer, expected="409", actual=f"{answer.status}")


@pytest.mark.scenario("overrides/lead-that-is-not-there")
@pytest.mark.rule("OVR-LEAD-404")
def test_lead_that_is_not_there(slots: Slots, judge: Judge, world: Inventory, rng: random.Random) -> None:
    """A lead that does not exist, or is of another workspace, is answered 404."""
    text = [override("ice_breaker", unique_word(rng))]
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
