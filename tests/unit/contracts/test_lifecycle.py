"""Lifecycle: what else explains an answer to an action, or a change, where campaigns have a life of their own."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from scenario_play import Play, Seen

from nhq.client.api import Crawl
from nhq.clock import ManualClock
from nhq.contract import Contract
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange
from nhq.scenarios.areas.campaign_probe import CampaignProbe
from nhq.scenarios.judge import Judge

RULES = (
    "CAMP-START",
    "CAMP-PAUSE",
    "CAMP-RESUME",
    "CAMP-ACTION-NO-OTHER",
    "CAMP-RESUME-ONLY-FLIPS",
    "CAMP-REFUSED-UNCHANGED",
    "CAMP-PAUSE-ONLY-STARTED",
)
OWN = "own"


def campaign(ident: str, status: str, **members: Any) -> dict[str, Any]:
    """A row of the list."""
    counted = dict.fromkeys(("connectionsSent", "messagesSent", "repliesReceived", "connectionRequestsAccepted"), 3)
    plain = {"name": ident, "createdAt": "2026-01-01T00:00:00Z", "leadList": {"id": "L"}, "linkedinAccounts": []}
    return {"id": ident, "status": status, "totalLeads": 5} | plain | counted | members


def exchange(status: int, body: str = "{}", number: int = 1) -> Exchange:
    return Exchange(number, "run_campaign_action", "POST", "/", {}, b"", None, status, {}, body.encode(), 0.0, 0.0)


@dataclass
class Campaigns:
    """A list that shows other rows from look to look, the last ones for ever."""

    looks: Sequence[Sequence[dict[str, Any]]]
    alone: bool = True
    clock: ManualClock = field(default_factory=ManualClock)
    asked: int = 0

    @property
    def session(self) -> Any:
        target = SimpleNamespace(undisturbed=self.alone, restorable=self.alone)
        return SimpleNamespace(target=target, clock=self.clock)

    def crawl(self, operation: str, **options: Any) -> Crawl:
        self.asked += 1
        page = exchange(200, number=100 + self.asked)
        return Crawl((page,), tuple(self.looks[min(self.asked, len(self.looks)) - 1]), True)


@pytest.fixture
def lifecycle(scenario: Callable[[str], ModuleType]) -> Any:
    """The scenarios of campaigns' lives."""
    return scenario("lifecycle")


@pytest.fixture
def lifecycle_refused(scenario: Callable[[str], ModuleType]) -> Any:
    """Those of actions that are refused."""
    return scenario("lifecycle_refused")


@pytest.fixture
def stage(contract: Contract, seen: Seen) -> Callable[..., Any]:
    """A stage for the campaign `own`, on a list by script."""

    def make(*looks: Sequence[dict[str, Any]], alone: bool = True) -> Any:
        api: Any = Campaigns(looks, alone)
        return CampaignProbe(api, Judge(contract, seen, RULES), api.session, OWN)

    return make


# --- actions that must succeed --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status", "shown", "listed", "alone", "verdicts"),
    [
        ("start", 200, "started", "started", True, ["holds", "holds"]),
        ("start", 200, "started", "completed", True, ["holds", "unknown"]),
        ("start", 200, "started", "draft", True, ["holds", "violated"]),
        ("start", 200, "started", "draft", False, ["holds", "violated"]),
        ("start", 200, "started", "paused", True, ["holds", "violated"]),
        ("start", 200, "started", "paused", False, ["holds", "unknown"]),
        ("pause", 200, "paused", "paused", True, ["holds", "holds"]),
        ("pause", 200, "paused", "completed", True, ["holds", "violated"]),
        ("pause", 200, "paused", "started", False, ["holds", "violated"]),
        ("resume", 200, "started", "paused", False, ["holds", "violated"]),
        ("pause", 200, "started", "paused", True, ["violated"]),
        ("pause", 500, "", "paused", True, ["violated"]),
        ("pause", 503, "", "started", True, ["violated"]),
        ("pause", 503, "", "started", False, ["unknown"]),
        ("pause", 401, "", "started", True, ["unknown"]),
        ("pause", 403, "", "started", True, ["unknown"]),
        ("pause", 429, "", "started", True, ["unknown"]),
        ("pause", 404, "", "started", True, ["violated"]),
        ("pause", 409, "", "started", True, ["violated"]),
        ("pause", 409, "", "started", False, ["violated"]),
        ("pause", 409, "", "completed", True, ["unknown"]),
        ("pause", 409, "", "paused", True, ["violated"]),
        ("pause", 409, "", "paused", False, ["unknown"]),
        ("resume", 409, "", "paused", False, ["violated"]),
        ("resume", 409, "", "started", False, ["unknown"]),
        ("start", 409, "", "started", False, ["unknown"]),
    ],
)
def test_an_action_that_fits_succeeds(
    name: str,
    status: int,
    shown: str,
    listed: str,
    alone: bool,
    verdicts: list[str],
    stage: Callable[..., Any],
    seen: Seen,
) -> None:
    """Its answer and then the list say so, unless the campaign ended by itself or somebody else acted on it."""
    answer = exchange(status, json.dumps({"data": {"status": shown}}))
    stage([campaign(OWN, listed)], alone=alone).turned(name, answer)
    rule = {"start": "CAMP-START", "pause": "CAMP-PAUSE", "resume": "CAMP-RESUME"}[name]
    assert [(one.rule, one.verdict.value) for one in seen.told] == [(rule, verdict) for verdict in verdicts]


