"""Conversations: reading them, sending into them, and the inbox sync."""

import pytest

PATH = "/conversations/{conversation_id}/messages"


def send(mock, landmark: str, content="Hello there"):
    """POST a message to the conversation that a landmark names."""
    return mock.post(f"/conversations/{mock.given[landmark]}/messages", {"content": content})


def messages(mock, landmark: str):
    """The whole history."""
    return mock.crawl(f"/conversations/{mock.given[landmark]}", 500)


def test_sent(mock, contracted) -> None:
    """The message is returned, ends the history, is the conversation's latest, and puts it first in the list."""
    mock.clock.advance(3)
    before = messages(mock, "conversation")
    answer = send(mock, "conversation", "Grüße 🙂")
    contracted(PATH, "post", answer)
    made = answer.data["message"]
    assert (answer.data["ok"], answer.data["pending"]) == (True, False)
    assert (made["content"], made["direction"], made["content_type"]) == ("Grüße 🙂", "sent", "text")
    assert messages(mock, "conversation") == [*before, made]
    first = mock.get("/conversations?limit=1").data[0]
    assert first["id"] == mock.given["conversation"]
    assert first["last_message"] == {name: made[name] for name in ("id", "content", "sent_at", "direction")}


def test_first_message_of_all(mock) -> None:
    """An empty conversation has no last message, and gets one with the first that is sent."""
    ident = mock.given["conversation_empty"]
    assert mock.crawl("/conversations", 500)[-1]["last_message"] is None
    assert messages(mock, "conversation_empty") == []
    send(mock, "conversation_empty")
    assert mock.get("/conversations?limit=1").data[0]["id"] == ident
    assert len(messages(mock, "conversation_empty")) == 1


@pytest.mark.parametrize(("landmark", "status"), [("send_fails", 502), ("send_unavailable", 503)])
def test_failures_change_nothing(mock, landmark: str, status: int) -> None:
    """A send that fails or is not available leaves the history as it was."""
    before = messages(mock, f"conversation_{landmark}")
    assert send(mock, f"conversation_{landmark}").status == status
    assert messages(mock, f"conversation_{landmark}") == before


def test_pending(mock) -> None:
    """A pending message is accepted without a message, and appears once after the next inbox sync."""
    before = messages(mock, "conversation_pending")
    answer = send(mock, "conversation_pending", "Later")
    assert answer.data == {"ok": True, "pending": True, "message": None}
    mock.clock.advance(59)
    assert messages(mock, "conversation_pending") == before
    mock.clock.advance(1)
    after = messages(mock, "conversation_pending")
    assert after[:-1] == before
    assert after[-1]["content"] == "Later"
    assert messages(mock, "conversation_pending") == after


def test_pending_until_the_trouble_ends(mock) -> None:
    """With the trouble on every send is pending; switching it off brings the messages in."""
    mock.control("POST", "/trouble", {"name": "send_pending", "on": True})
    assert send(mock, "conversation", "Waiting").data["pending"] is True
    mock.control("POST", "/trouble", {"name": "send_pending", "on": False})
    assert messages(mock, "conversation")[-1]["content"] == "Waiting"


@pytest.mark.parametrize(("trouble", "status"), [("sender_fails", 502), ("sender_unavailable", 503)])
def test_troubles(mock, trouble: str, status: int) -> None:
    """Troubles of the sender can be switched on and off."""
    mock.control("POST", "/trouble", {"name": trouble, "on": True})
    assert send(mock, "conversation").status == status
    mock.control("POST", "/trouble", {"name": trouble, "on": False})
    assert send(mock, "conversation").status == 200


@pytest.mark.parametrize("body", [{}, {"content": ""}, {"content": 3}, {"content": "x" * 8001}, [], "x"])
def test_bad_body(mock, body) -> None:
    """No text, an empty one, or more than 8000 code points, is 400."""
    assert mock.post(f"/conversations/{mock.given['conversation']}/messages", body).status == 400


def test_longest_and_open(mock) -> None:
    """8000 emoji are fine, and this one body may have members that nobody knows."""
    assert send(mock, "conversation", "🙂" * 8000).status == 200
    more = {"content": "Hi", "mood": "good"}
    assert mock.post(f"/conversations/{mock.given['conversation']}/messages", more).status == 200


def test_order_of_conversations(mock) -> None:
    """Conversations stand by their most recent message, those without one last."""
    moments = [(item["last_message"] or {}).get("sent_at", "") for item in mock.crawl("/conversations", 7)]
    assert moments == sorted(moments, reverse=True)
    assert moments[-1] == ""


def test_detail_agrees_with_the_list(mock) -> None:
    """The single conversation says what the list says; the preview is the last message or its beginning."""
    for item in mock.crawl("/conversations", 500):
        detail = mock.get(f"/conversations/{item['id']}?limit=500").data
        shared = {name: value for name, value in item.items() if name != "last_message"}
        assert {name: detail[name] for name in shared} == shared
        history = mock.crawl(f"/conversations/{item['id']}", 500)
        moments = [message["sent_at"] for message in history]
        assert moments == sorted(moments)
        if item["last_message"]:
            assert item["last_message"]["id"] == history[-1]["id"]
            assert history[-1]["content"].startswith(item["last_message"]["content"].removesuffix("…"))
