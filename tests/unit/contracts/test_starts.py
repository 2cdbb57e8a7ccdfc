"""Starts that are to fail or to succeed: what else explains an answer, on a mock whose answers are changed."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from scenario_play import Play, Seen

from nhq.errors import PreconditionNotMet
from nhq.scenarios.judge import Judge

RULES = {
    "campaign_without_lead_list": ("test_start_needs_a_list", "CAMP-START-NEEDS-LIST", {}),
    "campaign_without_schedule": ("test_start_needs_a_schedule", "CAMP-START-NEEDS-SCHEDULE", {}),
    "campaign_without_session": (
        "test_start_needs_a_session",
        "CAMP-START-NEEDS-SESSION",
        {"name": "campaign_without_session"},
    ),
}
LIST, SCHEDULE, SESSION = RULES


def refusing(play: Play, answered: int, /, **members: Any) -> None:
    """Starts are answered so; afterwards campaigns look otherwise, if they do."""
    acted: list[str] = []

    def edit(asked: str, was: int, body: Any) -> tuple[int, Any] | None:
        if asked.startswith("POST /campaigns/") and asked.endswith("/actions"):
            acted.append(asked.split("/")[2])
            return answered, body
        if asked.startswith("GET /campaigns?") and acted:
            return was, body | {"data": [r | (members if r["id"] == acted[0] else {}) for r in body["data"]]}
        return None

    play.edit(edit)


@pytest.mark.parametrize(
    ("name", "status", "alone", "verdicts", "chosen"),
    [
        (LIST, 400, True, ["holds", "holds"], "400"),
        (LIST, 409, True, ["holds", "holds"], "409"),
        (LIST, 200, True, ["violated"], None),
        (LIST, 422, True, ["violated", "holds"], "422"),
        (LIST, 401, True, ["unknown"], None),
        (LIST, 403, True, ["unknown"], None),
        (LIST, 404, True, ["unknown"], None),
        (LIST, 429, True, ["unknown"], None),
        (LIST, 503, True, ["unknown"], None),
        (SCHEDULE, 400, True, ["holds", "holds"], "400"),
        (SESSION, 400, True, ["holds", "holds"], "400"),
        (SESSION, 409, True, ["holds", "holds"], "409"),
        (SESSION, 503, True, ["holds", "holds"], None),
        (SESSION, 502, True, ["violated", "holds"], "502"),
        (SESSION, 429, True, ["unknown"], None),
        (SESSION, 200, True, ["violated"], None),
    ],
)
def test_a_draft_that_lacks_something_is_not_started(
    name: str, status: int, alone: bool, verdicts: list[str], chosen: str | None, play: Play
) -> None:
    """400 or 409, for a session also 503; and which it is, is an open question."""
    scenario, rule, given = RULES[name]
    refusing(play, status)
    seen = play("lifecycle_refused", scenario, **given)
    assert [verdict for verdict, _ in seen.of(rule)] == verdicts
    assert seen.chosen.get("start-without-prerequisite") == chosen


@pytest.mark.parametrize(
    ("members", "alone", "expected"),
    [
        ({}, True, "holds"),
        ({"status": "started"}, True, "violated"),
        ({"name": "another"}, True, "violated"),
        ({"name": "another"}, False, "holds"),
        ({"status": "started"}, False, "violated"),
    ],
)
def test_a_draft_that_was_not_started_is_as_before(
    members: dict[str, Any], alone: bool, expected: str, played: type[Play]
) -> None:
    """Where others act, its status is."""
    play = played(alone=alone)
    refusing(play, 409, **members)
    seen = play("lifecycle_refused", "test_start_needs_a_list")
    assert [verdict for verdict, _ in seen.of("CAMP-START-NEEDS-LIST")] == ["holds", expected]


@pytest.mark.parametrize(
    ("alone", "told"), [(True, "200"), (False, "200, or the draft lacks nothing by now: see [given]")]
)
def test_only_its_owner_knows_what_a_draft_lacks(alone: bool, told: str, played: type[Play]) -> None:
    """Beside a start that succeeded it is said that the target file may be old."""
    play = played(alone=alone)
    refusing(play, 200)
    assert play("lifecycle_refused", "test_start_needs_a_list").found == {"CAMP-START-NEEDS-LIST": told}


def test_leads_that_are_enrolled_are_told(play: Play) -> None:
    """A refused start that enrolls is no refusal."""
    refusing(play, 409)
    rows = play.api.crawl("list_campaign_leads", path={"campaign_id": play.world.given("campaign_paused")}).items

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        return (status, body | {"data": list(rows[:2])}) if "/leads" in asked else None

    play.edit(edit)
    seen = play("lifecycle_refused", "test_start_needs_a_list")
    assert seen.found == {"CAMP-START-NEEDS-LIST": "draft, 2 campaign leads"}


# --- two at one instant ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ((200, 409), "holds"),
        ((200, 200), "violated"),
        ((409, 409), "unknown"),
        ((200, 503), "unknown"),
        ((200, 404), "unknown"),
    ],
)
def test_of_two_actions_one_fits(
    statuses: tuple[int, int], verdict: str, play: Play, seen: Seen, scenario: Callable[[str], ModuleType]
) -> None:
    """The other is answered 409; any other answer shows nothing."""
    answers = [play.api.call("list_campaigns") for _ in statuses]
    api: Any = type("Api", (), {"at_once": lambda self, calls: self.answers})()
    api.answers = [change(answer, status) for answer, status in zip(answers, statuses, strict=True)]
    judge = Judge(play.contract, seen, ["CAMP-PAUSE-ONLY-STARTED"])
    scenario("at_once").act_twice(api, judge, "c", "pause")
    assert [one.verdict.value for one in seen.told] == [verdict]


def change(answer: Any, status: int) -> Any:
    return replace(answer, status=status)


def test_two_lists_of_one_name_have_two(play: Play) -> None:
    """A list is made of each, under names of their own."""
    assert play("at_once", "test_lists_of_one_name").found == {}
    play.edit(
        lambda asked, status, body: (
            (status, json.loads(json.dumps(body).replace(body["data"][0]["name"], "one")))
            if asked.startswith("POST /lead_lists")
            else None
        )
    )
    assert play("at_once", "test_lists_of_one_name", seed="again").found == {"LIST-NAME-UNIQUE": "one name"}


def test_nothing_is_started_twice_where_nothing_puts_it_back(played: type[Play]) -> None:
    """Starting reaches people."""
    with pytest.raises(PreconditionNotMet, match="nothing puts back"):
        played(live=True)("at_once", "test_starting")


# --- who is enrolled ------------------------------------------------------------------------------------------


def rows_of(play: Play, of: Callable[[list[Any]], list[Any]]) -> None:
    """Campaign leads are shown as `of` makes them, once something was started or resumed."""
    acted: list[str] = []

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if asked.endswith("/actions"):
            acted.append(asked)
        if acted and "/leads" in asked and asked.startswith("GET /campaigns/") and "cursor=" not in asked:
            return status, body | {"data": of(body["data"])}
        return None

    play.edit(edit)


@pytest.mark.parametrize(
    ("of", "rule", "actual"),
    [
        (lambda rows: rows[1:], "CAMP-START-ENROLLS", "1 of {} missing, 0 twice"),
        (lambda rows: [*rows, rows[0], rows[0]], "CAMP-START-ENROLLS", "0 of {} missing, 2 twice"),
        (
            lambda rows: [*rows, rows[0] | {"lead_id": "x", "lead": rows[0]["lead"] | {"id": "x"}}],
            "CAMP-START-ENROLLS-ONLY",
            "1 who are no members",
        ),
    ],
)
def test_a_start_enrolls_every_member_once(
    of: Callable[[list[Any]], list[Any]], rule: str, actual: str, play: Play
) -> None:
    """Nobody is missing, nobody twice, and nobody else."""
    rows_of(play, of)
    found = play("campaigns", "test_start_enrolls_the_source_list").found
    wanted = found[rule].split(" of ")[-1].split(" ")[0]
    assert found[rule] == actual.format(wanted)


@pytest.mark.parametrize(("itself", "verdict"), [(False, "violated"), (True, "unknown")])
def test_who_is_enrolled_by_resuming_is_told(itself: bool, verdict: str, play: Play) -> None:
    """Unless a running campaign enrolls new members by itself, which is looked at."""
    row = next(r for r in play.world.campaigns if r["id"] == play.world.given("campaign_paused"))
    acted: list[str] = []

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if asked.endswith("/actions"):
            acted.append(asked)
        if not acted or not asked.startswith(f"GET /campaigns/{row['id']}/leads"):
            return None
        ids = [lead for (lead_list, lead) in play.api.kept.members if lead_list == row["leadList"]["id"]]
        came = ids if itself else ids[:1]
        return status, body | {
            "data": [*body["data"], *(body["data"][0] | {"lead_id": i, "lead": {"id": i}} for i in came)]
        }

    play.edit(edit)
    seen = play("campaigns", "test_resume_enrolls_nobody")
    assert [one for one, _ in seen.of("CAMP-RESUME-ENROLLS-NOBODY")] == [verdict]
    assert acted[-1].endswith("/actions")
    assert len(acted) == 2


@pytest.mark.parametrize(("off", "found"), [(0, False), (1, True), (-1, True)])
def test_total_leads_are_those_enrolled(off: int, found: bool, play: Play) -> None:
    """Of three started campaigns with most leads, a thousand at most."""

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("GET /campaigns?"):
            return None
        return status, body | {"data": [row | {"totalLeads": row["totalLeads"] + off} for row in body["data"]]}

    play.edit(edit)
    seen = play("campaigns", "test_total_leads")
    assert bool(seen.found) is found
    assert len(seen.told) == 3


def test_a_source_list_is_one_by_id_and_name(play: Play) -> None:
    """A campaign that names another is told."""
    assert play("campaigns", "test_source_list").found == {}
    first = next(row["leadList"]["id"] for row in play.world.campaigns if row["leadList"])
    count = sum(1 for row in play.world.campaigns if row["leadList"])
    wrong = sum(1 for row in play.world.campaigns if row["leadList"] and row["leadList"]["id"] == first)

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("GET /lead_lists?"):
            return None
        return status, body | {"data": [row | ({"name": "x"} if row["id"] == first else {}) for row in body["data"]]}

    play.edit(edit)
    assert play("campaigns", "test_source_list").found == {"CAMP-SOURCE-LIST": f"{wrong} of {count} are not"}


@pytest.mark.parametrize("members", [{"status": "started"}, {"status": "completed"}, {"leadList": None}, {}])
def test_what_is_resumed_is_paused_and_has_a_list(members: dict[str, Any], play: Play, scenario: Any) -> None:
    """The campaign that the target file names, as long as it is so; else a draft, started and paused."""
    named = play.world.given("campaign_paused")

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("GET /campaigns?"):
            return None
        return status, body | {"data": [row | (members if row["id"] == named else {}) for row in body["data"]]}

    play.edit(edit)
    row = scenario("campaigns").resumable(play.api, play.world, random.Random(1))
    assert (row["id"] == named) is (not members)
    acted = [json.loads(sent)["action"] for asked, sent, _ in play.wire.sent if asked.endswith("/actions")]
    assert acted == (["start", "pause"] if members else [])
