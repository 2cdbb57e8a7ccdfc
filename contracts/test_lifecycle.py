"""Campaign lifecycle: what each action does, and that a campaign in the wrong state refuses it and stays as it was.

Not convicted: a campaign that ends by itself, one that somebody else acts on, a start or a session that a logged-out
sender decides, and figures that grow.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pytest

from nhq.scenarios import (
    Api,
    Breach,
    Crawl,
    Effort,
    Exchange,
    Inventory,
    Judge,
    Row,
    Session,
    Unmet,
    at_work,
    campaign_leads,
    data_of,
    differing_members,
    first_row,
    has_a_session_by_now,
    join_names,
    lead_ids,
    look_until,
    may_lack_a_session,
    open_draft,
    read_whole_list,
    row_now,
    run_action,
    startable_draft,
)
from nhq.scenarios import (
    disclose_value as told_as,
)

OUTCOMES = {
    "start": ("CAMP-START", "started"),
    "pause": ("CAMP-PAUSE", "paused"),
    "resume": ("CAMP-RESUME", "started"),
}
REFUSALS = {
    "start": "CAMP-START-ONLY-DRAFT",
    "pause": "CAMP-PAUSE-ONLY-STARTED",
    "resume": "CAMP-RESUME-ONLY-PAUSED",
}
WRONG = {
    "draft": ("pause", "resume"),
    "started": ("start", "resume"),
    "paused": ("start", "pause"),
    "completed": ("start", "pause", "resume"),
}
ONE_WRONG = {"draft": ("resume",), "started": ("start",), "paused": ("pause",), "completed": ("start",)}  # live
TO_PAUSED = {  # actions that show all there is, and leave the campaign paused
    "draft": ("start", "pause", "resume", "pause"),
    "started": ("pause", "resume", "pause"),
    "paused": ("resume", "pause", "resume", "pause"),
}
COUNTERS = ("connectionsSent", "messagesSent", "repliesReceived", "connectionRequestsAccepted")
FITS = {"start": "draft", "pause": "started", "resume": "paused"}  # the state that an action fits
INTERVAL = 2.0  # seconds that pass, at the least, over an action and the looks at it
VACUOUS = {401, 403, 404, 429}


@dataclass(frozen=True, slots=True)
class Stage:
    """One campaign under test, and what looks at it."""

    api: Api
    judge: Judge
    session: Session
    campaign: str

    def rows(self) -> Crawl:
        """All campaigns now."""
        return read_whole_list(self.api, "list_campaigns")

    def row(self, rows: Crawl) -> Row:
        """This campaign's row."""
        return first_row((row for row in rows.items if row["id"] == self.campaign), "row of the campaign acted on")

    def unheard(self, answer: Exchange) -> bool:
        """Does an answer say nothing of the action? A 404 does where the campaign still stands in the list."""
        if answer.status == 404:
            return self.campaign not in self.rows().ids
        return answer.status in VACUOUS

    def away(self, answer: Exchange) -> bool:
        """May the sender's session be out of reach just now? On a target of ours not time after time."""
        return answer.status == 503 and not self.session.target.undisturbed

    def over(self, answer: Exchange, name: str) -> bool:
        """Is an action refused for a state that the campaign has come to by itself, or by somebody else's doing?"""
        if answer.status != 409:
            return False
        state = self.row(self.rows())["status"]
        return state == "completed" or (not self.session.target.undisturbed and state != FITS[name])

    def unready(self, name: str, answer: Exchange) -> bool:
        """May a start be refused because a sender of the draft is logged out by now?"""
        return name == "start" and may_lack_a_session(self.api, self.row(self.rows()), answer)

    def turn(self, name: str) -> tuple[Exchange, Crawl] | None:
        """Run an action that must succeed, and judge it; the answer and all campaigns afterwards, or None."""
        return self.turned(name, run_action(self.api, self.campaign, name))

    def turned(self, name: str, answer: Exchange, after: Crawl | None = None) -> tuple[Exchange, Crawl] | None:
        """Judge an action that must succeed; `after` are all campaigns afterwards, if they were read already."""
        rule, status = OUTCOMES[name]
        if self.away(answer) or self.unheard(answer) or self.over(answer, name) or self.unready(name, answer):
            self.judge.unknown(rule, f"the action was answered {answer.status}", "run_campaign_action")
            return None
        shown = data_of(answer).get("status")
        ok = self.judge(
            rule,
            shown == status,
            answer,
            expected=f"200, {status}",
            actual=f"{answer.status}, {told_as('status', shown)}",
        )
        if not ok:
            return None
        rows = after or look_until(
            self.session, self.rows, lambda rows: self.row(rows)["status"] in (status, "completed")
        )
        listed = self.row(rows)["status"]
        if status == "started" and listed == "completed":
            self.judge.unknown(rule, "the campaign came to its end by itself", "run_campaign_action")
            return None
        if name == "start" and listed not in ("started", "draft") and not self.session.target.undisturbed:
            self.judge.unknown(rule, "somebody else acted on the campaign after its start", "run_campaign_action")
            return None
        where = {"where": "/data/*/status", "operation": "run_campaign_action"}
        self.judge(
            rule,
            listed == status,
            [answer, rows.last],
            expected=f"{status} in the list",
            actual=told_as("status", listed),
            **where,
        )
        return answer, rows


