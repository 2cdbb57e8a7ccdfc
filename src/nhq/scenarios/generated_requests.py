"""Sends all generated requests to one operation and judges each answer."""

import random
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from nhq.checks.acceptance import Ruling, judge_body, judge_elsewhere, judge_query
from nhq.checks.request_validity import Validity, read_request_body
from nhq.client.api import Api
from nhq.contract import Contract, Operation
from nhq.errors import Away, NotPermitted, PreconditionNotMet
from nhq.generate.corpus import fill_placeholders, generated_row, sending_of, with_placeholders
from nhq.generate.generated_cases import GeneratedKind, Generator, Sending
from nhq.model import Effect, Exchange
from nhq.record.case_row import CaseRow
from nhq.scenarios.inventory import Inventory
from nhq.scenarios.judge import Judge
from nhq.scenarios.path_parameters import known_filters, lasting_filters, path_values

REPEATS = 3  # times that requests without an answer are sent again, once the target has been put back


class RequestSource(Protocol):
    """Where requests come from: the generator, or on a live target the corpus."""

    def sendings(self, row: Operation, ids: Mapping[str, str], filters: Mapping[str, str], seed: int) -> list[Sending]:
        """An operation's requests, with ids that exist."""


@dataclass(frozen=True, slots=True)
class Generated:
    """Requests of the examples and coverage phases, then `fuzzed` random ones in each mode."""

    generator: Generator
    fuzzed: int

    def sendings(self, row: Operation, ids: Mapping[str, str], filters: Mapping[str, str], seed: int) -> list[Sending]:
        return [*self.generator.gate(row, ids, filters), *self.generator.fuzz(row, ids, self.fuzzed, seed)]


@dataclass(frozen=True, slots=True)
class Beside:
    """Stored requests, and for operations without any, or with another path, the first that are generated."""

    stored: RequestSource
    generator: Generator
    known: Mapping[str, Operation]
    most: int = 12

    def sendings(self, row: Operation, ids: Mapping[str, str], filters: Mapping[str, str], seed: int) -> list[Sending]:
        if row.id in self.known and self.known[row.id].template == row.template:
            return self.stored.sendings(row, ids, filters, seed)
        return self.generator.gate(row, ids, filters)[: self.most]


