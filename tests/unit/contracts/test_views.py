"""Views of one thing: leads, senders and filters told alike, on rows made up or changed, for whoever acts meanwhile."""

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from scenario_play import Play, Seen

from nhq.checks.equivalence import documented_members
from nhq.contract import Contract
from nhq.model import Exchange
from nhq.scenarios.judge import Judge

VIEWS = ("get_lead", "list_leads", "list_members")
HOT: dict[str, Any] = {"lead_heat_raw_score": 5, "lead_heat_reason": "r"}


def page(operation: str, number: int) -> Exchange:
    return Exchange(number, operation, "GET", "/", {}, b"", None, 200, {}, b"{}", 0.0, 0.0)


@pytest.fixture
def views(scenario: Callable[[str], ModuleType], contract: Contract) -> Callable[..., Any]:
    """Views of the lead l by operation; of one that isn't told, none."""

    def make(**rows: dict[str, Any] | None) -> Any:
        by_view = {name: {"l": {"id": "l"} | row} if (row := rows.get(name, {})) is not None else {} for name in VIEWS}
        proof = {name: page(name, number) for number, name in enumerate(VIEWS, 1)}
        return scenario("leads").Views(by_view, proof, documented_members(contract.document))

    return make


@pytest.fixture
def judged(contract: Contract, seen: Seen) -> Judge:
    """A judge of leads."""
    return Judge(contract, seen, ["LEAD-SAME-AS-ROW", "LEAD-HEAT", "LEAD-DETAILS"])


def told(seen: Seen) -> dict[str | None, str]:
    """The verdict of each view, by its operation."""
    return {one.operation: one.verdict.value for one in seen.told}


@pytest.mark.parametrize(
    ("rows", "verdicts"),
    [
        ({}, {"get_lead": "holds", "list_members": "holds"}),
        ({"list_leads": {"company": "x"}}, {"get_lead": "violated", "list_members": "holds"}),
        ({"list_members": {"company": "x"}}, {"get_lead": "holds", "list_members": "violated"}),
        ({"get_lead": {"company": "x"}}, {"get_lead": "violated", "list_members": "violated"}),
        ({"list_leads": None}, {"get_lead": "unknown", "list_members": "holds"}),
        ({"list_members": None}, {"get_lead": "holds", "list_members": "unknown"}),
    ],
)
def test_a_lead_alone_is_as_its_rows(
    rows: dict[str, Any], verdicts: dict[str, str], views: Callable[..., Any], scenario: Any, judged: Judge, seen: Seen
) -> None:
    """In the list of leads, and among members; a view that shows none of them is unknown."""
    scenario("leads").same_as_rows(views(**rows), judged, ["company"])
    assert told(seen) == verdicts
    if seen.found:
        assert seen.found["LEAD-SAME-AS-ROW"] == "differs in company"


COLD: dict[str, Any] = {"lead_heat_raw_score": None, "lead_heat_reason": None}


@pytest.mark.parametrize(
    ("rows", "verdicts"),
    [
        ((HOT, HOT, HOT), ("holds", "holds", "holds")),
        ((COLD, COLD, COLD), ("unknown", "unknown", "unknown")),
        ((COLD, HOT, HOT), ("violated", "holds", "holds")),
        ((HOT, COLD, HOT), ("holds", "violated", "holds")),
        ((HOT, HOT, COLD), ("holds", "holds", "violated")),
        ((HOT, HOT, HOT | {"lead_heat_reason": "s"}), ("holds", "holds", "violated")),
        ((HOT, COLD, None), ("violated", "violated", "holds")),
        ((HOT, None, None), ("holds", "holds", "holds")),
    ],
)
def test_a_view_that_stands_alone_with_its_heat_is_wrong(
    rows: tuple[Any, Any, Any],
    verdicts: tuple[str, str, str],
    views: Callable[..., Any],
    scenario: Any,
    judged: Judge,
    seen: Seen,
) -> None:
    """One that another view agrees with isn't; and where no lead is hot nothing is known."""
    scenario("leads").same_heat(views(**dict(zip(VIEWS, rows, strict=True))), judged)
    assert tuple(told(seen)[name] for name in VIEWS) == verdicts
    if seen.found:
        assert seen.found["LEAD-HEAT"] == "another in 1 of 1 leads"


