"""A run that fills its minutes uses what its keys allow, however late answers come, and meets no 429."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from types import SimpleNamespace
from typing import Any, cast

import pytest
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from nhq.client.api import Api
from nhq.client.in_flight import InFlight
from nhq.client.quota import Allowance, Window
from nhq.client.run_deadline import RunDeadline
from nhq.client.session import Session, open_session
from nhq.client.simultaneous import SentAtOnce
from nhq.client.target import Target
from nhq.clock import ManualClock
from nhq.contract import Contract
from nhq.errors import PreconditionNotMet
from nhq.model import Effect, Exchange, Identity, Verdict
from nhq.nights.rounds import RoundLengths
from nhq.run.background_reads import BackgroundReads
from nhq.run.collector import Collector
from nhq.run.idle_allowance import (
    OFTEN,
    TOGETHER,
    UncountedSends,
    reading_keys,
    requests_ahead,
    requests_behind,
    requests_to_lend,
)
from nhq.run.list_reads import Read, following_page
from nhq.run.live_planner import OWN_SECONDS
from nhq.run.pace import LATE, EvenPace
from nhq.run.schedule.cooperative import CooperativeClock, CooperativeScheduler
from nhq.run.withheld_reads import WITHHELD, foreign_reads, judge_withheld, withheld_by
from nhq.scenarios.inventory import Inventory
from nhq.scenarios.judge import Judge

BODY = b'{"data":[],"pagination":{"limit":10,"has_more":false,"next_cursor":null}}'
LIMIT, WINDOW, WINDOWS = 20, 60.0, 3
SECONDS = WINDOW * WINDOWS
_ENDS = ((b"true", b'"b"'), (b"false", b"null"))
AT_ONCE = 22 * TOGETHER  # what is in flight of all keys when the share is reached


@dataclass
class Server:
    """Counts by key and window; windows begin with a first request, or with the minute."""

    clock: ManualClock
    latency: float
    anchored: bool
    counts: Counter[tuple[str, float]] = field(default_factory=Counter)
    begun: dict[str, float] = field(default_factory=dict)
    refused: int = 0
    window: float = WINDOW

    def answer(self, request: PreparedRequest) -> Response:
        """What a request that leaves now is answered."""
        key, now = str(request.headers["Authorization"]).rpartition("-")[2], self.clock.now() + self.latency / 2
        start = now - now % self.window if self.anchored else self.begun.get(key, -self.window)
        if now >= start + self.window:
            start = now
        self.begun[key] = start
        self.counts[key, start] += 1
        self.refused += self.counts[key, start] > LIMIT
        response = Response()
        response.status_code = 200 if self.counts[key, start] <= LIMIT else 429
        response._content = BODY
        left = max(0, LIMIT - self.counts[key, start])
        told = {"Limit": LIMIT, "Remaining": left, "Reset": int(start + self.window + 0.999)}
        response.headers.update({f"X-RateLimit-{name}": str(value) for name, value in told.items()})
        response.headers.update({"Content-Type": "application/json", "Date": formatdate(now, usegmt=True)})
        return response


class Wire(BaseAdapter):
    """One request after the other."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server = server

    def send(self, request: PreparedRequest, *args: object, **kwargs: object) -> Response:
        answer = self._server.answer(request)
        self._server.clock.advance(self._server.latency + OWN_SECONDS)
        return answer

    def close(self) -> None:
        pass


class Flight(InFlight):
    """Many requests at a time, each answered after the latency."""

    def __init__(self, server: Server) -> None:
        self._server, self._flying = server, list[SentAtOnce]()

    def send(self, requests: Sequence[PreparedRequest]) -> None:
        for request in requests:
            now = self._server.clock.now()
            self._flying.append(SentAtOnce(request, now, now + self._server.latency, self._server.answer(request)))

    def landed(self) -> list[SentAtOnce]:
        now = self._server.clock.now()
        there = [sent for sent in self._flying if sent.received <= now]
        self._flying = [sent for sent in self._flying if sent.received > now]
        return there

    def settle(self) -> list[SentAtOnce]:
        there, self._flying = self._flying, []
        return there

    def close(self) -> None:
        pass


