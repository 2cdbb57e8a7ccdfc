"""Message overrides that are refused: other nodes, too many, too long, and slots that the campaign lacks.

Not convicted: ten entries of one slot refused where two are, and a campaign that has got the slot it lacked.
"""

import random
from collections.abc import Mapping

import pytest

from nhq.scenarios import (
    OVERRIDE_STAGES,
    Api,
    Breach,
    Few,
    Inventory,
    Judge,
    OverrideSlots,
    PreconditionNotMet,
    compare_saved,
    first_row,
    import_into,
    new_lead,
    override_entry,
    read_whole_list,
    unique_word,
)


@pytest.mark.scenario("overrides/only-messages-can-be-overridden")
@pytest.mark.rule("OVR-NODE-TYPE")
def test_only_messages_can_be_overridden(slots: OverrideSlots, judge: Judge, few: Few, rng: random.Random) -> None:
    """A node type other than send_message is answered 400, alone or beside a good entry."""
    text, good = unique_word(rng), override_entry("follow_up_1", unique_word(rng))
    for node in few(("send_connection_request", "send_inmail", "Send_Message", "")):
        for messages in (
            [override_entry("ice_breaker", text, node)],
            [good, override_entry("ice_breaker", text, node)],
        ):
            answer = slots.put(messages)
            expected = "400 for another node_type"
            judge("OVR-NODE-TYPE", answer.status == 400, answer, expected=expected, actual=f"{answer.status}")


@pytest.mark.scenario("overrides/one-to-ten")
@pytest.mark.rule("OVR-COUNT")
def test_one_to_ten(slots: OverrideSlots, judge: Judge, rng: random.Random) -> None:
    """None and eleven overrides are answered 400; one and ten are accepted, ten unless slots may not repeat."""
    same = override_entry("ice_breaker", unique_word(rng))
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
def test_length(slots: OverrideSlots, judge: Judge, rng: random.Random) -> None:
    """8000 characters are accepted and kept, 8001 are answered 400, also as the last of three entries."""
    full = unique_word(rng).ljust(8000, "x")
    answer = slots.put([override_entry("ice_breaker", full)])
    ok, actual = compare_saved(answer, [override_entry("ice_breaker", full)])
    judge("OVR-LENGTH", ok, answer, expected="8000 characters saved", code=Breach.REFUSED, actual=actual)
    others = [override_entry(stage, unique_word(rng)) for stage in OVERRIDE_STAGES[1:]]
    for messages in ([override_entry("ice_breaker", full + "x")], [*others, override_entry("ice_breaker", full + "x")]):
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
    lacking = OverrideSlots(api, row["id"], source, import_into(api, source, new_lead(rng)))
    answers = [lacking.put([override_entry(stage, unique_word(rng))]) for stage in OVERRIDE_STAGES]
    has = [stage for stage, answer in zip(OVERRIDE_STAGES, answers, strict=True) if answer.ok]
    refusals = sorted({answer.status or 0 for answer in answers if not answer.ok})
    if not has and refusals != [400]:
        raise PreconditionNotMet(f"no lead of {name} whose overrides could be saved or refused")
    if len(has) == len(OVERRIDE_STAGES) and wanted not in lacking_slots(api.target.given):
        raise PreconditionNotMet(f"{name} has all three slots, if no texts")
    expected, actual = "400 for the slot it lacks", f"{len(has)} of 3 slots accepted, else {refusals}"
    if not judge("OVR-NO-SLOT", refusals == [400], answers, expected=expected, actual=actual) or not has:
        return
    lacked = next(stage for stage in OVERRIDE_STAGES if stage not in has)
    both = lacking.put([override_entry(has[0], unique_word(rng)), override_entry(lacked, unique_word(rng))])
    judge("OVR-NO-SLOT", both.status == 400, [*answers, both], expected=expected, actual=f"{both.status}")


def lacking_slots(given: Mapping[str, str]) -> set[str]:
    """The campaigns said to lack a slot. One whose messages aren't set up may have its slots, only no texts in them."""
    return {given[name] for name in ("campaign_missing_slot", "campaign_without_slots") if name in given}