def test_a_404_says_nothing_of_a_campaign_that_is_gone(stage: Callable[..., Any], seen: Seen) -> None:
    """Where it stands in the list all the same, it does."""
    assert stage([campaign("other", "started")]).turned("pause", exchange(404)) is None
    assert [one.verdict.value for one in seen.told] == ["unknown"]


# --- what an action leaves alone ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"status": "started"}, {"status": "completed"}, False),
        ({"status": "started"}, {"status": "paused"}, True),
        ({"status": "draft"}, {"status": "started"}, True),
        ({"status": "paused"}, {"status": "completed"}, True),
        ({"status": "started", "totalLeads": 5}, {"status": "started", "totalLeads": 6}, False),
        ({"status": "paused", "totalLeads": 5}, {"status": "paused", "totalLeads": 6}, True),
        ({"status": "completed", "totalLeads": 5}, {"status": "completed", "totalLeads": 4}, True),
        ({"status": "draft", "totalLeads": 5}, {"status": "draft", "totalLeads": 9}, False),
        ({"status": "paused"}, {"status": "paused"}, False),
    ],
)
def test_what_a_campaign_does_by_itself_is_no_touch(
    before: Mapping[str, Any], after: Mapping[str, Any], told: bool, lifecycle: Any
) -> None:
    """One that runs may come to its end and enroll; one at rest does neither."""
    rows = [{"totalLeads": 5} | dict(row) for row in (before, after)]
    assert lifecycle.touched(*rows) is told


QUIET = [campaign(OWN, "started"), campaign("a", "paused"), campaign("b", "draft")]
PAUSED_B = [QUIET[0], QUIET[1], campaign("b", "started")]
STIRRED = [QUIET[0], QUIET[1], campaign("b", "paused")]


@pytest.mark.parametrize(
    ("before", "after", "later", "alone", "once", "expected"),
    [
        (QUIET, QUIET, QUIET, True, False, ("holds", "")),
        (QUIET, PAUSED_B, PAUSED_B, True, False, ("violated", "1 of 2 other campaigns changed")),
        (QUIET, PAUSED_B, PAUSED_B, False, False, ("violated", "1 of 2 other campaigns changed")),
        (QUIET, PAUSED_B, STIRRED, False, False, ("unknown", "other campaigns change without being acted on")),
        (QUIET, PAUSED_B, QUIET[:2], False, False, ("unknown", "other campaigns change without being acted on")),
        (QUIET, PAUSED_B, STIRRED, True, False, ("violated", "1 of 2 other campaigns changed")),
        (QUIET, PAUSED_B, PAUSED_B, False, True, ("unknown", "other campaigns change without being acted on")),
        (QUIET, PAUSED_B, PAUSED_B, True, True, ("violated", "1 of 2 other campaigns changed")),
        (QUIET[:1], QUIET[:1], QUIET[:1], True, False, ("unknown", "there is no other campaign")),
        (QUIET, QUIET[:2], QUIET, True, False, ("holds", "")),
    ],
)
def test_others_are_untouched(
    before: list[Any],
    after: list[Any],
    later: list[Any],
    alone: bool,
    once: bool,
    expected: tuple[str, str],
    lifecycle: Any,
    stage: Callable[..., Any],
    seen: Seen,
) -> None:
    """Where others act, one that changes again in an equal interval accuses nobody; nor what can't be tried again."""
    own = stage(later, alone=alone)
    crawls = [Crawl((exchange(200, number=n),), tuple(rows), True) for n, rows in ((2, before), (3, after))]
    lifecycle.others_untouched(own, *crawls, exchange(200), once)
    assert seen.of("CAMP-ACTION-NO-OTHER") == [expected]
    if seen.found:
        assert seen.proof("CAMP-ACTION-NO-OTHER") == (1, 3)