def lasting(row: Row) -> Row:
    """What no campaign changes by itself."""
    senders = sorted(str(account.get("id")) for account in row.get("linkedinAccounts") or ())
    source = (row.get("leadList") or {}).get("id")
    return {name: row.get(name) for name in ("name", "status", "createdAt")} | {"leadList": source, "senders": senders}


def differing(one_row: Row, other: Row) -> set[str]:
    """Names of lasting members in which two views of a campaign differ."""
    views = lasting(one_row), lasting(other)
    return set(differing_members(*views, views[0], ()))


def recounted(one_row: Row, other: Row) -> set[str]:
    """Names of figures in which two views of a campaign differ; a running one changes them by itself."""
    return set(differing_members(one_row, other, ("totalLeads", *COUNTERS), ()))


# --- the wrong state ------------------------------------------------------------------------------------------


@pytest.mark.scenario("lifecycle/action-in-the-wrong-state")
@pytest.mark.rule(
    "CAMP-START-ONLY-DRAFT", "CAMP-PAUSE-ONLY-STARTED", "CAMP-RESUME-ONLY-PAUSED", "CAMP-REFUSED-UNCHANGED"
)
@pytest.mark.parametrize("state", WRONG)
def test_action_in_the_wrong_state(
    state: str, api: Api, judge: Judge, session: Session, world: Inventory, effort: Effort
) -> None:
    """An action that does not match the campaign's state is answered 409, and changes nothing."""
    before = in_state(api, state, world)
    stage, row = Stage(api, judge, session, before["id"]), before or None
    names = effort.pick(ONE_WRONG, WRONG)[state]
    for together in (
        [names] if session.target.undisturbed else [(name,) for name in names]
    ):  # others act the less between two looks
        row = refused_and_kept(stage, state, together, row) if row else None


def refused_and_kept(stage: Stage, state: str, names: Iterable[str], before: Row) -> Row | None:
    """Judge actions in a state that they don't fit, and what they leave; the campaign as it is then.

    None where it is in another state, or changes without being acted on.
    """
    enrolled = lead_ids(campaign_leads(stage.api, stage.campaign))
    answers: list[Exchange] = []
    for name in names:
        answers.append(refused(stage, state, name))
        if answers[-1].ok:
            return None
    after, page = row_now(stage.api, "list_campaigns", stage.campaign)
    changed = differing(before, after) | (recounted(before, after) & {"totalLeads"})
    now = campaign_leads(stage.api, stage.campaign)
    changed |= {"campaign leads"} if sorted(lead_ids(now)) != sorted(enrolled) else set()
    judge, where = stage.judge, {"operation": "run_campaign_action"}
    if changed and moves_by_itself(stage, after):
        judge.unknown("CAMP-REFUSED-UNCHANGED", "the campaign changes without being acted on", "run_campaign_action")
        return None
    proof = [*answers, page, now.last]
    judge("CAMP-REFUSED-UNCHANGED", not changed, proof, expected="nothing changed", actual=join_names(changed), **where)
    return after if after["status"] == state else None


def in_state(api: Api, state: str, world: Inventory) -> Row:
    """A campaign in a state; best a small one, some members of whose list could be enrolled by mistake."""
    sizes = {row["id"]: row.get("lead_count", 0) for row in world.lists}
    rows = [row for row in read_whole_list(api, "list_campaigns").items if row["status"] == state]

    def rank(row: Row) -> tuple[bool, int]:
        source = row["leadList"]
        return source is None or row["totalLeads"] >= sizes.get(source["id"], 0), row["totalLeads"]

    return first_row(sorted(rows, key=rank), f"campaign in state {state}")


