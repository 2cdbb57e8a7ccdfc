"""Conversations: what is a preview of a message, and which order may be told."""

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from scenario_play import Play

from nhq.errors import PreconditionNotMet

NOON = "2026-03-01T12:00:00Z"


@pytest.mark.parametrize(
    ("shown", "at", "same"),
    [
        ("one two three", NOON, True),
        ("one  two\nthree", NOON, True),
        ("one two", NOON, True),
        ("one two…", NOON, True),
        ("one two ...", NOON, True),
        ("two three", NOON, False),
        ("", NOON, False),
        ("…", NOON, False),
        ("one two four", NOON, False),
        ("one two", "2026-03-01T12:00:00.900Z", True),
        ("one two", "2026-03-01T13:00:00+01:00", True),
        ("one two", "2026-03-01T12:00:01Z", False),
        ("one two", "2026-03-01T11:59:58.900Z", False),
        ("one two", None, True),
    ],
)
def test_a_preview_is_a_beginning(
    shown: str, at: str | None, same: bool, scenario: Callable[[str], ModuleType]
) -> None:
    """Of the text, blanks folded, with or without an ellipsis, within a second of the message's own instant."""
    message = {"content": "one two three", "sent_at": NOON}
    assert scenario("conversations").previews({"content": shown, "sent_at": at}, message) is same


def row(text: str, at: str | None, direction: str = "sent", **more: Any) -> dict[str, Any]:
    return {"id": text, "content": text, "sent_at": at, "direction": direction} | more


LATER, SOONER = "2026-03-01T12:00:05Z", "2026-03-01T11:00:00Z"


def history(*rows: dict[str, Any]) -> Any:
    """A crawl of messages."""
    return SimpleNamespace(items=tuple(rows))


@pytest.mark.parametrize(
    ("shown", "rows", "wrong"),
    [
        (None, [], ""),
        (None, [row("a", NOON)], "a preview without"),
        (row("a", NOON), [], "a preview without"),
        (row("a", NOON), [row("b", SOONER), row("a", NOON)], ""),
        (row("b", SOONER), [row("b", SOONER), row("a", NOON)], "of 1 latest"),
        (row("b", NOON), [row("b", NOON), row("a", NOON)], ""),
        (row("b", NOON), [row("b", "2026-03-01T13:00:00+01:00"), row("a", NOON)], ""),
        (row("c", NOON), [row("b", NOON), row("a", NOON)], "of 2 latest"),
        (row("a", NOON, "received"), [row("a", NOON)], "of 1 latest"),
        (row("a", LATER), [row("a", NOON)], "of 1 latest"),
        (row("b", None), [row("b", None), row("a", None)], ""),
        (row("b", "x"), [row("b", "y"), row("a", "x")], "of 1 latest"),
    ],
)
def test_a_row_previews_the_latest_message(
    shown: Any, rows: list[Any], wrong: str, scenario: Callable[[str], ModuleType]
) -> None:
    """Any of those that share the latest instant, however that is spelt; with its direction."""
    told = scenario("conversations").unlike_its_preview({"last_message": shown}, history(*rows))
    assert told.startswith(wrong)
    assert bool(told) == bool(wrong)


def test_any_order_is_right_within_an_instant(scenario: Callable[[str], ModuleType]) -> None:
    """What stands after a message, though it isn't of its instant, is out of place."""
    conversations: Any = scenario("conversations")
    rows = [row("a", SOONER), row("b", NOON), row("c", "2026-03-01T13:00:00+01:00"), row("d", SOONER)]
    told = [[one["id"] for one in conversations.out_of_place(history(*rows), found)] for found in ([1], [0], [], [3])]
    assert told == [["d"], ["b", "c"], [], []]


@pytest.mark.parametrize(
    ("latest", "newer"),
    [(LATER, True), (NOON, True), ("2026-03-01T13:00:00+01:00", True), (SOONER, False), ("x", False), (None, False)],
)
def test_a_newer_conversation_may_stand_above(
    latest: str | None, newer: bool, scenario: Callable[[str], ModuleType]
) -> None:
    """As new is enough; one without any message may stand anywhere."""
    conversations: Any = scenario("conversations")
    assert conversations.newer({"last_message": {"sent_at": latest}}, row("a", NOON)) is newer
    assert conversations.newer({"last_message": None}, row("a", NOON))
    assert not conversations.newer({"last_message": {"sent_at": NOON}}, row("a", "x"))


