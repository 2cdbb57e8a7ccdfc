"""Enrichment: its four outcomes, what the lead shows afterwards, and whether charge and balance agree.

Not convicted: credits looked at before the lead, failures of the provider, leads of which it knows by now, and credits
that others spend meanwhile.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from nhq.scenarios import (
    AWAY,
    GIVEN,
    Api,
    Breach,
    Contract,
    Exchange,
    Inventory,
    Judge,
    Row,
    Session,
    Unmet,
    as_named,
    ask_until_back,
    data_of,
    differing_members,
    documented_members,
    join_names,
    look_until,
)
from nhq.scenarios import (
    disclose_value as told_as,
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
CREDITS_MOST = 100  # enrichments to spend a balance on
PAUSES = (0.0, 3.0, 7.0)  # seconds: what others spend differs with time, what a call takes does not


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an enrichment answered."""

    answer: Exchange
    status: str = ""
    charged: bool = False
    balance: int = 0

    @property
    def cost(self) -> int:
        return int(self.charged)


def outcome_of(answer: Exchange) -> Outcome | None:
    """The outcome that an answer tells, if any."""
    try:
        said = answer.json()["enrichment"]
        return Outcome(answer, said["status"], said["charged"] is True, int(said["credits_remaining"]))
    except (ValueError, KeyError, TypeError):
        return None


@dataclass(frozen=True, slots=True)
class Desk:
    """Enrichments in one workspace."""

    api: Api
    world: Inventory

    def read(self, lead: str) -> Exchange:
        """The lead as it stands now."""
        return self.api.ok("get_lead", path={"lead_id": lead}, key=self.api.key("get_lead", self.world.workspace))

    def call(self, lead: str) -> Exchange:
        """Enrich, whatever comes back."""
        key = self.api.key("enrich_lead", self.world.workspace)
        return self.api.call("enrich_lead", path={"lead_id": lead}, key=key)

    def enrich(self, lead: str) -> Outcome:
        """Enrich, and read the outcome. Raises Unmet where there is none to read."""
        answer = self.call(lead)
        outcome = outcome_of(answer)
        if outcome is None:
            raise Unmet(f"no outcome of an enrichment: it was answered {answer.status}")
        return outcome

    def paid(self, lead: str, while_credits_remain: bool = False) -> Outcome:
        """Enrich where credits are needed. Raises Unmet without them, by its word or by the balance that it tells."""
        outcome = self.enrich(lead)
        if outcome.status == "insufficient_credits" and while_credits_remain and outcome.balance > 0:
            outcome = self.enrich(lead)  # once more: somebody may have bought credits just now
        if outcome.status == "insufficient_credits" and not (while_credits_remain and outcome.balance > 0):
            raise Unmet("no credits for an enrichment")
        return outcome

    def asked(self, lead: str, expected: str, judge: Judge, session: Session) -> Outcome | None:
        """The outcome for a lead that was not enriched before; None where a finding says all.

        Which of `failed` and 502 is meant is open, so a 502 convicts on a target of ours alone, where it comes again
        and again: there the provider errs now and then, or where it is named for that.
        """
        if not session.target.undisturbed:
            return self.paid(lead, while_credits_remain=expected == "enriched")
        answer = ask_until_back(session, lambda: self.call(lead))
        if answer.status in AWAY:
            judge(f"ENRICH-{expected.upper()}", False, answer, expected=expected, actual="502", where="status")
            return None
        outcome = outcome_of(answer) or self.enrich(lead)
        if expected == "enriched" and outcome.status == "insufficient_credits" and outcome.balance <= 0:
            raise Unmet("no credits for an enrichment")
        return outcome

    def fresh(self) -> Iterator[str]:
        """Leads never enriched so far: first those that the target file names, then any that look it."""
        seen = [row["id"] for row in self.world.leads if looks_fresh(row)]
        for lead in dict.fromkeys([*self.named("lead_enrichable"), *seen]):
            if looks_fresh(data_of(self.read(lead))):
                yield lead
        raise Unmet("no lead that was never enriched")

    def enriched(self) -> str:
        """A lead enriched long ago."""
        rows = (row["id"] for row in self.world.leads if row.get("profile_enriched_at"))
        for lead in [*self.named("lead_enriched"), *rows]:
            return str(lead)
        raise Unmet("no lead enriched before")

    def named(self, name: str) -> list[str]:
        """Ids of [given] by the beginning of their name; the target file names those of the main workspace."""
        main = self.world.workspace == self.api.target.workspace
        return [ident for key, ident in sorted(self.api.target.given.items()) if main and key.startswith(name)]


def looks_fresh(row: Row) -> bool:
    """Never enriched, and nothing known against it."""
    traces = ("profile_enriched_at", "company_enriched_at", "company_details", "enrichment_failed")
    return bool(row.get("linkedin_url")) and not any(row.get(name) for name in traces)