def refused(stage: Stage, state: str, name: str) -> Exchange:
    """Judge one action in a state that it does not fit."""
    answer = run_action(stage.api, stage.campaign, name)
    rule = REFUSALS[name]
    if stage.unheard(answer):
        stage.judge.unknown(rule, f"the action was answered {answer.status}", "run_campaign_action")
    else:
        expected = f"409 for {name} of a {state} campaign"
        stage.judge(rule, answer.status == 409, answer, expected=expected, actual=f"{answer.status}")
    if state == "completed":
        stage.judge.chose("completed-campaign", f"{answer.status}")
    return answer


def moves_by_itself(stage: Stage, seen: Row) -> bool:
    """Does the campaign look different again, without anyone's doing? Then its changes prove nothing."""
    stage.session.clock.sleep(2.0)
    row, _ = row_now(stage.api, "list_campaigns", stage.campaign)
    return bool(differing(row, seen) | recounted(row, seen)) or row["status"] == "completed" != seen["status"]


# --- what a start needs ---------------------------------------------------------------------------------------


@pytest.mark.scenario("lifecycle/start-needs-a-list")
@pytest.mark.rule("CAMP-START-NEEDS-LIST")
def test_start_needs_a_list(api: Api, judge: Judge, world: Inventory) -> None:
    """A draft without a lead list is not started, and stays as it was."""
    not_started(api, judge, "CAMP-START-NEEDS-LIST", unready(api, world, "campaign_without_lead_list"))


@pytest.mark.scenario("lifecycle/start-needs-a-schedule")
@pytest.mark.rule("CAMP-START-NEEDS-SCHEDULE")
def test_start_needs_a_schedule(api: Api, judge: Judge, world: Inventory) -> None:
    """A draft without a schedule is not started, and stays as it was."""
    not_started(api, judge, "CAMP-START-NEEDS-SCHEDULE", unready(api, world, "campaign_without_schedule"))


@pytest.mark.scenario("lifecycle/start-needs-a-sender")
@pytest.mark.rule("CAMP-START-NEEDS-SENDER")
def test_start_needs_a_sender(api: Api, judge: Judge, world: Inventory) -> None:
    """A draft without a sender account is not started, and stays as it was."""
    not_started(api, judge, "CAMP-START-NEEDS-SENDER", unready(api, world, "campaign_without_sender"))


@pytest.mark.scenario("lifecycle/start-needs-messages")
@pytest.mark.rule("CAMP-START-NEEDS-MESSAGES")
def test_start_needs_messages(api: Api, judge: Judge, world: Inventory) -> None:
    """A draft without a message setup is not started, and stays as it was."""
    not_started(api, judge, "CAMP-START-NEEDS-MESSAGES", unready(api, world, "campaign_without_messages"))


@pytest.mark.scenario("lifecycle/start-needs-a-session")
@pytest.mark.rule("CAMP-START-NEEDS-SESSION")
@pytest.mark.parametrize("name", ["campaign_without_session", "campaign_session_unavailable"])
def test_start_needs_a_session(name: str, api: Api, judge: Judge, world: Inventory) -> None:
    """A draft whose sender's session is invalid or cannot be asked is not started, and stays as it was."""
    not_started(api, judge, "CAMP-START-NEEDS-SESSION", unready(api, world, name))


