"""Message overrides: the exact text is kept, once for each slot, and the next one replaces it.

Not convicted: overrides of others beside those sent. That the named campaign may lack a stage is said
beside the finding.
"""

import random

import pytest

from nhq.scenarios import (
    OVERRIDE_STAGES,
    Exchange,
    Judge,
    OverrideSlots,
    PreconditionNotMet,
    compare_saved,
    entries_of_stage,
    import_into,
    new_lead,
    override_entry,
    unique_word,
)

# Awkward, but plain text: other scripts, an accent as its own character, a joined emoji, quotes, markup, a placeholder.
TEXT = 'Grüße, 你好 e\u0301 👩\u200d🚀\n\n"quoted" <b>&amp;</b>  {{first_name}} %s \\n'


@pytest.mark.scenario("overrides/texts-are-saved-as-sent")
@pytest.mark.rule("OVR-SAVED", "OVR-STAGES")
def test_texts_are_saved_as_sent(slots: OverrideSlots, judge: Judge, rng: random.Random) -> None:
    """Each of the three slots takes a text, alone or with the others, and the answer holds exactly that text."""
    word, taken = unique_word(rng), []
    for stage in OVERRIDE_STAGES:
        answer = slots.put([override_entry(stage, f"{word} {stage}")])
        actual = f"{answer.status}{_slip(slots, answer)}"
        judge("OVR-STAGES", answer.status == 200, answer, expected=f"200 for {stage}", actual=actual)
        if answer.ok:
            taken.append(stage)
            ok, actual = compare_saved(answer, [override_entry(stage, f"{word} {stage}")])
            judge("OVR-SAVED", ok, answer, expected=f"the {stage} sent, once", actual=actual, where="/data")
    sent = [override_entry(stage, f"{word} {number} {TEXT}{stage}") for number, stage in enumerate(taken)]
    sent = [{**entry, "message": f"  {entry['message']}\t\n "} for entry in sent]  # «the exact text»: blanks, too
    answer = slots.put(sent)
    ok, actual = compare_saved(answer, sent)
    judge("OVR-SAVED", ok, answer, expected="all of them as sent, once each", actual=actual, where="/data")


def _slip(slots: OverrideSlots, answer: Exchange) -> str:
    """What else a 400 may be where the campaign isn't of our making: a slot that it lacks is refused so."""
    ours = slots.api.target.undisturbed
    return ", or the campaign named campaign_startable lacks that stage" if answer.status == 400 and not ours else ""


@pytest.mark.scenario("overrides/repeating-replaces")
@pytest.mark.rule("OVR-UPSERT", "OVR-UPSERT-ID")
def test_repeating_replaces(slots: OverrideSlots, judge: Judge, rng: random.Random) -> None:
    """A second text for a slot replaces the first, under the same id, and leaves the other slots alone."""
    word = unique_word(rng)
    first = slots.put([override_entry(stage, f"{word} first {stage}") for stage in OVERRIDE_STAGES])
    again = override_entry("ice_breaker", f"{word} second")
    second = slots.put([again])
    if not first.ok or not second.ok:
        raise PreconditionNotMet("no three overrides saved to be replaced")
    ok, actual = compare_saved(second, [again])
    judge("OVR-UPSERT", ok, [first, second], expected="the second text, once", actual=actual, where="/data")
    ids = [[row.get("id") for row in entries_of_stage(answer, "ice_breaker")] for answer in (first, second)]
    judge("OVR-UPSERT-ID", ids[0] == ids[1], [first, second], expected="one id", actual="another", where="/data/*/id")
    third = slots.put([override_entry("follow_up_1", f"{word} third")])
    ids = [[row.get("id") for row in entries_of_stage(answer, "follow_up_1")] for answer in (first, third)]
    proof, expected = [first, second, third], "one id, though another slot was saved in between"
    judge("OVR-UPSERT-ID", ids[0] == ids[1], proof, expected=expected, actual="another", where="/data/*/id")
    shown = {stage: [row.get("message") for row in entries_of_stage(third, stage)] for stage in OVERRIDE_STAGES}
    wanted = dict(zip(OVERRIDE_STAGES, (f"{word} second", f"{word} third", f"{word} first follow_up_2"), strict=True))
    whole_set = bool(shown["ice_breaker"] or shown["follow_up_2"])
    judge.chose("override-data", "all of them" if whole_set else "the saved ones")
    wrong = [
        stage
        for stage in OVERRIDE_STAGES
        if (shown[stage] or stage == "follow_up_1") and shown[stage] != [wanted[stage]]
    ]
    proof, actual = [first, second, third], f"not so for: {', '.join(wrong)}"
    judge("OVR-UPSERT", not wrong, proof, expected="the latest text of each slot shown", actual=actual, where="/data")


@pytest.mark.scenario("overrides/one-slot-twice-at-one-instant")
@pytest.mark.rule("OVR-UPSERT-ID", "OVR-UPSERT")
def test_one_slot_twice_at_one_instant(slots: OverrideSlots, judge: Judge, rng: random.Random) -> None:
    """Of two texts for a slot at one instant one is the last, under the one id that the slot has from then on.

    The slot is that of a lead which has none saved yet.
    """
    texts = [unique_word(rng), unique_word(rng)]
    lead = import_into(slots.api, slots.source, new_lead(rng))
    calls = [slots.call([override_entry("ice_breaker", text)], lead) for text in texts]
    answers = slots.api.at_once(calls)
    if not all(answer.ok for answer in answers):
        raise PreconditionNotMet("no two overrides saved at one instant")
    ids = {row.get("id") for answer in answers for row in entries_of_stage(answer, "ice_breaker")}
    expected = "one id of a slot saved twice at one instant"
    judge("OVR-UPSERT-ID", len(ids) == 1, answers, expected=expected, actual=f"{len(ids)}", where="/data/*/id")
    after = slots.put([override_entry("follow_up_1", unique_word(rng))], lead)
    shown = [row.get("message") for row in entries_of_stage(after, "ice_breaker")]
    if shown:  # the answer may show the saved ones alone (override-data)
        ok, proof = len(shown) == 1 and shown[0] in texts, [*answers, after]
        judge("OVR-UPSERT", ok, proof, expected="one of the two texts, once", actual="another", where="/data")