@dataclass
class Run:
    """A run with background reads, of some keys on one server."""

    contract: Contract
    server: Server
    keys: int
    course: RunDeadline
    seconds: float = SECONDS
    allowance: Allowance | None = None
    session: Session = field(init=False)
    collector: Collector = field(init=False)
    reads: BackgroundReads = field(init=False)
    turns: CooperativeScheduler = field(init=False)

    def __post_init__(self) -> None:
        scopes, clock = frozenset({"leads:read"}), self.server.clock
        identities = tuple(Identity(f"k{n}", "alpha", scopes, f"secret-{n}") for n in range(self.keys))
        target = Target(
            "http://127.0.0.1:9", identities, allow=frozenset({Effect.READ}), limit=LIMIT, window=self.server.window
        )
        self.turns = CooperativeScheduler(clock)
        self.course.use((1 + LATE) * self.seconds)
        here = CooperativeClock(self.turns, clock)
        wire = Wire(self.server)
        more: dict[str, Any] = {"course": self.course, "before": self.turns.serve, "allowance": self.allowance}
        self.session = open_session(target, self.contract, wire, here, **more)
        self.collector = Collector(target)
        self.collector.follow(self.session.running)
        self.session.recorder.listeners.append(self.collector.exchange)
        self.reads = BackgroundReads(self.session, self.collector, self.seconds, Flight(self.server))
        self.reads.read([Read("list_leads", "leads:read", "/leads", (("limit", "10"),))])
        self.turns.keep_up(self.reads.tick, OFTEN)

    def play(self, most: int) -> None:
        """Send requests of tests, as many as the keys allow or `most`, evenly; then read until the time is over."""
        planned = min(int(LIMIT * self.seconds / self.server.window) * self.keys, most)
        api, pace = Api(self.session), EvenPace(self.course, self.seconds, planned)
        while self.collector.planned_requests < planned and not pace.over:
            self.turns.wait(pace.wait(self.collector.planned_requests))
            self.session.running.begin("test")
            with suppress(PreconditionNotMet):  # what would come after the run's end isn't waited for
                api.call("list_leads", query={"limit": 1})
                continue
            break
        self.reads.fill_up()
        self.reads.finish()


@pytest.mark.parametrize("keys", [6, 22])
@pytest.mark.parametrize("latency", [0.0, 0.2])
@pytest.mark.parametrize("anchored", [False, True])
def test_the_allowance_is_used(contract: Contract, keys: int, latency: float, anchored: bool) -> None:
    """At least 95 % of it, within 5 % of the minutes, and no 429: whatever tests alone could send."""
    clock = ManualClock(start=1_700_000_007.0)
    server, course = Server(clock, latency, anchored), RunDeadline(clock=clock)
    run = Run(contract, server, keys, course)
    run.play(int(0.97 * SECONDS / (latency + OWN_SECONDS)))
    assert server.refused == 0
    assert 0.95 * SECONDS <= course.elapsed <= 1.05 * SECONDS
    assert run.collector.requests >= 0.95 * LIMIT * WINDOWS * keys


@pytest.mark.parametrize(
    ("window", "minutes", "rounds", "anchored"), [(60.0, 10, 2, False), (60.0, 10, 2, True), (2.0, 0.5, 1, True)]
)
def test_the_allowance_of_a_night_of_rounds_is_used(
    contract: Contract, window: float, minutes: float, rounds: int, anchored: bool
) -> None:
    """Though between two rounds nothing is sent for seconds, and each begins by asking with every key."""
    allowance, clock, keys, night = Allowance(LIMIT, window), ManualClock(start=1_700_000_007.0), 8, 60.0 * minutes
    server, began, number = Server(clock, 0.01, anchored, window=window), clock.now(), 0
    while (left := night - (clock.now() - began)) >= RoundLengths(window).least:
        seconds = RoundLengths(window).seconds(number, left)
        run = Run(contract, server, keys, RunDeadline(clock=clock), seconds, allowance)
        api = Api(run.session)
        for key in run.session.target.keys:
            api.call("list_leads", query={"limit": 1}, key=key)
        run.play(int(0.8 * LIMIT * keys * seconds / window))
        clock.advance(8 if window > 8 else 1)
        number += 1
    assert number == rounds
    assert server.refused == 0
    assert clock.now() - began <= night + 60
    assert sum(server.counts.values()) >= 0.95 * LIMIT * keys * night / window


def test_tests_come_first_where_judging_takes_long(contract: Contract) -> None:
    """Reads beside them take a fifth of the time, and what they are late with at the most."""
    clock = ManualClock(start=1_700_000_007.0)
    run = Run(contract, Server(clock, 0.01, anchored=True), 22, RunDeadline(clock=clock))
    beside: list[float] = []

    def judge_slowly(exchange: Exchange) -> None:
        if run.session.running.present.background:
            clock.advance(1.0)
            beside.append(1.0)

    run.session.recorder.listeners.append(judge_slowly)
    for _ in range(20):
        run.turns.wait(1.0)
        run.session.running.begin("test")
        Api(run.session).call("list_leads", query={"limit": 1})
    assert 1 <= len(beside) <= 0.2 * run.course.elapsed + AT_ONCE
    run.reads.finish()


@pytest.mark.parametrize(
    ("operation", "scopes", "workspace", "rule", "owed"),
    [
        ("list_leads", {"leads:read"}, "alpha", "", 200),
        ("list_leads", {"leads:read"}, "beta", "", 200),
        ("list_leads", set(), "alpha", "SCOPE-MISSING", 403),
        ("list_leads", {"leads:write"}, "alpha", "SCOPE-WRITE-NOT-READ", 403),
        ("get_lead_list", {"lead_lists:read"}, "beta", "WS-FOREIGN-404", 404),
    ],
)
def test_nothing_is_shown_to_a_key_that_must_not_see_it(
    contract: Contract,
    exchange: Callable[..., Exchange],
    operation: str,
    scopes: set[str],
    workspace: str,
    rule: str,
    owed: int,
) -> None:
    """A success breaks the rule, the refusal that is owed keeps it, and any other answer says nothing."""
    key = Identity("k", workspace, frozenset(scopes), "s")
    assert withheld_by(contract.operations[operation], key, "alpha") == rule
    for status, verdict in ((200, Verdict.VIOLATED), (owed, Verdict.HOLDS), (500, None), (400, None)) if rule else ():
        collector = Collector(Target("http://127.0.0.1:9", (key,)))
        answer = exchange(status=status, operation=operation, identity=key)
        judge_withheld(Judge(contract, collector, WITHHELD), rule, answer)
        told = collector.cells.get((rule, operation))
        assert (told.verdict if told is not None else None) is verdict


