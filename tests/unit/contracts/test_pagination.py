"""Pagination: what a page of some size may show, and who may have deleted what it is a page of."""

import random
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from scenario_play import Play, Seen

from nhq.model import Exchange


@pytest.fixture
def pagination(scenario: Callable[[str], ModuleType]) -> Any:
    """The scenarios of pagination."""
    return scenario("pagination")


def page(status: int | None) -> Exchange:
    return Exchange(1, "list_leads", "GET", "/leads", {}, b"", None, status, {}, b"{}", 0.0, 0.0)


@pytest.mark.parametrize(
    ("status", "good"),
    [
        *((status, True) for status in (200, 400, 404, 422, 499)),
        *((status, False) for status in (201, 302, 399, 401, 403, 500, None)),
    ],
)
def test_a_bad_request_is_answered_or_refused(status: int | None, good: bool, pagination: Any) -> None:
    """As a bad one, not as a caller who may not."""
    assert pagination.safe(page(status)) is good


@pytest.mark.parametrize(
    ("name", "rule"),
    [("test_limits_accepted", "PAGE-LIMIT-ACCEPTED"), ("test_bad_limit_refused", "PAGE-LIMIT-400")],
)
@pytest.mark.parametrize(
    ("operation", "alone", "verdict"),
    [
        ("list_members", False, "unknown"),
        ("list_members", True, "violated"),
        ("list_leads", False, "violated"),
    ],
)
def test_a_list_may_be_deleted_meanwhile(
    name: str, rule: str, operation: str, alone: bool, verdict: str, played: type[Play]
) -> None:
    """A 404 in the place of a page shows nothing where others act and there is something to delete."""
    play = played(alone=alone)

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        limited = "limit=" in asked and "limit=500" not in asked
        return (404, {"error": {"code": "x", "message": "y"}}) if limited else None

    play.world.warm()
    play.edit(edit)
    told = {verdict for verdict, _ in play("pagination", name, operation=operation).of(rule)}
    assert verdict in told
    assert told <= {verdict, "holds"}


def test_every_bound_of_a_page_is_tried(play: Play) -> None:
    """One, two, those beside the default, one in between, and the most; each is asked for once."""
    play.world.warm()
    play.wire.sent.clear()
    play("pagination", "test_limits_accepted", operation="list_leads")
    limits = [int(asked.partition("limit=")[2].split("&")[0]) for asked, _, _ in play.wire.sent if "limit=" in asked]
    between = [limit for limit in limits if 101 < limit < 499 and limit not in (1, 2, 7)]
    assert len(between) == 1
    assert [limit for limit in limits if limit not in between] == [1, 2, 7, 99, 100, 101, 499, 500]


def test_bad_limits_lie_just_outside(play: Play, pagination: Any) -> None:
    """Of the least and of the most, and there are some that are no numbers."""
    assert pagination.bad_limits(play.api, "list_leads") == ("0", "-1", "501", "1000000", "abc", "1.5")


# --- the default ----------------------------------------------------------------------------------------------


def sized(play: Play, sizes: Callable[[int | None], int], more: Callable[[int | None], bool], told: bool) -> None:
    """Pages of leads hold as many rows as `sizes` says for their limit (None: none was asked for)."""

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("GET /leads"):
            return None
        limit = int(asked.partition("limit=")[2].split("&")[0]) if "limit=" in asked else None
        rows = [{"id": str(number)} for number in range(sizes(limit))]
        shown = {"has_more": more(limit), "next_cursor": "c" if more(limit) else None}
        return 200, {"data": rows, "pagination": shown | ({"limit": limit or 100} if told else {"limit": 7})}

    play.edit(edit)


