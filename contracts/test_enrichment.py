"""Enrichment: its outcomes, and what the lead shows afterwards.

Not convicted: credits looked at before the lead, failures of the provider, and leads of which it knows by now.
"""

from typing import Any

import pytest

from nhq.scenarios import (
    Breach,
    Contract,
    EnrichmentProbe,
    Exchange,
    Inventory,
    Judge,
    PreconditionNotMet,
    Row,
    Session,
    as_named,
    data_of,
    differing_members,
    disclose_value,
    documented_members,
    join_names,
    look_until,
    looks_unenriched,
    read_enrichment,
)

# Others may touch these, or time: no two answers need agree in them. The id has a rule of its own.
RESTLESS = {
    "id",
    "updated_at",
    "enrichment_requested_at",
    "lead_heat_reason",
    "lead_heat_raw_score",
    "notes",
    "lead_list_ids",
}


@pytest.mark.scenario("enrichment/enriched-once")
@pytest.mark.rule("ENRICH-ENRICHED", "ENRICH-STORED", "ENRICH-ALREADY", "ENRICH-ALREADY-DATA")
def test_enriched_once(enrichments: EnrichmentProbe, judge: Judge, session: Session, contract: Contract) -> None:
    """A fresh lead is enriched and shows it; asked again, it is already_enriched, with the data that was there."""
    lead = next(enrichments.fresh())
    before = data_of(enrichments.read(lead))
    first = enrichments.asked(lead, "enriched", judge, session)
    if first is None:
        return
    if first.status == "failed" and (
        lead not in enrichments.named("lead_enrichable") or not session.target.undisturbed
    ):
        raise PreconditionNotMet("no lead that the provider could enrich")
    if (
        first.status == "already_enriched"
        and not session.target.undisturbed
        and not looks_unenriched(data_of(enrichments.read(lead)))
    ):
        raise PreconditionNotMet("no lead that no other client enriched meanwhile")
    if not judge(
        "ENRICH-ENRICHED",
        first.status == "enriched",
        first.answer,
        expected="enriched",
        actual=disclose_value("status", first.status),
    ):
        return
    result = data_of(first.answer)
    read = look_until(
        session, lambda: enrichments.read(lead), lambda read: not differing(result, data_of(read), contract)
    )
    after = data_of(read)
    differ, proof = differing(result, after, contract), [first.answer, read]
    options: dict[str, Any] = {"operation": "enrich_lead", "where": "/data"}
    judge("ENRICH-STORED", not differ, proof, expected="the lead as returned", actual=join_names(differ), **options)
    changed = differing(before, after, contract)
    judge(
        "ENRICH-STORED",
        bool(changed),
        proof,
        expected="something new about the lead",
        code=Breach.UNCHANGED,
        actual="nothing",
        **options,
    )
    again_the_same(enrichments, judge, contract, lead, read)


@pytest.mark.scenario("enrichment/enriched-before")
@pytest.mark.rule("ENRICH-ALREADY", "ENRICH-ALREADY-DATA")
def test_enriched_before(enrichments: EnrichmentProbe, judge: Judge, world: Inventory, contract: Contract) -> None:
    """A lead enriched before is already_enriched, and returned as it was."""
    lead = world.given("lead_enriched")
    again_the_same(enrichments, judge, contract, lead, enrichments.read(lead))


def again_the_same(enrichments: EnrichmentProbe, judge: Judge, contract: Contract, lead: str, read: Exchange) -> None:
    """Judge the enrichment of a lead that is enriched already."""
    outcome = enrichments.enrich(lead)
    expected, shown = "already_enriched", outcome.status
    if shown == "insufficient_credits" and outcome.balance <= 0:
        raise PreconditionNotMet("no credits, which a server may look at before the lead")
    actual = disclose_value("status", shown)
    judge("ENRICH-ALREADY", shown == expected, [read, outcome.answer], expected=expected, actual=actual)
    if shown == expected:
        differ = differing(data_of(read), data_of(outcome.answer), contract)
        proof, actual = [read, outcome.answer], join_names(differ)
        judge("ENRICH-ALREADY-DATA", not differ, proof, expected="the lead as before", actual=actual, where="/data")


def differing(one_row: Row, other: Row, contract: Contract) -> list[str]:
    """Names of members of a lead in which two views differ."""
    schemas = contract.document["components"]["schemas"]
    return differing_members(
        one_row, other, schemas["Lead"]["properties"].keys() - RESTLESS, documented_members(schemas)
    )


@pytest.mark.scenario("enrichment/provider-fails")
@pytest.mark.rule("ENRICH-FAILED")
def test_provider_fails(enrichments: EnrichmentProbe, judge: Judge, session: Session, world: Inventory) -> None:
    """A lead that the provider cannot enrich, by the target file's word, is reported as failed."""
    outcome = enrichments.asked(world.given("lead_provider_fails"), "failed", judge, session)
    if outcome is None:
        return
    if outcome.status == "already_enriched":
        raise PreconditionNotMet("no lead by the name lead_provider_fails that is not enriched by now")
    judge(
        "ENRICH-FAILED",
        as_named(session, outcome.answer, outcome.status == "failed"),
        outcome.answer,
        expected="failed",
        actual=disclose_value("status", outcome.status),
    )


@pytest.mark.scenario("enrichment/provider-errs")
@pytest.mark.rule("ENRICH-502")
def test_provider_errs(enrichments: EnrichmentProbe, judge: Judge, session: Session, world: Inventory) -> None:
    """A lead at which the provider errs, by the target file's word, is answered 502."""
    answer = enrichments.call(world.given("lead_provider_errors"))
    outcome = read_enrichment(answer)
    if outcome is not None and outcome.status in {"already_enriched", "insufficient_credits"}:
        raise PreconditionNotMet("no enrichment that the provider is asked for")
    ok = as_named(session, answer, answer.status == 502)
    judge("ENRICH-502", ok, answer, expected="502", actual=f"{answer.status}")


@pytest.mark.scenario("enrichment/two-at-one-instant")
@pytest.mark.rule("ENRICH-ALREADY", "ENRICH-BALANCE")
def test_two_at_one_instant(enrichments: EnrichmentProbe, judge: Judge, session: Session) -> None:
    """Of two enrichments of one lead at one instant the second finds it enriched, and only one is charged."""
    lead, known = next(enrichments.fresh()), enrichments.enriched()
    before = enrichments.enrich(known)
    key = enrichments.api.key("enrich_lead", enrichments.world.workspace)
    answers = enrichments.api.at_once([("enrich_lead", {"path": {"lead_id": lead}, "key": key})] * 2)
    outcomes = [outcome for outcome in map(read_enrichment, answers) if outcome is not None]
    if len(outcomes) < 2 or not any(outcome.status == "enriched" for outcome in outcomes):
        raise PreconditionNotMet("no lead that two at one instant could enrich")
    statuses = [outcome.status for outcome in outcomes]
    ok, actual = statuses.count("enriched") < 2, "both enriched"
    judge("ENRICH-ALREADY", ok, answers, expected="enriched once, by two at one instant", actual=actual)
    if session.target.undisturbed:
        after = enrichments.enrich(known)
        lost, cost = before.balance - after.balance, sum(outcome.cost for outcome in outcomes)
        proof, expected = [before.answer, *answers, after.answer], f"{cost}, as much as was charged"
        judge("ENRICH-BALANCE", lost == cost, proof, expected=expected, actual=f"{lost}")
