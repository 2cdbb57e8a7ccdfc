"""Recorded responses judged by themselves: no scenario runs, only the checks that every exchange must pass."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from vcr.request import Request

from nhq.cassettes.cassette_library import Recorded
from nhq.cassettes.pseudonymizing import BASE, CONTROL, stand_in
from nhq.checks.exchange import check_exchange
from nhq.contract import Contract
from nhq.model import Exchange, Identity
from nhq.run.collector import Collector


@dataclass(frozen=True, slots=True)
class CassetteInteraction:
    """One recorded exchange, and where it stands: the cassette, and which one there, counted from 1."""

    cassette: str
    number: int
    exchange: Exchange

    @property
    def place(self) -> str:
        return f"{self.cassette}#{self.number}"


def recorded_interactions(recorded: Recorded, contract: Contract) -> Iterator[CassetteInteraction]:
    """A cassette's exchanges with the target, in order; those with its control plane aside. Their ids are 0."""
    for number, (request, response) in enumerate(recorded.held.data, 1):
        if request.uri.startswith(CONTROL):
            continue
        path = request.uri.removeprefix(BASE) or "/"
        match = contract.match(request.method, path)
        sent, received = response["at"]
        exchange = Exchange(
            id=0,
            operation=match[0].id if match else None,
            method=request.method,
            path=path,
            request_headers={name.lower(): value for name, value in request.headers.items()},
            request_body=request.body or b"",
            identity=_identity(request),
            status=response["status"]["code"],
            headers={name.lower(): ", ".join(values) for name, values in response["headers"].items()},
            body=response["body"]["string"],
            sent=sent,
            received=received,
            test=f"{recorded.name}#{number}",
        )
        yield CassetteInteraction(recorded.name, number, exchange)


def _identity(request: Request) -> Identity | None:
    """Whose stand-in was sent; its scopes don't matter to the checks of one exchange."""
    scheme, _, token = str(request.headers.get("Authorization", "")).partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(stand_in("")):
        return None
    return Identity(token.removeprefix(stand_in("")), "", frozenset(), token)


def judge_recorded(shelf: Iterable[Recorded], contract: Contract, collector: Collector) -> None:
    """Every recorded exchange of these cassettes, through the universal checks into a collector."""
    number = collector.requests
    for recorded in shelf:
        collector.begin()
        for interaction in recorded_interactions(recorded, contract):
            number += 1
            exchange = replace(interaction.exchange, id=number)
            collector.exchange(exchange)
            collector.observe(check_exchange(exchange, contract))