@pytest.mark.parametrize(
    ("without", "with_101", "with_100", "more", "told", "expected"),
    [
        (100, 101, 100, False, True, ("holds", "")),
        (100, 101, 100, True, True, ("holds", "")),
        (100, 101, 100, True, False, ("holds", "")),
        (99, 101, 100, True, True, ("violated", "99")),
        (101, 101, 100, True, True, ("violated", "101")),
        (101, 101, 100, True, False, ("violated", "101")),
        (99, 101, 100, True, False, ("violated", "99")),
        (40, 40, 40, False, True, ("holds", "")),
        (39, 40, 40, False, False, ("violated", "39")),
        (40, 40, 40, False, False, ("unknown", "no list of list_leads has more than 100 items")),
        (50, 50, 50, True, True, ("holds", "")),
        (50, 50, 49, True, True, ("unknown", "no list of list_leads has more than 100 items")),
    ],
)
def test_without_a_limit_a_page_holds_a_hundred(
    without: int, with_101: int, with_100: int, more: bool, told: bool, expected: tuple[str, str], play: Play
) -> None:
    """Or all there is; on a target of short pages as many as with a limit of 100."""
    sized(play, lambda limit: {None: without, 101: with_101, 100: with_100}[limit], lambda limit: more, told)
    seen = play("pagination", "test_default_limit", operation="list_leads")
    assert seen.of("PAGE-DEFAULT-100") == [expected]


@pytest.mark.parametrize(
    ("wide", "without", "verdict"),
    [((40, 41), 40, "holds"), ((40, 41), 41, "holds"), ((40, 41), 42, "violated"), ((41, 40), 39, "violated")],
)
def test_a_list_may_grow_between_two_pages(
    wide: tuple[int, int], without: int, verdict: str, played: type[Play]
) -> None:
    """Where others write, a page before and one after are the bounds."""
    play = played(alone=False)
    sizes = iter([*wide, *wide])
    sized(play, lambda limit: without if limit is None else next(sizes), lambda limit: False, told=True)
    seen = play("pagination", "test_default_limit", operation="list_leads")
    assert [verdict for verdict, _ in seen.of("PAGE-DEFAULT-100")] == [verdict]


