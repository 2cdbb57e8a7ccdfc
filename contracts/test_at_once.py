"""Two requests at one instant, for what changes campaigns, lists and leads: one of them is served first.

Whichever that is, what the contract says of the second one holds. Connections are open before either leaves.

Not convicted: which of the two is first, refusals for a state that others brought about, and entries that failed.
"""

import random
from collections import Counter
from typing import Any

import pytest

from nhq.scenarios import (
    Api,
    Effort,
    Exchange,
    Inventory,
    Judge,
    PreconditionNotMet,
    at_work,
    campaign_leads,
    data_of,
    lead_ids,
    look_until,
    new_lead,
    new_list,
    pause_if_running,
    read_members,
    startable_draft,
    unique_word,
    valid_body,
)

ONLY = {"start": "CAMP-START-ONLY-DRAFT", "pause": "CAMP-PAUSE-ONLY-STARTED", "resume": "CAMP-RESUME-ONLY-PAUSED"}
#: How often a night makes the same two requests at one instant, of other things each time: one lock of many may fail.
TIMES = 64
TURNS = {"started": ("pause", "resume"), "paused": ("resume", "pause")}  # by state: actions that fit, one after another


def act_twice(api: Api, judge: Judge, campaign: str, action: str) -> list[Exchange]:
    """The same action twice at one instant: the first changes the state, so that the second no longer fits it."""
    call = ("run_campaign_action", {"path": {"campaign_id": campaign}, "json": {"action": action}})
    answers = api.at_once([call, call])
    statuses = [answer.status for answer in answers]
    if not any(answer.ok for answer in answers) or not set(statuses) <= {200, 409}:
        judge.unknown(ONLY[action], f"two at one instant were answered {statuses}", "run_campaign_action")
        return answers
    expected, actual = f"409 to one of two {action} at one instant", "200 to both"
    judge(ONLY[action], 409 in statuses, answers, expected=expected, actual=actual, where="status", about=[campaign])
    return answers


@pytest.mark.scenario("concurrency/pausing-and-resuming")
@pytest.mark.rule("CAMP-PAUSE-ONLY-STARTED", "CAMP-RESUME-ONLY-PAUSED")
def test_pausing_and_resuming(api: Api, judge: Judge, world: Inventory, rng: random.Random) -> None:
    """«`pause` is only valid for active campaigns», «`resume` is only valid for paused campaigns»: of two, one fits."""
    row = world.campaign("started") if api.target.restorable else at_work(api, world, rng)
    for action in TURNS[row["status"]]:
        act_twice(api, judge, row["id"], action)
    if not api.target.restorable:
        pause_if_running(api, row["id"])


@pytest.mark.scenario("concurrency/starting")
@pytest.mark.rule("CAMP-START-ONLY-DRAFT", "CAMP-START-ENROLLS")
def test_starting(api: Api, judge: Judge, world: Inventory) -> None:
    """«`start` is only valid for draft campaigns»: of two, one starts the draft, and each lead is enrolled once."""
    if not api.target.restorable:
        raise PreconditionNotMet("no draft to start twice on a target that nothing puts back")
    campaign = startable_draft(api, world)["id"]
    answers = act_twice(api, judge, campaign, "start")
    if any(answer.ok for answer in answers):
        rows = campaign_leads(api, campaign)
        twice = [lead for lead, count in Counter(lead_ids(rows)).items() if count > 1]
        proof, expected, actual = [*answers, *rows.pages], "each lead enrolled once", f"{len(twice)} leads twice"
        judge("CAMP-START-ENROLLS", not twice, proof, expected=expected, actual=actual, operation="run_campaign_action")


@pytest.mark.scenario("concurrency/lists-of-one-name")
@pytest.mark.rule("LIST-NAME-UNIQUE")
def test_lists_of_one_name(api: Api, judge: Judge, rng: random.Random, effort: Effort) -> None:
    """«a name that collides with an existing list is suffixed»: of two, the second collides with the first."""
    for _ in range(effort.pick(1, 1, TIMES)):
        make_two_lists(api, judge, rng)


def make_two_lists(api: Api, judge: Judge, rng: random.Random) -> None:
    """Two lists of one new name at one instant."""
    call = ("create_lead_lists", {"json": valid_body("create_lead_lists", unique_word(rng))})
    answers = api.at_once([call, call])
    if not all(answer.ok for answer in answers):
        raise PreconditionNotMet("no two lists of one name made at one instant")
    names = {answer.json()["data"][0]["name"] for answer in answers}
    expected = "2 different names of 2 lists made at one instant"
    judge("LIST-NAME-UNIQUE", len(names) == 2, answers, expected=expected, actual="one name")


@pytest.mark.scenario("concurrency/imports-into-one-list")
@pytest.mark.rule("IMPORT-DEDUP", "IMPORT-ALREADY", "IMPORT-MEMBERSHIP", "LIST-COUNT-TRUE")
def test_imports_into_one_list(api: Api, judge: Judge, rng: random.Random, effort: Effort) -> None:
    """«Leads are de-duplicated against the workspace»: one lead sent twice is made once, one sent beside it is kept."""
    for _ in range(effort.pick(1, 1, TIMES)):
        import_thrice(api, judge, rng)


def import_thrice(api: Api, judge: Judge, rng: random.Random) -> None:
    """One new lead twice, and another, into a new list at one instant."""
    target = new_list(api, rng)
    lead, other = new_lead(rng), new_lead(rng)
    path = {"lead_list_id": target}
    answers = api.at_once([("import_leads", {"path": path, "json": sent}) for sent in (lead, lead, other)])
    if not all(answer.ok for answer in answers):
        raise PreconditionNotMet("no three imports at one instant that all succeed")
    twins = [answer for answer in answers if answer.request_body == answers[0].request_body]
    alike = len({data_of(answer).get("id") for answer in twins}) == 1
    judge("IMPORT-DEDUP", alike, twins, expected="one id of a lead sent twice at one instant", actual="2 ids")
    results = sorted(str(answer.json().get("result")) for answer in twins)
    expected = "one created and one already_in_list, of a lead sent twice at one instant"
    judge("IMPORT-ALREADY", results == ["already_in_list", "created"], twins, expected=expected, actual=f"{results}")
    kept(api, judge, target, answers)


def kept(api: Api, judge: Judge, target: str, answers: list[Exchange]) -> None:
    """Judge that each lead that was reported is a member once, and that the list's count says so."""
    reported = {str(data_of(answer).get("id")) for answer in answers}
    rows = look_until(api.session, lambda: read_members(api, target), lambda seen: set(seen.ids) >= reported)
    missing, proof = reported - set(rows.ids), [*answers, *rows.pages]
    options: dict[str, Any] = {"operation": "import_leads", "where": "/data"}
    expected, actual = "each lead reported is a member", f"{len(missing)} of {len(reported)} are not"
    judge("IMPORT-MEMBERSHIP", not missing, proof, expected=expected, actual=actual, **options)
    doubled = len(rows.ids) - len(set(rows.ids))
    judge("IMPORT-DEDUP", not doubled, proof, expected="each member once", actual=f"{doubled} twice", **options)

    def count() -> Exchange:
        return api.ok("get_lead_list", path={"lead_list_id": target})

    shown = look_until(api.session, count, lambda seen: data_of(seen).get("lead_count") == len(rows.ids))
    total, expected = data_of(shown).get("lead_count"), f"{len(rows.ids)}, the number of members"
    judge("LIST-COUNT-TRUE", total == len(rows.ids), [*proof, shown], expected=expected, actual=f"{total}")
