"""What the universal checks say of answers, whole or changed in one place, is what somebody has approved.

The other tests say what must be found and what must not; these hold the rest of what a reader is told: other rules
and places. Answers are those of scenarios played on the mock; each is changed in some places by its number.
"""

import inspect
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from scenario_play import MARKS, Play, Stage, scenarios

from nhq import paths
from nhq.checks.acceptance import Ruling, judge_body, judge_query
from nhq.checks.exchange import check_exchange
from nhq.checks.header_sequence import check_sequence
from nhq.checks.listed_is_found import listed_is_found
from nhq.checks.request_validity import read_request_body
from nhq.checks.unjustified_refusals import unjustified_refusals
from nhq.contract import Contract
from nhq.errors import NhqError
from nhq.generate import corpus
from nhq.model import Exchange, Observation

FILES = [file.stem.removeprefix("test_") for file in sorted(paths.contracts_folder().glob("test_*.py"))]
OPERATIONS = ("list_leads", "import_leads")
ODD: tuple[Any, ...] = (None, "", "x", 0, -1, 1.5, True, [], {}, "2026-13-01", "2026-03-01T12:00:00Z")
CHANGES, LONGEST, MOST = 4, 4000, 6  # of each answer; bytes of a body; answers of a scenario


def played(stage: Stage, file: str) -> Iterator[tuple[str, list[Exchange]]]:
    """The exchanges of each scenario of a file, by its name, which stays when the file is split."""
    for name, function in vars(scenarios(file)).items():
        if not name.startswith("test_") or not inspect.isfunction(function) or file.startswith(("operations", "workf")):
            continue
        given: dict[str, str] = {}
        if {"operation", "send", "knock"} & set(inspect.signature(function).parameters):
            given = {"operation": OPERATIONS[file in ("errors", "auth")]}
        stage.begin()
        play = Play(stage=stage)
        with suppress(NhqError, AttributeError, KeyError):
            play(file, name, **given)
        yield name.removeprefix("test_"), play.exchanges


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where a document has values, the first two of an array only."""
    if path:
        yield path
    items = node.items() if isinstance(node, dict) else enumerate(node[:2]) if isinstance(node, list) else ()
    for name, value in items:
        yield from places(value, (*path, name))


def altered(body: Any, chance: random.Random) -> Any:
    """The document with one value gone, doubled, turned round or another."""
    made = json.loads(json.dumps(body))
    *way, last = chance.choice(list(places(body)) or [()]) or [None]
    node = made
    for step in way:
        node = node[step]
    if last is None or not isinstance(node, dict | list):
        return []
    how = chance.choice(("gone", "odd", "odd", "more"))
    if how == "gone":
        del node[last]
    elif how == "odd":
        node[last] = chance.choice(ODD)
    elif isinstance(node[last], list):
        node[last] = [*node[last][::-1], *node[last][:1]]
    else:
        node[last] = f"{node[last]}x"
    return made


def changed(answer: Exchange, chance: random.Random) -> Exchange:
    """An answer with another status, header or body."""
    how = chance.choice(("status", "header", "body", "body", "body", "body"))
    if how == "status":
        return replace(answer, status=chance.choice((200, 201, 204, 207, 400, 401, 403, 404, 409, 422, 429, 500, 502)))
    if how == "header":
        name = chance.choice(sorted(answer.headers))
        value = chance.choice(("", "x", "0", "59", "60", "61", "-1", "1.5", "text/html", "application/json"))
        return replace(answer, headers={**answer.headers, name: value})
    with suppress(ValueError):
        return replace(answer, body=json.dumps(altered(json.loads(answer.body), chance)).encode())
    return replace(answer, body=b"{")


@pytest.fixture(scope="module")
def stage() -> Stage:
    """One mock for all, that refuses nobody for its limit."""
    return Stage(60)


@pytest.fixture(scope="module")
def logs(stage: Stage, pytestconfig: pytest.Config) -> dict[str, list[Exchange]]:
    """Exchanges by the name of the play."""
    for name in MARKS:
        pytestconfig.addinivalue_line("markers", f"{name}(*of): of scenarios")
    return {name: log for file in FILES for name, log in played(stage, file)}


def test_what_one_answer_shows_is_approved(
    logs: dict[str, list[Exchange]], contract: Contract, approved: Any, summary_of: Callable[[list[Observation]], str]
) -> None:
    """Whole, and changed in some places."""
    told = {}
    for name, log in logs.items():
        said: list[Observation] = []
        for place, answer in enumerate([one for one in log if len(one.body) < LONGEST][:MOST]):
            chance = random.Random(f"{name} {place}")
            for one in (answer, *(changed(answer, chance) for _ in range(CHANGES))):
                said += check_exchange(one, contract)
        told[name] = summary_of(said)
    approved("checks", told)


def test_what_answers_show_together_is_approved(
    logs: dict[str, list[Exchange]], contract: Contract, approved: Any, summary_of: Callable[[list[Observation]], str]
) -> None:
    """Of the limiter, of what lists have shown, and of refusals; whole, and with some answers changed."""
    told = {}
    for name, log in logs.items():
        chance = random.Random(name)
        mixed = [changed(answer, chance) if chance.random() < 0.3 else answer for answer in log]
        said: list[Observation] = []
        for alone in (True, False):
            for one in (log, mixed):
                said += check_sequence(one, 60, 60.0, alone)
                said += listed_is_found(one, log[:5], contract, alone)
                said += unjustified_refusals(one, log[:5], contract, alone)
        told[name] = summary_of(said)
    approved("sequences", told)


def test_what_is_made_of_generated_requests_is_approved(stage: Stage, contract: Contract, approved: Any) -> None:
    """Of the corpus: for each status that may come, and for bodies changed in one place."""
    stored, told = corpus.load_corpus(contract), {}
    blank = Exchange(1, None, "GET", "/", {}, b"", None, 200, {}, b"{}", 0.0, 0.0)
    for row in contract.operations.values():
        said: list[Ruling] = []
        for place, sending in enumerate(stored.sendings(row, dict.fromkeys(row.path_parameters, "x"), {}, 0)):
            chance = random.Random(f"{row.id} {place}")
            shown = {"data": [{"id": "x"}] * chance.randrange(3), "malformed": [], "failed": []}
            shown |= {"pagination": {"limit": chance.choice((1, 100, 500)), "has_more": False, "next_cursor": None}}
            shown["malformed"] = [{"index": chance.randrange(3)}] * chance.randrange(3)
            for status in (200, 201, 207, 400, 404, 422, 500):
                answer = replace(blank, operation=row.id, status=status, body=json.dumps(shown).encode())
                if row.has_body:
                    body = sending.body or b""
                    with suppress(ValueError):
                        body = json.dumps(altered(json.loads(body), chance)).encode() if place % 2 else body
                    said += judge_body(contract, row.id, read_request_body(contract, row.id, body), answer)
                else:
                    said += judge_query(contract, row.id, sending.query, answer, ("x",))
        counts = Counter(f"{one.rule} {'holds' if one.ok else f'broken at {one.where}'}" for one in said)
        told[row.id] = "; ".join(f"{line} x{count}" for line, count in sorted(counts.items()))
    approved("requests", told)