@pytest.mark.parametrize(("theirs", "shown"), [(["7"], False), (["8"], True)])
def test_an_id_that_another_workspace_may_hold_is_not_judged_there(
    contract: Contract, theirs: list[str], shown: bool
) -> None:
    """Ids may be unique only within a workspace: what its own key is shown under one may be its own thing."""
    other = SimpleNamespace(lists=[{"id": ident} for ident in theirs], workspace="beta", cut=set())
    world = cast(Inventory, SimpleNamespace(foreign=other, workspace="alpha"))
    read = Read("list_members", "leads:read", "/lead_lists/7/leads", ())
    assert foreign_reads(world, contract.operations, [read]) == ({("beta", read.path)} if shown else set())


def test_the_page_that_follows_is_read_as_the_one_before(contract: Contract, exchange: Callable[..., Exchange]) -> None:
    """With the cursor that was told, in place of the one that was sent; none follows where a page says so."""
    row, told = contract.operations["list_leads"], b'{"data":[],"pagination":{"has_more":%s,"next_cursor":%s}}'
    more, last = (exchange(path="/leads?limit=2&cursor=a", body=told % ends) for ends in _ENDS)
    assert following_page(row, more) == Read("list_leads", "leads:read", "/leads", (("limit", "2"), ("cursor", "b")))
    assert following_page(row, last) is None


def test_a_server_that_counts_no_refusal_is_sent_no_more_than_a_window_allows() -> None:
    """Whatever its headers say is left."""
    target = Target("http://127.0.0.1:9", (Identity("k", "alpha", frozenset(), "s"),), limit=10, window=60.0)
    refused = UncountedSends(target)
    assert [refused.take(4, now) for now in (0.0, 1.0, 2.0, 59.0, 60.0)] == [4, 4, 2, 0, 4]


def test_each_key_reads_what_it_may_or_is_refused() -> None:
    """A night asks with every key that isn't revoked; else those of the main workspace that have a scope."""
    keys = [("wide", "alpha", {"leads:read"}), ("none", "alpha", set()), ("other", "beta", {"leads:read"})]
    given = tuple(Identity(label, place, frozenset(scopes), label) for label, place, scopes in keys)
    target = Target("http://127.0.0.1:9", (*given, Identity("gone", "alpha", frozenset(), "g", revoked=True)))
    assert [key.label for key in reading_keys(target)] == ["wide"]
    assert [key.label for key in reading_keys(target, every_key=True)] == ["wide", "none", "other"]


def test_a_key_is_behind_by_an_even_use_of_its_window() -> None:
    """A quarter of a window later than even; near its end by all but what tests may need, at last by none."""
    allowance = Allowance(60, 60.0)
    assert requests_behind(allowance, "k", 0.0, 180.0) == 1
    allowance.windows["k"] = Window(60, 60.0, 60)
    behind = {now: requests_behind(allowance, "k", now, 180.0) for now in (10.0, 30.0, 57.0, 59.9)}
    assert behind == {10.0: 0, 30.0: 18, 57.0: 58, 59.9: 0}
    assert requests_behind(allowance, "k", 28.0, 30.0) == 58
    assert requests_behind(allowance, "k", 57.0, 180.0, kept=0.0) == 60
    assert [requests_behind(allowance, "k", now, 180.0, slack=1.0) for now in (30.0, 57.0)] == [0, 58]


def test_what_a_key_may_send_is_what_its_window_has_left_and_later_ones() -> None:
    """Also where the time ends in the midst of a window, and where no window has begun."""
    allowance = Allowance(60, 60.0)
    assert requests_ahead(allowance, "k", 0.0, 90.0) == 90
    allowance.windows["k"] = Window(10, 60.0, 60)
    told = [requests_ahead(allowance, "k", now, seconds) for now, seconds in ((30.0, 60.0), (30.0, 5.0), (59.0, 61.0))]
    assert told == [10 + 30, 5, 10 + 60]


def test_a_key_that_a_waiting_test_has_claimed_is_lent_well_before_it_goes_on() -> None:
    """In a window that has begun, and a quarter of that is left to the test."""
    allowance = Allowance(60, 60.0)
    assert requests_to_lend(allowance, "k", 0.0, 50.0) == 0
    allowance.windows["k"] = Window(59, 60.0, 60)
    assert requests_to_lend(allowance, "k", 10.0, 50.0) == 44
    assert requests_to_lend(allowance, "k", 10.0, 3.0) == 0
    assert requests_to_lend(allowance, "k", 57.0, 50.0) == 0
