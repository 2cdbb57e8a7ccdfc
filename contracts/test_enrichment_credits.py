"""Credits of enrichments: what is said where none is left, and whether charge and balance agree.

Not convicted: credits looked at before the lead, and credits that others spend meanwhile.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from nhq.scenarios import (
    GIVEN,
    Api,
    Breach,
    EnrichmentOutcome,
    EnrichmentProbe,
    Exchange,
    Inventory,
    Judge,
    PreconditionNotMet,
    Session,
    disclose_value,
    looks_unenriched,
    read_enrichment,
)

CREDITS_MOST = 100  # enrichments to spend a balance on
PAUSES = (0.0, 3.0, 7.0)  # seconds: what others spend differs with time, what a call takes does not


# --- no credit left -------------------------------------------------------------------------------------------


@pytest.mark.scenario("enrichment/insufficient-credits")
@pytest.mark.rule("ENRICH-INSUFFICIENT")
def test_insufficient_credits(api: Api, judge: Judge, world: Inventory) -> None:
    """In a workspace whose balance is nothing, a fresh lead is answered insufficient_credits."""
    enrichments = penniless(api, world)
    lead = next(enrichments.fresh())
    outcome = enrichments.enrich(lead)
    if outcome.status in {"failed", "already_enriched"} or outcome.balance > 0:
        raise PreconditionNotMet("no answer that depends on credits")
    expected, shown = "insufficient_credits", outcome.status
    judge(
        "ENRICH-INSUFFICIENT",
        shown == expected,
        outcome.answer,
        expected=expected,
        actual=disclose_value("status", shown),
    )


@pytest.mark.scenario("enrichment/the-last-credit")
@pytest.mark.rule("ENRICH-INSUFFICIENT")
def test_the_last_credit(api: Api, world: Inventory, judge: Judge, session: Session) -> None:
    """insufficient_credits is said where no credit is left, and not before. Spends them all: on a target of ours, or in
    the workspace that the target file names by `exhaust`.

    Two leads at one instant are paid by the last credit once. The last lead asked for is one that the provider could
    enrich, by the target file's word.
    """
    if not session.target.restorable and not session.target.exhaust:
        raise PreconditionNotMet(
            "not tested live, it would use up all credits: the target file names no workspace by exhaust",
            f"{GIVEN} exhaust",
        )
    enrichments = EnrichmentProbe(api, spendable(world, session.target.exhaust))
    kept = enrichments.named("lead_enrichable")
    leads = [row["id"] for row in enrichments.world.leads if looks_unenriched(row) and row["id"] not in kept][
        :CREDITS_MOST
    ]
    kept = kept or [leads.pop() for _ in range(min(3, len(leads)))]
    for lead in [*enrichments.named("lead_provider_fails"), *leads]:
        outcome = enrichments.enrich(lead)
        if outcome.status == "insufficient_credits":
            told_of_want(judge, outcome)
            return
        if outcome.balance == 1 and len(kept) > 2:
            two_for_one(enrichments, judge, kept[1:3])
            outcome = enrichments.enrich(enrichments.enriched())
        if outcome.balance <= 0 and kept:
            wanting(judge, outcome, enrichments.enrich(kept[0]))
            return
    judge.unknown("ENRICH-INSUFFICIENT", "there are more credits than leads to spend them on", "enrich_lead")


def spendable(world: Inventory, workspace: str) -> Inventory:
    """The workspace whose credits may be spent: the one named, the main one unless told."""
    return world.at(workspace) if workspace and workspace != world.workspace else world


def two_for_one(enrichments: EnrichmentProbe, judge: Judge, leads: list[str]) -> None:
    """Judge that of two leads at one instant at most one is paid by the last credit."""
    key = enrichments.api.key("enrich_lead", enrichments.world.workspace)
    answers = enrichments.api.at_once([("enrich_lead", {"path": {"lead_id": lead}, "key": key}) for lead in leads])
    charged = sum(outcome.cost for outcome in map(read_enrichment, answers) if outcome is not None)
    expected = "at most 1 of 2 at one instant charged, with 1 credit left"
    judge("ENRICH-INSUFFICIENT", charged < 2, answers, expected=expected, actual=f"{charged}")


def wanting(judge: Judge, last: EnrichmentOutcome, outcome: EnrichmentOutcome) -> None:
    """Judge a lead that could be enriched, were there a credit left."""
    proof, shown = [last.answer, outcome.answer], outcome.status
    judge(
        "ENRICH-INSUFFICIENT",
        shown == "insufficient_credits",
        proof,
        expected="insufficient_credits",
        actual=disclose_value("status", shown),
    )


def told_of_want(judge: Judge, outcome: EnrichmentOutcome) -> None:
    """Judge a lead that could not be paid: an enrichment takes one credit, so that none can be left."""
    expected, actual = "said when no credit is left", f"{outcome.balance} left"
    judge(
        "ENRICH-INSUFFICIENT",
        outcome.balance <= 0,
        outcome.answer,
        expected=expected,
        code=Breach.REFUSED,
        actual=actual,
    )


def penniless(api: Api, world: Inventory) -> EnrichmentProbe:
    """A workspace without credits, found by asking for what was enriched before, which costs nothing."""
    for place in [*([world.foreign] if world.foreign_keys else []), world]:
        enrichments = EnrichmentProbe(api, place)
        with suppress(PreconditionNotMet):
            if enrichments.enrich(enrichments.enriched()).balance <= 0:
                return enrichments
    raise PreconditionNotMet("no workspace without credits")


# --- the balance ----------------------------------------------------------------------------------------------


def drift(enrichments: EnrichmentProbe, lead: str, pause: float, session: Session) -> tuple[int, list[Exchange]]:
    """By how much the balance after an enrichment differs from what the balance before and `charged` say."""
    before = enrichments.enrich(enrichments.enriched())
    session.clock.sleep(pause)
    after = enrichments.paid(lead)
    return after.balance - (before.balance - after.cost), [before.answer, after.answer]


def drift_of_502(enrichments: EnrichmentProbe, lead: str, pause: float, session: Session) -> tuple[int, list[Exchange]]:
    """By how much an enrichment that is answered 502 lowers the balance, beside what the calls around it do."""
    known = enrichments.enriched()
    calm, before = enrichments.enrich(known), enrichments.enrich(known)
    session.clock.sleep(pause)
    failed = enrichments.call(lead)
    if failed.status != 502:
        raise PreconditionNotMet("no enrichment that is answered 502")
    after = enrichments.enrich(known)
    lost = (after.balance - before.balance) - (before.balance - calm.balance)
    return lost, [before.answer, failed, after.answer]


def drift_of_others(
    enrichments: EnrichmentProbe, lead: str, pause: float, session: Session
) -> tuple[int, list[Exchange]]:
    """By how much the balance of another workspace changes when this one is charged."""
    neighbour = EnrichmentProbe(enrichments.api, enrichments.world.foreign)
    known = neighbour.enriched()
    before = neighbour.enrich(known)
    session.clock.sleep(pause)
    paid = enrichments.paid(lead)
    if not paid.charged:
        raise PreconditionNotMet("no enrichment that is charged")
    after = neighbour.enrich(known)
    return after.balance - before.balance, [before.answer, paid.answer, after.answer]


Measure = Callable[[EnrichmentProbe, str, float, Session], tuple[int, list[Exchange]]]


def balanced(
    enrichments: EnrichmentProbe, judge: Judge, session: Session, rule: str, leads: Iterator[str], how: Measure
) -> None:
    """Judge a balance. Where others may spend at the same time, a drift counts only when it is the same three times."""
    drifts: list[int] = []
    for pause in PAUSES:
        found, proof = how(enrichments, next(leads), pause, session)
        drifts.append(found)
        if found == 0 or session.target.undisturbed:
            break
    if len(set(drifts)) > 1 and drifts[-1] != 0:
        judge.unknown(rule, "the balance moves by others' doing", "enrich_lead")
        return
    options: dict[str, Any] = {"operation": "enrich_lead", "where": "/enrichment/credits_remaining"}
    actual = f"{drifts[-1]:+d} of that, each time"
    judge(rule, drifts[-1] == 0, proof, expected="the balance before, less what was charged", actual=actual, **options)


def repeated(lead: str) -> Iterator[str]:
    """One lead, as often as wanted."""
    while True:
        yield lead


@pytest.mark.scenario("enrichment/balance-of-the-new")
@pytest.mark.rule("ENRICH-BALANCE")
def test_balance_of_the_new(enrichments: EnrichmentProbe, judge: Judge, session: Session) -> None:
    """The balance falls by one over an enrichment that is charged."""
    balanced(enrichments, judge, session, "ENRICH-BALANCE", enrichments.fresh(), drift)


@pytest.mark.scenario("enrichment/balance-of-the-known")
@pytest.mark.rule("ENRICH-BALANCE")
def test_balance_of_the_known(enrichments: EnrichmentProbe, judge: Judge, session: Session) -> None:
    """The balance stays over an enrichment that is not charged, because there is nothing to do."""
    balanced(enrichments, judge, session, "ENRICH-BALANCE", repeated(enrichments.enriched()), drift)


@pytest.mark.scenario("enrichment/balance-of-the-failed")
@pytest.mark.rule("ENRICH-BALANCE")
def test_balance_of_the_failed(enrichments: EnrichmentProbe, judge: Judge, session: Session, world: Inventory) -> None:
    """The balance agrees with `charged` over an enrichment that failed, whatever that costs."""
    lead = world.given("lead_provider_fails")
    outcome = enrichments.enrich(lead)
    judge.chose("failed-enrichment-charged", "yes" if outcome.charged else "no")
    balanced(enrichments, judge, session, "ENRICH-BALANCE", repeated(lead), drift)


@pytest.mark.scenario("enrichment/balance-of-the-neighbour")
@pytest.mark.rule("ENRICH-BALANCE")
def test_balance_of_the_neighbour(enrichments: EnrichmentProbe, judge: Judge, session: Session) -> None:
    """The balance that is told is the workspace's own: what one spends is not taken from another."""
    balanced(enrichments, judge, session, "ENRICH-BALANCE", enrichments.fresh(), drift_of_others)


@pytest.mark.scenario("enrichment/balance-of-the-502")
@pytest.mark.rule("ENRICH-502-FREE")
def test_balance_of_the_502(enrichments: EnrichmentProbe, judge: Judge, session: Session, world: Inventory) -> None:
    """The balance stays over an enrichment that is answered 502."""
    lead = world.given("lead_provider_errors")
    balanced(enrichments, judge, session, "ENRICH-502-FREE", repeated(lead), drift_of_502)
