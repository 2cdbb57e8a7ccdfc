"""Conversations: rows that agree with histories, and messages sent once, whole, and to the end of the history.

Not convicted: a null message in an answer, a send that stays pending, 502 and 503 where the target is not ours,
equivalent forms of Unicode, either line end, messages of the same instant in any order, and conversations that do by
now otherwise than the target file says.
"""

import random
from collections.abc import Callable, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from unicodedata import normalize

import pytest

from nhq.scenarios import (
    AWAY,
    Api,
    Breach,
    Crawl,
    Exchange,
    Few,
    Inventory,
    Judge,
    PreconditionNotMet,
    Row,
    Session,
    as_named,
    ask_until_back,
    data_of,
    differing_members,
    look_until,
    parse_instant,
    read_whole_list,
    row_now,
    unique_word,
)

# Awkward, but plain text: other scripts, an accent as its own character, a joined emoji, quotes, markup, a placeholder.
TEXT = 'Grüße, 你好 e\u0301 👩\u200d🚀\n\n"quoted" <b>&amp;</b>  {{first_name}} %s \\n'
SYNCS = (30.0, 60.0, 600.0, 7200.0, 86400.0)  # seconds: nobody says when the next inbox sync is


@dataclass(frozen=True, slots=True)
class Thread:
    """One conversation that we may write into."""

    api: Api
    session: Session
    id: str

    @property
    def path(self) -> dict[str, str]:
        return {"conversation_id": self.id}

    def history(self) -> Crawl:
        """All its messages now."""
        return read_whole_list(self.api, "get_conversation", path=self.path)

    def send(self, text: str) -> Exchange:
        """Send, whatever comes back."""
        return self.api.call("send_message", path=self.path, json={"content": text})

    def sent(self, words: Callable[[], str]) -> tuple[str, Exchange]:
        """Send other words each time while sending is out of order; what was sent last, and the answer to it."""
        texts: list[str] = []

        def ask() -> Exchange:
            texts.append(words())
            return self.send(texts[-1])

        answer = ask_until_back(self.session, ask)
        return texts[-1], answer

    def settled(self, answer: Exchange) -> None:
        """A message must have gone out, and not stay pending. Raises PreconditionNotMet otherwise."""
        if not answer.ok:
            raise PreconditionNotMet(
                f"send_message answered {answer.status} where the scenario needs a success to go on"
            )
        if data_of(answer).get("pending"):
            raise PreconditionNotMet("no conversation whose messages do not stay pending")

    def having(self, text: str) -> Crawl:
        """Its messages as soon as one has that text, or when patience ends."""
        return look_until(self.session, self.history, lambda history: bool(places(history, text)))


def same_text(shown: Any, sent: str) -> bool:
    """Is that the text sent? In whichever of the equivalent forms Unicode has for it, and with either line end."""
    return isinstance(shown, str) and normalize("NFC", shown.replace("\r\n", "\n")) == normalize("NFC", sent)


def places(history: Crawl, text: str) -> list[int]:
    """Where in a history that text stands."""
    return [place for place, row in enumerate(history.items) if same_text(row["content"], text)]


@pytest.fixture
def thread(api: Api, session: Session, world: Inventory) -> Thread:
    """The conversation that the target file names for writing: its messages reach a real person on a live target."""
    return Thread(api, session, world.given("conversation"))


# --- reading --------------------------------------------------------------------------------------------------


