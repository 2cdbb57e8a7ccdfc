"""What a run wrote is read again at its end: what is gone is counted, and the first of it is the proof."""

from collections.abc import Iterable
from typing import Any

import pytest
from scenario_play import Play

from nhq.client.nonce import chance_of
from nhq.errors import PreconditionNotMet
from nhq.scenarios import steps
from nhq.scenarios.payloads import unique_word, valid_body

RNG = chance_of("later", "run")


@pytest.fixture
def run() -> Play:
    """A live run that has made five lists, with two leads in the first and three in the second."""
    play = Play(live=True)
    lists = [steps.new_list(play.api, RNG) for _ in range(5)]
    for lead_list in [lists[0], lists[1], lists[1], lists[0], lists[1]]:
        steps.import_into(play.api, lead_list, steps.new_lead(RNG))
    return play


def written(play: Play, kind: str) -> list[Any]:
    """What the run wrote of a kind, the oldest first."""
    return list(getattr(play.api.kept, kind).values())


def hide(play: Play, idents: Iterable[str], *, alone: bool = True) -> None:
    """Rows of these ids are in no list any more; nor is the thing itself there, if it is gone `alone`, too."""
    lost = set(idents)

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if alone and any(asked.endswith(f"/{ident}") for ident in lost):
            return 404, {"error": {"code": "not_found", "message": "gone"}}
        if asked.startswith("GET") and isinstance(body.get("data"), list):
            return status, body | {"data": [row for row in body["data"] if row["id"] not in lost]}
        return None

    play.edit(edit)


def change(play: Play, idents: Iterable[str], **members: Any) -> None:
    """Rows of these ids are shown otherwise in lists."""
    changed = set(idents)

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if asked.startswith("GET") and isinstance(body.get("data"), list):
            return status, body | {"data": [row | (members if row["id"] in changed else {}) for row in body["data"]]}
        return None

    play.edit(edit)


@pytest.mark.parametrize(
    ("scenario", "kind", "rule", "total"),
    [
        ("test_lists_stand", "lists", "LIST-CREATES", 5),
        ("test_leads_stand", "leads", "IMPORT-CREATED", 5),
    ],
)
@pytest.mark.parametrize("places", [(), (0,), (1, 3), (2, 3, 4)])
def test_what_is_gone_is_counted(
    scenario: str, kind: str, rule: str, total: int, places: tuple[int, ...], run: Play
) -> None:
    """Of several that are gone the oldest is shown: how it was made, the list without it, and its own 404."""
    lost = [written(run, kind)[place] for place in places]
    hide(run, (made.about[0] for made in lost))
    seen = run("later", scenario)
    actual = f"{len(lost)} of {total} are gone"
    assert seen.of(rule) == [("violated", actual) if lost else ("holds", "")]
    if lost:
        made, listed, read = seen.proof(rule)
        assert made == lost[0].answer.id
        assert run.answer(read).path.endswith(lost[0].about[0])
        assert listed < read


def test_what_can_still_be_read_is_not_gone(run: Play) -> None:
    """The list of a busy workspace may be longer than what is read of it."""
    hide(run, [written(run, "lists")[1].about[0]], alone=False)
    assert run("later", "test_lists_stand").of("LIST-CREATES") == [("holds", "")]
    hide(run, [written(run, "leads")[1].about[0]], alone=False)
    assert run("later", "test_leads_stand").of("IMPORT-CREATED") == [("holds", "")]


@pytest.mark.parametrize("places", [(), (1,), (2, 4)])
def test_other_names_are_counted(places: tuple[int, ...], run: Play) -> None:
    """A name that is another by now is a finding, shown by the first such list or lead."""
    for scenario, kind, rule, member in (
        ("test_lists_stand", "lists", "LIST-NAME-KEPT", "name"),
        ("test_leads_stand", "leads", "IMPORT-FIELDS-KEPT", "last_name"),
    ):
        renamed = [written(run, kind)[place] for place in places]
        change(run, (made.about[0] for made in renamed), **{member: "another"})
        seen = run("later", scenario)
        expected = ("violated", f"{len(renamed)} have another name") if renamed else ("holds", "")
        assert seen.of(rule) == [expected]
        if renamed:
            assert seen.proof(rule)[0] == renamed[0].answer.id


def test_a_lead_is_found_by_its_name(run: Play) -> None:
    """The first one; a search that finds nobody after some seconds is a finding."""
    assert run("later", "test_leads_stand").of("SEARCH-FIELDS") == [("holds", "")]
    run.edit(lambda asked, status, body: (status, body | {"data": []}) if "query=" in asked else None)
    seen = run("later", "test_leads_stand")
    assert seen.of("SEARCH-FIELDS") == [("violated", "not found")]
    assert seen.proof("SEARCH-FIELDS")[0] == written(run, "leads")[0].answer.id


@pytest.mark.parametrize("places", [(), (0,), (1, 2, 4)])
def test_members_are_counted_list_by_list(places: tuple[int, ...], run: Play) -> None:
    """The list that most joined is judged first; its count is held to the members that are there."""
    members = written(run, "members")
    lost = [members[place] for place in places]
    hide(run, (made.about[1] for made in lost), alone=False)
    order = sorted({made.about[0] for made in members}, key=lambda ident: -sum(m.about[0] == ident for m in members))
    sizes = {ident: sum(made.about[0] == ident for made in members) for ident in order}
    gone = {ident: sum(made.about[0] == ident for made in lost) for ident in order}
    seen = run("later", "test_members_stand")
    assert seen.of("IMPORT-MEMBERSHIP") == [
        ("violated", f"{gone[ident]} of {sizes[ident]} are gone") if gone[ident] else ("holds", "") for ident in order
    ]
    assert seen.of("LIST-COUNT-TRUE") == [
        ("violated", f"{sizes[ident]}") if gone[ident] else ("holds", "") for ident in order
    ]


