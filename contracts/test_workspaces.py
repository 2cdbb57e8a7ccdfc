"""Two workspaces: nothing of one is found, shown or changed with a key of the other.

An id alone names nothing here: ids may count from one in each workspace. A row is foreign when the other workspace
shows the very same row, and a foreign id is used only where the own workspace is not known to hold the same.

Not convicted: ids that both workspaces use, senders connected to both, rows that others move meanwhile, a refused
foreign filter or cursor, and a documented 502 or 503 that is told before an id is looked for.
"""

import random
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from nhq.scenarios import (
    AWAY,
    Api,
    Effort,
    Exchange,
    Few,
    Identity,
    Inventory,
    Judge,
    PreconditionNotMet,
    Row,
    absent_id,
    absent_path,
    account_of,
    first_row,
    forbidden_write,
    foreign_path,
    judge_refused,
    judge_untouched,
    known_ids,
    list_page,
    real_path,
    row_identity,
    sample_body,
    send_forbidden_write,
    unique_word,
    valid_body,
)


def judge_own(
    api: Api, world: Inventory, judge: Judge, rule: str, proof: list[Exchange], shown: list[Row], foreign: list[Row]
) -> None:
    """None of the rows shown is one of the other workspace, but for a sender that is connected to both."""
    theirs = {row_identity(row) for row in foreign}
    found = [row for row in shown if row_identity(row) in theirs]
    leaked = [row for row in found if not of_both(api, world, row, proof[-1])]
    if found and not leaked:
        judge.unknown(rule, "a sender account may be connected to both workspaces", proof[-1].operation)
        return
    actual = f"{len(leaked)} of them"
    judge(rule, not leaked, proof, expected="no row of another workspace", actual=actual, where="/data")


def of_both(api: Api, world: Inventory, row: Row, page: Exchange) -> bool:
    """May both workspaces show an account, or a conversation of it? «connected to the API key workspace» may be one
    that another is connected to as well; on a target of ours none is."""
    if api.target.undisturbed or page.operation not in {"list_linkedin_accounts", "list_conversations"}:
        return False
    sender = account_of(row) if page.operation == "list_conversations" else row["id"]
    if not all(side.readable("list_linkedin_accounts") for side in (world, world.foreign)):
        return True
    return all(sender in {account["id"] for account in side.accounts} for side in (world, world.foreign))


def foreign_key(api: Api, world: Inventory, operation: str) -> Identity:
    """A key of the other workspace that may call the operation."""
    return api.key(operation, world.foreign.workspace)


@pytest.mark.scenario("workspaces/unknown-id-is-not-found")
@pytest.mark.derived
@pytest.mark.rule("WS-UNKNOWN-404")
def test_unknown_id_is_not_found(
    api: Api, world: Inventory, judge: Judge, few: Few, rng: random.Random, operation: str
) -> None:
    """«Returns 404 when the … does not exist»: one id after the other, with the rest of the path real, and all."""
    template = api.operation(operation).path
    real = real_path(world, template)
    for path in few([absent_path(world, template, rng), *(swapped(world, real, name, rng) for name in real)]):
        answer = api.call(operation, path=path, json=plausible(api, operation, rng))
        judge_absent(api, judge, "WS-UNKNOWN-404", answer, "for an id that exists nowhere")


def swapped(world: Inventory, real: Mapping[str, str], name: str, rng: random.Random) -> dict[str, str]:
    """A path whose id `name` exists nowhere."""
    return {**real, name: absent_id(known_ids(world, name), rng)}


@pytest.mark.scenario("workspaces/foreign-id-is-not-found")
@pytest.mark.derived
@pytest.mark.rule("WS-FOREIGN-404")
def test_foreign_id_is_not_found(
    api: Api, world: Inventory, judge: Judge, few: Few, rng: random.Random, operation: str
) -> None:
    """«… in the workspace»: an id of another workspace is as unknown as one that exists nowhere."""
    template = api.operation(operation).path
    real, foreign = real_path(world, template), foreign_path(world, template)
    for path in few([foreign, *({**real, name: foreign[name]} for name in real if len(real) > 1)]):
        answer = api.call(operation, path=path, json=plausible(api, operation, rng))
        judge_absent(api, judge, "WS-FOREIGN-404", answer, "for an id of another workspace")


