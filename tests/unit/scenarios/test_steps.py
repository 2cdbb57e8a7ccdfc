"""What scenarios do on the way, without a server."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from nhq.client.api import Crawl
from nhq.client.session import Session
from nhq.clock import ManualClock
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange
from nhq.scenarios.steps import WAITS, as_named, data_of, lead_ids, look_until, read_whole_list, startable_draft


def answer(body: bytes, status: int = 200) -> Exchange:
    return Exchange(1, "get_lead", "GET", "/", {}, b"", None, status, {}, body, 0.0, 0.0)


def crawl(*rows: dict[str, Any], complete: bool = True) -> Crawl:
    return Crawl((answer(b"{}"),), rows, complete)


class Reader:
    """Answers every list with the same rows, and has a target with landmarks."""

    def __init__(self, rows: list[dict[str, Any]], given: dict[str, str], complete: bool = True) -> None:
        self.rows, self.complete, self.target = rows, complete, SimpleNamespace(given=given)

    def crawl(self, operation: str, **options: Any) -> Crawl:
        return crawl(*self.rows, complete=self.complete)


def draft(ident: str, **other: Any) -> dict[str, Any]:
    return {"id": ident, "status": "draft", "leadList": {"id": f"of-{ident}"}, "linkedinAccounts": [{}]} | other


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (b'{"data": {"id": 1}}', 200, {"id": 1}),
        (b'{"data": {"id": 1}}', 404, {}),
        (b'{"data": [1]}', 200, {}),
        (b"[]", 200, {}),
        (b"{", 200, {}),
    ],
)
def test_a_broken_body_tells_nothing(body: bytes, status: int, expected: dict[str, int]) -> None:
    """Only the object under `data` of a success is told; anything else is empty, never a crash."""
    assert data_of(answer(body, status)) == expected


def test_rows_of_a_campaign_name_leads() -> None:
    """A row is about its lead_id, else about the lead inside, else about nobody who can be named."""
    rows = crawl(*({"lead_id": a, "lead": {"id": b}} for a, b in (("x", "x"), (None, "y"), (None, None))))
    assert lead_ids(rows) == ["x", "y"]


def test_patience_ends() -> None:
    """Looking stops as soon as it is done, and at the end of the waits in any case."""
    clock, looks = ManualClock(), iter(range(100))
    session: Any = SimpleNamespace(clock=clock)
    assert look_until(session, lambda: next(looks), lambda seen: seen == 2) == 2
    assert clock.monotonic() == sum(WAITS[:2])
    assert look_until(session, lambda: next(looks), lambda seen: False) == 3 + len(WAITS)


def test_a_list_without_end_is_not_read() -> None:
    """A list longer than a scenario should read is unmet, not judged in part."""
    reader: Any = Reader([], {}, complete=False)
    with pytest.raises(PreconditionNotMet, match="list_leads"):
        read_whole_list(reader, "list_leads")


def test_only_drafts_that_the_owner_named_are_started() -> None:
    """A named campaign that is a draft with list and sender, the largest when asked; never one that nobody named."""
    rows = [
        draft("a", status="started"),
        draft("b", leadList=None),
        draft("c", linkedinAccounts=[]),
        draft("d"),
        draft("e"),
        draft("f"),
    ]
    reader: Any = Reader(rows, {f"campaign_startable_{name}": name for name in "abcde"})
    world: Any = SimpleNamespace(lists=[{"id": "of-d", "lead_count": 1}, {"id": "of-e", "lead_count": 9}])
    assert startable_draft(reader, world)["id"] == "d"
    assert startable_draft(reader, world, largest=True)["id"] == "e"
    reader.target.given = {"campaign_startable": "a"}
    with pytest.raises(PreconditionNotMet):
        startable_draft(reader, world)


@pytest.mark.parametrize("status", [200, 502, 503])
def test_what_a_thing_was_named_for_may_have_changed(status: int) -> None:
    """On somebody else's target a documented answer of another kind is the provider's doing, not the server's."""
    with pytest.raises(PreconditionNotMet, match="behaves differently by now"):
        as_named(
            cast(Session, SimpleNamespace(target=SimpleNamespace(undisturbed=False))), answer(b"{}", status), ok=False
        )


@pytest.mark.parametrize(("undisturbed", "status"), [(True, 200), (True, 503), (False, 404), (False, 500)])
def test_what_a_thing_was_named_for_convicts_on_a_target_of_ours(undisturbed: bool, status: int) -> None:
    """There it can't have changed; and what is no documented outcome is the server's own anywhere."""
    session = cast(Session, SimpleNamespace(target=SimpleNamespace(undisturbed=undisturbed)))
    assert not as_named(session, answer(b"{}", status), ok=False)
    assert as_named(session, answer(b"{}", status), ok=True)
