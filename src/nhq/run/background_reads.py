"""Background reads of a live run that fills its minutes: they use allowance that keys would lose at a window's end.

A test sends one request after the other. If answers are slow, or tests send less than planned, keys have allowance left
when their windows end. It is used for reads with parameters of every kind, judged like those of tests, and for the
pages that follow.
With `every_key` keys that may not read ask as well, and those of other workspaces: nothing must be shown to them.
Several are in flight at once, on keys whose windows no test looks at, and none while a test holds two keys together.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import cycle
from urllib.parse import parse_qsl, urlsplit

from requests import PreparedRequest, Request
from requests.structures import CaseInsensitiveDict

from nhq.checks.acceptance import judge_query
from nhq.checks.rate_headers import in_counted_order
from nhq.client.api import Api
from nhq.client.in_flight import InFlight
from nhq.client.running_test import TestContext
from nhq.client.session import Session
from nhq.client.simultaneous import SentAtOnce
from nhq.errors import NhqError, PreconditionNotMet
from nhq.model import Exchange, Identity
from nhq.run.collector import Collector
from nhq.run.idle_allowance import (
    KEPT,
    OFTEN,
    SLACK,
    TOGETHER,
    UncountedSends,
    reading_keys,
    requests_behind,
    requests_to_lend,
)
from nhq.run.list_reads import Read, corpus_reads, following_page
from nhq.run.pace import SPREAD
from nhq.run.schedule.cooperative import CooperativeClock
from nhq.run.withheld_reads import WITHHELD, foreign_reads, judge_withheld, withheld_by
from nhq.scenarios.inventory import Inventory
from nhq.scenarios.judge import Judge
from nhq.scenarios.path_parameters import lasting_filters

NAME = "(background reads)"
#: Answers processed at a time while a test runs.
_AT_A_TIME = 12
#: Pages of a list read after its first, before other lists have their turn.
_PAGES = 3
#: Share of the time that judging them may take while tests run: on a slow machine tests come first.
_SHARE = 0.2
#: Seconds before the end of a run after which nothing more is read.
_LAST = 3.0
#: Number of missing answers in a row after which no more is sent.
_VAIN = 3
#: The rules that parameters of a list are judged by.
RULES = frozenset({"REQUEST-VALID", "PAGE-LIMIT-ACCEPTED", "PAGE-LIMIT-400", "PAGE-LIMIT-SAFE"})


class BackgroundReads:
    """The background reads of one run, which lasts `seconds`."""

    def __init__(
        self,
        session: Session,
        collector: Collector,
        seconds: float,
        flight: InFlight,
        every_key: bool = False,
        needed: Callable[[], bool] = lambda: False,
    ) -> None:
        """`needed`: do the tests need all of the widest keys' allowance? Then they lose it at windows' ends alone."""
        self._session, self._collector, self._flight = session, collector, flight
        self._seconds, self._keys = seconds, reading_keys(session.target, every_key)
        self._end = seconds - min(_LAST, seconds * (1 - SPREAD))
        self._needed, self._widest = needed, {key.label for key in session.target.widest}
        self._refused: dict[str, UncountedSends] = {}
        self._reads: dict[str, Iterator[Read]] = {}
        self._further: dict[str, Read] = {}  # by key: the page after the last that it got
        self._followed = Counter[str]()  # by key: how many pages of one list it has read beyond the first
        self._known: frozenset[str] = frozenset()
        self._landed: list[SentAtOnce] = []
        self._vain = 0
        self._foreign: frozenset[tuple[str, str]] = frozenset()
        self._at_work = False
        self._spent = 0.0  # seconds that judging them took
        self._tests_ended = False

    def prepare(self, api: Api, world: Inventory, seed: int) -> None:
        """Prepare the reads from what the target holds. Raises NhqError if it can't be read."""
        self._known = lasting_filters(self._session, world)
        reads = list(corpus_reads(api, world, seed))
        if any(key.workspace != world.workspace for key in self._keys):
            self._foreign = foreign_reads(world, self._session.contract.operations, reads)
        self.read(reads)

    def read(self, reads: Sequence[Read]) -> None:
        """The next read, in turn: each key begins at another one."""
        for number, key in enumerate(self._keys):
            mine = [read for read in reads if read.scope in key.scopes]
            if not mine:
                mine, self._refused[key.label] = list(reads), UncountedSends(self._session.target)
            if mine:
                start = number * len(mine) // max(1, len(self._keys))
                self._reads[key.label] = cycle([*mine[start:], *mine[:start]])

    def tick(self) -> None:
        """Process answers, and send the requests that keys are behind. Waits only for a test of the limiter."""
        if self._at_work or not self._reads:
            return
        self._at_work = True
        try:
            present, under_way = self._session.running.present, self._session.budget.allowance.under_way
            looked_at = set() if present.paced else present.claimed
            quiet = len(looked_at) > 1  # one key is held against another: what is sent with a third may move both
            settle = quiet or any(under_way[label] for label in looked_at)
            self._landed += self._flight.settle() if settle else self._flight.landed()
            most = len(self._landed) if settle else _AT_A_TIME
            now, self._landed = self._landed[:most], self._landed[most:]
            self._take_up(now)
            if not quiet and self._vain < _VAIN and (self._tests_ended or not self._hold_up):
                self._send()
        finally:
            self._at_work = False

    def fill_up(self) -> None:
        """After all tests: go on until the run's time is over."""
        clock, course = self._session.clock, self._session.budget.course
        self._tests_ended = True
        while self._reads and self._vain < _VAIN and course.elapsed < self._end and not course.over:
            self.tick()
            with suppress(PreconditionNotMet):  # the run's last moment has come
                clock.sleep(OFTEN)

    def finish(self) -> None:
        """Wait for requests in flight, and send no more."""
        self._reads = {}
        self._take_up([*self._landed, *self._flight.settle()])
        self._landed = []
        self._flight.close()

    @property
    def _hold_up(self) -> bool:
        """Do background reads take more than their share of the time?"""
        return self._spent > _SHARE * self._session.budget.course.elapsed

    def _send(self) -> None:
        """Send a few requests with each key that no test claims and that is behind."""
        budget, running, now = self._session.budget, self._session.running, self._session.clock.now()
        left = self._end - budget.course.elapsed
        made = list[PreparedRequest]()
        for key in self._keys if left > 0 else ():
            if key.label not in self._reads or budget.allowance.under_way[key.label]:
                continue
            count = min(TOGETHER, self._wanted(key.label, now, left))
            if refused := self._refused.get(key.label):
                count = refused.take(count, now)
            if count:
                budget.allowance.depart(key.label, count)
                made += [self._request(key) for _ in range(count)]
        self._flight.send(made)
        running.occupy(+budget.allowance.under_way)

    def _wanted(self, label: str, now: float, left: float) -> int:
        """The number of requests that a key may send now, in a run with so many seconds left."""
        allowance, running = self._session.budget.allowance, self._session.running
        if label not in running.claimed():
            wide = label in self._widest
            slack = 1.0 if wide and self._needed() else SLACK
            return requests_behind(allowance, label, now, now + left, slack, KEPT if wide else 0.0)
        waiting, clock = running.waiting_for(label), self._session.clock
        if not waiting or not isinstance(clock, CooperativeClock):
            return 0
        return requests_to_lend(allowance, label, now, clock.turns.pause_of(waiting))

    def _request(self, key: Identity) -> PreparedRequest:
        further, http = self._further.pop(key.label, None), self._session.http
        self._followed[key.label] = self._followed[key.label] + 1 if further is not None else 0
        read = further or next(self._reads[key.label])
        headers = {"Authorization": f"Bearer {key.secret}"}
        url = self._session.target.base_url + read.path
        request = http.prepare_request(Request("GET", url, params=list(read.query), headers=headers))
        http.guard.check(request)
        return request

    def _take_up(self, sendings: Sequence[SentAtOnce]) -> None:
        """Record and judge answers outside of any test, and learn the state of their keys' windows."""
        if not sendings:
            return
        running, allowance = self._session.running, self._session.budget.allowance
        began = self._session.budget.course.elapsed
        with running.beside(TestContext(NAME, background=True)):
            answers = self._session.recorder.tell_sent(sendings)
            for answer in in_counted_order(answers):
                label, headers = key_of(answer).label, CaseInsensitiveDict(answer.headers)
                allowance.land(label, headers, answer.sent, answer.received, answer.status or 0)
                if answer.status == 429:
                    allowance.refused(label, self._session.clock.now())
                self._judge(answer)
        self._spent += self._session.budget.course.elapsed - began
        running.occupy(+allowance.under_way)
        useless = [answer.status is None or answer.status >= 500 for answer in answers]
        self._vain = self._vain + len(useless) if all(useless) else 0

    def _judge(self, answer: Exchange) -> None:
        """Say what an answer shows of the rules on parameters; what each answer shows by itself is judged anyhow."""
        contract, row = self._session.contract, self._session.contract.operations[answer.operation or ""]
        if answer.status in (None, 429):
            return
        judge = Judge(contract, self._collector, RULES | WITHHELD)
        if rule := withheld_by(row, key_of(answer), self._session.target.workspace):
            if rule != "WS-FOREIGN-404" or (key_of(answer).workspace, urlsplit(answer.path).path) in self._foreign:
                judge_withheld(judge, rule, answer)
            return
        query = parse_qsl(urlsplit(answer.path).query, keep_blank_values=True)
        known = self._known if key_of(answer).workspace == self._session.target.workspace else frozenset()
        with suppress(
            NhqError, ValueError, LookupError, TypeError, AttributeError
        ):  # the schema's check tells of those
            label, further = key_of(answer).label, following_page(row, answer)
            if further is not None and self._followed[label] < _PAGES:
                self._further[label] = further
            if "cursor" in dict(query):
                return  # how long a cursor is good for nobody says
            for said in judge_query(contract, row.id, query, answer, known):
                told = {"expected": said.expected, "actual": said.actual, "where": said.where, "code": said.code}
                judge(said.rule, said.ok, answer, **told)


def key_of(answer: Exchange) -> Identity:
    """The key that a background read was sent with."""
    assert answer.identity is not None
    return answer.identity
