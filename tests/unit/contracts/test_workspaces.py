"""Two workspaces: what both may show is no leak, and what one look misses is looked for again."""

from typing import Any

import pytest
from scenario_play import Play

from nhq.model import Exchange
from nhq.scenarios.judge import Judge

ACCOUNTS = "list_linkedin_accounts"


@pytest.fixture
def live() -> Play:
    """A target that isn't ours."""
    return Play(live=True)


def also_connected(play: Play, count: int = 1) -> None:
    """So many sender accounts of the other workspace are connected to the own one, too; and their conversations."""
    own = {row["id"] for row in play.world.accounts}
    shared = play.world.foreign.accounts[:count]
    threads = {row["id"] for row in play.world.conversations}
    theirs = [t for t in play.world.foreign.conversations if t["linkedin_account"]["id"] in {a["id"] for a in shared}]

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        rows = body.get("data") if asked.startswith("GET") else None
        if not isinstance(rows, list) or not rows:
            return None
        if asked.startswith("GET /linkedin_accounts") and rows[0]["id"] in own:
            return status, body | {"data": [*shared, *rows]}
        if asked.startswith("GET /conversations") and rows[0]["id"] in threads:
            return status, body | {"data": [*theirs, *rows]}
        return None

    play.edit(edit)
    vars(play.world).pop("accounts")
    vars(play.world).pop("conversations")


@pytest.mark.parametrize("count", [1, 50])
def test_a_sender_connected_to_both_workspaces_accuses_nobody(count: int, live: Play) -> None:
    """«the LinkedIn sender accounts connected to the API key workspace»: one may be connected to two."""
    also_connected(live, count)
    seen = live("workspaces", "test_lists_show_their_own", operation=ACCOUNTS)
    assert [(verdict, "connected to both" in told) for verdict, told in seen.of("WS-LISTS-OWN")] == [("unknown", True)]


def test_conversations_of_a_shared_sender_accuse_nobody(live: Play) -> None:
    """Both workspaces read its inbox, by a list, by its filter or by a cursor."""
    also_connected(live, 50)
    for name, rule in (
        ("test_lists_show_their_own", "WS-LISTS-OWN"),
        ("test_account_filter_shows_its_own", "WS-FILTERS-OWN"),
        ("test_cursor_shows_its_own", "WS-CURSOR-OWN"),
    ):
        seen = live("workspaces", name, operation="list_conversations")
        assert seen.found == {}, name
        assert seen.of(rule), name


def test_a_leak_beside_a_shared_sender_is_found(live: Play) -> None:
    """Conversations of another sender are nobody else's."""
    also_connected(live, 1)
    shared = live.world.foreign.accounts[0]["id"]
    leaked = next(t for t in live.world.foreign.conversations if t["linkedin_account"]["id"] != shared)
    own = {row["id"] for row in live.world.conversations}

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        rows = body.get("data")
        if asked.startswith("GET /conversations?") and rows and own & {row["id"] for row in rows}:
            return status, body | {"data": [*rows, leaked]}
        return None

    live.edit(edit)
    seen = live("workspaces", "test_lists_show_their_own", operation="list_conversations")
    assert seen.found == {"WS-LISTS-OWN": "1 of them"}


# --- everything is listed -------------------------------------------------------------------------------------


def hiding(play: Play, path: str, ident: str, times: int) -> list[str]:
    """The first so many pages of a list lack a row; which pages were asked for."""
    asked: list[str] = []

    def edit(request: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not request.startswith(f"GET {path}?"):
            return None
        asked.append(request)
        if len(asked) > times:
            return None
        return status, body | {"data": [row for row in body["data"] if row["id"] != ident]}

    play.edit(edit)
    return asked


@pytest.mark.parametrize(
    ("alone", "times", "expected"),
    [
        (True, 0, ("holds", "")),
        (True, 1, ("violated", "1 missing")),
        (False, 1, ("holds", "")),
        (False, 9, ("violated", "1 missing")),
    ],
)
def test_what_one_crawl_misses_is_looked_for_again(
    alone: bool, times: int, expected: tuple[str, str], played: type[Play]
) -> None:
    """Where others write, what moved up during a crawl may have been missed; once, not twice."""
    play = played(alone=alone)
    ident = play.world.given("campaign_paused")
    asked = hiding(play, "/campaigns", ident, times)
    seen = play("workspaces", "test_every_campaign_is_listed")
    assert seen.of("WS-LISTS-COMPLETE") == [expected]
    assert len(asked) == 1 + (times > 0 and not alone)
    if seen.found:
        assert play.answer(seen.proof("WS-LISTS-COMPLETE")[0]).path.startswith(f"/campaigns/{ident}/leads")


def test_what_is_gone_need_not_be_listed(played: type[Play]) -> None:
    """A thing that is named, and that nothing answers for, is no part of the workspace any more."""
    play = played(alone=False)
    ident = play.world.given("campaign_paused")
    hiding(play, "/campaigns", ident, 9)
    play.edit(lambda asked, status, body: (404, body) if f"/{ident}/" in asked else None)
    assert play("workspaces", "test_every_campaign_is_listed").of("WS-LISTS-COMPLETE") == [("holds", "")]


def test_ten_of_the_missing_are_asked_for(play: Play) -> None:
    """Each is one more request."""

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        return (status, body | {"data": []}) if asked.startswith("GET /lead_lists?") else None

    play.edit(edit)
    seen = play("workspaces", "test_every_list_is_listed")
    assert seen.of("WS-LISTS-COMPLETE") == [("violated", "10 missing")]
    assert len(seen.proof("WS-LISTS-COMPLETE")) == 11


@pytest.mark.parametrize(
    ("status", "operation", "verdict"),
    [
        (404, "get_lead", "holds"),
        (200, "get_lead", "violated"),
        (400, "get_lead", "violated"),
        (429, "get_lead", "unknown"),
        (502, "get_lead", "violated"),
        (502, "enrich_lead", "unknown"),
        (503, "send_message", "unknown"),
        (503, "enrich_lead", "violated"),
        (400, "save_message_overrides", "unknown"),
        (409, "save_message_overrides", "violated"),
        (400, "import_leads", "violated"),
    ],
)
def test_an_unknown_id_is_answered_404(
    status: int, operation: str, verdict: str, play: Play, scenario: Any, seen: Any
) -> None:
    """Unless what stands behind is away, as is documented there, or the slot of an override is looked at before."""
    answer = Exchange(1, operation, "GET", "/", {}, b"", None, status, {}, b"{}", 0.0, 0.0)
    judge = Judge(play.contract, seen, ["WS-UNKNOWN-404"])
    scenario("workspaces").judge_absent(play.api, judge, "WS-UNKNOWN-404", answer, "for nothing")
    assert [one.verdict.value for one in seen.told] == [verdict]


@pytest.mark.parametrize("operation", [ACCOUNTS, "list_conversations"])
def test_on_a_target_of_ours_no_sender_is_shared(operation: str, play: Play) -> None:
    """There what both workspaces show is a leak."""
    also_connected(play)
    assert "WS-LISTS-OWN" in play("workspaces", "test_lists_show_their_own", operation=operation).found