def differing(one_row: Row, other: Row, contract: Contract) -> list[str]:
    """Names of members of a lead in which two views differ."""
    schemas = contract.document["components"]["schemas"]
    return differing_members(
        one_row, other, schemas["Lead"]["properties"].keys() - RESTLESS, documented_members(schemas)
    )


@pytest.fixture
def desk(api: Api, world: Inventory) -> Desk:
    """The main workspace."""
    return Desk(api, world)


# --- outcomes -------------------------------------------------------------------------------------------------


@pytest.mark.scenario("enrichment/enriched-once")
@pytest.mark.rule("ENRICH-ENRICHED", "ENRICH-STORED", "ENRICH-ALREADY", "ENRICH-ALREADY-DATA")
def test_enriched_once(desk: Desk, judge: Judge, session: Session, contract: Contract) -> None:
    """A fresh lead is enriched and shows it; asked again, it is already_enriched, with the data that was there."""
    lead = next(desk.fresh())
    before = data_of(desk.read(lead))
    first = desk.asked(lead, "enriched", judge, session)
    if first is None:
        return
    if first.status == "failed" and (lead not in desk.named("lead_enrichable") or not session.target.undisturbed):
        raise Unmet("no lead that the provider could enrich")
    if (
        first.status == "already_enriched"
        and not session.target.undisturbed
        and not looks_fresh(data_of(desk.read(lead)))
    ):
        raise Unmet("no lead that nobody else enriched meanwhile")
    if not judge(
        "ENRICH-ENRICHED",
        first.status == "enriched",
        first.answer,
        expected="enriched",
        actual=told_as("status", first.status),
    ):
        return
    result = data_of(first.answer)
    read = look_until(session, lambda: desk.read(lead), lambda read: not differing(result, data_of(read), contract))
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
    again_the_same(desk, judge, contract, lead, read)


@pytest.mark.scenario("enrichment/enriched-before")
@pytest.mark.rule("ENRICH-ALREADY", "ENRICH-ALREADY-DATA")
def test_enriched_before(desk: Desk, judge: Judge, world: Inventory, contract: Contract) -> None:
    """A lead enriched before is already_enriched, and returned as it was."""
    lead = world.given("lead_enriched")
    again_the_same(desk, judge, contract, lead, desk.read(lead))


def again_the_same(desk: Desk, judge: Judge, contract: Contract, lead: str, read: Exchange) -> None:
    """Judge the enrichment of a lead that is enriched already."""
    outcome = desk.enrich(lead)
    expected, shown = "already_enriched", outcome.status
    if shown == "insufficient_credits" and outcome.balance <= 0:
        raise Unmet("no credits, which a server may look at before the lead")
    actual = told_as("status", shown)
    judge("ENRICH-ALREADY", shown == expected, [read, outcome.answer], expected=expected, actual=actual)
    if shown == expected:
        differ = differing(data_of(read), data_of(outcome.answer), contract)
        proof, actual = [read, outcome.answer], join_names(differ)
        judge("ENRICH-ALREADY-DATA", not differ, proof, expected="the lead as before", actual=actual, where="/data")


@pytest.mark.scenario("enrichment/provider-fails")
@pytest.mark.rule("ENRICH-FAILED")
def test_provider_fails(desk: Desk, judge: Judge, session: Session, world: Inventory) -> None:
    """A lead that the provider cannot enrich, by the target file's word, is reported as failed."""
    outcome = desk.asked(world.given("lead_provider_fails"), "failed", judge, session)
    if outcome is None:
        return
    if outcome.status == "already_enriched":
        raise Unmet("no lead by the name lead_provider_fails that is not enriched by now")
    judge(
        "ENRICH-FAILED",
        as_named(session, outcome.answer, outcome.status == "failed"),
        outcome.answer,
        expected="failed",
        actual=told_as("status", outcome.status),
    )


@pytest.mark.scenario("enrichment/provider-errs")
@pytest.mark.rule("ENRICH-502")
def test_provider_errs(desk: Desk, judge: Judge, session: Session, world: Inventory) -> None:
    """A lead at which the provider errs, by the target file's word, is answered 502."""
    answer = desk.call(world.given("lead_provider_errors"))
    outcome = outcome_of(answer)
    if outcome is not None and outcome.status in {"already_enriched", "insufficient_credits"}:
        raise Unmet("no enrichment that the provider is asked for")
    ok = as_named(session, answer, answer.status == 502)
    judge("ENRICH-502", ok, answer, expected="502", actual=f"{answer.status}")


