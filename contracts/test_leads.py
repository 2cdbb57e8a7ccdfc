"""Leads: one lead wherever it is shown, its company and heat, and membership told alike by lists and by leads.

Not convicted: heat and details that change between looks, null for a member left out, and lists of the server's own
that have the lead.
"""

import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from nhq.scenarios import (
    Api,
    Contract,
    Crawl,
    Exchange,
    Inventory,
    Judge,
    PreconditionNotMet,
    Row,
    Session,
    data_of,
    differing_members,
    documented_members,
    equivalent,
    import_into,
    join_names,
    look_until,
    new_lead,
    new_list,
    read_members,
)

VIEWS = ("get_lead", "list_leads", "list_members")
HEAT = ("lead_heat_reason", "lead_heat_raw_score")
SAMPLE = 6


@dataclass(frozen=True, slots=True)
class Views:
    """Some members of one list as three operations show them; `proof` holds an answer of each."""

    rows: dict[str, dict[str, Row]]
    proof: dict[str, Exchange]
    known: frozenset[str]

    def of(self, lead: str) -> dict[str, Row]:
        """A lead by view, where it stands in it."""
        return {view: rows[lead] for view, rows in self.rows.items() if lead in rows}

    @property
    def leads(self) -> list[str]:
        return list(self.rows["get_lead"])


def look(api: Api, source: str, chosen: Iterable[str], known: frozenset[str]) -> Views:
    """Read the members of a list, its leads, and some of them alone."""
    most = api.operation("list_members").limits[1]
    proof = {"list_members": api.ok("list_members", path={"lead_list_id": source}, query={"limit": most})}
    proof["list_leads"] = api.ok("list_leads", query={"list_ids": source, "limit": most})
    rows = {view: {row["id"]: row for row in page.json()["data"]} for view, page in proof.items()}
    alone = {lead: api.ok("get_lead", path={"lead_id": lead}) for lead in chosen}
    rows["get_lead"] = {lead: data_of(answer) for lead, answer in alone.items()}
    return Views(rows, proof | {"get_lead": list(alone.values())[-1]}, known)


