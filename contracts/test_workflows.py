"""Sequences of actions on campaigns, in any order, against a small model of what the target must then hold.

Not convicted: campaigns that end by themselves, sessions that are away, and answers that the present state leaves
open.
"""

import random
from dataclasses import dataclass

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from nhq.scenarios import (
    GIVEN,
    Api,
    Effort,
    Exchange,
    Inventory,
    Judge,
    MachineStage,
    PreconditionNotMet,
    Row,
    Size,
    Workflow,
    ask_until_back,
    at_work,
    campaign_leads,
    data_of,
    disclose_value,
    first_row,
    lead_ids,
    list_page,
    look_until,
    pause_if_running,
    play_machine,
    read_members,
    read_whole_list,
)

SIZES = (Size(1, 2), Size(7, 8), Size(60, 25))
TURNS = {("draft", "start"): "started", ("started", "pause"): "paused", ("paused", "resume"): "started"}
OUTCOMES = {"start": "CAMP-START", "pause": "CAMP-PAUSE", "resume": "CAMP-RESUME"}
REFUSALS = {
    "start": "CAMP-START-ONLY-DRAFT",
    "pause": "CAMP-PAUSE-ONLY-STARTED",
    "resume": "CAMP-RESUME-ONLY-PAUSED",
}
ACTION = "run_campaign_action"


def ready_drafts(api: Api) -> list[Row]:
    """Drafts that the target's owner named as ready to be started."""
    named = {ident for name, ident in api.target.given.items() if name.startswith("campaign_startable")}
    return [
        row for row in read_whole_list(api, "list_campaigns").items if row["id"] in named and row["status"] == "draft"
    ]


@dataclass(frozen=True, slots=True)
class Cast:
    """Campaigns to act on, and by id who is enrolled, or will be once a draft is started."""

    rows: tuple[Row, ...]
    enrolled: dict[str, set[str]]


def choose(stage: MachineStage) -> Cast:
    """One ready draft, and the smallest campaign of every other state; where nothing is put back, one at work.

    Actions reach people, so on such a target only campaigns that its owner named are acted on. Raises
    PreconditionNotMet without one.
    """
    if not stage.restorable:
        row = at_work(stage.api, stage.world, stage.rng)
        return Cast((row,), {})
    drafts = ready_drafts(stage.api)[:1]
    if not drafts:
        raise PreconditionNotMet(
            "no campaign named campaign_startable… in [given] is still a draft", f"{GIVEN} campaign_startable"
        )
    others = sorted(stage.world.campaigns, key=lambda row: int(row["totalLeads"]))
    wanted = ("started", "paused", "completed")
    rows = drafts + [first_row((r for r in others if r["status"] == s), f"campaign in state {s}") for s in wanted]
    return Cast(tuple(rows), {str(row["id"]): to_be_enrolled(stage.api, row) for row in rows})


def to_be_enrolled(api: Api, row: Row) -> set[str]:
    """The leads of a campaign; of a draft with those of its source list, whom a start will enroll."""
    enrolled = set(lead_ids(campaign_leads(api, row["id"])))
    if row["status"] != "draft":
        return enrolled
    if row["leadList"] is None:
        raise PreconditionNotMet("the draft named as startable has no source list")
    return enrolled | set(read_members(api, row["leadList"]["id"]).ids)