def test_an_interval_is_as_long_as_an_action_and_the_looks_at_it(lifecycle: Any, stage: Callable[..., Any]) -> None:
    """Two seconds pass before it is said that nothing changes by itself."""
    own = stage(QUIET)
    clock = own.session.clock
    began = clock.monotonic()
    assert not lifecycle.stirs(own, {row["id"]: row for row in QUIET}, ["a"])
    assert clock.monotonic() - began == 2.0


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, ("holds", "")),
        ({"messagesSent": 4, "totalLeads": 6}, ("holds", "")),
        ({"messagesSent": 2}, ("violated", "differs in messagesSent")),
        ({"totalLeads": 4}, ("violated", "differs in totalLeads")),
        ({"leadList": {"id": "M"}}, ("violated", "differs in leadList")),
        ({"name": "x"}, ("violated", "differs in name")),
        ({"linkedinAccounts": [{"id": "s"}]}, ("violated", "differs in senders")),
    ],
)
def test_resuming_flips_the_status_alone(
    members: dict[str, Any], expected: tuple[str, str], lifecycle: Any, stage: Callable[..., Any], seen: Seen
) -> None:
    """What a running campaign counts may grow, and never shrinks."""
    after = campaign(OWN, "started", **members)
    lifecycle.only_flipped(stage(QUIET), campaign(OWN, "paused"), after, [exchange(200)])
    assert seen.of("CAMP-RESUME-ONLY-FLIPS") == [expected]


@pytest.mark.parametrize(("name", "rule"), [("pause", "CAMP-PAUSE"), ("resume", "CAMP-RESUME-ONLY-FLIPS")])
def test_no_campaign_lead_is_lost(name: str, rule: str, lifecycle: Any, stage: Callable[..., Any], seen: Seen) -> None:
    """By pausing or by resuming; who has come is told from then on."""
    rows = [{"lead_id": ident, "lead": {"id": ident}} for ident in "abc"]
    assert lifecycle.keeps_leads(stage(rows), name, ["a", "b"], exchange(200)) == ["a", "b", "c"]
    lifecycle.keeps_leads(stage(rows), name, ["a", "x", "y"], exchange(200))
    assert seen.of(rule) == [("holds", ""), ("violated", "2 lost")]


# --- the wrong state ------------------------------------------------------------------------------------------


def ranked(lifecycle_refused: Any, rows: list[Any], sizes: Mapping[str, int]) -> str:
    """The paused campaign that is chosen."""
    world = SimpleNamespace(lists=[{"id": ident, "lead_count": size} for ident, size in sizes.items()])
    return str(lifecycle_refused.in_state(Campaigns([rows]), "paused", world)["id"])


def test_a_draft_is_taken_for_what_its_row_lacks_and_nothing_else(lifecycle_refused: Any) -> None:
    """Of a target that names none: a draft, without its list or its senders; others aren't drafts any more."""
    rows = [
        campaign("past", "completed", leadList=None),
        campaign("runs", "started", linkedinAccounts=[]),
        campaign("whole", "draft", linkedinAccounts=[{"id": "s"}]),
        campaign("listless", "draft", leadList=None, linkedinAccounts=[{"id": "s"}]),
        campaign("alone", "draft", linkedinAccounts=[]),
    ]
    api: Any = SimpleNamespace(target=SimpleNamespace(given={}))
    for name, ident in ("campaign_without_lead_list", "listless"), ("campaign_without_sender", "alone"):
        with mock.patch.object(lifecycle_refused, "read_whole_list", return_value=SimpleNamespace(items=rows)):
            assert lifecycle_refused.unready(api, SimpleNamespace(), name)["id"] == ident
            api.target.given = {name: ident}
            world: Any = SimpleNamespace(given=lambda asked, mine=ident: mine)
            assert lifecycle_refused.unready(api, world, name)["id"] == ident
            world.given = lambda asked: "whole"
            with pytest.raises(PreconditionNotMet, match="still is one"):
                lifecycle_refused.unready(api, world, name)
            api.target.given = {}


def test_a_small_campaign_is_acted_on_wrongly(lifecycle_refused: Any) -> None:
    """Best one some of whose list could be enrolled by mistake; in the state that is asked for."""
    rows: list[Any] = [
        campaign("running", "started", totalLeads=0),
        campaign("bare", "paused", totalLeads=0, leadList=None),
        campaign("whole", "paused", totalLeads=2, leadList={"id": "two"}),
        campaign("large", "paused", totalLeads=8, leadList={"id": "nine"}),
        campaign("some", "paused", totalLeads=4, leadList={"id": "nine"}),
    ]
    assert ranked(lifecycle_refused, rows, {"two": 2, "nine": 9}) == "some"
    assert ranked(lifecycle_refused, rows, {"two": 3, "nine": 9}) == "whole"
    assert ranked(lifecycle_refused, rows, {}) == "bare"


