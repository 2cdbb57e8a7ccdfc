"""List reads with parameters of every kind: those of the corpus, each with a small page."""

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from nhq.checks.list_page import list_page
from nhq.client.api import Api
from nhq.contract import Operation
from nhq.errors import ConfigError, NhqError
from nhq.generate import corpus
from nhq.generate.generated_cases import GeneratedKind
from nhq.model import Effect, Exchange
from nhq.scenarios.inventory import Inventory
from nhq.scenarios.path_parameters import known_filters, path_values

#: Items of a page: pages are small, so that many can be judged while tests go on.
_PAGE = 10
#: Operations that may change something by being read.
_NOT = frozenset({"get_conversation"})


@dataclass(frozen=True, slots=True)
class Read:
    """A request that only reads, and the scope that it takes."""

    operation: str
    scope: str
    path: str
    query: tuple[tuple[str, str], ...]


def corpus_reads(api: Api, world: Inventory, seed: int) -> Iterator[Read]:
    """The corpus' requests that read lists, as far as the target holds what they name."""
    contract = api.session.contract
    try:
        stored = corpus.load_corpus(contract)
    except ConfigError:
        return
    for row in contract.operations.values():
        if row.effect is not Effect.READ or not row.paginated or row.id in _NOT:
            continue
        with suppress(NhqError):
            place = path_values(row.id, api, world, random.Random(seed))
            for sending in stored.sendings(row, place, known_filters(world), seed):
                if sending.kind is GeneratedKind.ORDINARY:
                    yield Read(row.id, row.scope, sending.path, small_page(sending.query))


def following_page(row: Operation, answer: Exchange) -> Read | None:
    """The read of the page after an answer's; None where it names none. Raises as reading an answer does."""
    if not answer.ok or not row.paginated or not (page := list_page(answer)).leads_on:
        return None
    asked = urlsplit(answer.path)
    query = [(name, value) for name, value in parse_qsl(asked.query, keep_blank_values=True) if name != "cursor"]
    return Read(row.id, row.scope, asked.path, (*query, ("cursor", str(page.next_cursor))))


def small_page(query: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """A query that asks for few items, where it asks for a number of them that is allowed, or for none."""
    asked = dict(query).get("limit")
    if asked is None:
        return (*query, ("limit", str(_PAGE)))
    many = asked.isdecimal() and _PAGE < int(asked) <= 500
    return tuple((name, str(_PAGE) if many and name == "limit" else value) for name, value in query)