def plausible(api: Api, operation: str, rng: random.Random) -> Any:
    """A valid body; for an operation that nobody has written of, one made of its schema."""
    row = api.operation(operation)
    return sample_body(api.session.contract, row) if row.derived else valid_body(operation, unique_word(rng))


def judge_absent(api: Api, judge: Judge, rule: str, answer: Exchange, what: str) -> None:
    """404; a body that was only made of its schema may be refused before the id is looked for.

    What stands behind the server may be away whatever the id (documented-5xx); and whether the campaign has the slot
    of an override may be looked at before its lead is (order-of-checks).
    """
    row = api.operation(answer.operation or "")
    slotless = answer.operation == "save_message_overrides" and answer.status == 400
    if (answer.status in AWAY and answer.status in row.statuses) or slotless:
        judge.unknown(rule, f"{answer.status} was answered before the id was looked up", answer.operation)
    elif row.derived and answer.status in (400, 409, 422):
        judge.unknown(rule, f"a body made of the schema alone was answered {answer.status}", answer.operation)
    else:
        judge_refused(judge, rule, answer, 404, what)


@pytest.mark.scenario("workspaces/foreign-write-changes-nothing")
@pytest.mark.rule("WS-FOREIGN-NO-EFFECT")
def test_foreign_write_changes_nothing(
    api: Api, world: Inventory, judge: Judge, rng: random.Random, operation: str
) -> None:
    """A write aimed at another workspace's thing leaves it as it was."""
    foreign_path(world, api.operation(operation).path)
    write = forbidden_write(api, world.foreign, operation, rng)
    again = partial(send_forbidden_write, api, api.key(operation))
    judge_untouched(judge, "WS-FOREIGN-NO-EFFECT", write, again(write), 404, again)


@pytest.mark.scenario("workspaces/lists-show-their-own")
@pytest.mark.rule("WS-LISTS-OWN")
def test_lists_show_their_own(api: Api, world: Inventory, judge: Judge, operation: str, effort: Effort) -> None:
    """«… in the API key workspace»: read from both sides, nothing stands in both."""
    pages = effort.pick(1, 4)
    own = api.crawl(operation, max_pages=pages)
    foreign = api.crawl(operation, max_pages=pages, key=foreign_key(api, world, operation))
    if not own.items or not foreign.items:
        judge.unknown("WS-LISTS-OWN", "a workspace has none of these", operation)
        return
    judge_own(api, world, judge, "WS-LISTS-OWN", [foreign.pages[0], own.pages[0]], list(own.items), list(foreign.items))


@pytest.mark.scenario("workspaces/search-shows-its-own")
@pytest.mark.rule("WS-FILTERS-OWN")
def test_search_shows_its_own(api: Api, world: Inventory, judge: Judge, few: Few) -> None:
    """A search for a lead of another workspace, and the filter by one of its lists, show nothing of it."""
    lead = first_row((row for row in world.foreign.leads if row.get("last_name")), "named lead in the other workspace")
    lists = [ident for row in world.foreign.leads for ident in row.get("lead_list_ids") or ()]
    for query in few([{"query": lead["last_name"]}, *({"list_ids": ident} for ident in lists[:1])]):
        filtered(api, world, judge, "list_leads", query)


@pytest.mark.scenario("workspaces/account-filter-shows-its-own")
@pytest.mark.rule("WS-FILTERS-OWN")
def test_account_filter_shows_its_own(api: Api, world: Inventory, judge: Judge, few: Few) -> None:
    """The filter by another workspace's sender account shows none of its conversations, nor that for unread ones."""
    rows = world.foreign.conversations
    account = first_row(rows, "conversation in the other workspace")["linkedin_account"]["id"]
    unread = [{"unread_only": "true"}] if any(row.get("is_unread") for row in rows) else []
    for query in few([{"linkedin_account_id": account}, *unread]):
        filtered(api, world, judge, "list_conversations", query)


def filtered(api: Api, world: Inventory, judge: Judge, operation: str, query: Mapping[str, str]) -> None:
    """The same filter from both sides: what the other workspace finds is not shown here."""
    theirs = api.ok(operation, query=query, key=foreign_key(api, world, operation))
    if not list_page(theirs).rows:
        judge.unknown("WS-FILTERS-OWN", "the filter finds nothing in the other workspace", operation)
        return
    ours = api.call(operation, query=query)
    judge_own(
        api,
        world,
        judge,
        "WS-FILTERS-OWN",
        [theirs, ours],
        list_page(ours).rows if ours.ok else [],
        list_page(theirs).rows,
    )


