"""The mock of a changed contract: it serves every edit, fills what is newly required, marks what it can't follow."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from known_contract import CONTRACT

from nhq import paths
from nhq.clock import ManualClock
from nhq.contract import Contract
from nhq.contract.revision import revise_contract
from nhq.mock.app import App, adapted_to, create_app

KNOWN = CONTRACT


class Served:
    """One edit's mock, asked in process by the full key."""

    def __init__(self, edit: Any, folder: Path) -> None:
        document = edit.document()
        file = folder / f"{edit.id}.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        self.app: App = create_app(clock=ManualClock(), document=file)
        self.contract: Contract = revise_contract(KNOWN, document, edit.id, paths.contracts_folder())

    def secret(self, label: str) -> str:
        return next(key.secret for key in self.app.engine.ring.by_secret.values() if key.label == label)

    def ask(
        self, path: str, key: str = "full", method: str = "GET", body: bytes = b""
    ) -> tuple[int, dict[str, str], Any]:
        """Status, headers and decoded body of an answer."""
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            sent.append(message)

        where, _, query = path.partition("?")
        headers = [(b"authorization", f"Bearer {self.secret(key)}".encode()), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": method, "raw_path": where.encode(), "query_string": query.encode()}
        asyncio.run(self.app({**scope, "headers": headers}, receive, send))
        told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], told, json.loads(sent[1]["body"]) if sent[1]["body"] else None

    def lists(self) -> Iterator[tuple[str, tuple[int, dict[str, str], Any]]]:
        """Every operation that reads without an id, and its answer."""
        for row in self.contract.operations.values():
            if row.method == "GET" and not row.path_parameters:
                required = [p.name for p in row.parameters if p.required]
                yield row.id, self.ask(row.template + "".join(f"?{name}=eu" for name in required))


@pytest.fixture(scope="module")
def mocks(edits: Mapping[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Served]:
    """A mock of some edits, those that it must do something about."""
    folder = tmp_path_factory.mktemp("documents")
    return {name: Served(edit, folder) for name, edit in edits.items()}


def test_every_edit_is_served(mocks: Mapping[str, Served]) -> None:
    """All lists answer 200, and their answers fit the changed schemas."""
    wrong = {}
    for name, mock in mocks.items():
        for operation, (status, _, body) in mock.lists():
            validate = mock.contract.validator(operation, 200)
            if status != 200 or (validate is not None and validate(body)):
                wrong[name] = (operation, status)
    assert wrong == {}


def test_the_rate_is_that_of_the_document(mocks: Mapping[str, Served]) -> None:
    """Limit and window, as the introduction says them."""
    limiters = {name: (mock.app.engine.limiter.limit, mock.app.engine.limiter.window) for name, mock in mocks.items()}
    assert limiters.pop("limit-raised") == (120, 60)
    assert limiters.pop("window-changed") == (60, 10)
    assert set(limiters.values()) == {(60, 60)}


def test_bounds_of_pages_are_those_of_the_document(mocks: Mapping[str, Served]) -> None:
    """Most and default."""
    assert mocks["page-bound-lowered"].ask("/leads?limit=201")[0] == 400
    assert mocks["page-bound-raised"].ask("/leads?limit=1000")[0] == 200
    assert len(mocks["page-default-changed"].ask("/leads")[2]["data"]) == 50


def test_an_operation_without_code_is_marked(mocks: Mapping[str, Served]) -> None:
    """Its pages are made of the schema; they follow each other, and have keys, scopes and headers as everywhere."""
    mock = mocks["list-added"]
    status, headers, first = mock.ask("/tags?limit=100")
    assert (status, headers["x-nhq-mock"], headers["x-ratelimit-limit"]) == (200, "generic", "60")
    second = mock.ask(f"/tags?limit=100&cursor={first['pagination']['next_cursor']}")[2]
    assert second["pagination"]["has_more"] is False
    assert len({row["id"] for row in (*first["data"], *second["data"])}) == 105
    assert mock.ask("/tags", key="only_leads_read")[0] == 403
    assert mock.ask("/tags", key="only_tags_read")[0] == 200


def test_its_ids_are_those_that_its_list_shows(mocks: Mapping[str, Served]) -> None:
    """One of another workspace, or of nobody, is 404."""
    mock = mocks["list-and-single-added"]
    own, theirs = (mock.ask("/notes", key=key)[2]["data"][0]["id"] for key in ("full", "beta_full"))
    assert mock.ask(f"/notes/{own}")[2]["data"]["id"] == own
    assert [mock.ask(f"/notes/{ident}")[0] for ident in (theirs, "none")] == [404, 404]


def test_its_bodies_are_held_to_their_schema(mocks: Mapping[str, Served]) -> None:
    """What breaks it is 400."""
    mock = mocks["write-added"]
    lead = mock.ask("/leads?limit=1")[2]["data"][0]["id"]
    sent = [mock.ask(f"/leads/{lead}/notes", method="POST", body=body)[0] for body in (b'{"text":"x"}', b"{}", b"{")]
    assert sent == [200, 400, 400]


def test_what_is_newly_required_is_filled(mocks: Mapping[str, Served]) -> None:
    """And said: the answer isn't what the mock's code made."""
    _, headers, body = mocks["answer-field-required"].ask("/lead_lists")
    assert headers["x-nhq-mock"] == "filled"
    assert {row["archived"] for row in body["data"]} == {False}


def test_what_was_replaced_is_marked(mocks: Mapping[str, Served]) -> None:
    """A value of another type stands for nothing that happened."""
    assert mocks["answer-type-changed"].ask("/leads")[1]["x-nhq-mock"] == "behind"


def test_no_answer_is_marked_where_nothing_differs(mocks: Mapping[str, Served]) -> None:
    """The mark means something."""
    assert "x-nhq-mock" not in mocks["limit-raised"].ask("/leads")[1]


def test_a_success_takes_the_status_that_is_documented(mocks: Mapping[str, Served]) -> None:
    """Created lists are 200 where that is what the document says."""
    body = b'{"lead_lists":[{"name":"nhq"}]}'
    status, headers, _ = mocks["success-status-changed"].ask("/lead_lists", method="POST", body=body)
    assert (status, headers["x-nhq-mock"]) == (200, "behind")


def test_a_removed_operation_is_gone(mocks: Mapping[str, Served]) -> None:
    """404 below its path."""
    lead = mocks["single-removed"].ask("/leads?limit=1")[2]["data"][0]["id"]
    assert mocks["single-removed"].ask(f"/leads/{lead}")[0] == 404


def test_one_by_another_path_is_served_by_its_code(mocks: Mapping[str, Served]) -> None:
    """Nothing generic about it."""
    status, headers, _ = mocks["path-renamed"].ask("/sender_accounts")
    assert (status, "x-nhq-mock" in headers) == (200, False)
    assert mocks["path-renamed"].ask("/linkedin_accounts")[0] == 404


def test_without_a_key_where_none_is_asked_for(mocks: Mapping[str, Served]) -> None:
    """`security: []`."""
    assert mocks["public-operation-added"].ask("/health", key="revoked")[0] == 200


def test_the_bundled_document_needs_nothing() -> None:
    """The mock as it always was."""
    assert adapted_to(None) is None