@pytest.mark.parametrize(
    ("shown", "same"),
    [
        ("é\nb", True),
        ("e\u0301\nb", True),
        ("é\r\nb", True),
        ("é b", False),
        ("É\nb", False),
        (None, False),
        (1, False),
    ],
)
def test_a_text_is_the_same_in_equivalent_forms(shown: Any, same: bool, scenario: Callable[[str], ModuleType]) -> None:
    """Of Unicode, and with either line end."""
    conversations: Any = scenario("conversations")
    assert conversations.same_text(shown, "e\u0301\nb") is same
    assert conversations.places(history({"content": "x"}, {"content": shown}), "é\nb") == ([1] if same else [])


# --- sending --------------------------------------------------------------------------------------------------


def answering(play: Play, status: int = 200, **data: Any) -> None:
    """Sends are answered so, though they may have been done."""

    def edit(asked: str, was: int, body: Any) -> tuple[int, Any] | None:
        if not asked.endswith("/messages"):
            return None
        return status, ({"data": body["data"] | data} if status == 200 else {"error": {"code": "x", "message": "y"}})

    play.edit(edit)


@pytest.mark.parametrize(
    ("status", "data", "alone", "told"),
    [
        (200, {}, True, {}),
        (200, {"message": None}, True, {}),
        (200, {"pending": True}, True, "stay pending"),
        (503, {}, True, {"SEND-APPENDS": "503"}),
        (502, {}, True, {"SEND-APPENDS": "502"}),
        (503, {}, False, "answered 503"),
        (500, {}, True, "answered 500"),
    ],
)
def test_a_send_that_comes_to_nothing_shows_nothing(
    status: int, data: dict[str, Any], alone: bool, told: Any, played: type[Play]
) -> None:
    """On a target of ours, what is away time after time is a finding."""
    play = played(alone=alone)
    answering(play, status, **data)
    if isinstance(told, str):
        with pytest.raises(PreconditionNotMet, match=told):
            play("conversations", "test_sending_appends_once")
    else:
        assert play("conversations", "test_sending_appends_once").found == told
    sends = sum(asked.endswith("/messages") for asked, _, _ in play.wire.sent)
    assert sends == (3 if status in (502, 503) else 1)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"message": {"content": "x", "direction": "sent"}}, ["violated"]),
        ({"message": None}, []),
        ({"message": "odd"}, []),
    ],
)
def test_the_message_of_an_answer_is_the_one_sent(data: dict[str, Any], told: list[str], play: Play) -> None:
    """Where there is one; the history alone tells otherwise."""
    answering(play, **data)
    for name, rule in (("test_sending_appends_once", "SEND-APPENDS"), ("test_text_is_kept", "SEND-TEXT")):
        verdicts = [verdict for verdict, _ in play("conversations", name, seed=name).of(rule)]
        assert verdicts == [*told, "holds"]


def showing(play: Play, of: Callable[[list[Any]], list[Any]], after: int = 1) -> None:
    """Histories are shown as `of` makes them, once so many messages were sent."""
    sent: list[str] = []

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if asked.endswith("/messages"):
            sent.append(asked)
        if len(sent) < after or not asked.startswith("GET /conversations/"):
            return None
        return status, body | {"data": body["data"] | {"messages": of(body["data"]["messages"])}}

    play.edit(edit)


@pytest.mark.parametrize(
    ("of", "actual"),
    [
        (lambda rows: [*rows, rows[-1]], "2 times, 0 older messages after it, 0 older ones lost"),
        (lambda rows: rows[:-1], "0 times, 0 older messages after it, 0 older ones lost"),
        (lambda rows: rows[1:], "1 times, 0 older messages after it, 1 older ones lost"),
        (lambda rows: [*rows[:-2], rows[-1], rows[-2]], "1 times, 1 older messages after it, 0 older ones lost"),
        (
            lambda rows: [*rows[:-1], rows[-1] | {"direction": "received"}],
            "1 times, 0 older messages after it, 0 older ones lost",
        ),
    ],
)
def test_a_message_stands_last_once(of: Callable[[list[Any]], list[Any]], actual: str, play: Play) -> None:
    """As sent by us, with all older ones before it."""
    showing(play, of)
    assert play("conversations", "test_sending_appends_once").found["SEND-APPENDS"] == actual