@dataclass(frozen=True, slots=True)
class PropertyBench:
    """The fixtures that all property tests share."""

    api: Api
    world: Inventory
    contract: Contract
    judge: Judge
    source: RequestSource
    seed: int
    snapshot: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    filters: dict[str, str] = field(default_factory=dict)

    def run(self, name: str, all_of_it: bool = True) -> None:
        """Send every request made for an operation and judge the answers; none of them ends the test.

        Unless `all_of_it`, only the request without a key is sent. Raises Away at the end if some got no answer and may
        not be sent again.
        """
        row = self.contract.operations[name]
        sendings = list(self.spared(row, self.sendings(row)))
        if self.asked is not None and self.asked.request is not None:
            self._again(row, sendings, keyless=self.asked.keyless)
            return
        lost = self.judged(row, sendings) if all_of_it else []
        for _ in range(REPEATS if self.api.target.restorable else 0):
            if not lost:
                break
            self.api.session.restore(self.snapshot)
            lost = self.judged(row, lost)
        self.without_key(row, next(s for s in reversed(sendings) if s.kind is GeneratedKind.ORDINARY))
        if lost:
            raise Away(f"{len(lost)} of {len(sendings)} requests got no answer")

    def _again(self, row: Operation, sendings: list[Sending], *, keyless: bool) -> None:
        """The one request of a case, with a key or without.

        Raises Away where it got no answer, PreconditionNotMet for none.
        """
        if not sendings:
            raise PreconditionNotMet("no request of the case that may be sent here")
        if keyless:
            self.without_key(row, sendings[0])
        elif self.judged(row, sendings):
            raise Away("the request got no answer")

    def judged(self, row: Operation, sendings: Iterable[Sending]) -> list[Sending]:
        """Send and judge; those that got no answer, for a reason that passes."""
        lost = []
        for sending in sendings:
            try:
                exchange = self.sent(sending, f"Bearer {self.api.key(row.id).secret}")
            except Away:
                lost.append(sending)
                continue
            if exchange is not None:
                self.tell(row, exchange, answer_rulings(self.contract, row, sending, exchange, self.known))
        return lost

    @property
    def asked(self) -> CaseRow | None:
        """The one part of the test to run, if a case is reproduced."""
        return self.api.session.running.present.asked

    @property
    def known(self) -> frozenset[str]:
        """Ids that filters may name beyond doubt."""
        return lasting_filters(self.api.session, self.world)

    def sendings(self, row: Operation) -> list[Sending]:
        """The source's requests for an operation, with ids that exist."""
        found = path_values(row.id, self.api, self.world, random.Random(self.seed))
        self.ids.update(found)
        request = self.asked.request if self.asked is not None else None
        if request is None or any(value.startswith("{") for _, value in request.query):
            self.filters.update(known_filters(self.world))
        if request is None:
            return self.source.sendings(row, found, self.filters, self.seed)
        filled = fill_placeholders(sending_of(request), found, self.filters)
        return [filled] if filled is not None else []

    def spared(self, row: Operation, sendings: Iterable[Sending]) -> Iterator[Sending]:
        """Leave out harmful requests on a target that can't be restored: one accepted message is enough there."""
        controlled = self.api.target.restorable
        reaching = row.effect in (Effect.SEND, Effect.SPEND)
        accepted = 0
        for sending in sendings:
            risky = sending.kind is not GeneratedKind.ORDINARY or not self.broken(row, sending)
            if controlled or not risky or (not reaching and sending.kind is GeneratedKind.ORDINARY):
                yield sending
            elif sending.kind is GeneratedKind.ORDINARY and not accepted:
                accepted += 1
                yield sending

    def broken(self, row: Operation, sending: Sending) -> bool:
        return (
            row.has_body and read_request_body(self.contract, row.id, sending.body or b"").standing is Validity.BROKEN
        )

    def sent(self, sending: Sending, authorization: str | None) -> Exchange | None:
        """The answer; None if a probe of another method is not permitted, which doesn't affect the others."""
        headers = sending.headers | ({"Authorization": authorization} if authorization else {})
        told = generated_row(with_placeholders(sending, self.ids, self.filters))
        self.api.session.running.present.request(told, keyless=authorization is None)
        try:
            return self.api.send(
                sending.method, sending.path, params=list(sending.query), data=sending.body, headers=headers
            )
        except NotPermitted:
            if sending.kind is GeneratedKind.METHOD:
                return None
            raise

    def without_key(self, row: Operation, sending: Sending) -> None:
        """Send the same request without a key. Such a caller may be limited by address, which shows nothing."""
        if row.id not in self.contract.applies("AUTH-ABSENT"):
            return
        exchange = self.sent(sending, None)
        if exchange is not None and exchange.status != 429:
            ok = exchange.status == 401
            self.tell(row, exchange, [Ruling("AUTH-ABSENT", ok, "401 without a key", str(exchange.status))])

    def tell(self, row: Operation, exchange: Exchange, rulings: Iterable[Ruling]) -> None:
        """Pass rulings to the judge. The answer to a method that a path lacks counts for all its operations."""
        elsewhere = exchange.operation != row.id
        alike = [r.id for r in self.contract.operations.values() if r.path == row.path] if elsewhere else [row.id]
        for said in rulings:
            told = {"expected": said.expected, "actual": said.actual, "where": said.where, "code": said.code}
            for name in alike:
                self.judge(said.rule, said.ok, exchange, operation=name, **told)


def answer_rulings(
    contract: Contract, row: Operation, sending: Sending, exchange: Exchange, known: Collection[str] = ()
) -> Iterator[Ruling]:
    """Rulings on an answer; `known` are ids that filters may name.

    Nothing is promised about other media types: only universal checks judge them.
    """
    if sending.kind is GeneratedKind.METHOD:
        yield from judge_elsewhere(exchange)
    elif sending.kind is GeneratedKind.ORDINARY and row.has_body:
        reading = read_request_body(contract, row.id, sending.body or b"")
        yield from judge_body(contract, row.id, reading, exchange)
    elif sending.kind is GeneratedKind.ORDINARY:
        yield from judge_query(contract, row.id, sending.query, exchange, known)