@pytest.mark.scenario("enrichment/insufficient-credits")
@pytest.mark.rule("ENRICH-INSUFFICIENT")
def test_insufficient_credits(api: Api, judge: Judge, world: Inventory) -> None:
    """In a workspace whose balance is nothing, a fresh lead is answered insufficient_credits."""
    desk = penniless(api, world)
    lead = next(desk.fresh())
    outcome = desk.enrich(lead)
    if outcome.status in {"failed", "already_enriched"} or outcome.balance > 0:
        raise Unmet("no answer that depends on credits")
    expected, shown = "insufficient_credits", outcome.status
    judge("ENRICH-INSUFFICIENT", shown == expected, outcome.answer, expected=expected, actual=told_as("status", shown))


@pytest.mark.scenario("enrichment/the-last-credit")
@pytest.mark.rule("ENRICH-INSUFFICIENT")
def test_the_last_credit(api: Api, world: Inventory, judge: Judge, session: Session) -> None:
    """insufficient_credits is said where no credit is left, and not before. Spends them all: on a target of ours, or in
    the workspace that the target file names by `exhaust`.

    Two leads at one instant are paid by the last credit once. The last lead asked for is one that the provider could
    enrich, by the target file's word.
    """
    if not session.target.restorable and not session.target.exhaust:
        raise Unmet(
            "not tested live, it would use up all credits: the target file names no workspace by exhaust",
            f"{GIVEN} exhaust",
        )
    desk = Desk(api, spendable(world, session.target.exhaust))
    kept = desk.named("lead_enrichable")
    leads = [row["id"] for row in desk.world.leads if looks_fresh(row) and row["id"] not in kept][:CREDITS_MOST]
    kept = kept or [leads.pop() for _ in range(min(3, len(leads)))]
    for lead in [*desk.named("lead_provider_fails"), *leads]:
        outcome = desk.enrich(lead)
        if outcome.status == "insufficient_credits":
            told_of_want(judge, outcome)
            return
        if outcome.balance == 1 and len(kept) > 2:
            two_for_one(desk, judge, kept[1:3])
            outcome = desk.enrich(desk.enriched())
        if outcome.balance <= 0 and kept:
            wanting(judge, outcome, desk.enrich(kept[0]))
            return
    judge.unknown("ENRICH-INSUFFICIENT", "there are more credits than leads to spend them on", "enrich_lead")


def spendable(world: Inventory, workspace: str) -> Inventory:
    """The workspace whose credits may be spent: the one named, the main one unless told."""
    return world.at(workspace) if workspace and workspace != world.workspace else world


def two_for_one(desk: Desk, judge: Judge, leads: list[str]) -> None:
    """Judge that of two leads at one instant at most one is paid by the last credit."""
    key = desk.api.key("enrich_lead", desk.world.workspace)
    answers = desk.api.at_once([("enrich_lead", {"path": {"lead_id": lead}, "key": key}) for lead in leads])
    charged = sum(outcome.cost for outcome in map(outcome_of, answers) if outcome is not None)
    expected = "at most 1 of 2 at one instant charged, with 1 credit left"
    judge("ENRICH-INSUFFICIENT", charged < 2, answers, expected=expected, actual=f"{charged}")


def wanting(judge: Judge, last: Outcome, outcome: Outcome) -> None:
    """Judge a lead that could be enriched, were there a credit left."""
    proof, shown = [last.answer, outcome.answer], outcome.status
    judge(
        "ENRICH-INSUFFICIENT",
        shown == "insufficient_credits",
        proof,
        expected="insufficient_credits",
        actual=told_as("status", shown),
    )


def told_of_want(judge: Judge, outcome: Outcome) -> None:
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


def penniless(api: Api, world: Inventory) -> Desk:
    """A workspace without credits, found by asking for what was enriched before, which costs nothing."""
    for place in [*([world.foreign] if world.foreign_keys else []), world]:
        desk = Desk(api, place)
        with suppress(Unmet):
            if desk.enrich(desk.enriched()).balance <= 0:
                return desk
    raise Unmet("no workspace without credits")


@pytest.mark.scenario("enrichment/two-at-one-instant")
@pytest.mark.rule("ENRICH-ALREADY", "ENRICH-BALANCE")
def test_two_at_one_instant(desk: Desk, judge: Judge, session: Session) -> None:
    """Of two enrichments of one lead at one instant the second finds it enriched, and only one is charged."""
    lead, known = next(desk.fresh()), desk.enriched()
    before = desk.enrich(known)
    key = desk.api.key("enrich_lead", desk.world.workspace)
    answers = desk.api.at_once([("enrich_lead", {"path": {"lead_id": lead}, "key": key})] * 2)
    outcomes = [outcome for outcome in map(outcome_of, answers) if outcome is not None]
    if len(outcomes) < 2 or not any(outcome.status == "enriched" for outcome in outcomes):
        raise Unmet("no lead that two at one instant could enrich")
    statuses = [outcome.status for outcome in outcomes]
    ok, actual = statuses.count("enriched") < 2, "both enriched"
    judge("ENRICH-ALREADY", ok, answers, expected="enriched once, by two at one instant", actual=actual)
    if session.target.undisturbed:
        after = desk.enrich(known)
        lost, cost = before.balance - after.balance, sum(outcome.cost for outcome in outcomes)
        proof, expected = [before.answer, *answers, after.answer], f"{cost}, as much as was charged"
        judge("ENRICH-BALANCE", lost == cost, proof, expected=expected, actual=f"{lost}")


