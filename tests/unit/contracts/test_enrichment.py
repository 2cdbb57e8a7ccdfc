"""Enrichment: which outcome shows what, and what others spend meanwhile."""

import json
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from scenario_play import Play, Seen

from nhq.contract import Contract
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange
from nhq.scenarios.areas.enrichment_probe import EnrichmentProbe, looks_unenriched, read_enrichment
from nhq.scenarios.judge import Judge

RULES = (
    "ENRICH-ENRICHED",
    "ENRICH-FAILED",
    "ENRICH-BALANCE",
    "ENRICH-INSUFFICIENT",
    "ENRICH-ALREADY",
    "ENRICH-ALREADY-DATA",
    "ENRICH-502-FREE",
)


def answer(
    status: int = 200, told: str = "enriched", balance: int = 5, charged: bool = True, number: int = 1
) -> Exchange:
    """An answer to an enrichment."""
    shown = {"data": {"id": "l"}, "enrichment": {"status": told, "charged": charged, "credits_remaining": balance}}
    body = json.dumps(shown if status == 200 else {"error": {"code": "x", "message": "y"}}).encode()
    return Exchange(number, "enrich_lead", "POST", "/", {}, b"", None, status, {}, body, 0.0, 0.0)


class Clerk:
    """An Api whose enrichments are answered by script."""

    def __init__(self, *answers: Exchange, alone: bool = True) -> None:
        self._answers, self.asked = iter(answers), 0
        self.session = SimpleNamespace(target=SimpleNamespace(undisturbed=alone, restorable=alone))
        self.target = SimpleNamespace(workspace="alpha", given={})

    def key(self, *words: Any) -> str:
        return "key"

    def call(self, operation: str, **options: Any) -> Exchange:
        self.asked += 1
        return next(self._answers)


@pytest.fixture
def enrichment(scenario: Callable[[str], ModuleType]) -> Any:
    """The scenarios of enrichment."""
    return scenario("enrichment")


@pytest.fixture
def enrichment_credits(scenario: Callable[[str], ModuleType]) -> Any:
    """Those of credits."""
    return scenario("enrichment_credits")


@pytest.fixture
def judged(contract: Contract, seen: Seen) -> Judge:
    """A judge of enrichment."""
    return Judge(contract, seen, RULES)


def desk_of(*answers: Exchange, alone: bool = True) -> Any:
    """A desk whose enrichments are answered by script."""
    return EnrichmentProbe(Clerk(*answers, alone=alone), SimpleNamespace(workspace="alpha", leads=[]))


POOR, ODD = answer(told="insufficient_credits", balance=0), answer(told="insufficient_credits", balance=1)


# --- credits that are needed ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "sure", "asked", "status"),
    [
        ([answer()], False, 1, "enriched"),
        ([answer(told="failed")], True, 1, "failed"),
        ([POOR], False, 1, None),
        ([POOR], True, 1, None),
        ([ODD], False, 1, None),
        ([ODD, answer()], True, 2, "enriched"),
        ([ODD, ODD], True, 2, "insufficient_credits"),
        ([ODD, POOR], True, 2, None),
    ],
)
def test_without_credits_nothing_is_shown(answers: list[Exchange], sure: bool, asked: int, status: str | None) -> None:
    """Where a balance is told with the want of credits, it is asked once more: somebody may have bought some."""
    desk = desk_of(*answers)
    if status is None:
        with pytest.raises(PreconditionNotMet, match="no credits"):
            desk.paid("l", while_credits_remain=sure)
    else:
        assert desk.paid("l", while_credits_remain=sure).status == status
    assert desk.api.asked == asked


@pytest.mark.parametrize(
    ("answers", "expected", "alone", "status"),
    [
        ([answer()], "enriched", True, "enriched"),
        ([answer(502), answer()], "enriched", True, "enriched"),
        ([answer(502)] * 3, "enriched", True, "ENRICH-ENRICHED"),
        ([answer(503)] * 3, "failed", True, "ENRICH-FAILED"),
        ([POOR], "enriched", True, None),
        ([ODD], "enriched", True, "insufficient_credits"),
        ([POOR], "failed", True, "insufficient_credits"),
        ([ODD, ODD], "enriched", False, "insufficient_credits"),
        ([ODD], "failed", False, None),
        ([answer(502)], "enriched", False, None),
    ],
)
def test_a_502_convicts_where_it_comes_again_and_again(
    answers: list[Exchange],
    expected: str,
    alone: bool,
    status: str | None,
    judged: Judge,
    seen: Seen,
) -> None:
    """On a target of ours alone; elsewhere, or without credits, nothing is shown."""
    desk = desk_of(*answers, alone=alone)
    if status is None:
        with pytest.raises(PreconditionNotMet):
            desk.asked("l", expected, judged, desk.api.session)
        return
    outcome = desk.asked("l", expected, judged, desk.api.session)
    assert list(seen.found) == ([status] if outcome is None else [])
    assert outcome is None or outcome.status == status


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"enrichment": []}', b'{"enrichment": {"status": "enriched"}}'])
def test_an_answer_without_an_outcome_has_none(body: bytes) -> None:
    """It broke its schema, which is a finding of its own."""
    odd = Exchange(1, "enrich_lead", "POST", "/", {}, b"", None, 200, {}, body, 0.0, 0.0)
    assert read_enrichment(odd) is None
    assert read_enrichment(answer(404)) is None
    with pytest.raises(PreconditionNotMet, match="answered 200"):
        desk_of(odd).enrich("l")