PLAIN: dict[str, Any] = {"company_enriched_at": None, "company_details": None}
WHOLE: dict[str, Any] = {"company_enriched_at": "x", "company_details": {"id": "c"}}
BARE: dict[str, Any] = WHOLE | {"company_details": None}
OTHER: dict[str, Any] = WHOLE | {"company_details": {"id": "d"}}


@pytest.mark.parametrize(
    ("rows", "verdicts"),
    [
        ((WHOLE, WHOLE, WHOLE), ("holds", "holds", "holds")),
        ((PLAIN, PLAIN, PLAIN), ("unknown", "unknown", "unknown")),
        ((BARE, BARE, BARE), ("violated", "violated", "violated")),
        ((BARE, WHOLE, WHOLE), ("violated", "holds", "holds")),
        ((WHOLE, BARE, BARE), ("holds", "violated", "violated")),
        ((OTHER, WHOLE, WHOLE), ("violated", "holds", "holds")),
        ((WHOLE, None, None), ("holds", "holds", "holds")),
        ((PLAIN, WHOLE, WHOLE), ("violated", "holds", "holds")),
    ],
)
def test_an_enriched_lead_comes_with_its_company(
    rows: tuple[Any, Any, Any],
    verdicts: tuple[str, str, str],
    views: Callable[..., Any],
    scenario: Any,
    judged: Judge,
    seen: Seen,
) -> None:
    """In each view where any has it, as elsewhere; and in some at all."""
    scenario("leads").same_details(views(**dict(zip(VIEWS, rows, strict=True))), judged)
    assert tuple(told(seen)[name] for name in VIEWS) == verdicts


