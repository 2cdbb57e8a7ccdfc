"""Reads beside the tests of a live run that fills its minutes: with what keys would else lose at their windows' end.

A test sends one request after the other. Where answers take long, or tests send less than was planned, keys have
allowance left when their windows end. It goes to reads with parameters of every kind, judged like those of tests.
Several are in flight at once, each on a key of its own that no test uses, and none while a test looks at the limiter.
"""

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from urllib.parse import parse_qsl, urlsplit

from requests import PreparedRequest, Request
from requests.structures import CaseInsensitiveDict

from nhq.checks.acceptance import judge_query
from nhq.checks.rate_headers import rate_headers
from nhq.client.api import Api
from nhq.client.in_flight import InFlight
from nhq.client.pacing import key_label
from nhq.client.quota import Allowance
from nhq.client.running_test import TestContext
from nhq.client.session import Session
from nhq.client.simultaneous import SentAtOnce
from nhq.errors import ConfigError, NhqError
from nhq.generate import corpus
from nhq.generate.generated_cases import GeneratedKind
from nhq.model import Effect, Exchange, Identity
from nhq.run.collector import Collector
from nhq.run.pace import SPREAD
from nhq.scenarios.inventory import Inventory
from nhq.scenarios.judge import Judge
from nhq.scenarios.path_values import known_filters, lasting_filters, path_values

NAME = "(background reads)"
#: Seconds between two looks while the run waits.
OFTEN = 0.25
#: What part of a window a key may be behind an even use of it, in the midst of the window.
_SLACK = 0.1
#: Of a window: how long before its end everything is used.
_CLOSING = 0.06
#: Seconds before a window's end in which nothing is begun: it might be counted in the next.
_TOO_LATE = 0.3
#: What part of a window's allowance is left for the tests.
_KEPT = 0.03
#: Requests of one key in flight, and answers in a row that are none, after which no more is sent.
_TOGETHER, _VAIN = 4, 3
#: The rules that parameters of a list are judged by.
RULES = frozenset({"REQUEST-VALID", "PAGE-LIMIT-ACCEPTED", "PAGE-LIMIT-400", "PAGE-LIMIT-SAFE"})
#: Operations that may change something by being read.
_NOT = frozenset({"get_conversation"})


@dataclass(frozen=True, slots=True)
class Read:
    """A request that only reads, and the scope that it takes."""

    operation: str
    scope: str
    path: str
    query: tuple[tuple[str, str], ...]


def requests_behind(allowance: Allowance, label: str, now: float, until: float) -> int:
    """How many requests a key is behind an even use of its window, which ends at last when the run does, at `until`.

    One where no window of it has begun.
    """
    window = allowance.running(label, now)
    if window is None:
        return 1
    start, end = allowance.ends(window) - allowance.window, min(allowance.ends(window), until)
    if end - now <= _TOO_LATE or end <= start:
        return 0
    closing = max(2.0, _CLOSING * allowance.window)
    part = 1.0 if end - now <= closing else (now + closing - start) / (end - start) - _SLACK
    behind = math.floor(min(1.0, part) * window.limit) - (window.limit - window.left)
    return max(0, min(behind, window.left - math.ceil(_KEPT * window.limit)))


