"""The state machines' models: what an answer means for them, on answers by script."""

import json
from collections.abc import Callable, Sequence
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from scenario_play import Play

from nhq.clock import ManualClock
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange

RULE = {"start": "CAMP-START", "pause": "CAMP-PAUSE", "resume": "CAMP-RESUME"}


def answered(status: int, body: Any = None) -> Exchange:
    sent = json.dumps(body if body is not None else {}).encode()
    return Exchange(1, "run_campaign_action", "POST", "/", {}, b"", None, status, {}, sent, 0.0, 0.0)


class Model:
    """As much of a machine as its rules need: keeps what must hold, and why it stopped."""

    def __init__(self, kind: Any, alone: bool = True, **state: Any) -> None:
        self.kind, self.said, self.stopped, self.stuck = kind, list[tuple[str, bool, str]](), "", False
        clock = ManualClock()
        limits = SimpleNamespace(limits=(1, 500))
        session = SimpleNamespace(clock=clock, target=SimpleNamespace(undisturbed=alone, restorable=alone))
        api = SimpleNamespace(operation=lambda name: limits, session=session)
        judge = SimpleNamespace(unknown=lambda *words: self.said.append(("unknown", True, words[0])))
        self.stage = SimpleNamespace(undisturbed=alone, api=api, session=session, judge=judge, restorable=alone)
        self.pages: list[Exchange | None] = []
        self.sent: list[Any] = []
        vars(self).update(state)

    def __getattr__(self, name: str) -> Any:
        found = vars(self.kind)[name]
        return found.__func__ if isinstance(found, staticmethod) else found.__get__(self)

    def must(self, rule: str, ok: bool, operation: str, *, expected: str, actual: str = "", **more: Any) -> None:
        self.said.append((rule, ok, actual))

    def stop(self, cause: str) -> None:
        self.stopped, self.stuck = cause, True

    def told(self, step: str) -> None:
        self.stopped = self.stopped

    def ok(self, operation: str, **options: Any) -> Exchange | None:
        self.sent.append(options)
        return self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]


@pytest.fixture
def lifecycle(scenario: Callable[[str], ModuleType]) -> Callable[..., Any]:
    """A model of campaigns: one, by the name c, in a state; the list shows it in another by now."""

    def make(status: str = "started", listed: str | None = None, alone: bool = True) -> Any:
        model = Model(scenario("workflows").Lifecycle, alone, status={"c": status}, names={"c": "one"})
        rows = [{"id": "c", "status": listed or status}]
        model.pages = [answered(200, {"data": rows})]
        model.enrolled = {"c": {"a", "b"}}
        return model

    return make


@pytest.mark.parametrize(
    ("status", "alone", "unheard"),
    [
        *((status, True, True) for status in (401, 403, 429)),
        *((status, False, True) for status in (401, 403, 404, 429, 503)),
        *((status, True, False) for status in (200, 400, 404, 409, 500, 503)),
        *((status, False, False) for status in (200, 400, 409, 500, 502)),
    ],
)
def test_an_answer_may_say_nothing_of_an_action(
    status: int, alone: bool, unheard: bool, lifecycle: Callable[..., Any]
) -> None:
    """Of the caller, or elsewhere of what is gone or away."""
    assert lifecycle(alone=alone).unheard(answered(status)) is unheard


@pytest.mark.parametrize(
    ("name", "status", "listed", "alone", "verdict"),
    [
        ("start", 200, "draft", True, True),
        ("start", 400, "draft", True, "stopped"),
        ("pause", 400, "started", True, False),
        ("pause", 401, "started", True, "stopped"),
        ("pause", 409, "completed", True, "ended"),
        ("pause", 409, "started", True, False),
        ("pause", 409, "paused", True, False),
        ("pause", 409, "paused", False, "stopped"),
        ("pause", 409, "started", False, False),
        ("resume", 409, "completed", True, False),
        ("resume", 409, "completed", False, "stopped"),
        ("resume", 503, "paused", False, "stopped"),
        ("resume", 503, "paused", True, False),
        ("pause", 500, "started", True, False),
    ],
)
def test_an_action_that_fits_turns_the_campaign(
    name: str, status: int, listed: str, alone: bool, verdict: Any, lifecycle: Callable[..., Any]
) -> None:
    """Unless it came to its end by itself, somebody else acted on it, or the answer says nothing."""
    model = lifecycle(listed=listed, alone=alone)
    after = "paused" if name == "pause" else "started"
    model.everyone = lambda campaign, rule: model.said.append((rule, True, campaign))
    model.turned("c", name, after, answered(status, {"data": {"status": after}}))
    if verdict == "stopped":
        assert model.stopped
        assert model.said == []
    elif verdict == "ended":
        assert model.said == []
        assert model.status["c"] == "completed"
    else:
        assert model.said[0][:2] == (RULE[name], verdict)
        nobody = "CAMP-RESUME-ENROLLS-NOBODY" if name == "resume" else "CAMP-START-ENROLLS-ONLY"
        assert model.said[1] == (nobody, True, "c")
        assert model.status["c"] == after


