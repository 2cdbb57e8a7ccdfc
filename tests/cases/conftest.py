"""One mock for all cases, and what a short tour through an altering proxy shows of it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest
from answers import Answer
from known_contract import CONTRACT
from proxy import Proxy

from nhq.checks.exchange import check_exchange
from nhq.checks.header_sequence import check_sequence
from nhq.client.api import Api
from nhq.client.mock_process import mock_target
from nhq.client.session import Session, open_session
from nhq.client.target import Target
from nhq.model import Exchange, Finding, Observation, Verdict
from nhq.scenarios.payloads import valid_body

LISTS = ("list_campaigns", "list_linkedin_accounts", "list_lead_lists", "list_leads", "list_conversations")
#: Operations on one thing, with the list that shows one.
ONES = {
    "get_lead": ("lead_id", "list_leads"),
    "get_lead_list": ("lead_list_id", "list_lead_lists"),
    "list_members": ("lead_list_id", "list_lead_lists"),
    "get_conversation": ("conversation_id", "list_conversations"),
}


@dataclass(frozen=True)
class Tour:
    """What was answered on the way, and what the checks saw."""

    exchanges: list[Exchange]
    observations: list[Observation]

    @property
    def findings(self) -> list[Finding]:
        """Each once."""
        return list({o.finding.key: o.finding for o in self.observations if o.finding is not None}.values())

    @property
    def crashes(self) -> list[str]:
        """What broke on our side."""
        return [o.cause for o in self.observations if o.crash]


@pytest.fixture(scope="session")
def mock() -> Iterator[Target]:
    """A mock with its control plane."""
    with mock_target(seed=1) as target:
        yield target


@pytest.fixture(scope="session")
def ids(mock: Target) -> dict[str, str]:
    """One thing that each list shows, found without any proxy."""
    session = open_session(mock, CONTRACT)
    with closing(session):
        api = Api(session)
        return {name: str(api.ok(name, query={"limit": 1}).json()["data"][0]["id"]) for name in LISTS}


@pytest.fixture
def toured(mock: Target, ids: dict[str, str]) -> Callable[[Callable[[Answer], Answer]], Tour]:
    """Asks for a page of each list, a few things, a thing that isn't there, and makes a list and a lead."""

    def go(alter: Callable[[Answer], Answer]) -> Tour:
        with Proxy(urlsplit(mock.base_url).port or 0, alter) as proxy:
            session = open_session(replace(mock, base_url=proxy.url), CONTRACT)
            with closing(session):
                return seen(session, ids)

    return go


def seen(session: Session, ids: dict[str, str]) -> Tour:
    """Go, and put the mock back."""
    assert session.control is not None
    snapshot, exchanges = session.control.snapshot(), list[Exchange]()
    session.recorder.listeners.append(exchanges.append)
    api = Api(session)
    for name in LISTS:
        api.call(name, query={"limit": 3})
    for name, (parameter, shown_by) in ONES.items():
        api.call(name, path={parameter: ids[shown_by]}, query={"limit": 3} if name.startswith("list") else None)
    api.call("get_lead", path={"lead_id": "lead_nobody"})
    write(api, "create_lead_lists", {})
    write(api, "import_leads", {"lead_list_id": ids["list_lead_lists"]})
    session.restore(snapshot)
    looks = [look for exchange in exchanges for look in check_exchange(exchange, CONTRACT)]
    return Tour(exchanges, [*looks, *check_sequence(exchanges, 60, 60.0, exclusive_keys=True)])


def write(api: Api, operation: str, path: dict[str, str]) -> None:
    """A write that succeeds."""
    sent: Any = valid_body(operation, f"nhq{Random(1).getrandbits(32):08x}")
    api.call(operation, path=path, json=sent)


@pytest.fixture
def violated() -> Callable[[Tour], set[str]]:
    """The rules that a tour shows broken."""
    return lambda tour: {o.rule for o in tour.observations if o.verdict is Verdict.VIOLATED}
