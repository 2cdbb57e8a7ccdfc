"""All 90 documented (operation, status) pairs can be brought about by real requests."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest


def lead(name: str, **more: Any) -> dict[str, Any]:
    """A lead to import."""
    return {"first_name": "Lea", "last_name": "Test", "linkedin_url": f"https://www.linkedin.com/in/{name}", **more}


def message(stage: str = "ice_breaker") -> dict[str, Any]:
    """A body that overrides one slot."""
    return {"messages": [{"node_type": "send_message", "message_stage": stage, "message": "Hello there"}]}


def act(action: str) -> dict[str, str]:
    """A campaign action."""
    return {"action": action}


ACTIONS, OVERRIDES = "/campaigns/{campaign_id}/actions", "/campaigns/{campaign_id}/leads/{lead_id}/message-overrides"
MEMBERS, ENRICH = "/lead_lists/{lead_list_id}/leads", "/leads/{lead_id}/enrich"
SEND = "/conversations/{conversation_id}/messages"
BROKEN: dict[str, Any] = {"first_name": "Lea"}

# path, method, status, landmarks or literals for the ids, body, query. The common 401, 403 and 429 are added below.
PAIRS: list[tuple[str, str, int, tuple[str, ...], Any, str]] = [
    ("/campaigns", "get", 200, (), None, ""),
    (ACTIONS, "post", 200, ("campaign_startable",), act("start"), ""),
    (ACTIONS, "post", 400, ("campaign_without_schedule",), act("start"), ""),
    (ACTIONS, "post", 404, ("beta_campaign",), act("start"), ""),
    (ACTIONS, "post", 409, ("campaign_completed",), act("resume"), ""),
    (ACTIONS, "post", 503, ("campaign_session_unavailable",), act("start"), ""),
    ("/campaigns/{campaign_id}/leads", "get", 200, ("campaign_large",), None, ""),
    ("/campaigns/{campaign_id}/leads", "get", 400, ("campaign_large",), None, "?limit=0"),
    ("/campaigns/{campaign_id}/leads", "get", 404, ("nobody",), None, ""),
    (OVERRIDES, "put", 200, ("campaign_paused", "lead_pending"), message(), ""),
    (OVERRIDES, "put", 400, ("campaign_missing_slot", "lead"), message("follow_up_2"), ""),
    (OVERRIDES, "put", 404, ("campaign_paused", "beta_lead"), message(), ""),
    (OVERRIDES, "put", 409, ("campaign_paused", "lead_outside"), message(), ""),
    ("/linkedin_accounts", "get", 200, (), None, ""),
    ("/linkedin_accounts", "get", 400, (), None, "?limit=501"),
    ("/lead_lists", "get", 200, (), None, ""),
    ("/lead_lists", "post", 201, (), {"lead_lists": [{"name": "Founders"}, {"name": "New"}]}, ""),
    ("/lead_lists", "post", 207, (), {"lead_lists": [{"name": "New"}, {"name": ""}]}, ""),
    ("/lead_lists", "post", 400, (), {"lead_lists": []}, ""),
    ("/lead_lists/{lead_list_id}", "get", 200, ("list_large",), None, ""),
    ("/lead_lists/{lead_list_id}", "get", 404, ("beta_list",), None, ""),
    (MEMBERS, "get", 200, ("list_large",), None, ""),
    (MEMBERS, "get", 404, ("beta_list",), None, ""),
    (MEMBERS, "post", 201, ("list_empty",), lead("new"), ""),
    (MEMBERS, "post", 200, ("list",), lead("alpha-contact-100"), ""),
    (MEMBERS, "post", 207, ("list_empty",), {"leads": [lead("new"), BROKEN, lead("cannot-be-processed")]}, ""),
    (MEMBERS, "post", 400, ("list_empty",), BROKEN, ""),
    (MEMBERS, "post", 404, ("beta_list",), lead("new"), ""),
    ("/leads", "get", 200, (), None, "?query=acme"),
    ("/leads/{lead_id}", "get", 200, ("lead",), None, ""),
    ("/leads/{lead_id}", "get", 404, ("beta_lead",), None, ""),
    (ENRICH, "post", 200, ("lead_enrichable",), None, ""),
    (ENRICH, "post", 404, ("beta_lead",), None, ""),
    (ENRICH, "post", 502, ("lead_provider_errors",), None, ""),
    ("/conversations", "get", 200, (), None, "?unread_only=true"),
    ("/conversations/{conversation_id}", "get", 200, ("conversation_long",), None, ""),
    ("/conversations/{conversation_id}", "get", 404, ("beta_conversation",), None, ""),
    (SEND, "post", 200, ("conversation",), {"content": "Hello"}, ""),
    (SEND, "post", 400, ("conversation",), {"content": ""}, ""),
    (SEND, "post", 404, ("beta_conversation",), {"content": "Hello"}, ""),
    (SEND, "post", 502, ("conversation_send_fails",), {"content": "Hello"}, ""),
    (SEND, "post", 503, ("conversation_send_unavailable",), {"content": "Hello"}, ""),
]


def address(given: dict[str, str], path: str, names: tuple[str, ...], query: str) -> str:
    """The path with its ids put in; a name that is no landmark stands for itself."""
    ids: Iterator[str] = (given.get(name, name) for name in names)
    return re.sub(r"\{\w+\}", lambda _: next(ids), path) + query


@pytest.mark.parametrize(("path", "method", "status", "names", "body", "query"), PAIRS)
def test_documented_answer(mock, contracted, path, method, status, names, body, query) -> None:
    """A real request brings about this documented status, with the documented schema and all three headers."""
    answer = mock.call(method.upper(), address(mock.given, path, names, query), body)
    assert answer.status == status, answer.body
    contracted(path, method, answer)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    return ((path, method) for path, methods in document["paths"].items() for method in methods)


def test_common_errors(make: Callable[..., Any], contract_document, contracted) -> None:
    """Every operation answers 401 without a key, 403 without the scope, 429 when the allowance is used up."""
    mock = make(limit=1)
    for path, method in _operations(contract_document):
        target = address({}, path, ("a", "b"), "")
        for key, status in ((None, 401), ("none", 403), ("none", 429)):
            answer = mock.call(method.upper(), target, key=key)
            assert answer.status == status
            contracted(path, method, answer)
        mock.clock.advance(60)


def test_all_pairs_are_listed(contract_document) -> None:
    """The table above, with 401, 403 and 429 for each operation, is all 90 pairs of the contract."""
    documented = {
        (path, method, int(status))
        for path, method in _operations(contract_document)
        for status in contract_document["paths"][path][method]["responses"]
    }
    brought = {(path, method, status) for path, method, status, *_ in PAIRS}
    common = {(path, method, status) for path, method in _operations(contract_document) for status in (401, 403, 429)}
    assert brought | common == documented
    assert len(documented) == 90