def test_an_answer_must_show_the_state_it_turned_to(lifecycle: Callable[..., Any]) -> None:
    """A success that shows another is broken."""
    model = lifecycle()
    model.everyone = lambda *words: None
    model.turned("c", "pause", "paused", answered(200, {"data": {"status": "started"}}))
    assert model.said == [("CAMP-PAUSE", False, "200, started")]


@pytest.mark.parametrize(
    ("name", "status", "verdict"),
    [("start", 409, True), ("start", 400, None), ("pause", 400, False), ("pause", 200, False), ("pause", 429, None)],
)
def test_an_action_that_fits_no_state_is_refused(
    name: str, status: int, verdict: bool | None, lifecycle: Callable[..., Any]
) -> None:
    """A start may be refused for a prerequisite before the state is looked at."""
    model = lifecycle()
    model.refused(name, "completed", answered(status))
    assert [ok for _, ok, _ in model.said] == ([] if verdict is None else [verdict])
    assert bool(model.stopped) is (verdict is None)


def lead_page(*leads: str | None, more: bool = False) -> Exchange:
    return answered(200, {"data": [{"lead_id": lead} for lead in leads], "pagination": {"has_more": more}})


@pytest.mark.parametrize(
    ("pages", "alone", "said"),
    [
        ([lead_page("a", "b")], True, [(True, "0 more"), (True, "0 missing, 0 twice")]),
        ([lead_page("a", "b", None)], True, [(True, "0 more"), (True, "0 missing, 0 twice")]),
        ([lead_page("a", "b", "c")], True, [(False, "1 more"), (True, "0 missing, 0 twice")]),
        ([lead_page("a", "a", "a")], True, [(True, "0 more"), (False, "1 missing, 2 twice")]),
        ([lead_page("a"), lead_page("a", "b")], True, [(True, "0 more"), (True, "0 missing, 0 twice")]),
        ([lead_page("a", more=True)], True, []),
        ([None], True, []),
        ([lead_page("x")], False, []),
    ],
)
def test_everyone_is_enrolled_once(
    pages: list[Exchange | None], alone: bool, said: list[tuple[bool, str]], lifecycle: Callable[..., Any]
) -> None:
    """And nobody else; as soon as it shows, where one page shows them all and nobody else enrolls anyone."""
    model = lifecycle(alone=alone)
    model.pages = pages
    model.everyone("c", "CAMP-START-ENROLLS-ONLY")
    assert [(ok, actual) for _, ok, actual in model.said] == said


@pytest.mark.parametrize(
    ("turns", "state", "which", "name"),
    [
        ("proceed", "draft", None, "start"),
        ("proceed", "started", None, "pause"),
        ("proceed", "paused", None, "resume"),
        ("proceed", "completed", None, "resume"),
        ("misfit", "draft", 0, "pause"),
        ("misfit", "draft", 1, "resume"),
        ("misfit", "draft", 2, "pause"),
        ("misfit", "completed", 2, "resume"),
        ("misfit", "started", 1, "resume"),
    ],
)
def test_steps_fit_or_do_not(
    turns: str, state: str, which: int | None, name: str, lifecycle: Callable[..., Any]
) -> None:
    """One proceeds, the other goes through all that doesn't fit."""
    model = lifecycle(state)
    ran: list[str] = []
    model.run_action = lambda campaign, action: ran.append(action)
    step = vars(model.kind)[turns].hypothesis_stateful_rule.function
    step(model, 4, *([] if which is None else [which]))
    assert ran == [name]