# --- balances -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drifts", "alone", "verdict", "looks"),
    [
        ([0], True, "holds", 1),
        ([2], True, "+2 of that, each time", 1),
        ([-1], True, "-1 of that, each time", 1),
        ([0], False, "holds", 1),
        ([2, 0], False, "holds", 2),
        ([2, 1, 0], False, "holds", 3),
        ([2, 2, 2], False, "+2 of that, each time", 3),
        ([2, 2, 1], False, "others' doing", 3),
        ([1, 2, 2], False, "others' doing", 3),
    ],
)
def test_a_balance_drifts_by_the_same_three_times(
    drifts: list[int], alone: bool, verdict: str, looks: int, enrichment_credits: Any, judged: Judge, seen: Seen
) -> None:
    """Where others may spend, after pauses of several lengths; where nobody does, once is enough."""
    pauses: list[float] = []

    def how(desk: Any, lead: str, pause: float, session: Any) -> tuple[int, list[Exchange]]:
        pauses.append(pause)
        return drifts[len(pauses) - 1], [answer()]

    leads: Iterator[str] = iter("abc")
    enrichment_credits.balanced(
        None, judged, SimpleNamespace(target=SimpleNamespace(undisturbed=alone)), "ENRICH-BALANCE", leads, how
    )
    ((told, words),) = seen.of("ENRICH-BALANCE")
    assert verdict in (told, words) or verdict in words
    assert pauses == [0.0, 3.0, 7.0][:looks]


Measured = tuple[str, Sequence[Exchange], int | None]


@pytest.mark.parametrize(
    ("how", "answers", "drift"),
    [
        ("drift", (answer(balance=5), answer(balance=4)), 0),
        ("drift", (answer(balance=5), answer(balance=5)), 1),
        ("drift", (answer(balance=5), answer(balance=5, charged=False)), 0),
        ("drift", (answer(balance=5), answer(balance=3)), -1),
        ("drift_of_502", (answer(balance=5), answer(balance=5), answer(502), answer(balance=5)), 0),
        ("drift_of_502", (answer(balance=5), answer(balance=5), answer(502), answer(balance=4)), -1),
        ("drift_of_502", (answer(balance=5), answer(balance=4), answer(502), answer(balance=3)), 0),
        ("drift_of_502", (answer(balance=5), answer(balance=4), answer(502), answer(balance=1)), -2),
        ("drift_of_502", (answer(balance=5), answer(balance=5), answer(200), answer(balance=5)), None),
        ("drift_of_others", (answer(balance=5), answer(balance=9), answer(balance=5)), 0),
        ("drift_of_others", (answer(balance=5), answer(balance=9), answer(balance=4)), -1),
        ("drift_of_others", (answer(balance=5), answer(balance=9, charged=False), answer(balance=5)), None),
    ],
)
def test_a_balance_is_held_to_the_one_before(
    how: str, answers: Sequence[Exchange], drift: int | None, enrichment_credits: Any, play: Play
) -> None:
    """Less what was charged; what the calls around it do, or the other workspace's, is not held against it."""
    place = SimpleNamespace(workspace="alpha", leads=[{"id": "e", "profile_enriched_at": "2026-01-01T00:00:00Z"}])
    place.foreign = place
    desk = EnrichmentProbe(Clerk(*answers), place)
    session: Any = SimpleNamespace(clock=play.clock)
    began = play.clock.monotonic()
    if drift is None:
        with pytest.raises(PreconditionNotMet):
            getattr(enrichment_credits, how)(desk, "l", 3.0, session)
    else:
        found, proof = getattr(enrichment_credits, how)(desk, "l", 3.0, session)
        assert found == drift
        assert len(proof) == 2 + (how != "drift")
    assert play.clock.monotonic() - began == 3.0


@pytest.mark.parametrize(
    ("charged", "expected"), [((True, False), "holds"), ((False, False), "holds"), ((True, True), "2")]
)
def test_the_last_credit_is_spent_once(
    charged: tuple[bool, bool], expected: str, enrichment_credits: Any, judged: Judge, seen: Seen
) -> None:
    """Of two leads at one instant at most one is paid by it."""
    desk = desk_of()
    answers = [answer(charged=one) for one in charged]
    desk.api.at_once = lambda calls: answers
    enrichment_credits.two_for_one(desk, judged, ["a", "b"])
    ((verdict, actual),) = seen.of("ENRICH-INSUFFICIENT")
    assert expected in (verdict, actual)