class Lifecycle(Workflow):
    """Campaigns under any sequence of actions. The model: their statuses, and who is enrolled."""

    def __init__(self, stage: MachineStage, cast: Cast) -> None:
        super().__init__(stage)
        self.names = {str(row["id"]): f"the {row['status']} one" for row in cast.rows}
        self.status = {str(row["id"]): str(row["status"]) for row in cast.rows}
        self.enrolled = cast.enrolled

    def chosen(self, which: int) -> str:
        """One of the campaigns, by number."""
        return list(self.status)[which % len(self.status)]

    @initialize(draft=st.sampled_from(["pause", "resume"]), running=st.sampled_from(["start", "resume"]))
    def begin(self, draft: str, running: str) -> None:
        """What a draft and a running campaign don't take, while there are such: most sequences turn them soon."""
        for which, name in enumerate([draft, running] if self.stage.restorable else ()):
            if not self.stuck:
                self.run_action(self.chosen(which), name)

    @precondition(lambda self: not self.stuck)
    @rule(which=st.integers(0, 3))
    def proceed(self, which: int) -> None:
        """The action that fits a campaign's state; for a completed one there is none."""
        fitting = [name for (status, name) in TURNS if status == self.status[self.chosen(which)]]
        self.run_action(self.chosen(which), (fitting or ["resume"])[0])

    @precondition(lambda self: not self.stuck)
    @rule(which=st.integers(0, 3), turn=st.integers(0, 2))
    def misfit(self, which: int, turn: int) -> None:
        """An action that doesn't fit a campaign's state."""
        wrong = [name for name in OUTCOMES if (self.status[self.chosen(which)], name) not in TURNS]
        self.run_action(self.chosen(which), wrong[turn % len(wrong)])

    def run_action(self, campaign: str, name: str) -> None:
        """An action fits the campaign's state and changes it, or is refused and changes nothing."""
        before = self.status[campaign] if self.stage.undisturbed else self.state(campaign)
        if self.stuck:
            return
        self.told(f"{name} {self.names[campaign]}, now {before}")
        sent = {"path": {"campaign_id": campaign}, "json": {"action": name}}
        answer = ask_until_back(self.stage.session, lambda: self.call(ACTION, **sent))
        if (before, name) in TURNS:
            self.turned(campaign, name, TURNS[before, name], answer)
        else:
            self.refused(name, before, answer)
        if not self.stuck:
            self.look(campaign, answer.ok)

    def unheard(self, answer: Exchange) -> bool:
        """Does an answer say nothing of the action? On a target of ours a 404 or a lasting 503 does."""
        return answer.status in (401, 403, 429) or (answer.status in (404, 503) and not self.stage.undisturbed)

    def turned(self, campaign: str, name: str, after: str, answer: Exchange) -> None:
        """An action that fits. A 503, and a 400 for a prerequisite of `start`, say nothing about its promise."""
        if (name == "start" and answer.status == 400) or self.unheard(answer):
            self.stop(f"{name} was answered {answer.status}")
            return
        if name == "pause" and answer.status == 409 and self.ended(campaign):
            self.status[campaign] = "completed"
            return
        if answer.status == 409 and not self.stage.undisturbed and TURNS.get((self.state(campaign), name)) is None:
            self.stop("somebody else acted on the campaign")
            return
        shown = data_of(answer).get("status")
        actual = f"{answer.status}, {disclose_value('status', shown)}"
        self.must(OUTCOMES[name], answer.ok and shown == after, ACTION, expected=f"200, {after}", actual=actual)
        self.status[campaign] = after
        self.everyone(campaign, "CAMP-RESUME-ENROLLS-NOBODY" if name == "resume" else "CAMP-START-ENROLLS-ONLY")

    def ended(self, campaign: str) -> bool:
        """Has a running campaign come to its end by itself meanwhile?"""
        return self.state(campaign) == "completed"

    def state(self, campaign: str) -> str:
        """The state of a campaign as the list shows it now; "" where it is shown none."""
        page = self.ok("list_campaigns", query={"limit": 500})
        rows = page.json()["data"] if page is not None else []
        self.status[campaign] = next((row["status"] for row in rows if row["id"] == campaign), "")
        return self.status[campaign]

    def refused(self, name: str, before: str, answer: Exchange) -> None:
        """An action that doesn't fit: 409. Before a state is looked at, a start may be refused for a prerequisite."""
        if (name == "start" and answer.status == 400) or self.unheard(answer):
            self.stop(f"{name} of a {before} campaign was answered {answer.status}")
            return
        expected = f"409 for {name} of a {before} campaign"
        self.must(REFUSALS[name], answer.status == 409, ACTION, expected=expected, actual=f"{answer.status}")

    def look(self, campaign: str, done: bool) -> None:
        """The list of campaigns shows what the model says, of the campaign acted on and of all others."""
        page = self.ok("list_campaigns", query={"limit": self.stage.api.operation("list_campaigns").limits[1]})
        if page is None:
            return
        listed = {row["id"]: row["status"] for row in page.json()["data"]}
        for ident, expected in list(self.status.items()):
            rule = "CAMP-ACTION-NO-OTHER" if ident != campaign else self.about(done)
            seen = listed.get(ident)
            if ident != campaign and not self.stage.undisturbed:  # anybody may act on it: nothing is known of it
                self.status[ident] = seen or ""
                continue
            if seen == "completed" and (expected == "started" or not self.stage.undisturbed):  # it ended by itself
                self.status[ident] = seen
            shown, told = f"{self.names[ident]} is {disclose_value('status', seen)}", f"status {expected} in the list"
            self.must(rule, seen == self.status[ident], ACTION, expected=told, actual=shown)

    @staticmethod
    def about(done: bool) -> str:
        """The rule that the row of a campaign acted on speaks of."""
        return "CAMP-ACTION-LISTED" if done else "CAMP-REFUSED-UNCHANGED"

    def everyone(self, campaign: str, nobody_else: str) -> None:
        """Who is enrolled: after a start all of the source list and nobody else, after pause and resume the same.

        Only where nobody else enrolls anyone, and as long as one page shows them all.
        """
        if not self.stage.undisturbed:
            return
        due, read = (
            self.enrolled[campaign],
            {
                "path": {"campaign_id": campaign},
                "query": {"limit": self.stage.api.operation("list_campaign_leads").limits[1]},
            },
        )
        look = self.stage.session, lambda: self.ok("list_campaign_leads", **read)
        page = look_until(*look, lambda page: page is None or due <= set(enrolled(page)))
        if page is None or list_page(page).has_more:
            return
        rows = enrolled(page)
        more, missing = set(rows) - self.enrolled[campaign], self.enrolled[campaign] - set(rows)
        self.must(nobody_else, not more, ACTION, expected="nobody else enrolled", actual=f"{len(more)} more")
        twice = len(rows) - len(set(rows))
        actual = f"{len(missing)} missing, {twice} twice"
        self.must("CAMP-START-ENROLLS", not missing and not twice, ACTION, expected="each enrolled once", actual=actual)