@pytest.mark.parametrize(
    ("status", "listed", "verdict"),
    [
        (409, "draft", "holds"),
        (200, "draft", "violated"),
        (400, "draft", "violated"),
        (404, "draft", "violated"),
        (404, None, "unknown"),
        (401, "draft", "unknown"),
        (429, "draft", "unknown"),
    ],
)
def test_an_action_that_fits_no_state_is_refused(
    status: int, listed: str | None, verdict: str, lifecycle_refused: Any, contract: Contract, seen: Seen
) -> None:
    """By 409, unless the answer says nothing of the action."""
    api: Any = Campaigns([[campaign(OWN, listed)] if listed else []])
    api.call = lambda *_, **__: exchange(status)
    own = CampaignProbe(api, Judge(contract, seen, RULES), api.session, OWN)
    lifecycle_refused.refused(own, "draft", "pause")
    assert [one.verdict.value for one in seen.told] == [verdict]
    assert seen.chosen == {}


def test_what_is_done_to_a_completed_campaign_is_an_open_question(
    lifecycle_refused: Any, contract: Contract, seen: Seen
) -> None:
    """It is told how the target chose."""
    api: Any = Campaigns([[campaign(OWN, "completed")]])
    api.call = lambda *_, **__: exchange(409)
    lifecycle_refused.refused(CampaignProbe(api, Judge(contract, seen, RULES), api.session, OWN), "completed", "pause")
    assert seen.chosen == {"completed-campaign": "409"}


@pytest.mark.parametrize(
    ("seen_first", "later", "moves"),
    [
        (campaign(OWN, "paused"), campaign(OWN, "paused"), False),
        (campaign(OWN, "started"), campaign(OWN, "paused"), True),
        (campaign(OWN, "paused"), campaign(OWN, "paused", messagesSent=4), True),
        (campaign(OWN, "started"), campaign(OWN, "completed"), True),
        (campaign(OWN, "completed"), campaign(OWN, "completed"), False),
    ],
)
def test_what_changes_again_changes_by_itself(
    seen_first: Any,
    later: Any,
    moves: bool,
    lifecycle_refused: Any,
    stage: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Status, figures and all that lasts are compared, two seconds later."""
    own = stage([later])
    monkeypatch.setattr(lifecycle_refused, "row_now", lambda *_: (later, None))
    began = own.session.clock.monotonic()
    assert lifecycle_refused.moves_by_itself(own, seen_first) is moves
    assert own.session.clock.monotonic() - began == 2.0


@pytest.mark.parametrize(
    ("actions", "found"), [({"pause"}, True), ({"resume"}, False), ({"start"}, False), ({"pause", "resume"}, True)]
)
def test_what_pausing_answers_is_what_the_list_shows(actions: set[str], found: bool, play: Play) -> None:
    """Twice: a counter may move between an answer and a list."""

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.endswith("/actions") or json.loads(play.wire.sent[-1][1])["action"] not in actions:
            return None
        return status, body | {"data": body["data"] | {"name": "another"}}

    play.edit(edit)
    seen = play("lifecycle", "test_start_pause_resume")
    assert seen.found == ({"CAMP-ACTION-LISTED": "differs in name"} if found else {})


def test_one_difference_accuses_nobody(play: Play) -> None:
    """What only the first of two pauses shows is somebody else's doing."""
    paused: list[str] = []

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.endswith("/actions") or json.loads(play.wire.sent[-1][1])["action"] != "pause":
            return None
        paused.append(asked)
        return (status, body | {"data": body["data"] | {"name": "another"}}) if len(paused) == 1 else None

    play.edit(edit)
    assert play("lifecycle", "test_start_pause_resume").found == {}


@pytest.mark.parametrize(("status", "actions"), [(200, True), (503, False), (401, False)])
def test_a_start_that_came_to_nothing_shows_nothing_else(status: int, actions: bool, played: type[Play]) -> None:
    """Where nothing is put back, the one draft of a run: without it nothing more is done, nor said of others."""
    play = played(live=True)

    def edit(asked: str, was: int, body: Any) -> tuple[int, Any] | None:
        starts = asked.endswith("/actions") and json.loads(play.wire.sent[-1][1])["action"] == "start"
        return (status, body) if starts else None

    play.edit(edit)
    try:
        seen = play("lifecycle", "test_start_pause_resume")
    except PreconditionNotMet:
        seen = Seen()
    done = [json.loads(sent)["action"] for asked, sent, _ in play.wire.sent if asked.endswith("/actions")]
    assert ("resume" in done) is actions
    assert bool(seen.of("CAMP-ACTION-NO-OTHER")) is actions