# --- credits --------------------------------------------------------------------------------------------------


def drift(desk: Desk, lead: str, pause: float, session: Session) -> tuple[int, list[Exchange]]:
    """By how much the balance after an enrichment differs from what the balance before and `charged` say."""
    before = desk.enrich(desk.enriched())
    session.clock.sleep(pause)
    after = desk.paid(lead)
    return after.balance - (before.balance - after.cost), [before.answer, after.answer]


def drift_of_502(desk: Desk, lead: str, pause: float, session: Session) -> tuple[int, list[Exchange]]:
    """By how much an enrichment that is answered 502 lowers the balance, beside what the calls around it do."""
    known = desk.enriched()
    calm, before = desk.enrich(known), desk.enrich(known)
    session.clock.sleep(pause)
    failed = desk.call(lead)
    if failed.status != 502:
        raise Unmet("no enrichment that is answered 502")
    after = desk.enrich(known)
    lost = (after.balance - before.balance) - (before.balance - calm.balance)
    return lost, [before.answer, failed, after.answer]


def drift_of_others(desk: Desk, lead: str, pause: float, session: Session) -> tuple[int, list[Exchange]]:
    """By how much the balance of another workspace changes when this one is charged."""
    neighbour = Desk(desk.api, desk.world.foreign)
    known = neighbour.enriched()
    before = neighbour.enrich(known)
    session.clock.sleep(pause)
    paid = desk.paid(lead)
    if not paid.charged:
        raise Unmet("no enrichment that is charged")
    after = neighbour.enrich(known)
    return after.balance - before.balance, [before.answer, paid.answer, after.answer]


Measure = Callable[[Desk, str, float, Session], tuple[int, list[Exchange]]]


def balanced(desk: Desk, judge: Judge, session: Session, rule: str, leads: Iterator[str], how: Measure) -> None:
    """Judge a balance. Where others may spend at the same time, a drift counts only when it is the same three times."""
    drifts: list[int] = []
    for pause in PAUSES:
        found, proof = how(desk, next(leads), pause, session)
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
def test_balance_of_the_new(desk: Desk, judge: Judge, session: Session) -> None:
    """The balance falls by one over an enrichment that is charged."""
    balanced(desk, judge, session, "ENRICH-BALANCE", desk.fresh(), drift)


@pytest.mark.scenario("enrichment/balance-of-the-known")
@pytest.mark.rule("ENRICH-BALANCE")
def test_balance_of_the_known(desk: Desk, judge: Judge, session: Session) -> None:
    """The balance stays over an enrichment that is not charged, because there is nothing to do."""
    balanced(desk, judge, session, "ENRICH-BALANCE", repeated(desk.enriched()), drift)


@pytest.mark.scenario("enrichment/balance-of-the-failed")
@pytest.mark.rule("ENRICH-BALANCE")
def test_balance_of_the_failed(desk: Desk, judge: Judge, session: Session, world: Inventory) -> None:
    """The balance agrees with `charged` over an enrichment that failed, whatever that costs."""
    lead = world.given("lead_provider_fails")
    outcome = desk.enrich(lead)
    judge.chose("failed-enrichment-charged", "yes" if outcome.charged else "no")
    balanced(desk, judge, session, "ENRICH-BALANCE", repeated(lead), drift)


@pytest.mark.scenario("enrichment/balance-of-the-neighbour")
@pytest.mark.rule("ENRICH-BALANCE")
def test_balance_of_the_neighbour(desk: Desk, judge: Judge, session: Session) -> None:
    """The balance that is told is the workspace's own: what one spends is not taken from another."""
    balanced(desk, judge, session, "ENRICH-BALANCE", desk.fresh(), drift_of_others)


@pytest.mark.scenario("enrichment/balance-of-the-502")
@pytest.mark.rule("ENRICH-502-FREE")
def test_balance_of_the_502(desk: Desk, judge: Judge, session: Session, world: Inventory) -> None:
    """The balance stays over an enrichment that is answered 502."""
    lead = world.given("lead_provider_errors")
    balanced(desk, judge, session, "ENRICH-502-FREE", repeated(lead), drift_of_502)
