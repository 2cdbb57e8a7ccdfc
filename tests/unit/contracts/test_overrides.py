"""Overrides: what an answer shows of slots, and what a lead of ours is on a target that nothing puts back."""

import json
import random
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from scenario_play import Play, Seen

from nhq.client.api import Crawl
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange
from nhq.scenarios.areas.override_slots import compare_saved, saved_entries
from nhq.scenarios.judge import Judge

BROKEN = [b"", b"{", b"\xff", b"[]", b"null", b"{}", b'{"data": null}', b'{"data": {}}', b'{"data": [1]}']


def answered(body: Any, status: int = 200) -> Exchange:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(1, "save_message_overrides", "PUT", "/", {}, b"", None, status, {}, sent, 0.0, 0.0)


def slot(stage: str, text: str = "t", **more: Any) -> dict[str, Any]:
    return {"node_type": "send_message", "message_stage": stage, "message": text} | more


@pytest.fixture
def overrides(scenario: Callable[[str], ModuleType]) -> Any:
    """The scenarios of overrides."""
    return scenario("overrides")


@pytest.fixture
def overrides_leads(scenario: Callable[[str], ModuleType]) -> Any:
    """Those of leads that overrides are for."""
    return scenario("overrides_leads")


@pytest.mark.parametrize("body", BROKEN)
def test_a_broken_body_shows_no_override(body: bytes, overrides_leads: Any) -> None:
    """It is a finding of its own, and breaks no scenario."""
    assert saved_entries(answered(body)) == []
    assert overrides_leads.shown_state(answered(body)) is None
    assert overrides_leads.shown_state(answered({"lead_campaign_state": "enrolled"}, 409)) is None
    assert saved_entries(answered({"data": [slot("ice_breaker")]}, 409)) == []


@pytest.mark.parametrize(
    ("data", "sent", "ok", "told"),
    [
        ([slot("a"), slot("b")], [slot("a")], True, "none"),
        ([slot("a", "other")], [slot("a")], False, "a"),
        ([slot("a"), slot("a")], [slot("a")], False, "a"),
        ([slot("a")], [slot("a"), slot("b"), slot("c")], False, "b, c"),
        ([], [slot("a")], False, "a"),
        ([slot("a", id="x")], [slot("a")], True, "none"),
    ],
)
def test_what_is_saved_stands_in_the_answer_once(data: list[Any], sent: list[Any], ok: bool, told: str) -> None:
    """With the text that was sent; what isn't is named by its slot."""
    assert compare_saved(answered({"data": data}), sent) == (ok, f"200, not so for: {told}")
    assert compare_saved(answered({"data": data}, 400), []) == (False, "400, not so for: none")


def test_a_missing_stage_may_be_the_campaigns(overrides: Any) -> None:
    """Said beside a 400 where the campaign isn't of our making."""
    for alone, status, said in ((True, 400, False), (False, 400, True), (False, 500, False)):
        slots = SimpleNamespace(api=SimpleNamespace(target=SimpleNamespace(undisturbed=alone)))
        assert bool(overrides._slip(slots, answered({}, status))) is said