# --- cursors and ties -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("real", [None, "", "ab", "abc", "AAAA", "abcdefgh"])
def test_unknown_cursors_were_issued_by_nobody(real: str | None, pagination: Any) -> None:
    """Words and numbers; and of a real one of some length one cut short, and one with a single letter swapped."""
    made = pagination._unknown_cursors(real, random.Random(1))
    assert made[:9] == ["nhq", "0", "-1", "bnVsbA==", "eyJpZCI6MX0", "W10", "%00", "é" * 40, "A" * 600]
    if not real or len(real) <= 2:
        assert len(made) == 9
        return
    short, swapped = made[9:]
    assert short == real[: len(real) // 2]
    assert len(swapped) == len(real)
    assert sum(one != other for one, other in zip(swapped, real, strict=True)) == 1


@pytest.mark.parametrize(
    ("operation", "moments", "tied"),
    [
        ("list_leads", ["1", "1", "2"], {"0", "1"}),
        ("list_leads", ["1", "2", "3"], set()),
        ("list_leads", [None, None, "3"], set()),
        ("list_members", ["1", "2", "3"], {"0", "1", "2"}),
    ],
)
def test_items_of_one_instant_are_tied(
    operation: str, moments: list[str | None], tied: set[str], pagination: Any
) -> None:
    """Members have no instant of their own in their rows: those that one request brought are tied."""
    rows = [
        {"id": str(place), "created_at": f"2026-01-0{moment}T00:00:00Z" if moment else None}
        for place, moment in enumerate(moments)
    ]
    read: Any = type("Read", (), {"venue": pagination.ListReference(operation), "items": rows, "ids": list("012")})
    assert pagination._tied(read) == tied


def test_the_last_to_join_stands_first(play: Play) -> None:
    """By when they joined, whatever else is known of them; told by their places."""
    rows: list[Any] = []

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("GET /lead_lists/"):
            return None
        rows[:] = body["data"]
        return status, body | {"data": body["data"][::-1]}

    assert play("pagination", "test_newest_membership_first").of("ORDER-MEMBERSHIP") == [("holds", "")]
    play.edit(edit)
    seen = play("pagination", "test_newest_membership_first", seed="again")
    assert seen.of("ORDER-MEMBERSHIP") == [("violated", "they stand at [3, 2, 1]")]


def test_two_moments_differ_in_whole_seconds(play: Play) -> None:
    """A second and a half passes before each of three joins."""
    began = play.session.clock.monotonic()
    play("pagination", "test_newest_membership_first")
    assert play.session.clock.monotonic() - began == 4.5


def told(seen: Seen, rule: str) -> set[str]:
    return {verdict for verdict, _ in seen.of(rule)}


@pytest.mark.parametrize("operation", ["list_leads", "list_members", "list_lead_lists"])
def test_ties_are_made_in_one_request(operation: str, play: Play) -> None:
    """Five lists, or six members of one; each order is compared with that of one long page."""
    seen = play("pagination", "test_ties", operation=operation)
    assert seen.of("PAGE-TIES") == [("holds", "")] * 3
    sent = [body for asked, body, _ in play.wire.sent if asked.startswith("POST")]
    assert max(body.count('"name"') + body.count('"first_name"') for body in sent) == (5 if "lists" in operation else 6)


def test_filters_are_of_lists_with_more_than_a_page(pagination: Any) -> None:
    """Of two, and no more than sixty; the shortest; and the most common word of a job title."""
    counts = {"a": 2, "b": 61, "c": 7, "d": 3, "e": None, "f": 60}
    rows = [{"id": ident, "lead_count": count} for ident, count in counts.items()]
    titles = ("Pilot", "Nurse", "Nurse")
    leads = [{"id": str(n), "job_title": title, "lead_list_ids": ["d"][:n]} for n, title in enumerate(titles)]
    world: Any = type("World", (), {"lists": rows, "leads": leads})
    (by_list, member), (by_word, fits) = pagination._lead_filters(world)
    assert (by_list, by_word) == ({"list_ids": "d"}, {"query": "Nurse"})
    assert [member(lead) for lead in leads] == [False, True, True]
    assert [fits(lead) for lead in leads] == [False, True, True]
    world.lists, world.leads = [rows[0], rows[1]], []
    assert pagination._lead_filters(world) == []


def test_filters_are_of_the_busiest_sender(pagination: Any) -> None:
    """And of unread threads."""
    threads = [
        {"linkedin_account": {"id": ident}, "is_unread": unread}
        for ident, unread in (("a", 1), ("b", True), ("b", False))
    ]
    (unread, is_unread), (sender, sent) = pagination._conversation_filters(
        type("World", (), {"conversations": threads})
    )
    assert (unread, sender) == ({"unread_only": "true"}, {"linkedin_account_id": "b"})
    assert [is_unread(thread) for thread in threads] == [False, True, False]
    assert [sent(thread) for thread in threads] == [False, True, True]
    assert pagination._filters(None, "list_lead_lists") == []


def test_who_joined_last_and_is_not_there_is_told(play: Play) -> None:
    """It stands nowhere."""

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        shown = asked.startswith("GET /lead_lists/") and len(body["data"]) == 3
        return (status, body | {"data": body["data"][1:]}) if shown else None

    play.edit(edit)
    seen = play("pagination", "test_newest_membership_first")
    assert seen.of("ORDER-MEMBERSHIP") == [("violated", "they stand at [0, 1, 2]")]


@pytest.mark.parametrize(("status", "chosen"), [(200, "clamped or defaulted"), (400, "400"), (422, "422")])
def test_what_becomes_of_a_limit_above_the_most_is_told(status: int, chosen: str, play: Play) -> None:
    """It is an open question."""
    play.edit(lambda asked, was, body: (status, {"data": []}) if "limit=501" in asked else None)
    seen = play("pagination", "test_bad_limit_breaks_nothing", operation="list_leads")
    assert seen.chosen == {"bad-limit": chosen}


@pytest.mark.parametrize(
    ("scenario_name", "operation", "rule"),
    [
        ("test_bad_limit_refused", "list_campaign_leads", "PAGE-LIMIT-400"),
        ("test_limits_accepted", "list_members", "PAGE-LIMIT-ACCEPTED"),
    ],
)
def test_a_list_that_is_gone_for_one_limit_is_asked_for_the_next(
    scenario_name: str, operation: str, rule: str, played: type[Play]
) -> None:
    """A 404 may be of something deleted where others use the target: it says nothing, and stops nothing."""
    usual = len(played(alone=False)("pagination", scenario_name, operation=operation).of(rule))
    play = played(alone=False)
    asked: list[str] = []

    def edit(line: str, was: int, body: Any) -> tuple[int, Any] | None:
        if "limit=" not in line or "/leads" not in line:
            return None
        asked.append(line)
        return (404, {"error": {"code": "gone", "message": "gone"}}) if len(asked) == 2 else None

    play.edit(edit)
    verdicts = [verdict for verdict, _ in play("pagination", scenario_name, operation=operation).of(rule)]
    assert len(verdicts) == usual > 2
    assert verdicts.count("unknown") == 1
    assert verdicts.count("holds") == usual - 1