@pytest.mark.scenario("conversations/rows-agree-with-histories")
@pytest.mark.rule("CONV-SAME-AS-ROW", "CONV-PREVIEW")
def test_rows_agree_with_histories(api: Api, judge: Judge, few: Few, session: Session) -> None:
    """A conversation has the lead, sender and intent of its row; its row previews the latest of its messages."""
    rows = read_whole_list(api, "list_conversations").items
    if not rows:
        raise PreconditionNotMet("no conversation")
    chosen = {row["id"]: row for row in [*rows[:3], *rows[len(rows) // 2 :][:2], *rows[-2:]]}
    broken = set[str]()
    for ident in few(list(chosen)):
        broken |= agree(Thread(api, session, ident), judge, broken)


def agree(thread: Thread, judge: Judge, broken: Set[str] = frozenset()) -> set[str]:
    """Judge a row against its conversation; where they differ, some moments more: somebody may just have written.

    Returns the rules that it breaks. Those that another row was seen to break are neither waited for nor judged.
    """

    def look() -> tuple[str, str, Exchange, Exchange]:
        history = thread.history()
        row, page = row_now(thread.api, "list_conversations", thread.id)
        return unlike_its_row(row, history), unlike_its_preview(row, history), page, history.last

    def settled(seen: tuple[str, str, Exchange, Exchange]) -> bool:
        return not any(seen[place] and rule not in broken for place, rule in enumerate(rules))

    rules = "CONV-SAME-AS-ROW", "CONV-PREVIEW"
    members, preview, page, read = look_until(thread.session, look, settled)
    expected, actual = "the lead, sender and intent of the row", f"differs in: {members}"
    if rules[0] not in broken:
        judge(rules[0], not members, [page, read], expected=expected, actual=actual)
    expected, actual = "the latest message, whole or a beginning of it", preview
    if rules[1] not in broken:
        judge(rules[1], not preview, [read, page], expected=expected, actual=actual)
    return {rule for rule, differs in zip(rules, (members, preview), strict=True) if differs}


def unlike_its_row(row: Row, history: Crawl) -> str:
    """Which members of the conversation differ from those of its row."""
    names = (
        "linkedin_conversation_id",
        "intent",
        "lead",
        "linkedin_account",
    )  # the thread, and what the sentence names
    inner = ("id", "first_name", "last_name", "linkedin_url", "profile_name")
    return ", ".join(differing_members(data_of(history.pages[0]), row, names, inner))


def unlike_its_preview(row: Row, history: Crawl) -> str:
    """What is wrong with a preview; "" where nothing is. Of messages of one instant any may be the latest."""
    shown = row["last_message"]
    if shown is None or not history.items:
        return "" if shown is None and not history.items else "a preview without a message, or a message without one"
    last = history.items[-1]["sent_at"]
    latest = [row for row in history.items if row["sent_at"] == last or _same_instant(row["sent_at"], last)]
    if any(message["direction"] == shown["direction"] and previews(shown, message) for message in latest):
        return ""
    return f"of {len(latest)} latest messages none has its sent_at, direction and text"


def _same_instant(one: Any, other: Any) -> bool:
    return parse_instant(one) is not None and parse_instant(one) == parse_instant(other)


def previews(shown: Row, message: Row) -> bool:
    """Is this a preview of that message? Blanks may be folded, and the end cut, with or without an ellipsis."""
    short, text = " ".join(shown["content"].split()), " ".join(message["content"].split())
    cut = short.removesuffix("…").removesuffix("...").rstrip()
    whole_text = short == text or (bool(cut) and text.startswith(cut))
    at, latest_at = parse_instant(shown["sent_at"]), parse_instant(message["sent_at"])
    near = at is None or latest_at is None or abs(at - latest_at) < 1  # one view may cut the fractions
    return whole_text and near


# --- sending --------------------------------------------------------------------------------------------------


@pytest.mark.scenario("conversations/sending-appends-once")
@pytest.mark.rule("SEND-APPENDS", "SEND-MOVES-UP")
def test_sending_appends_once(thread: Thread, judge: Judge, rng: random.Random) -> None:
    """A message sent stands last in the history, once; its conversation moves to the top of the list."""
    before = thread.history()
    text, answer = thread.sent(lambda: unique_word(rng))
    if answer.status in AWAY and thread.session.target.undisturbed:
        judge("SEND-APPENDS", False, answer, expected="sent", actual=f"{answer.status}", where="status")
        return
    thread.settled(answer)
    message = data_of(answer).get("message")
    if isinstance(message, dict):  # it may be null; then the history alone tells
        as_sent = message.get("content") == text and message.get("direction") == "sent"
        judge("SEND-APPENDS", as_sent, answer, expected="the message as sent", actual="another", where="/data/message")
    history = thread.having(text)
    found, older = places(history, text), {row["id"] for row in before.items}
    lost = older - {row["id"] for row in history.items}
    after = [row for row in out_of_place(history, found) if row["id"] in older]
    ok = len(found) == 1 and not after and not lost and history.items[found[0]]["direction"] == "sent"
    actual = f"{len(found)} times, {len(after)} older messages after it, {len(lost)} older ones lost"
    options: dict[str, Any] = {"actual": actual, "where": "/data/messages", "operation": "send_message"}
    judge("SEND-APPENDS", ok, [answer, *history.pages], expected="once, after all older messages", **options)
    if found:
        moved_up(thread, judge, answer, history.items[found[0]])


def out_of_place(history: Crawl, found: list[int]) -> list[Row]:
    """The messages that stand after one found, though they are not of the same instant, where any order is right."""
    if not found:
        return []
    mine = parse_instant(history.items[found[0]]["sent_at"])
    return [row for row in history.items[found[0] + 1 :] if parse_instant(row["sent_at"]) != mine]


def moved_up(thread: Thread, judge: Judge, answer: Exchange, message: Row) -> None:
    """Judge that nothing older stands above the conversation, and that its preview is the message sent."""

    def look() -> Crawl:
        return thread.api.crawl("list_conversations", max_pages=1)

    def shown(rows: Crawl) -> bool:
        row = next((row for row in rows.items if row["id"] == thread.id), None)
        return row is not None and row["last_message"] is not None and previews(row["last_message"], message)

    rows = look_until(thread.session, look, shown)
    place = rows.ids.index(thread.id) if thread.id in rows.ids else len(rows.ids)
    above = [row for row in rows.items[:place] if not newer(row, message)]
    options: dict[str, Any] = {"actual": f"{len(above)} older ones above it", "operation": "list_conversations"}
    ok = shown(rows) and not above
    judge("SEND-MOVES-UP", ok, [answer, rows.last], expected="above all older ones, with its preview", **options)


def newer(row: Row, message: Row) -> bool:
    """Is a conversation's latest message as new as that one? Then it may stand above; without any it may anywhere."""
    if row["last_message"] is None:
        return True
    latest, own = parse_instant(row["last_message"].get("sent_at")), parse_instant(message["sent_at"])
    return latest is not None and own is not None and latest >= own


@pytest.mark.scenario("conversations/two-sent-at-one-instant")
@pytest.mark.rule("SEND-APPENDS")
def test_two_sent_at_one_instant(thread: Thread, judge: Judge, rng: random.Random) -> None:
    """Of two messages sent at one instant each stands in the history, once."""
    texts = [unique_word(rng), unique_word(rng)]
    answers = thread.api.at_once([("send_message", {"path": thread.path, "json": {"content": text}}) for text in texts])
    for answer in answers:
        thread.settled(answer)
    history = look_until(thread.session, thread.history, lambda seen: all(places(seen, text) for text in texts))
    found = [len(places(history, text)) for text in texts]
    proof, expected = [*answers, *history.pages], "each of two messages sent at one instant once"
    options: dict[str, Any] = {"where": "/data/messages", "operation": "send_message"}
    judge("SEND-APPENDS", found == [1, 1], proof, expected=expected, actual=f"{found} times", **options)


@pytest.mark.scenario("conversations/text-is-kept")
@pytest.mark.rule("SEND-TEXT")
def test_text_is_kept(thread: Thread, judge: Judge, rng: random.Random) -> None:
    """A text of many scripts, with markup and placeholders, is kept character by character."""
    text, answer = thread.sent(lambda: f"{unique_word(rng)} {TEXT} {unique_word(rng)}")
    if answer.status == 400:
        judge("SEND-TEXT", False, answer, expected="plain text sent, of whatever script", actual="400", where="status")
        return
    if not answer.ok or data_of(answer).get("pending"):
        raise PreconditionNotMet("no conversation that messages can be sent into at once")
    message = data_of(answer).get("message")
    if isinstance(message, dict):
        kept = same_text(message.get("content"), text)
        judge("SEND-TEXT", kept, answer, expected="the text sent", actual="another", where="/data/message/content")
    history = thread.having(text)
    found = len(places(history, text))
    options: dict[str, Any] = {"actual": f"{found} times", "operation": "send_message", "where": "/data/messages"}
    judge("SEND-TEXT", found == 1, [answer, *history.pages], expected="the text in the history, once", **options)


@pytest.mark.scenario("conversations/length")
@pytest.mark.rule("SEND-LENGTH", "CONV-PREVIEW", "CONV-SAME-AS-ROW")
def test_length(thread: Thread, judge: Judge, rng: random.Random) -> None:
    """8001 characters are answered 400 and not sent; 8000 are accepted, kept whole, and previewed by a beginning."""
    full = unique_word(rng).ljust(8000, "x")
    over = thread.send(full + "x")
    if over.status in AWAY:
        raise PreconditionNotMet("no conversation whose messages are looked at before the account is")
    judge(
        "SEND-LENGTH",
        over.status == 400,
        over,
        expected="400 for 8001 characters",
        code=Breach.ACCEPTED,
        actual=f"{over.status}",
    )
    answer = thread.send(full)
    if answer.status in AWAY:
        raise PreconditionNotMet("no conversation that messages can be sent into")
    message = data_of(answer).get("message")
    kept = answer.ok and (message is None or message.get("content") == full)
    judge(
        "SEND-LENGTH",
        kept,
        answer,
        expected="8000 characters sent whole",
        code=Breach.REFUSED,
        actual=f"{answer.status}",
    )
    history = thread.history()
    sent = [row for row in history.items if row["content"].startswith(full[:40]) and row["content"] != full]
    options: dict[str, Any] = {"actual": f"{len(sent)} others of that beginning", "operation": "send_message"}
    judge(
        "SEND-LENGTH",
        not sent,
        [over, answer, *history.pages],
        expected="no part of 8001 characters sent",
        code=Breach.CHANGED,
        **options,
    )
    if places(history, full):
        agree(thread, judge)


# --- pending, 502, 503 ----------------------------------------------------------------------------------------


@pytest.mark.scenario("conversations/pending-is-reported")
@pytest.mark.rule("SEND-PENDING")
def test_pending_is_reported(api: Api, judge: Judge, session: Session, world: Inventory, rng: random.Random) -> None:
    """A send without a message id yet, by the target file's word, is ok and pending."""
    answer = Thread(api, session, world.given("conversation_pending")).send(unique_word(rng))
    result = data_of(answer)
    ok = result.get("ok") is True and result.get("pending") is True
    actual = f"{answer.status}, ok {result.get('ok')}, pending {result.get('pending')}"
    judge("SEND-PENDING", as_named(session, answer, ok), answer, expected="200 with ok and pending true", actual=actual)


@pytest.mark.scenario("conversations/pending-appears")
@pytest.mark.patient
@pytest.mark.rule("SEND-PENDING-APPEARS")
def test_pending_appears(api: Api, judge: Judge, session: Session, world: Inventory, rng: random.Random) -> None:
    """A pending message appears once, after an inbox sync; within a day, where the clock can be moved."""
    thread, text = Thread(api, session, world.given("conversation_pending")), unique_word(rng)
    answer = api.ok("send_message", path=thread.path, json={"content": text})
    if not data_of(answer).get("pending"):
        raise PreconditionNotMet("no conversation whose messages stay pending")
    history = thread.history()
    for start, end in pairwise((0.0, *(SYNCS if session.moves_clock else SYNCS[:2]))):
        if places(history, text):
            break
        session.clock.sleep(end - start)
        history = thread.history()
    if not places(history, text) and not session.moves_clock:
        raise PreconditionNotMet("no inbox sync within a minute")
    found = len(places(history, text))
    options: dict[str, Any] = {"actual": f"{found} times", "operation": "send_message", "where": "/data/messages"}
    judge("SEND-PENDING-APPEARS", found == 1, [answer, *history.pages], expected="in the history, once", **options)


@pytest.mark.scenario("conversations/send-fails")
@pytest.mark.rule("SEND-502", "SEND-FAILED-NOT-SENT")
def test_send_fails(api: Api, judge: Judge, session: Session, world: Inventory, rng: random.Random) -> None:
    """A send that fails, by the target file's word, is answered 502 and adds no message."""
    thread, text = Thread(api, session, world.given("conversation_send_fails")), unique_word(rng)
    answer = thread.send(text)
    ok = as_named(session, answer, answer.status == 502)
    judge("SEND-502", ok, answer, expected="502", actual=f"{answer.status}")
    not_sent(thread, judge, answer, text)


@pytest.mark.scenario("conversations/sending-unavailable")
@pytest.mark.rule("SEND-503", "SEND-FAILED-NOT-SENT")
def test_sending_unavailable(api: Api, judge: Judge, session: Session, world: Inventory, rng: random.Random) -> None:
    """A send while sending is unavailable, by the target file's word, is answered 503 and adds no message."""
    thread, text = Thread(api, session, world.given("conversation_send_unavailable")), unique_word(rng)
    answer = thread.send(text)
    ok = as_named(session, answer, answer.status == 503)
    judge("SEND-503", ok, answer, expected="503", actual=f"{answer.status}")
    not_sent(thread, judge, answer, text)


def not_sent(thread: Thread, judge: Judge, answer: Exchange, text: str) -> None:
    """Judge that a message answered with an error is not in the history, not even a little later."""
    if answer.ok:
        return
    thread.session.clock.sleep(2.0)
    history = thread.history()
    found = len(places(history, text))
    options: dict[str, Any] = {"actual": f"{found} times", "operation": "send_message", "where": "/data/messages"}
    judge("SEND-FAILED-NOT-SENT", not found, [answer, *history.pages], expected="not in the history", **options)