@pytest.mark.scenario("workspaces/cursor-shows-its-own")
@pytest.mark.rule("WS-CURSOR-OWN")
def test_cursor_shows_its_own(api: Api, world: Inventory, judge: Judge, operation: str) -> None:
    """Whatever a foreign cursor is answered with, it is nothing of the workspace it comes from."""
    key = foreign_key(api, world, operation)
    page = api.ok(operation, query={"limit": 1}, key=key)
    if not list_page(page).has_more:
        judge.unknown("WS-CURSOR-OWN", "the other workspace has no second page of these", operation)
        return
    query = {"limit": 100, "cursor": str(list_page(page).next_cursor)}
    ours = api.call(operation, query=query)
    shown = list_page(ours).rows if ours.ok else []
    theirs = [api.ok(operation, query=query, key=key)] if shown else []  # nothing shown is nothing of theirs
    foreign = [row for them in theirs for row in list_page(them).rows]
    judge_own(api, world, judge, "WS-CURSOR-OWN", [page, *theirs, ours], shown, foreign)


@pytest.mark.scenario("workspaces/every-lead-is-listed")
@pytest.mark.rule("WS-LISTS-COMPLETE")
def test_every_lead_is_listed(api: Api, world: Inventory, judge: Judge) -> None:
    """Leads that other answers name, and that exist by themselves, stand in the list."""
    named = [row["lead"]["id"] for row in world.conversations] + given(api, "lead")
    listed(api, judge, "list_leads", "get_lead", "lead_id", named)


@pytest.mark.scenario("workspaces/every-list-is-listed")
@pytest.mark.rule("WS-LISTS-COMPLETE")
def test_every_list_is_listed(api: Api, world: Inventory, judge: Judge) -> None:
    """Lead lists that leads and campaigns name stand in the list."""
    named = [i for row in world.leads for i in row.get("lead_list_ids", [])]
    named += [row["leadList"]["id"] for row in world.campaigns if row["leadList"]] + given(api, "list")
    listed(api, judge, "list_lead_lists", "get_lead_list", "lead_list_id", named)


@pytest.mark.scenario("workspaces/every-campaign-is-listed")
@pytest.mark.rule("WS-LISTS-COMPLETE")
def test_every_campaign_is_listed(api: Api, judge: Judge) -> None:
    """Campaigns in any state that the target's owner names stand in the list."""
    listed(api, judge, "list_campaigns", "list_campaign_leads", "campaign_id", given(api, "campaign"))


@pytest.mark.scenario("workspaces/every-conversation-is-listed")
@pytest.mark.rule("WS-LISTS-COMPLETE")
def test_every_conversation_is_listed(api: Api, judge: Judge) -> None:
    """Conversations that a filter shows, or that the target's owner names, stand in the list without any filter."""
    answer = api.call("list_conversations", query={"unread_only": "false", "limit": 500})
    named = [row["id"] for row in list_page(answer).rows] if answer.ok else []
    listed(api, judge, "list_conversations", "get_conversation", "conversation_id", named + given(api, "conversation"))


def given(api: Api, kind: str) -> list[str]:
    """Ids that the target file names: `lead_pending`, say, for the kind `lead`."""
    return [i for name, i in api.target.given.items() if name.partition("_")[0] == kind and name != "campaign_lead"]


def listed(api: Api, judge: Judge, operation: str, single: str, parameter: str, named: list[str]) -> None:
    """Of the things named, those that answer by themselves stand in the complete list."""
    crawl = api.crawl(operation)
    if not crawl.complete:
        raise PreconditionNotMet(f"{operation} is too long to be read to its end")
    missing = [i for i in dict.fromkeys(named) if i not in set(crawl.ids)]
    if (
        missing and not api.target.undisturbed
    ):  # what moved up during the crawl may have been missed (moved-during-crawl)
        again = set(api.crawl(operation).ids)
        missing = [i for i in missing if i not in again]
    alive = [answer for i in missing[:10] if (answer := api.call(single, path={parameter: i})).ok]
    if not named:
        raise PreconditionNotMet(f"nothing on the target names what {operation} should show")
    expected = "everything that exists in the workspace"
    judge(
        "WS-LISTS-COMPLETE",
        not alive,
        [*alive, crawl.last],
        expected=expected,
        actual=f"{len(alive)} missing",
        where="/data",
    )
