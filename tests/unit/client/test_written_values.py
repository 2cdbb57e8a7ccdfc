"""What a run has written, as the answers to its writes tell it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from nhq.client.written_values import WrittenValues
from nhq.model import Exchange, Identity

KEY = Identity("full", "alpha", frozenset(), "secret")


def wrote(operation: str, path: str, sent: Any, came: Any, status: int = 200, epoch: int = 0) -> Exchange:
    body, answer = json.dumps(sent).encode(), json.dumps(came).encode()
    return Exchange(1, operation, "POST", path, {}, body, KEY, status, {}, answer, 0.0, 0.0, epoch)


LIST = wrote("create_lead_lists", "/lead_lists", {}, {"data": [{"id": "l1", "name": "nhq-a"}]}, 201)
LEAD = {"id": "p1", "linkedin_url": "https://x/in/nhq-b", "last_name": "nhq-b"}
JOINED = wrote("import_leads", "/lead_lists/l1/leads", {}, {"data": LEAD, "result": "created"}, 201)
AGAIN = wrote("import_leads", "/lead_lists/l2/leads", {}, {"data": LEAD, "result": "added_existing"}, 201)
TEXT = {"content": "nhq-c"}
SENT = wrote("send_message", "/conversations/c1/messages", TEXT, {"data": {"pending": False}})
OVERRIDE = {"message": "nhq-d", "message_stage": "ice_breaker", "id": "o1"}
SAVED = wrote("save_message_overrides", "/campaigns/k1/leads/p1/message-overrides", {}, {"data": [OVERRIDE]})
ENRICHED = wrote("enrich_lead", "/leads/p2/enrich", None, {"enrichment": {"status": "enriched"}})
PAUSED = wrote("run_campaign_action", "/campaigns/k1/actions", {"action": "pause"}, {"data": {"status": "paused"}})


def kept(*exchanges: Exchange) -> WrittenValues:
    found = WrittenValues(KEY.workspace)
    for exchange in exchanges:
        found.hear(exchange)
    return found


@pytest.mark.parametrize(
    ("exchange", "kind", "about"),
    [
        (LIST, "lists", ("l1", "nhq-a")),
        (JOINED, "leads", ("p1", "nhq-b")),
        (JOINED, "members", ("l1", "p1")),
        (SENT, "messages", ("c1", "nhq-c")),
        (SAVED, "slots", ("k1", "p1", "ice_breaker", "o1")),
        (ENRICHED, "enriched", ("p2",)),
        (PAUSED, "states", ("k1", "paused")),
    ],
)
def test_each_kind_of_thing_is_kept(exchange: Exchange, kind: str, about: tuple[str, ...]) -> None:
    """With what it is about, in the order that its kind has."""
    assert [one.about for one in getattr(kept(exchange), kind).values()] == [about]


def test_a_message_that_failed_is_unsent() -> None:
    """502 and 503; one that is pending is neither sent nor unsent."""
    failed = wrote("send_message", "/conversations/c1/messages", TEXT, {}, 502)
    pending = wrote("send_message", "/conversations/c1/messages", TEXT, {"data": {"pending": True}})
    assert list(kept(failed, pending).unsent) == [("c1", "nhq-c")]
    assert not kept(failed, pending).messages


def test_a_lead_that_was_sent_twice_may_have_another_name() -> None:
    """Fields of a lead that is imported again may be taken over."""
    assert [one.about for one in kept(JOINED, AGAIN).leads.values()] == [("p1",)]


def test_what_bears_no_word_of_ours_is_not_kept() -> None:
    """Others may rename it or remove it."""
    assert not kept(wrote("create_lead_lists", "/lead_lists", {}, {"data": [{"id": "l1", "name": "a"}]}, 201)).lists


def test_what_another_workspace_holds_is_not_kept() -> None:
    """The reads of one workspace don't show it."""
    assert not kept(replace(LIST, identity=replace(KEY, workspace="beta")), replace(LIST, identity=None)).lists


def test_a_target_that_was_put_back_holds_nothing_that_was_written() -> None:
    """Each restored snapshot begins a new epoch."""
    assert not kept(LIST, wrote("list_leads", "/leads", None, {}, epoch=1)).lists


def test_an_answer_that_breaks_its_schema_is_passed_over() -> None:
    """That is a finding of its own."""
    assert not kept(wrote("create_lead_lists", "/lead_lists", {}, {"data": [7]}, 201)).lists