def sent(play: Play, name: str, count: int) -> list[str]:
    """So many messages sent into a conversation of the target file's, whatever comes back."""
    path = {"conversation_id": play.world.given(name)}
    texts = [unique_word(RNG) for _ in range(count)]
    for text in texts:
        play.api.call("send_message", path=path, json=valid_body("send_message", text))
    return texts


def show_messages(play: Play, of: Any) -> None:
    """Histories are shown as `of` makes them."""

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("GET") or not isinstance(body.get("data"), dict) or "messages" not in body["data"]:
            return None
        return status, body | {"data": body["data"] | {"messages": of(body["data"]["messages"])}}

    play.edit(edit)


@pytest.mark.parametrize("wrong", [(), (0,), (1, 2)])
@pytest.mark.parametrize("times", [0, 2])
def test_messages_stand_once(wrong: tuple[int, ...], times: int) -> None:
    """A message that is gone, or there twice, is counted; the first such one is the proof."""
    play = Play(live=True)
    texts = sent(play, "conversation", 3)
    bad = {texts[place] for place in wrong}
    show_messages(play, lambda rows: [row for row in rows for _ in range(times if row["content"] in bad else 1)])
    seen = play("later", "test_messages_stand")
    expected = ("violated", f"{len(wrong)} of 3 are not") if wrong else ("holds", "")
    assert seen.of("SEND-APPENDS") == [expected]
    if wrong:
        assert seen.proof("SEND-APPENDS")[0] == written(play, "messages")[wrong[0]].answer.id


@pytest.mark.parametrize("came", [(), (1,), (0, 2)])
def test_what_failed_stays_unsent(came: tuple[int, ...]) -> None:
    """A message that was answered 502 and stands in the history later on is counted."""
    play = Play(live=True)
    texts = sent(play, "conversation_send_fails", 3)
    late = [texts[place] for place in came]
    show_messages(play, lambda rows: [*rows, *(dict(rows[0], content=text) for text in late)])
    seen = play("later", "test_what_failed_stays_unsent")
    assert seen.of("SEND-FAILED-NOT-SENT") == [
        ("violated", f"{len(came)} of 3 are") if came else ("holds", ""),
    ]
    if came:
        assert seen.proof("SEND-FAILED-NOT-SENT")[0] == written(play, "unsent")[came[0]].answer.id


def test_three_conversations_are_read_again() -> None:
    """Of the conversations written to, the first ones; nothing is said where nothing was written."""
    play = Play(live=True)
    for row in play.world.conversations[:5]:
        text = unique_word(RNG)
        play.api.call("send_message", path={"conversation_id": row["id"]}, json=valid_body("send_message", text))
    conversations = {made.about[0] for made in written(play, "messages")}
    assert len(play("later", "test_messages_stand").of("SEND-APPENDS")) == min(3, len(conversations))


@pytest.mark.parametrize(("letters", "same"), [("Grüße, 1 b", "Gre1b"), ("a\r\nB", "aB"), ("é", ""), (None, "None")])
def test_a_text_is_known_by_what_nothing_changes(letters: object, same: str, scenario: Any) -> None:
    """ASCII letters and digits stay in any form of Unicode, however blanks are treated."""
    assert scenario("later").plain(letters) == same


@pytest.mark.parametrize(
    ("ids", "verdict"), [(["same"], "holds"), (["other"], "violated"), ([], "violated"), (["same", "same"], "violated")]
)
def test_a_slot_keeps_its_id(ids: list[str], verdict: str) -> None:
    """Saved again later on, it is the one that was saved; once."""
    play = Play()
    saved: list[str] = []

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("PUT "):
            return None
        saved.append(body["data"][0]["id"])
        known = {"same": saved[0], "other": "x"}
        return (status, body | {"data": [body["data"][0] | {"id": known[i]} for i in ids]}) if saved[1:] else None

    play.edit(edit)
    assert [told for told, _ in play("later", "test_overrides_stand").of("OVR-UPSERT-ID")] == [verdict]


def test_a_slot_is_looked_at_once_live() -> None:
    """A second look is at another slot: this one is new from then on."""
    play = Play(live=True)
    campaign = play.world.given("campaign_startable")
    source = next(row["leadList"]["id"] for row in play.world.campaigns if row["id"] == campaign)
    for _ in range(2):
        path = {"campaign_id": campaign, "lead_id": steps.import_into(play.api, source, steps.new_lead(RNG))}
        play.api.ok("save_message_overrides", path=path, json=valid_body("save_message_overrides", unique_word(RNG)))
    slots = [made.about[1] for made in written(play, "slots")]
    play.wire.sent.clear()
    for _ in slots:
        assert play("later", "test_overrides_stand").of("OVR-UPSERT-ID") == [("holds", "")]
    assert [asked.split("/")[4] for asked, _, _ in play.wire.sent if asked.startswith("PUT ")] == slots
    with pytest.raises(PreconditionNotMet, match="no override"):
        play("later", "test_overrides_stand")