def test_campaigns_of_every_state_are_played_with(play: Play, scenario: Callable[[str], ModuleType]) -> None:
    """A ready draft and the smallest of each other; and who is enrolled, or will be."""
    workflows: Any = scenario("workflows")
    stage = SimpleNamespace(restorable=True, api=play.api, world=play.world)
    cast = workflows.choose(stage)
    assert [row["status"] for row in cast.rows] == ["draft", "started", "paused", "completed"]
    for row in cast.rows[1:]:
        assert row["totalLeads"] == min(r["totalLeads"] for r in play.world.campaigns if r["status"] == row["status"])
        rows = play.api.crawl("list_campaign_leads", path={"campaign_id": row["id"]}).items
        assert cast.enrolled[row["id"]] == {one["lead_id"] or one["lead"]["id"] for one in rows} - {None}
    members = play.api.crawl("list_members", path={"lead_list_id": cast.rows[0]["leadList"]["id"]}).ids
    assert cast.enrolled[cast.rows[0]["id"]] == set(members)
    drafts = {row["id"] for row in workflows.ready_drafts(play.api)}
    assert drafts
    assert all(row["status"] == "draft" for row in play.world.campaigns if row["id"] in drafts)
    with pytest.raises(PreconditionNotMet, match="source list"):
        workflows.to_be_enrolled(play.api, cast.rows[0] | {"leadList": None})


# --- lists and imports ----------------------------------------------------------------------------------------


@pytest.fixture
def lists(scenario: Callable[[str], ModuleType]) -> Callable[..., Any]:
    """A model of lists: l with a and b, m with b."""

    def make(**state: Any) -> Any:
        known = {"members": {"l": {"a", "b"}, "m": {"b"}}, "leads": {0: "a", 1: "b"}, "unsure": set(), "names": {"n"}}
        return Model(scenario("workflows_lists").Lists, word="w", **known | state)

    return make


@pytest.mark.parametrize(
    ("known", "chosen", "due"),
    [
        (None, "l", "created"),
        ("a", "l", "already_in_list"),
        ("a", "m", "added_existing"),
        ("b", "m", "already_in_list"),
    ],
)
def test_what_becomes_of_a_lead_follows_from_the_model(
    known: str | None, chosen: str, due: str, lists: Callable[..., Any]
) -> None:
    """New, known in the list, or known elsewhere."""
    assert lists().due(chosen, known) == due


@pytest.mark.parametrize(
    ("number", "result", "ident", "again", "said"),
    [
        (2, "created", "c", False, [("IMPORT-CREATED", True)]),
        (2, "added_existing", "c", False, [("IMPORT-CREATED", False)]),
        (0, "already_in_list", "a", False, [("IMPORT-DEDUP", True), ("IMPORT-ALREADY", True)]),
        (0, "created", "z", False, [("IMPORT-DEDUP", False), ("IMPORT-ALREADY", False)]),
        (0, "created", "a", True, [("IMPORT-DEDUP", True)]),
        (3, "created", "x", False, []),
    ],
)
def test_an_import_is_held_to_the_model(
    number: int, result: str, ident: str, again: bool, said: list[tuple[str, bool]], lists: Callable[..., Any]
) -> None:
    """Of a twin in one batch only its identity; of one that may have failed before, nothing."""
    model = lists(unsure={3})
    model.imported("l", number, result, ident, again)
    assert [(rule, ok) for rule, ok, _ in model.said] == said
    if said:
        assert model.leads[number] == ident
        assert ident in model.members["l"]


@pytest.mark.parametrize(
    ("status", "rows", "malformed", "wrong", "said"),
    [
        (201, ["w-A", "w-B"], [], [], []),
        (207, ["w-A"], [1], [1], []),
        (201, ["w-A"], [1], [1], ["LIST-STATUS-207"]),
        (207, ["w-A"], [0], [1], ["LIST-MALFORMED"]),
        (201, ["w-A"], [], [], ["LIST-DATA-COMPLETE"]),
        (201, ["w-A", "w-A"], [], [], ["LIST-NAME-UNIQUE"]),
        (201, ["w-A", "n"], [], [], ["LIST-NAME-UNIQUE", "LIST-NAME-SUFFIX"]),
        (201, ["w-A", "x"], [], [], ["LIST-NAME-SUFFIX"]),
        (201, ["w-A (2)", "w-B!"], [], [], []),
    ],
)
def test_created_lists_are_held_to_what_was_asked(
    status: int,
    rows: list[str],
    malformed: list[int],
    wrong: list[int],
    said: list[str],
    lists: Callable[..., Any],
) -> None:
    """Each once, under a name of its own that begins as asked; the malformed ones by index, with 207."""
    model = lists()
    made = [{"id": f"i{place}", "name": name} for place, name in enumerate(rows)]
    body = {"data": made, "malformed": [{"index": index, "errors": []} for index in malformed]}
    asked = ["w-A"] if wrong else ["w-A", "w-B"]
    model.created(asked, wrong, answered(status, body))
    assert [rule for rule, ok, _ in model.said if not ok] == said
    assert set(rows) <= model.names
    assert {f"i{place}" for place in range(len(rows))} <= model.members.keys()