def not_started(api: Api, judge: Judge, rule: str, before: Row) -> None:
    """Try to start a draft that lacks something; judge that it is refused, and unchanged."""
    answer = run_action(api, before["id"], "start")
    allowed = {400, 409, 503} if rule == "CAMP-START-NEEDS-SESSION" else {400, 409}
    if answer.status in VACUOUS | {503} - allowed:
        judge.unknown(rule, f"the start was answered {answer.status}", "run_campaign_action")
        return
    if rule == "CAMP-START-NEEDS-SESSION" and has_a_session_by_now(api, before, answer):
        judge.unknown(rule, "its senders are connected by now", "run_campaign_action")
        return
    expected = f"start refused with {' or '.join(map(str, sorted(allowed)))}"
    judge(rule, answer.status in allowed, answer, expected=expected, actual=f"{answer.status}{slip(api, answer)}")
    if answer.ok:
        return
    if answer.status != 503:
        judge.chose("start-without-prerequisite", f"{answer.status}")
    after, page = row_now(api, "list_campaigns", before["id"])
    enrolled = campaign_leads(api, before["id"])
    changed = differing(before, after) if api.target.undisturbed else differing(before, after) & {"status"}
    unchanged = not changed and not enrolled.items
    actual, where = f"{after['status']}, {len(enrolled.items)} campaign leads", {"operation": "run_campaign_action"}
    judge(
        rule,
        unchanged,
        [answer, page, enrolled.last],
        expected="the draft as before",
        code=Breach.CHANGED,
        actual=actual,
        **where,
    )


def slip(api: Api, answer: Exchange) -> str:
    """What else a start that succeeded may be: only the target's owner can know what a draft lacks."""
    return ", or the draft lacks nothing by now: see [given]" if answer.ok and not api.target.undisturbed else ""


def unready(api: Api, world: Inventory, name: str) -> Row:
    """The draft that the target file names for what it lacks; or one whose row shows that it lacks it.

    One that its owner has completed since is not started, and nothing is read into its start.
    """
    lacks = {
        "campaign_without_lead_list": lambda row: row["leadList"] is None,
        "campaign_without_sender": lambda row: not row["linkedinAccounts"],
    }
    drafts = [row for row in read_whole_list(api, "list_campaigns").items if row["status"] == "draft"]
    if name in lacks and name not in api.target.given:
        return first_row(filter(lacks[name], drafts), f"draft like {name}")
    ident = world.given(name)
    still = lacks.get(name, lambda row: True)
    return first_row(
        (row for row in drafts if row["id"] == ident and still(row)), f"draft like {name} that still is one"
    )


# --- the right state ------------------------------------------------------------------------------------------


@pytest.mark.scenario("lifecycle/start-pause-resume")
@pytest.mark.rule(
    "CAMP-START",
    "CAMP-PAUSE",
    "CAMP-RESUME",
    "CAMP-ACTION-NO-OTHER",
    "CAMP-ACTION-LISTED",
    "CAMP-RESUME-ONLY-FLIPS",
)
def test_start_pause_resume(api: Api, judge: Judge, session: Session, world: Inventory, rng: random.Random) -> None:
    """A ready draft starts, pauses, resumes and pauses again; nothing else about it or about others changes."""
    if session.target.restorable:
        stage = Stage(api, judge, session, startable_draft(api, world)["id"])
    elif (found := begun(api, judge, world, rng)) is not None:
        stage = found
    else:
        return
    rows, differences, enrolled = stage.rows(), [], None
    state = "draft" if session.target.restorable else stage.row(rows)["status"]
    for name in TO_PAUSED.get(state, ()):
        before = rows
        if name != "start" and enrolled is None:  # else the last look after an action is the look before the next
            enrolled = lead_ids(campaign_leads(api, stage.campaign))
        turned = stage.turn(name)
        if turned is None:
            return
        answer, rows = turned
        others_untouched(stage, before, rows, answer)
        if name == "pause":
            differences.append(
                differing(data_of(answer), stage.row(rows)) | recounted(data_of(answer), stage.row(rows))
            )
        if name != "start":
            enrolled = keeps_leads(stage, name, enrolled or [], answer)
        if name == "resume":
            only_flipped(stage, stage.row(before), stage.row(rows), [answer, rows.last])
    if len(differences) < 2:
        raise Unmet("no campaign that could be paused twice")
    both = differences[0] & differences[1]  # twice: a counter may move between an answer and a list
    where = {"operation": "run_campaign_action"}
    expected = "the campaign that the list shows"
    judge("CAMP-ACTION-LISTED", not both, [answer, rows.last], expected=expected, actual=join_names(both), **where)


def begun(api: Api, judge: Judge, world: Inventory, rng: random.Random) -> Stage | None:
    """Where nothing is put back: the campaign that this run started, its start judged; without a draft another one.

    None where the start came to nothing.
    """
    try:
        kept = open_draft(api, world, rng)
    except Unmet as without:
        judge.unknown("CAMP-START", str(without), "run_campaign_action")
        return Stage(api, judge, api.session, at_work(api, world, rng)["id"])
    stage = Stage(api, judge, api.session, kept.campaign)
    turned = stage.turned("start", kept.start, kept.after)
    if turned is None:
        return None
    others_untouched(stage, kept.before, kept.after, kept.start, once=True)
    return stage