def telling(world: Inventory) -> tuple[str, list[str]]:
    """A short list and some of its members: with company details, with heat, with neither."""
    short = {row["id"] for row in world.lists if row.get("lead_count", 0) <= 200}
    found: dict[str, list[Row]] = {}
    for row in world.leads:
        for ident in short.intersection(row["lead_list_ids"]):
            found.setdefault(ident, []).append(row)
    if not found:
        raise PreconditionNotMet("no list with members, and no more than 200 of them")
    source, rows = max(found.items(), key=lambda entry: (min(map(len, _kinds(entry[1])[:2])), -len(entry[1])))
    chosen = [row["id"] for kind in _kinds(rows) for row in kind[: SAMPLE // 2]]
    return source, list(dict.fromkeys(chosen))


def _kinds(rows: Sequence[Row]) -> tuple[list[Row], list[Row], list[Row]]:
    enriched = [row for row in rows if row.get("company_enriched_at")]
    hot = [row for row in rows if row.get("lead_heat_raw_score") is not None]
    return enriched, hot, [row for row in rows if row not in enriched and row not in hot]


# --- one lead, three views ------------------------------------------------------------------------------------


@pytest.mark.scenario("leads/one-lead-everywhere")
@pytest.mark.rule("LEAD-SAME-AS-ROW", "LEAD-HEAT", "LEAD-DETAILS")
def test_one_lead_everywhere(api: Api, judge: Judge, world: Inventory, session: Session, contract: Contract) -> None:
    """A lead is the same alone, among all leads and among the members of a list: members, company details, heat."""
    source, chosen = telling(world)
    known = documented_members(contract.document)
    names = contract.document["components"]["schemas"]["Lead"]["properties"].keys() - {"id", *HEAT, "company_details"}

    def odd(views: Views) -> bool:
        every = [*names, *HEAT, "company_details"]
        return any(
            differing_members(row, views.of(lead)["get_lead"], every, known)
            for lead in chosen
            for row in views.of(lead).values()
        )

    views = look_until(session, lambda: look(api, source, chosen, known), lambda views: not odd(views))
    same_as_rows(views, judge, names)
    same_heat(views, judge)
    same_details(views, judge)


def same_as_rows(views: Views, judge: Judge, names: Iterable[str]) -> None:
    """Judge one lead read alone against its rows in both lists."""
    for view, judged in (("list_leads", "get_lead"), ("list_members", "list_members")):
        pairs = [(views.rows["get_lead"][lead], views.of(lead)[view]) for lead in views.leads if view in views.of(lead)]
        if not pairs:
            judge.unknown("LEAD-SAME-AS-ROW", f"{view} shows none of the leads", judged)
            continue
        differ = {name for alone, row in pairs for name in differing_members(alone, row, names, views.known)}
        options: dict[str, Any] = {"actual": join_names(differ), "where": "/data", "operation": judged}
        proof = [views.proof[view], views.proof["get_lead"]]
        judge("LEAD-SAME-AS-ROW", not differ, proof, expected="the same lead in both", **options)


def same_heat(views: Views, judge: Judge) -> None:
    """Judge that heat is shown alike: a view is wrong about a lead where no other view shows what it does."""
    hot = [lead for lead in views.leads if any(row.get(HEAT[1]) is not None for row in views.of(lead).values())]
    for view in VIEWS:
        if not hot:
            judge.unknown("LEAD-HEAT", "no lead with a heat score", view)
            continue
        alone = [lead for lead in hot if view in views.of(lead) and _stands_alone(views.of(lead), view, views.known)]
        options: dict[str, Any] = {"actual": f"another in {len(alone)} of {len(hot)} leads", "operation": view}
        judge("LEAD-HEAT", not alone, list(_proof(views, view)), expected="score and reason as elsewhere", **options)


def _stands_alone(shown: dict[str, Row], view: str, known: frozenset[str]) -> bool:
    others = [row for name, row in shown.items() if name != view]
    return bool(others) and all(differing_members(shown[view], row, HEAT, known) for row in others)


def _proof(views: Views, last: str) -> Iterable[Exchange]:
    return [views.proof[view] for view in sorted(VIEWS, key=lambda view: view == last)]


def same_details(views: Views, judge: Judge) -> None:
    """Judge that enriched leads come with their company: in each view where any has it, and in some at all."""
    enriched = [lead for lead in views.leads if any(row.get("company_enriched_at") for row in views.of(lead).values())]
    having = [lead for lead in enriched if any(row.get("company_details") for row in views.of(lead).values())]
    for view in VIEWS:
        if not enriched:
            judge.unknown("LEAD-DETAILS", "no lead whose company was enriched", view)
            continue
        without = [
            lead for lead in having if view in views.of(lead) and not _as_elsewhere(views.of(lead), view, views.known)
        ]
        actual = f"{len(having)} of {len(enriched)} have some anywhere, {len(without)} lack them here"
        options: dict[str, Any] = {"actual": actual, "where": "company_details", "operation": view}
        ok = bool(having) and not without
        judge("LEAD-DETAILS", ok, list(_proof(views, view)), expected="company details, as elsewhere", **options)


def _as_elsewhere(shown: dict[str, Row], view: str, known: frozenset[str]) -> bool:
    mine = shown[view].get("company_details")
    others = [row.get("company_details") for name, row in shown.items() if name != view]
    return bool(mine) and (not any(others) or any(equivalent(mine, other, known) for other in others if other))


# --- membership -----------------------------------------------------------------------------------------------


@pytest.mark.scenario("leads/list-ids-are-memberships")
@pytest.mark.rule("LEAD-LIST-IDS")
def test_list_ids_are_memberships(api: Api, judge: Judge, world: Inventory, session: Session) -> None:
    """A lead names a list exactly where it is among the members of that list."""
    known = sorted((row for row in world.lists if row.get("lead_count", 0) <= 150), key=lambda row: -row["lead_count"])
    chosen = [row["id"] for row in [*known[:3], *known[-1:]]]
    if not known or not known[0]["lead_count"]:
        raise PreconditionNotMet("no list with members, and no more than 150 of them")

    def told_wrongly() -> tuple[dict[str, int], list[Exchange]]:
        inside = {ident: read_members(api, ident) for ident in chosen}
        rows = api.crawl("list_leads", max_pages=4)
        wrong = {ident: sum(_disagrees(row, ident, inside[ident]) for row in rows.items) for ident in chosen}
        return wrong, [*(crawl.last for crawl in inside.values()), *rows.pages]

    wrong, proof = look_until(session, told_wrongly, lambda seen: not any(seen[0].values()))
    actual = f"not so for {sum(wrong.values())} leads"
    options: dict[str, Any] = {"actual": actual, "where": "/data/*/lead_list_ids", "operation": "list_leads"}
    judge("LEAD-LIST-IDS", not any(wrong.values()), proof, expected="each list it is a member of, no other", **options)


def _disagrees(row: Row, lead_list: str, inside: Crawl) -> bool:
    return (lead_list in row["lead_list_ids"]) != (row["id"] in set(inside.ids))


@pytest.mark.scenario("leads/own-lists")
@pytest.mark.rule("LEAD-LIST-IDS", "LEAD-MEMBERS")
def test_own_lists(api: Api, judge: Judge, rng: random.Random, session: Session) -> None:
    """Leads of our own stand in the lists they joined and nowhere else, by the lists' word and by their own."""
    first, second = new_list(api, rng), new_list(api, rng)
    both, one = new_lead(rng), new_lead(rng)
    shared, single = import_into(api, first, both), import_into(api, first, one)
    import_into(api, second, both)
    for lead_list, wanted in ((first, {shared, single}), (second, {shared})):
        inside = _joined(api, session, lead_list, wanted)
        options: dict[str, Any] = {"actual": f"{len(inside.ids)} members", "where": "/data"}
        ok = sorted(inside.ids) == sorted(wanted)
        judge("LEAD-MEMBERS", ok, inside.last, expected=f"the {len(wanted)} that joined", **options)
    due = {shared: [first, second], single: [first]}
    newest = look_until(session, lambda: newest_leads(api), lambda seen: all(_named(seen[1], due)))
    for lead, lists in due.items():
        alone = look_until(session, partial(api.ok, "get_lead", path={"lead_id": lead}), partial(names_all, lists))
        names_its_lists(api, judge, alone, data_of(alone), lead, lists)
        if lead in newest[1]:
            names_its_lists(api, judge, newest[0], newest[1][lead], lead, lists)


def names_all(lists: Collection[str], lead: Exchange) -> bool:
    """Does the answer about a lead name these lists?"""
    return set(lists) <= set(data_of(lead).get("lead_list_ids") or ())


def newest_leads(api: Api) -> tuple[Exchange, dict[str, Row]]:
    """The first page of leads, and its rows by id."""
    page = api.ok("list_leads", query={"limit": 100})
    return page, {row["id"]: row for row in page.json()["data"]}


def _named(rows: Mapping[str, Row], due: Mapping[str, Collection[str]]) -> Iterator[bool]:
    """Do the rows of leads of ours name the lists that they joined? They may do so some seconds later."""
    return (set(due[ident]) <= set(row.get("lead_list_ids") or ()) for ident, row in rows.items() if ident in due)


def _joined(api: Api, session: Session, lead_list: str, wanted: set[str]) -> Crawl:
    return look_until(session, lambda: read_members(api, lead_list), lambda seen: wanted <= set(seen.ids))


def names_its_lists(api: Api, judge: Judge, proof: Exchange, row: Row, lead: str, lists: list[str]) -> None:
    """Judge the lists that a lead of ours names. A server may have put it into others: then they have it."""
    named = row.get("lead_list_ids") or []
    others = [ident for ident in named if ident not in lists]
    strange = [ident for ident in others if not _has_newest(api, ident, lead)]
    ok = set(lists) <= set(named) and len(set(named)) == len(named) and not strange
    options: dict[str, Any] = {"actual": f"{len(named)} lists, {len(strange)} of them without it"}
    expected = f"the {len(lists)} lists it joined, each once"
    judge("LEAD-LIST-IDS", ok, proof, expected=expected, where="lead_list_ids", **options)


def _has_newest(api: Api, lead_list: str, lead: str) -> bool:
    most = api.operation("list_members").limits[1]
    page = api.call("list_members", path={"lead_list_id": lead_list}, query={"limit": most})
    return page.ok and lead in {row["id"] for row in page.json()["data"]}