@pytest.mark.parametrize(
    ("entries", "status", "verdict"),
    [([-1], 400, True), ([-1, -1], 207, True), ([-1], 201, False), ([-1], 500, None), ([0], 500, "stopped")],
)
def test_nothing_but_malformed_lists_is_never_201(
    entries: list[int], status: int, verdict: Any, lists: Callable[..., Any]
) -> None:
    """400 or 207; a crash is told elsewhere."""
    model = lists()
    sent: list[Any] = []
    model.call = lambda operation, **options: sent.append(options) or answered(status)
    model.create_lists(entries)
    assert [ok for _, ok, _ in model.said] == ([verdict] if isinstance(verdict, bool) else [])
    assert bool(model.stopped) is (verdict == "stopped")
    assert [row["name"] for row in sent[0]["json"]["lead_lists"]] == ["w-A" if e == 0 else "" for e in entries]


@pytest.mark.parametrize(
    ("numbers", "status", "stops"),
    [
        ([-1], 400, False),
        ([-1, -1], 422, False),
        ([-1], 500, False),
        ([0, -1], 400, True),
        ([-1, 0], 429, True),
        ([0], 404, True),
        ([0, 1], 503, True),
    ],
)
def test_a_batch_that_is_refused_stops_the_story_where_a_lead_was_well_formed(
    numbers: list[int], status: int, stops: bool, lists: Callable[..., Any]
) -> None:
    """Of malformed ones alone a refusal tells nothing that wasn't known: nobody has become a member."""
    model = lists()
    model.call = lambda operation, **options: answered(status)
    vars(model.kind)["import_batch"].hypothesis_stateful_rule.function(model, 0, numbers)
    assert bool(model.stopped) is stops
    assert model.said == []


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ([["l", "m", "default"]], True),
        ([["l"], ["l", "m"]], True),
        ([["l"]], False),
        ([["l", "m"], ["l"]], True),
    ],
)
def test_a_lead_names_those_of_our_lists_that_have_it(
    pages: list[list[str]], said: bool, lists: Callable[..., Any]
) -> None:
    """As soon as it does; the server may keep it in others as well. Those in several lists are read first."""
    model = lists()
    model.pages = [answered(200, {"data": {"lead_list_ids": named}}) for named in pages]
    vars(model.kind)["read_lead"].hypothesis_stateful_rule.function(model, 2)
    assert [(rule, ok) for rule, ok, _ in model.said] == [("LEAD-LIST-IDS", said)]
    assert model.sent[0]["path"] == {"lead_id": "b"}
    assert model.inside(0) == {"l"}


def test_a_lead_in_a_list_of_ours_that_has_it_not_is_told(lists: Callable[..., Any]) -> None:
    """Which is one more than due."""
    model = lists()
    model.pages = [answered(200, {"data": {"lead_list_ids": ["l", "m"]}})]
    vars(model.kind)["read_lead"].hypothesis_stateful_rule.function(model, 1)
    assert model.said == [("LEAD-LIST-IDS", False, "1 others, 0 missing")]


def test_lists_are_called_by_number(lists: Callable[..., Any]) -> None:
    """In the order they were made, round and round; leads too."""
    model = lists()
    assert [model.chosen(which) for which in range(3)] == ["l", "m", "l"]
    assert [model.title(which) for which in range(3)] == ["list 1", "list 2", "list 1"]
    assert model.called([0, -1, 3]) == "lead 0, a malformed lead, lead 3"
    assert model.asked([0, -1, 1]) == "one named A, a malformed one, one named B"
    assert model.person(-1) == {"first_name": "Nhq"}
    assert model.person(2)["linkedin_url"].endswith("/w-2")


def nights(scenario: Callable[[str], ModuleType]) -> Sequence[tuple[str, Any]]:
    names = ("workflows", "workflows_lists", "workflows_links")
    return [(name, scenario(name).SIZES) for name in names]


def test_a_night_plays_sixty_sequences_and_a_live_run_one(scenario: Callable[[str], ModuleType]) -> None:
    """A live run spends as little as shows anything; a night goes deeper than a gate."""
    for name, sizes in nights(scenario):
        live, gate, nightly = sizes
        assert (live.sequences, nightly.sequences) == (1, 60), name
        assert live.steps < gate.steps < nightly.steps, name
        assert live.sequences < gate.sequences < nightly.sequences, name