@pytest.mark.parametrize(
    ("status", "campaign", "verdict"),
    [
        (200, "started", "holds"),
        (409, "started", "violated"),
        (409, "paused", "violated"),
        (409, "completed", "unknown"),
        (400, "completed", "violated"),
    ],
)
def test_a_campaign_that_is_over_may_refuse_overrides(
    status: int,
    campaign: str,
    verdict: str,
    overrides_leads: Any,
    play: Play,
    seen: Seen,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only where the list says that it is over."""
    monkeypatch.setattr(overrides_leads, "row_now", lambda *_: ({"status": campaign}, None))
    judge = Judge(play.contract, seen, ["OVR-ENROLLED"])
    own = SimpleNamespace(api=None, campaign="c")
    overrides_leads.tell_enrolled("OVR-ENROLLED", judge, own, [answered({"lead_campaign_state": "enrolled"}, status)])
    assert [one.verdict.value for one in seen.told] == [verdict]


class Paused:
    """A paused campaign's source list takes a lead; `there`: it is enrolled at once. Its leads are `rows`."""

    def __init__(self, there: bool, names: dict[str, str | None]) -> None:
        self.there, self.asked = there, list[str]()
        rows = [{"lead_id": ident or None, "lead": {"id": ident, "last_name": name}} for ident, name in names.items()]
        self.rows = [*rows, *([{"lead_id": "new", "lead": {"id": "new", "last_name": "x"}}] if there else [])]

    def call(self, operation: str, *, path: dict[str, str], json: Any) -> Exchange:
        self.asked.append(path["lead_id"])
        told = "enrolled" if path["lead_id"] != "new" else "pending_enrollment"
        return answered({"data": json["messages"], "lead_campaign_state": told})


@pytest.mark.parametrize(
    ("there", "names", "verdicts"),
    [
        (False, {"a": "nhq-1", "b": "Miller"}, {"OVR-PENDING": "holds", "OVR-ENROLLED": "holds"}),
        (True, {"b": "Miller", "a": "nhq-1"}, {"OVR-PENDING": "unknown", "OVR-ENROLLED": "holds"}),
        (False, {"b": "Miller", "": "nhq-1"}, None),
        (False, {"b": None}, None),
    ],
)
def test_without_a_draft_earlier_leads_of_ours_are_enrolled(
    there: bool,
    names: dict[str, str | None],
    verdicts: dict[str, str] | None,
    overrides_leads: Any,
    play: Play,
    seen: Seen,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that bears our mark and has an id; a new member is pending, unless the campaign enrolls by itself."""
    api: Any = Paused(there, names)
    monkeypatch.setattr(overrides_leads, "pause_if_running", lambda *_: None)
    monkeypatch.setattr(overrides_leads, "import_into", lambda *_: "new")
    page = answered({})
    monkeypatch.setattr(overrides_leads, "campaign_leads", lambda *_: Crawl((page,), tuple(api.rows), True))
    judge = Judge(play.contract, seen, ["OVR-PENDING", "OVR-ENROLLED"])
    row: dict[str, Any] = {"id": "c", "leadList": {"id": "l"}}
    if verdicts is None:
        with pytest.raises(PreconditionNotMet, match="earlier run"):
            overrides_leads.without_draft(api, judge, row, random.Random(1))
        return
    overrides_leads.without_draft(api, judge, row, random.Random(1))
    assert {one.rule: one.verdict.value for one in seen.told} == verdicts
    assert api.asked == ["new", "a"]


@pytest.mark.parametrize(
    ("two", "ten", "verdict"),
    [(200, 200, "holds"), (400, 400, "holds"), (200, 400, "violated"), (409, 409, "violated")],
)
def test_ten_of_one_slot_are_taken_as_two_are(two: int, ten: int, verdict: str, play: Play) -> None:
    """Where a repeated slot is answered 400, ten may be, too; where two are taken ten must be."""

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        count = play.wire.sent[-1][1].count("message_stage")
        return ({2: two, 10: ten}[count], body) if count in (2, 10) else None

    play.edit(edit)
    seen = play("overrides_refused", "test_one_to_ten")
    assert [told for told, _ in seen.of("OVR-COUNT")] == ["holds"] * 3 + [verdict]
    assert seen.chosen == {"override-count": "200" if ten == 200 else "400 for repeated slots"}


def test_one_lead_for_the_run_where_nothing_is_put_back(played: type[Play]) -> None:
    """Each test has its own elsewhere."""
    for live, leads in ((True, 1), (False, 2)):
        play = played(live=live)
        for file, name in (
            ("overrides", "test_texts_are_saved_as_sent"),
            ("overrides_refused", "test_only_messages_can_be_overridden"),
        ):
            play(file, name)
        imports = [asked for asked, _, _ in play.wire.sent if asked.startswith("POST /lead_lists/")]
        assert len(imports) == leads


@pytest.mark.parametrize(
    ("name", "told"),
    [("campaign_without_messages", True), ("campaign_without_messages", False), ("campaign_missing_slot", False)],
)
def test_a_campaign_without_texts_may_have_slots(name: str, told: bool, played: type[Play]) -> None:
    """Overrides of all three convict only where the target file says that one is missing."""
    hidden = "" if told else "campaign_without_slots"
    play = played(changed=lambda target: {"given": {k: v for k, v in target.given.items() if k != hidden}})
    play.edit(lambda asked, status, body: (200, body) if "message-overrides" in asked else None)
    if name == "campaign_without_messages" and not told:
        with pytest.raises(PreconditionNotMet, match="has all three slots"):
            play("overrides_refused", "test_missing_slot", name=name)
    else:
        assert play("overrides_refused", "test_missing_slot", name=name).found.keys() == {"OVR-NO-SLOT"}
