"""Refusals that nobody owes: the nearest that are found, and the nearest that are left alone."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from known_contract import CONTRACT

from nhq.checks.unjustified_refusals import unjustified_refusals
from nhq.model import Exchange, Identity

KEY = Identity("one", "alpha", frozenset({"leads:read", "leads:write", "conversations:read"}), "secret-1")
VALID, SCOPE = "REQUEST-VALID", "SCOPE-SUFFICIENT"


def answer(number: int, line: str, status: int = 200, ids: Sequence[str] = (), key: Identity | None = KEY) -> Exchange:
    """One answer to "METHOD path"; a list holds rows of these ids."""
    method, _, path = line.partition(" ")
    match, body = CONTRACT.match(method, path), json.dumps({"data": [{"id": ident} for ident in ids]})
    operation = match[0].id if match else None
    return Exchange(number, operation, method, path, {}, b"", key, status, {}, body.encode(), 0.0, 0.0)


BEFORE = (answer(1, "GET /lead_lists", ids=["l1", "l2"]), answer(2, "GET /linkedin_accounts", ids=["a1"]))


def found(line: str, status: int, *, undisturbed: bool = True, key: Identity | None = KEY) -> list[str]:
    return [
        look.rule for look in unjustified_refusals([answer(3, line, status, key=key)], BEFORE, CONTRACT, undisturbed)
    ]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?limit=500",
        "?query=Jos%C3%A9+M%C3%BCller+Ops",
        "?query=ada%40acme.example&limit=7",
        "?list_ids=l1",
        "?list_ids=l1,l2&query=x",
    ],
)
def test_a_valid_list_that_is_refused_is_found(query: str) -> None:
    """Parameters within the contract, naming lists that were shown, are no reason for a 400."""
    assert found(f"GET /leads{query}", 400) == [VALID]
    assert found(f"GET /leads{query}", 200) == []


@pytest.mark.parametrize(
    "query",
    [
        "?limit=0",
        "?limit=abc",
        "?limit=05",
        "?cursor=x",
        "?limit=1&cursor=x",
        "?limit=1&limit=2",
        "?colour=red",
        "?query=%00",
        "?list_ids=l9",
        "?list_ids=l1,l9",
        "?list_ids=l1,",
    ],
)
def test_what_may_be_refused_is_left_alone(query: str) -> None:
    """A limit out of bounds, a cursor, a repetition, an unknown name and an id that nobody showed leave a 400 open."""
    assert found(f"GET /leads{query}", 400) == []


def test_filters_of_conversations() -> None:
    """Both of them, and no value of the flag but its two."""
    assert found("GET /conversations?unread_only=false&linkedin_account_id=a1", 400) == [VALID]
    assert found("GET /conversations?unread_only=maybe", 400) == []
    assert found("GET /conversations?linkedin_account_id=a9", 400) == []


def test_an_id_may_be_gone_where_others_delete() -> None:
    """What a list showed may be deleted before it is named; words are words everywhere."""
    assert found("GET /leads?list_ids=l1", 400, undisturbed=False) == []
    assert found("GET /leads?query=Ada", 400, undisturbed=False) == [VALID]


def test_a_list_of_what_nobody_showed_may_be_refused() -> None:
    """An id in the path that no list has shown may be malformed to a target; one that was shown is not."""
    assert found("GET /lead_lists/%C2%B6/leads", 400) == []
    assert found("GET /lead_lists/l9/leads?limit=7", 422) == []
    assert found("GET /lead_lists/l1/leads?limit=7", 400) == [VALID]
    assert found("GET /lead_lists/l1/leads", 400, undisturbed=False) == []


def test_a_write_by_a_key_that_may_is_found_refused() -> None:
    """«403 when the key is missing the scope it requires»: on a target of ours there is no other reason."""
    assert found("POST /leads/x/enrich", 403) == [SCOPE]
    assert found("POST /leads/x/enrich", 403, undisturbed=False) == []
    assert found("POST /leads/x/enrich", 404) == []
    assert found("POST /lead_lists", 403) == []


def test_without_a_valid_key_nothing_is_owed() -> None:
    """A refusal of a caller whose key is missing or revoked says nothing of what was asked."""
    for key in (None, replace(KEY, revoked=True)):
        assert found("GET /leads", 400, key=key) == []
        assert found("POST /leads/x/enrich", 403, key=key) == []