class BackgroundReads:
    """What is read beside the tests of one run, which lasts `seconds`."""

    def __init__(self, session: Session, collector: Collector, seconds: float, flight: InFlight) -> None:
        self._session, self._collector, self._flight = session, collector, flight
        self._seconds = seconds
        self._reads: dict[str, Iterator[Read]] = {}
        self._known: frozenset[str] = frozenset()
        self._under_way: Counter[str] = Counter()
        self._vain = 0
        self._at_work = False

    def prepare(self, api: Api, world: Inventory, seed: int) -> None:
        """Make the reads, of what the target holds. Raises NhqError where it can't be read."""
        self._known = lasting_filters(self._session, world)
        reads = list(corpus_reads(api, world, seed))
        for number, key in enumerate(self._keys):
            mine = [read for read in reads if read.scope in key.scopes]
            if mine:
                start = number * len(mine) // max(1, len(self._keys))
                self._reads[key.label] = cycle([*mine[start:], *mine[:start]])

    def tick(self) -> None:
        """Take up what has come back, and send what keys are behind. Never waits but for a test of the limiter."""
        if self._at_work or not self._reads:
            return
        self._at_work = True
        try:
            paced = self._session.running.present.paced
            self._take_up(self._flight.landed() if paced else self._flight.settle())
            if paced and self._vain < _VAIN:
                self._send()
        finally:
            self._at_work = False

    def fill_up(self) -> None:
        """When all tests have ended: go on until the run's time is over."""
        clock, course = self._session.clock, self._session.budget.course
        while self._reads and self._vain < _VAIN and course.elapsed < SPREAD * self._seconds and not course.over:
            self.tick()
            clock.sleep(OFTEN)

    def finish(self) -> None:
        """Wait for what is in flight, and send no more."""
        self._reads = {}
        self._take_up(self._flight.settle())
        self._flight.close()

    @property
    def _keys(self) -> Sequence[Identity]:
        target = self._session.target
        return [key for key in target.keys if key.workspace == target.workspace and key.scopes and not key.revoked]

    def _send(self) -> None:
        """Each key that no test claims and that is behind sends a few."""
        budget, running, now = self._session.budget, self._session.running, self._session.clock.now()
        left = SPREAD * self._seconds - budget.course.elapsed
        claimed, made = running.claimed(), list[PreparedRequest]()
        for key in self._keys if left > 0 else ():
            if key.label not in self._reads or key.label in claimed or self._under_way[key.label]:
                continue
            count = min(_TOGETHER, requests_behind(budget.allowance, key.label, now, now + left))
            if count:
                budget.allowance.reserve(key.label, count, now)
                self._under_way[key.label] += count
                made += [self._request(key) for _ in range(count)]
        self._flight.send(made)
        running.occupy(+self._under_way)

    def _request(self, key: Identity) -> PreparedRequest:
        read, http = next(self._reads[key.label]), self._session.http
        headers = {"Authorization": f"Bearer {key.secret}"}
        url = self._session.target.base_url + read.path
        request = http.prepare_request(Request("GET", url, params=list(read.query), headers=headers))
        http.guard.check(request)
        return request

    def _take_up(self, sendings: Sequence[SentAtOnce]) -> None:
        """Answers are recorded and judged, as those of no test; each tells of its key's window."""
        if not sendings:
            return
        running, allowance = self._session.running, self._session.budget.allowance
        self._under_way -= Counter(key_label(self._session.target, sent.request) for sent in sendings)
        running.occupy(+self._under_way)
        with running.beside(TestContext(NAME, background=True)):
            answers = self._session.recorder.tell_sent(sendings)
            for answer in sorted(answers, key=lambda one: -(rate_headers(one).remaining or 0)):
                label, headers = key_of(answer).label, CaseInsensitiveDict(answer.headers)
                allowance.learn(label, headers, answer.sent, answer.received)
                if answer.status == 429:
                    allowance.refused(label, self._session.clock.now())
                self._judge(answer)
        useless = [answer.status is None or answer.status >= 500 for answer in answers]
        self._vain = self._vain + len(useless) if all(useless) else 0

    def _judge(self, answer: Exchange) -> None:
        """Say what an answer shows of the rules on parameters; what each answer shows by itself is judged anyhow."""
        contract, row = self._session.contract, self._session.contract.operations[answer.operation or ""]
        if answer.status in (None, 429):
            return
        judge = Judge(contract, self._collector, RULES)
        query = parse_qsl(urlsplit(answer.path).query, keep_blank_values=True)
        for said in judge_query(contract, row.id, query, answer, self._known):
            told = {"expected": said.expected, "actual": said.actual, "where": said.where, "code": said.code}
            judge(said.rule, said.ok, answer, **told)


def key_of(answer: Exchange) -> Identity:
    """The key that a background read was sent with."""
    assert answer.identity is not None
    return answer.identity


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
                    yield Read(row.id, row.scope, sending.path, sending.query)