def changing(play: Play, path: str, of: Callable[[Any], Any], times: int = 99, after: int = 0) -> list[str]:
    """Pages of a path are as `of` makes their data, so many times, from the one after `after` on."""
    asked: list[str] = []

    def edit(request: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not request.startswith(path):
            return None
        asked.append(request)
        if not after < len(asked) <= after + times:
            return None
        return status, body | {"data": of(body["data"])}

    play.edit(edit)
    return asked


def without_lists(rows: list[Any]) -> list[Any]:
    return [row | {"lead_list_ids": []} for row in rows]


@pytest.mark.parametrize(("times", "found"), [(0, False), (4, False), (5, True)])
def test_memberships_may_show_some_seconds_later(times: int, found: bool, play: Play) -> None:
    """Five looks are made, for fifteen seconds."""
    play.world.warm()
    first = len(play.world.lists)
    assert first
    page_count = -(-len(play.world.leads) // 500)
    changing(play, "GET /leads?", without_lists, times=min(times * min(page_count, 4), 99))
    began = play.session.clock.monotonic()
    seen = play("leads", "test_list_ids_are_memberships")
    assert bool(seen.found) is found
    assert play.session.clock.monotonic() - began == {0: 0.0, 4: 15.0, 5: 15.0}[times]


def test_lists_of_leads_are_told_by_the_longest_and_the_shortest(play: Play) -> None:
    """Three and one, of a hundred and fifty members at most."""
    play.world.warm()
    known = sorted((r for r in play.world.lists if r["lead_count"] <= 150), key=lambda row: -row["lead_count"])
    play.wire.sent.clear()
    play("leads", "test_list_ids_are_memberships")
    read = [asked.split("/")[2] for asked, _, _ in play.wire.sent if asked.startswith("GET /lead_lists/")]
    assert list(dict.fromkeys(read)) == [row["id"] for row in [*known[:3], known[-1]]]


@pytest.mark.parametrize(
    ("of", "rule"),
    [
        (lambda rows: rows[:-1], "LEAD-MEMBERS"),
        (lambda rows: [*rows, rows[0] | {"id": "x"}], "LEAD-MEMBERS"),
    ],
)
def test_own_leads_are_members_where_they_joined(of: Callable[[list[Any]], list[Any]], rule: str, play: Play) -> None:
    """And nowhere else."""
    changing(play, "GET /lead_lists/", of)
    assert rule in play("leads", "test_own_lists").found


# --- senders --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("times", "found"), [(0, False), (4, False), (5, True)])
def test_senders_of_campaigns_are_accounts(times: int, found: bool, play: Play) -> None:
    """Of those that are not over; an account may be connected just now."""
    going = {s["id"] for c in play.world.campaigns if c["status"] != "completed" for s in c["linkedinAccounts"]}
    lost = sorted(going)[:2]
    changing(play, "GET /linkedin_accounts?", lambda rows: [row for row in rows if row["id"] not in lost], times=times)
    seen = play("accounts", "test_senders_are_accounts")
    assert seen.found == ({"ACCOUNT-SENDERS": f"2 of {len(going)} are not"} if found else {})


def test_what_is_over_may_name_an_account_that_is_gone(play: Play) -> None:
    """It was disconnected since."""
    rows = play.world.campaigns
    over = {s["id"] for c in rows if c["status"] == "completed" for s in c["linkedinAccounts"]}
    going = {s["id"] for c in rows if c["status"] != "completed" for s in c["linkedinAccounts"]}
    changing(play, "GET /linkedin_accounts?", lambda accounts: [a for a in accounts if a["id"] not in over - going])
    assert play("accounts", "test_senders_are_accounts").found == {}


# --- filters --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize(
    ("of", "actual"),
    [
        (lambda rows: rows[1:], "1 not shown, 0 others"),
        (lambda rows: [*rows, rows[0] | {"id": "x", "is_unread": False}], "0 not shown, 1 others"),
        (lambda rows: [*rows, rows[0] | {"id": "x", "is_unread": None}], "0 not shown, 1 others"),
    ],
)
def test_a_filter_shows_what_fits_and_no_other(
    of: Callable[[list[Any]], list[Any]], actual: str, alone: bool, played: type[Play]
) -> None:
    """Each time that it is looked at."""
    play = played(alone=alone)
    play.world.warm()
    play.edit(
        lambda asked, status, body: (
            (status, body | {"data": of(body["data"])}) if "unread_only=true" in asked and body["data"] else None
        )
    )
    assert play("filters", "test_every_unread").found == {"SEARCH-UNREAD-ALL": actual}


def test_what_becomes_unread_meanwhile_accuses_nobody(played: type[Play]) -> None:
    """Where others act, those count that fit before and afterwards."""
    play = played(alone=False)
    play.world.warm()
    plain: list[str] = []

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("GET /conversations?") or "unread" in asked:
            return None
        plain.append(asked)
        read = [row | ({"is_unread": True} if not row["is_unread"] else {}) for row in body["data"]]
        return (status, body | {"data": read}) if len(plain) % 2 else None

    play.edit(edit)
    assert play("filters", "test_every_unread").found == {}


@pytest.mark.parametrize(
    ("status", "rows", "verdict"),
    [
        (200, [{"id": "x"}], "violated"),
        *((status, [], "holds") for status in (200, 400, 404, 422)),
        *((status, [], "violated") for status in (409, 500)),
    ],
)
def test_a_list_that_is_nobodys_shows_nobody(status: int, rows: list[Any], verdict: str, play: Play) -> None:
    """Or is refused."""
    shown = SimpleNamespace(rows=rows)
    play.edit(lambda asked, was, body: (status, body | {"data": shown.rows}) if "list_ids=" in asked else None)
    seen = play("filters", "test_unknown_list")
    assert [told for told, _ in seen.of("SEARCH-LIST-IDS-UNKNOWN")] == [verdict, verdict]