@pytest.mark.parametrize(("balance", "verdict"), [(0, "holds"), (-1, "holds"), (1, "violated")])
def test_want_of_credits_is_said_where_none_is_left(
    balance: int, verdict: str, enrichment_credits: Any, judged: Judge, seen: Seen
) -> None:
    """An enrichment takes one."""
    enrichment_credits.told_of_want(judged, read_enrichment(answer(told="insufficient_credits", balance=balance)))
    assert [one.verdict.value for one in seen.told] == [verdict]


@pytest.mark.parametrize(
    ("told", "balance", "verdict"),
    [
        ("already_enriched", 5, "holds"),
        ("enriched", 5, "violated"),
        ("failed", 5, "violated"),
        ("insufficient_credits", 0, None),
        ("insufficient_credits", 1, "violated"),
    ],
)
def test_what_is_enriched_already_is_said_to_be(
    told: str, balance: int, verdict: str | None, enrichment: Any, judged: Judge, seen: Seen, contract: Contract
) -> None:
    """Where no credit is left a server may look at credits before the lead."""
    desk = desk_of(answer(told=told, balance=balance, number=2))
    if verdict is None:
        with pytest.raises(PreconditionNotMet, match="no credits"):
            enrichment.again_the_same(desk, judged, contract, "l", answer())
        return
    enrichment.again_the_same(desk, judged, contract, "l", answer())
    assert [one.verdict.value for one in seen.told if one.rule == "ENRICH-ALREADY"] == [verdict]
    assert [one.rule for one in seen.told].count("ENRICH-ALREADY-DATA") == (verdict == "holds")


# --- which leads ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "fresh"),
    [
        ({}, True),
        ({"linkedin_url": None}, False),
        ({"profile_enriched_at": "2026-01-01T00:00:00Z"}, False),
        ({"company_enriched_at": "2026-01-01T00:00:00Z"}, False),
        ({"company_details": {"id": "c"}}, False),
        ({"enrichment_failed": True}, False),
        ({"enrichment_failed": False, "company_details": None}, True),
    ],
)
def test_a_fresh_lead_bears_no_trace(members: dict[str, Any], fresh: bool) -> None:
    """Of an enrichment, or of one that failed; and it has a profile to be found by."""
    assert looks_unenriched({"linkedin_url": "https://www.linkedin.com/in/a"} | members) is fresh


def test_named_leads_are_those_of_the_main_workspace(play: Play) -> None:
    """In the order of their names; in another workspace the target file names none."""
    api = SimpleNamespace(target=SimpleNamespace(workspace="alpha", given={"lead_b": "2", "lead_a": "1", "list": "3"}))
    assert EnrichmentProbe(api, SimpleNamespace(workspace="alpha")).named("lead") == ["1", "2"]
    assert EnrichmentProbe(api, SimpleNamespace(workspace="beta")).named("lead") == []


def test_where_others_act_a_lead_may_be_enriched_meanwhile(played: type[Play]) -> None:
    """`already_enriched` of a lead that looked fresh a moment ago is no finding, if it looks enriched by now."""
    play = played(live=True)

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.endswith("/enrich"):
            return None
        return status, body | {"enrichment": body["enrichment"] | {"status": "already_enriched"}}

    play.edit(edit)
    with pytest.raises(PreconditionNotMet, match="no other client enriched"):
        play("enrichment", "test_enriched_once")


def test_a_lead_that_still_looks_fresh_was_not_enriched(played: type[Play]) -> None:
    """Then `already_enriched` is wrong, whoever acts."""
    play = played(live=True)
    shown: dict[str, Any] = {}

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if asked.endswith("/enrich"):
            return status, body | {"enrichment": body["enrichment"] | {"status": "already_enriched"}}
        if asked.startswith("GET /leads/"):
            return status, shown.setdefault(asked, body)
        return None

    play.edit(edit)
    assert list(play("enrichment", "test_enriched_once").found) == ["ENRICH-ENRICHED"]


@pytest.mark.parametrize(
    ("balances", "found"), [((0, 5), "beta"), ((1, 0), "alpha"), ((1, 5), None), ((-1, 0), "beta")]
)
def test_a_penniless_workspace_has_no_credit_left(
    balances: tuple[int, int], found: str | None, enrichment_credits: Any
) -> None:
    """The other one first, since what is asked for there costs nobody anything."""
    rows = [{"id": "e", "profile_enriched_at": "2026-01-01T00:00:00Z"}]
    other = SimpleNamespace(workspace="beta", leads=rows)
    main = SimpleNamespace(workspace="alpha", leads=rows, foreign=other, foreign_keys=["key"])
    api = Clerk(*(answer(told="already_enriched", charged=False, balance=balance) for balance in balances))
    if found is None:
        with pytest.raises(PreconditionNotMet, match="without credits"):
            enrichment_credits.penniless(api, main)
    else:
        assert enrichment_credits.penniless(api, main).world.workspace == found