@pytest.mark.parametrize(
    ("status", "told"),
    [(400, ["holds", "holds", "holds"]), (200, ["violated", "holds", "holds"]), (502, None), (503, None)],
)
def test_8001_characters_are_refused(status: int, told: list[str] | None, play: Play) -> None:
    """Where the account is away nobody looked at them."""

    def edit(asked: str, was: int, body: Any) -> tuple[int, Any] | None:
        return (status, body) if asked.endswith("/messages") and was == 400 else None

    play.edit(edit)
    if told is None:
        with pytest.raises(PreconditionNotMet, match="before the account"):
            play("conversations", "test_length")
    else:
        assert [verdict for verdict, _ in play("conversations", "test_length").of("SEND-LENGTH")] == told


@pytest.mark.parametrize(
    ("data", "ok"),
    [({}, True), ({"ok": False}, False), ({"pending": False}, False), ({"ok": 1}, False), ({"pending": None}, False)],
)
def test_pending_is_said(data: dict[str, Any], ok: bool, played: type[Play]) -> None:
    """Both by true; on a target that isn't ours what its file says of a conversation may be old."""
    for alone in (True, False):
        play = played(alone=alone)
        answering(play, **data)
        if ok or alone:
            assert bool(play("conversations", "test_pending_is_reported").found) is not ok
        else:
            with pytest.raises(PreconditionNotMet, match="behaves differently"):
                play("conversations", "test_pending_is_reported")


@pytest.mark.parametrize(("syncs", "waited"), [(0, 0.0), (1, 30.0), (2, 60.0), (3, 600.0), (4, 7200.0), (5, 86400.0)])
def test_a_pending_message_appears_within_a_day(syncs: int, waited: float, play: Play) -> None:
    """It is looked for after ever longer pauses."""
    looks: list[str] = []

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("GET /conversations/"):
            return None
        looks.append(asked)
        messages = body["data"]["messages"]
        sent = next((text for _, text, _ in reversed(play.wire.sent) if "content" in text), "")
        text = sent.partition('"content": "')[2].rstrip('"}')
        came = [messages[0] | {"content": text}] if len(looks) > syncs else []
        return status, body | {"data": body["data"] | {"messages": [*messages[:1], *came]}}

    play.edit(edit)
    began = play.session.clock.monotonic()
    assert play("conversations", "test_pending_appears").of("SEND-PENDING-APPEARS") == [("holds", "")]
    assert play.session.clock.monotonic() - began == waited


@pytest.mark.parametrize(("live", "times"), [(False, 0), (True, 0), (False, 2), (True, 2)])
def test_a_pending_message_that_never_appears_is_found_where_a_day_can_pass(
    live: bool, times: int, played: type[Play]
) -> None:
    """Once is right, twice is wrong everywhere; where the clock is the world's, a minute without it says nothing."""
    play = played(live=live)

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("GET /conversations/"):
            return None
        sent = next((text for _, text, _ in reversed(play.wire.sent) if "content" in text), "")
        text = sent.partition('"content": "')[2].rstrip('"}')
        messages = body["data"]["messages"][:1]
        came = [messages[0] | {"id": f"m{number}", "content": text} for number in range(times)]
        return status, body | {"data": body["data"] | {"messages": [*messages, *came]}}

    play.edit(edit)
    if live and not times:
        with pytest.raises(PreconditionNotMet, match="within a minute"):
            play("conversations", "test_pending_appears")
    else:
        assert play("conversations", "test_pending_appears").of("SEND-PENDING-APPEARS") == [
            ("violated", f"{times} times")
        ]


def test_a_failed_message_is_looked_for_two_seconds_later(play: Play) -> None:
    """In a history that it must not be in."""
    began = play.session.clock.monotonic()
    assert play("conversations", "test_send_fails").found == {}
    assert play.session.clock.monotonic() - began == 2.0


def test_rows_after_a_broken_one_are_not_waited_for(play: Play) -> None:
    """What a server shows wrong of every conversation costs the patience for one of them."""

    def edit(asked: str, status: int, body: Any) -> tuple[int, Any] | None:
        if not asked.startswith("GET /conversations?"):
            return None
        return status, {**body, "data": [row | {"intent": "?"} for row in body["data"]]}

    play.edit(edit)
    began = play.session.clock.monotonic()
    assert set(play("conversations", "test_rows_agree_with_histories").found) == {"CONV-SAME-AS-ROW"}
    assert play.session.clock.monotonic() - began == 15.0
