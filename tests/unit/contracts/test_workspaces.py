"""Two workspaces: what both may show is no leak, and what one look misses is looked for again."""

from typing import Any

import pytest
from scenario_play import Play

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
