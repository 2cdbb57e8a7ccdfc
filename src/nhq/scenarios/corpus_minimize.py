"""Minimizes the live corpus: sends every generated request to a mock in one state and keeps the fewest."""

import random

from nhq.client.api import Api
from nhq.client.mock_process import mock_target
from nhq.client.session import open_session
from nhq.contract import Contract, Operation
from nhq.generate.corpus import Corpus, Shown, coverage_requests, dump_corpus, fill_placeholders, greedy_cover
from nhq.generate.generated_cases import Generator, Sending
from nhq.generate.schema_coverage import request_marks
from nhq.scenarios.generated_requests import answer_rulings
from nhq.scenarios.inventory import Inventory
from nhq.scenarios.path_parameters import known_filters, path_values

_SEED = 1


def make_corpus(contract: Contract) -> tuple[Corpus, str]:
    """A new corpus, and its text."""
    generator = Generator(contract)
    kept: dict[str, list[Sending]] = {}
    whole = shown = 0
    with mock_target(seed=_SEED) as target:
        session = open_session(target, contract)
        try:
            api = Api(session)
            world = Inventory(api)
            for row in contract.operations.values():
                sendings = coverage_requests(generator, row)
                seen = _shown(contract, row, sendings, api, world)
                kept[row.id] = [sendings[n] for n in greedy_cover(seen, [len(s.body or b"") for s in sendings])]
                whole, shown = whole + len(sendings), shown + len(frozenset().union(*seen))
        finally:
            session.close()
    requests = {name: tuple(sendings) for name, sendings in kept.items()}
    return Corpus(contract.digest, requests), dump_corpus(contract, requests, whole, shown)


def _shown(contract: Contract, row: Operation, sendings: list[Sending], api: Api, world: Inventory) -> list[Shown]:
    """What each request shows, sent from one state."""
    session, found = api.session, path_values(row.id, api, world, random.Random(_SEED))
    values, start = known_filters(world), session.snapshot()
    secret = api.key(row.id).secret
    shown: list[Shown] = []
    for sending in sendings:
        session.restore(start)
        real = fill_placeholders(sending, found, values)
        assert real is not None
        headers = real.headers | {"Authorization": f"Bearer {secret}"}
        answer = api.send(real.method, real.path, params=list(real.query), data=real.body, headers=headers)
        status = answer.status or 0
        judged = {
            (f"rule {ruling.rule}", ruling.ok)
            for ruling in answer_rulings(contract, row, real, answer, values.values())
        }
        shown.append(frozenset((row.id, status, *mark) for mark in judged | request_marks(contract, row, real)))
    return shown