@pytest.mark.scenario("lifecycle/resume-under-way")
@pytest.mark.rule("CAMP-START", "CAMP-RESUME", "CAMP-PAUSE", "CAMP-RESUME-ONLY-FLIPS", "CAMP-ACTION-SAME-ID")
def test_resume_under_way(api: Api, judge: Judge, session: Session, world: Inventory) -> None:
    """A campaign paused under way resumes with all that it has counted; where one more may start, it answers for it."""
    stage = Stage(api, judge, session, world.given("campaign_paused"))
    before = stage.rows()
    if stage.row(before)["status"] != "paused":
        raise Unmet("no campaign by the name campaign_paused that is paused")
    turned = stage.turn("resume")
    if turned is None:
        return
    answer, rows = turned
    only_flipped(stage, stage.row(before), stage.row(rows), [answer, rows.last])
    if session.target.restorable:
        Stage(api, judge, session, startable_draft(api, world)["id"]).turn("start")
    stage.turn("pause")


def others_untouched(stage: Stage, before: Crawl, after: Crawl, answer: Exchange, once: bool = False) -> None:
    """Judge that an action left the other campaigns alone; one may have come to its end by itself.

    Where others act, what was done `once` accuses nobody: it can't be tried again.
    """
    now = {row["id"]: row for row in after.items}
    others = [row for row in before.items if row["id"] != stage.campaign and row["id"] in now]
    changed = [row["id"] for row in others if touched(row, now[row["id"]])]
    if not others:
        stage.judge.unknown("CAMP-ACTION-NO-OTHER", "there is no other campaign", "run_campaign_action")
        return
    proof, actual = [answer, after.last], f"{len(changed)} of {len(others)} other campaigns changed"
    where = {"operation": "run_campaign_action"}
    if changed and not stage.session.target.undisturbed and (once or stirs(stage, now, changed)):
        cause = "other campaigns change without being acted on"
        stage.judge.unknown("CAMP-ACTION-NO-OTHER", cause, "run_campaign_action")
        return
    stage.judge(
        "CAMP-ACTION-NO-OTHER",
        not changed,
        proof,
        expected="no other campaign changed",
        actual=actual,
        about=changed,
        **where,
    )


def stirs(stage: Stage, seen: Mapping[str, Row], changed: Iterable[str]) -> bool:
    """Does one of these campaigns change again in an equal interval, in which we act on none?"""
    stage.session.clock.sleep(INTERVAL)
    rows = {row["id"]: row for row in stage.rows().items}
    return any(ident not in rows or touched(seen[ident], rows[ident]) for ident in changed)


def touched(before: Row, after: Row) -> bool:
    """Did a campaign that nobody acted on change its state, or, being at rest, its leads?"""
    if before["status"] != after["status"]:
        return (before["status"], after["status"]) != ("started", "completed")
    return before["status"] in {"paused", "completed"} and before["totalLeads"] != after["totalLeads"]


def keeps_leads(stage: Stage, name: str, enrolled: list[str], answer: Exchange) -> list[str]:
    """Judge that pausing or resuming loses no campaign lead; who is enrolled now."""
    now = campaign_leads(stage.api, stage.campaign)
    lost = set(enrolled) - set(lead_ids(now))
    rule = "CAMP-PAUSE" if name == "pause" else "CAMP-RESUME-ONLY-FLIPS"
    options = {"where": "campaign leads", "operation": "run_campaign_action", "actual": f"{len(lost)} lost"}
    stage.judge(rule, not lost, [answer, now.last], expected="every campaign lead kept", **options)
    return lead_ids(now)


def only_flipped(stage: Stage, before: Row, after: Row, proof: list[Exchange]) -> None:
    """Judge that resuming changed the status alone; what a running campaign counts may have grown meanwhile."""
    changed = differing(before, after) - {"status"}
    changed |= {name for name in ("totalLeads", *COUNTERS) if after[name] < before[name]}
    options = {"actual": join_names(changed), "operation": "run_campaign_action"}
    stage.judge("CAMP-RESUME-ONLY-FLIPS", not changed, proof, expected="the status alone changed", **options)