def enrolled(page: Exchange) -> list[str]:
    """The leads that a page of campaign leads is about; of those that are gone nothing is known."""
    return [row["lead_id"] for row in page.json()["data"] if row["lead_id"]]


@pytest.mark.scenario("workflows/lifecycle")
@pytest.mark.rule(
    "CAMP-START",
    "CAMP-PAUSE",
    "CAMP-RESUME",
    "CAMP-START-ONLY-DRAFT",
    "CAMP-PAUSE-ONLY-STARTED",
    "CAMP-RESUME-ONLY-PAUSED",
    "CAMP-REFUSED-UNCHANGED",
    "CAMP-ACTION-LISTED",
    "CAMP-ACTION-NO-OTHER",
    "CAMP-START-ENROLLS",
    "CAMP-START-ENROLLS-ONLY",
    "CAMP-RESUME-ENROLLS-NOBODY",
)
def test_lifecycle(api: Api, world: Inventory, judge: Judge, snapshot: str, rng: random.Random, effort: Effort) -> None:
    """Whatever the order of actions, each does what it promises in the state it fits, and nothing in any other."""
    stage = MachineStage(api, world, judge, snapshot, rng)
    cast = choose(stage)
    try:
        play_machine(lambda stage: Lifecycle(stage, cast), stage, effort.pick(*SIZES))
    finally:
        if not stage.restorable:
            pause_if_running(api, str(cast.rows[0]["id"]))
