"""How the live corpus is made: every generated request meets a mock in one state, and the fewest are kept."""

import random

from nhq.contract import Contract, Operation
from nhq.drive.api import Api
from nhq.drive.discover import World
from nhq.drive.mock import mock_target
from nhq.drive.session import open_session
from nhq.run.corpus import Corpus, Shown, cover, dump, filled, template
from nhq.run.generated import Generator, Sending
from nhq.run.keywords import marks
from nhq.run.known import filters, ids
from nhq.run.property import rulings

_SEED = 1


def made(contract: Contract) -> tuple[Corpus, str]:
    """A new corpus, and its text."""
    generator = Generator(contract)
    kept: dict[str, list[Sending]] = {}
    whole = shown = 0
    with mock_target(seed=_SEED) as target:
        session = open_session(target, contract)
        try:
            api = Api(session)
            world = World(api)
            for row in contract.operations.values():
                sendings = template(generator, row)
                seen = _shown(contract, row, sendings, api, world)
                kept[row.id] = [sendings[n] for n in cover(seen, [len(s.body or b"") for s in sendings])]
                whole, shown = whole + len(sendings), shown + len(frozenset().union(*seen))
        finally:
            session.close()
    requests = {name: tuple(sendings) for name, sendings in kept.items()}
    return Corpus(contract.digest, requests), dump(contract, requests, whole, shown)


def _shown(contract: Contract, row: Operation, sendings: list[Sending], api: Api, world: World) -> list[Shown]:
    """What each request shows, sent from one state."""
    session, found = api.session, ids(row.id, api, world, random.Random(_SEED))
    assert session.control is not None
    values, start = filters(world), session.control.snapshot()
    secret = api.key(row.id).secret
    shown: list[Shown] = []
    for sending in sendings:
        session.restore(start)
        real = filled(sending, found, values)
        assert real is not None
        headers = real.headers | {"Authorization": f"Bearer {secret}"}
        answer = api.send(real.method, real.path, params=list(real.query), data=real.body, headers=headers)
        status = answer.status or 0
        judged = {
            (f"rule {ruling.rule}", ruling.ok) for ruling in rulings(contract, row, real, answer, values.values())
        }
        shown.append(frozenset((row.id, status, *mark) for mark in judged | marks(contract, row, real)))
    return shown
