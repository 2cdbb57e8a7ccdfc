"""What a list has shown is found: the nearest logs that hold, the nearest that don't, and what stays open."""

import json
from collections.abc import Sequence

import pytest
from known_contract import CONTRACT

from nhq.checks.listed_is_found import listed_is_found
from nhq.model import Exchange, Identity, Verdict

KEY = Identity("one", "alpha", frozenset(), "secret-1")
OTHER = Identity("two", "beta", frozenset(), "secret-2")
HOLDS, VIOLATED, UNKNOWN = Verdict.HOLDS, Verdict.VIOLATED, Verdict.UNKNOWN


def answer(number: int, line: str, status: int = 200, ids: Sequence[str] = (), key: Identity | None = KEY) -> Exchange:
    """One answer to "METHOD path"; a list holds rows of these ids."""
    method, _, path = line.partition(" ")
    match, body = CONTRACT.match(method, path), json.dumps({"data": [{"id": ident} for ident in ids]})
    operation = match[0].id if match else None
    return Exchange(number, operation, method, path, {}, b"", key, status, {}, body.encode(), 0.0, 0.0)


LEADS = answer(1, "GET /leads?limit=500", ids=["l1", "l 2"])
CAMPAIGNS = answer(2, "GET /campaigns", ids=["c1"])


def looks(
    *exchanges: Exchange, before: Sequence[Exchange] = (LEADS, CAMPAIGNS), undisturbed: bool = True
) -> list[Verdict]:
    return [look.verdict for look in listed_is_found(exchanges, before, CONTRACT, undisturbed)]


@pytest.mark.parametrize(
    ("line", "status", "verdicts"),
    [
        ("GET /leads/l1", 200, [HOLDS]),
        ("GET /leads/l1", 404, [VIOLATED]),
        ("GET /leads/l%202", 404, [VIOLATED]),
        ("POST /leads/l1/enrich", 404, [VIOLATED]),
        ("GET /leads/l3", 404, []),
        ("GET /leads/l1", 403, []),
        ("GET /leads/l1", 429, []),
        ("GET /leads", 404, []),
    ],
)
def test_a_404_for_what_was_shown_is_found(line: str, status: int, verdicts: list[Verdict]) -> None:
    """An id of a list is found; one that no list showed, and a refusal for another reason, say nothing."""
    assert looks(answer(3, line, status)) == verdicts


@pytest.mark.parametrize(
    ("path", "verdicts"),
    [("c1/leads/l1", [VIOLATED]), ("c1/leads/l3", []), ("c9/leads/l1", [])],
)
def test_every_id_of_a_path_must_have_been_shown(path: str, verdicts: list[Verdict]) -> None:
    """«when the campaign or lead does not exist»: one of two that is nowhere is reason enough."""
    assert looks(answer(3, f"PUT /campaigns/{path}/message-overrides", 404)) == verdicts


def test_what_comes_later_is_no_proof() -> None:
    """A list that shows an id after the 404 may show what was made in between."""
    assert looks(answer(3, "GET /leads/l7", 404), answer(4, "GET /leads", ids=["l7"])) == []
    assert looks(answer(3, "GET /leads", ids=["l7"]), answer(4, "GET /leads/l7", 404)) == [VIOLATED]


def test_members_are_leads_too() -> None:
    """A lead that a list's members show is a lead of the workspace."""
    assert looks(answer(3, "GET /lead_lists/x/leads", ids=["l7"]), answer(4, "GET /leads/l7", 404)) == [HOLDS, VIOLATED]


def test_each_workspace_has_its_own() -> None:
    """An id that another workspace was shown, or that is asked for without a key, isn't owed here."""
    assert looks(answer(3, "GET /leads/l1", 404, key=OTHER)) == []
    assert looks(answer(3, "GET /leads/l1", 404, key=None)) == []


def test_where_others_may_delete_a_404_shows_nothing() -> None:
    """On a target that others use a thing may be gone since it was listed: that is unknown, not broken."""
    assert looks(answer(3, "GET /leads/l1", 404), undisturbed=False) == [UNKNOWN]


def test_a_broken_page_shows_nothing() -> None:
    """A page that isn't JSON, or has no rows, shows no ids."""
    broken = Exchange(1, "list_leads", "GET", "/leads", {}, b"", KEY, 200, {}, b'{"data":"l1"', 0.0, 0.0)
    other = Exchange(2, "list_leads", "GET", "/leads", {}, b"", KEY, 200, {}, b'{"data":"l1"}', 0.0, 0.0)
    assert looks(answer(3, "GET /leads/l1", 404), before=(broken, other)) == []


@pytest.mark.parametrize(("ids", "verdict"), [(["c1"], VIOLATED), ([], UNKNOWN)])
def test_where_others_delete_it_must_be_shown_again(ids: list[str], verdict: Verdict) -> None:
    """What a list shows before and after its 404 was not deleted; what is gone from the list may have been."""
    missed, later = answer(3, "GET /campaigns/c1/leads", 404), answer(4, "GET /campaigns", ids=ids)
    assert looks(missed, later, undisturbed=False) == [verdict]
