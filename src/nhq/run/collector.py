"""Collect exchanges and observations, and emit them as events; holds what judging the present test needs."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from nhq.client.pacing import PacingStats
from nhq.client.redact import mask_of, redact_line, shown_exchange
from nhq.client.target import Target
from nhq.model import Exchange, Finding, Observation, Verdict
from nhq.record.judged_rows import ExchangeRow, TestRow
from nhq.run import events
from nhq.run.costs import key_role
from nhq.run.events import Event, FindingKey, Sighting, TestEvent
from nhq.run.reproduction import curl_command
from nhq.run.run_state import RunState
from nhq.run.side_effects import describe_write
from nhq.run.tallies import CellTally, Proven, Trouble, sized_case
from nhq.run.test_memory import TestMemory
from nhq.run.test_results import TestResult

FINDINGS_MOST = 200
NO_KEY = "(no valid key)"
Revision = Callable[[Observation, Callable[[int], Exchange | None]], Observation]
Listener = Callable[[Event], None]


class Collector(TestMemory):
    """Listens to the recorder and the judges, and emits events; `state` is their fold."""

    def __init__(self, target: Target, revised: Revision | None = None) -> None:
        super().__init__()
        self.target, self._masker = target, mask_of(target)
        self._revised = revised  # which observations are valid while rules are behind the contract
        self.state = RunState()
        self.listeners: list[Listener] = []
        self._digest = hashlib.sha256()  # of every request in order and its status: equal for two equal runs
        self.tracebacks: dict[str, str] = {}  # crashes of our checks, by their text
        self.repeating = False  # rules are judged again: what can't be judged now changes nothing
        self._paced = PacingStats()

    # --- what was seen --------------------------------------------------------------------------------------

    @property
    def cells(self) -> Mapping[tuple[str, str | None], CellTally]:
        """The observations, by rule and operation."""
        return self.state.cells

    @property
    def findings(self) -> Mapping[FindingKey, Proven]:
        """The findings so far."""
        return self.state.findings

    @property
    def shown(self) -> Mapping[int, ExchangeRow]:
        """The exchanges that a report shows, by number."""
        return self.state.shown

    @property
    def statuses(self) -> Mapping[str, Counter[int]]:
        """The count of each status, by operation."""
        return self.state.statuses

    @property
    def requests(self) -> int:
        """The number of requests sent."""
        return self.state.requests

    @property
    def troubles(self) -> list[Trouble]:
        """What failed on our side, or in the network."""
        return self.state.troubles

    @property
    def tests(self) -> list[TestRow]:
        """The tests that have ended."""
        return self.state.tests

    @property
    def written(self) -> list[str]:
        """Things that writes created, a line each."""
        return self.state.written

    @property
    def ended(self) -> str:
        """Why the run ended before its last test; "" if it didn't."""
        return self.state.ended

    # --- telling --------------------------------------------------------------------------------------------

    def _tell(self, event: Event) -> None:
        """Emit an event of the run."""
        self.state.apply(event)
        for listener in self.listeners:
            listener(event)

    def _tell_of_test(self, event: TestEvent) -> None:
        """Emit an event of the present test."""
        self.present.state.apply(event)
        self._tell(event)

    def take_up(self, state: RunState) -> None:
        """Continue a run from this state."""
        self.state = state
        self._digest.update(state.digest.encode())

    def repeat(self, again: bool) -> None:
        """Set whether rules that were judged before are judged again from now on."""
        self.repeating = again

    def leave_out(self, rule: str, operation: str | None, cause: str) -> None:
        """Note that a test of a rule on an operation (None: on any) is not run. Earlier ones still count."""
        if self.repeating:
            return
        self._tell(events.JudgeLeftOut(rule=rule, operation=operation, cause=cause))

    def before(self, requests: Mapping[str, int]) -> None:
        """Note requests that were sent before the first test, by the label of their key ("" for none)."""
        by_key = {label or NO_KEY: count for label, count in requests.items()}
        self._tell(events.RequestsCounted(by_key=by_key, preflight=True))

    def count(self, by_key: Mapping[str, int], statuses: Mapping[str, Mapping[int, int]]) -> None:
        """Note requests that were counted elsewhere, by the label of their key, and answers by operation."""
        counts = {name: {str(status): n for status, n in seen.items()} for name, seen in statuses.items()}
        self._tell(events.RequestsCounted(by_key=dict(by_key), statuses=counts))

    def exchange(self, exchange: Exchange) -> None:
        """Note an exchange."""
        test, label = self.present, exchange.identity.label if exchange.identity else ""
        test.log[exchange.id] = exchange
        test.by_role[key_role(self.target, exchange.identity)] += 1
        background = self._running.present.background
        if not background:  # how many those are depends on how fast the target answers
            line = f"{exchange.method} {exchange.path} {label} {exchange.status} {len(exchange.request_body)}\n"
            self._digest.update(line.encode("utf-8", "replace") + exchange.request_body)
        self._tell_of_test(
            events.ExchangeSeen(
                background=background,
                key=label or NO_KEY,
                operation=exchange.operation,
                status=exchange.status,
                trouble="" if exchange.status is not None else exchange.trouble,
                digest=self._digest.hexdigest(),
            )
        )
        if not self.target.restorable:  # on a target that is put back after each test nothing is left
            left = tuple(self._line(line) for line in describe_write(exchange))
            if left:
                self._tell(events.ThingsCreated(lines=left))

    @property
    def planned_requests(self) -> int:
        """The number of requests of the plan's tests, and of those before them."""
        return self.state.requests - self.state.background

    def choose(self, ambiguity: str, choice: str) -> None:
        """Note the target's choice where the contract leaves it open."""
        self._tell_of_test(events.ChoiceSeen(ambiguity=ambiguity, choice=choice))

    def trouble(self, where: str, cause: str, *, time_up: bool = False) -> None:
        """Note a failure of our side or of the network, or that the run's time was up."""
        self._tell_of_test(events.TroubleMet(where=where, cause=self._line(cause), time_up=time_up))

    def trouble_once(self, where: str, cause: str, *, time_up: bool = False) -> None:
        """As `trouble`, but only once for the same trouble."""
        if Trouble(where, cause, time_up) not in self.troubles:
            self.trouble(where, cause, time_up=time_up)

    def end(self, cause: str) -> str:
        """End the run before its last test, with the cause; "" to go on."""
        if cause:
            self._tell(events.EndedEarly(cause=cause))
        return cause

    def unmet(self, need: str) -> None:
        """Note that the target lacks what a test needs, or doesn't permit it."""
        self._tell_of_test(events.NeedUnmet(need=self._line(need)))

    def paced(self, spent: PacingStats) -> None:
        """Note the cost of pacing so far in this process."""
        before, self._paced = self._paced, replace(spent)
        cost = events.Waited(
            waits=spent.waits - before.waits,
            seconds=spent.seconds - before.seconds,
            unplanned_429=spent.unplanned_429 - before.unplanned_429,
            unused=spent.unused - before.unused,
        )
        if cost.waits or cost.unplanned_429:
            self._tell_of_test(cost)

    def end_test(self, result: TestResult, last: int) -> list[Event]:
        """End the present test; `last` is the number of the last exchange. Returns its events, equal ones summed."""
        ended = events.TestEnded(last=last, test=result.row, digest=self._digest.hexdigest())
        self._tell(ended)
        return [*self.present.state.summary(), ended]

    # --- what judges have seen ------------------------------------------------------------------------------

    def observe(self, observations: Iterable[Observation]) -> None:
        """Note observations. They may only refer to exchanges of the present test, or to recalled ones."""
        for seen in observations:
            if self.repeating and seen.verdict is Verdict.UNKNOWN and not seen.crash:
                continue
            told = self._told(self._revised(seen, self._found) if self._revised is not None else seen)
            self._tell_of_test(
                events.Observed(
                    rule=told.rule,
                    operation=told.operation,
                    verdict=told.verdict,
                    exchange=told.exchange,
                    cause=told.cause,
                )
            )
            if told.crash:
                self._crash(told)
            if told.finding is not None:
                self._finding(told.finding)
            elif told.exchange is not None and self.cells[told.rule, told.operation].exchange == told.exchange:
                self._show(told.exchange, whole=False)

    def _finding(self, finding: Finding) -> None:
        self.present.note_shape(finding)
        if finding.key not in self.findings and len(self.findings) >= FINDINGS_MOST:
            return
        proof = self._known(finding.exchanges[-1]) if finding.exchanges else None
        label = proof.identity.label if proof is not None and proof.identity is not None else ""
        test, line = proof.test if proof is not None else "", ""
        if (label, test) not in self.state.sightings.get(finding.key, ()):
            for number in finding.exchanges:
                self._show(number, whole=True)
            before = [*self._lasting, *self._earlier.values(), *self.present.log.values()]
            line = curl_command(proof, self.target, before) if proof is not None else ""
        case = sized_case(self._running.present.case, finding, len(self.present.log))
        self._tell_of_test(events.FindingSeen(finding=finding, key=label, test=test, curl=line, case=case))

    def sightings(self, finding: FindingKey) -> list[Sighting]:
        """The keys and tests of a finding, in order."""
        return list(self.state.sightings.get(finding, ()))

    def remark(self, finding: FindingKey, text: str) -> None:
        """Add another possible explanation to a finding."""
        self._tell(events.FindingRemarked(finding=finding, text=text))

    def withdraw(self, finding: FindingKey, sightings: Iterable[Sighting], cause: str) -> None:
        """Withdraw these sightings of a finding: the rule is unknown, with the cause."""
        self._tell(events.FindingWithdrawn(finding=finding, sightings=tuple(sightings), cause=cause))

    def _crash(self, observation: Observation) -> None:
        """Note the crash of a check of ours as trouble, once for all answers that it crashes on."""
        if observation.cause in self.tracebacks:
            return
        self.tracebacks[observation.cause] = observation.crash
        over = self.present.log.get(observation.exchange or 0)
        self.trouble(over.test if over is not None and over.test else "run", observation.cause)

    # --- as it may be written -------------------------------------------------------------------------------

    def _line(self, text: str) -> str:
        """A line without secrets."""
        return self._masker.text(redact_line(text)) if text else text

    def _told(self, observation: Observation) -> Observation:
        """An observation without secrets and personal data."""
        finding, cause = observation.finding, self._line(observation.cause)
        if finding is not None:
            expected, actual, where = map(self._line, (finding.expected, finding.actual, finding.where))
            finding = replace(finding, expected=expected, actual=actual, where=where)
        return replace(observation, finding=finding, cause=cause) if finding or cause else observation

    def _show(self, number: int, whole: bool) -> None:
        exchange = self._known(number)
        if exchange is None or (number in self.shown and not whole):
            return
        row = shown_exchange(exchange, self.target, bodies=whole)
        self._tell_of_test(events.ExchangeShown(number=number, row=row))
