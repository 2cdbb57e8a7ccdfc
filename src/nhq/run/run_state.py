"""What a run has seen so far: the fold of its events, and the only place that counts."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from nhq.model import Verdict
from nhq.record.judged_rows import ExchangeRow, TestRow
from nhq.run import events
from nhq.run.events import Event, FindingKey, Sighting, TestEvent
from nhq.run.tallies import CellTally, Proven, Trouble

#: The digest of no request at all.
NOTHING_SENT = hashlib.sha256().hexdigest()
Answered = tuple[str, str | None, int | None, str, bool]  # key, operation, status, why none came, background


@dataclass(slots=True)
class RunState:
    """The state after the events so far. Only `apply` changes it.

    `exchanges` counts requests by the label of their key, operation, status, why no answer came, and whether they were
    sent beside the tests; of `requests`, `background` were. `statuses` counts answers by operation; `unanswered` has,
    by operation, why a request first got none.
    """

    cells: dict[tuple[str, str | None], CellTally] = field(default_factory=dict)
    findings: dict[FindingKey, Proven] = field(default_factory=dict)
    sightings: dict[FindingKey, dict[Sighting, Proven]] = field(default_factory=dict)
    shown: dict[int, ExchangeRow] = field(default_factory=dict)
    exchanges: Counter[Answered] = field(default_factory=Counter)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    by_key: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    preflight: int = 0
    background: int = 0
    digest: str = NOTHING_SENT
    troubles: list[Trouble] = field(default_factory=list)
    unanswered: dict[str, str] = field(default_factory=dict)
    unsatisfied: dict[str, None] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    tests: list[TestRow] = field(default_factory=list)
    left_out: dict[tuple[str, str | None], str] = field(default_factory=dict)
    waits: int = 0
    waited_seconds: float = 0.0
    unplanned_429: int = 0
    unused: int = 0
    last: int = 0
    ended: str = ""

    def apply(self, event: Event) -> None:
        """One more event."""
        _FOLDS[type(event)](self, event)

    def _exchange(self, event: events.ExchangeSeen) -> None:
        self.requests += event.times
        self.by_key[event.key] += event.times
        self.background += event.times if event.background else 0
        self.exchanges[event.key, event.operation, event.status, event.trouble, event.background] += event.times
        if event.operation is not None and event.status is None:
            self.unanswered.setdefault(event.operation, event.trouble)
        elif event.operation is not None and event.status is not None:
            self.statuses.setdefault(event.operation, Counter())[event.status] += event.times
        self.digest = event.digest or self.digest

    def _counted(self, event: events.RequestsCounted) -> None:
        sent = sum(event.by_key.values())
        self.requests += sent
        self.preflight += sent if event.preflight else 0
        self.by_key.update(event.by_key)
        for operation, counts in event.statuses.items():
            counted = {int(status): count for status, count in counts.items()}
            self.statuses.setdefault(operation, Counter()).update(counted)

    def _observed(self, event: events.Observed) -> None:
        cell = self.cells.get((event.rule, event.operation))
        if cell is None:
            cell = self.cells[event.rule, event.operation] = CellTally()
        cell.add(event)

    def _finding(self, event: events.FindingSeen) -> None:
        key, sighting = event.finding.key, (event.key, event.test)
        seen = self.sightings.setdefault(key, {})
        if sighting in seen:
            seen[sighting].add(event.times)
            seen[sighting].shorten(event.case)
        else:
            seen[sighting] = Proven(event.finding, event.test, event.curl, event.times, event.case)
        if key in self.findings:
            self.findings[key].add(event.times)
            self.findings[key].shorten(event.case)
        else:
            self.findings[key] = replace(seen[sighting], count=event.times)

    def _remarked(self, event: events.FindingRemarked) -> None:
        self.findings[event.finding].remark(event.text)

    def _withdrawn(self, event: events.FindingWithdrawn) -> None:
        seen, (rule, operation, *_) = self.sightings[event.finding], event.finding
        gone = [seen.pop(sighting) for sighting in event.sightings]
        self.cells[rule, operation].take_back(sum(proven.count for proven in gone))
        self._observed(events.Observed(rule=rule, operation=operation, verdict=Verdict.UNKNOWN, cause=event.cause))
        rest = list(seen.values())
        if rest:
            self.findings[event.finding] = replace(rest[0], count=sum(proven.count for proven in rest))
        else:
            del self.findings[event.finding]

    def _shown(self, event: events.ExchangeShown) -> None:
        self.shown[event.number] = event.row

    def _trouble(self, event: events.TroubleMet) -> None:
        self.troubles.append(Trouble(event.where, event.cause, event.time_up))

    def _unmet(self, event: events.NeedUnmet) -> None:
        self.unsatisfied[event.need] = None

    def _chosen(self, event: events.ChoiceSeen) -> None:
        self.chosen[event.ambiguity] = event.choice

    def _created(self, event: events.ThingsCreated) -> None:
        self.written.extend(event.lines)

    def _left_out(self, event: events.JudgeLeftOut) -> None:
        self.left_out.setdefault((event.rule, event.operation), event.cause)

    def _waited(self, event: events.Waited) -> None:
        self.waits += event.waits
        self.waited_seconds += event.seconds
        self.unplanned_429 += event.unplanned_429
        self.unused += event.unused

    def _test(self, event: events.TestEnded) -> None:
        self.tests.append(event.test)
        self.last = max(self.last, event.last)
        self.digest = event.digest

    def _ended(self, event: events.EndedEarly) -> None:
        self.ended = self.ended or event.cause

    def _began(self, event: events.RunBegan) -> None:
        """Which run it is changes nothing that was seen."""

    def why_left_out(self, rule: str, operation: str) -> str:
        """Why no test was made that would have judged a rule on an operation; "" where the plan left none out."""
        return self.left_out.get((rule, operation)) or self.left_out.get((rule, None), "")

    @property
    def rules_left_out(self) -> set[str]:
        """The rules of tests that were not made for want of time or requests."""
        return {rule for rule, _ in self.left_out}

    def summary(self) -> Iterator[TestEvent]:
        """The events of a test, alike ones summed: their fold is this state, where it is one test's."""
        for (key, operation, status, trouble, background), times in self.exchanges.items():
            yield events.ExchangeSeen(
                key=key, operation=operation, status=status, trouble=trouble, background=background, times=times
            )
        for (rule, operation), cell in self.cells.items():
            yield from cell.summary(rule, operation)
        for seen in self.sightings.values():
            for (label, test), proven in seen.items():
                yield events.FindingSeen(
                    finding=proven.finding,
                    key=label,
                    test=test,
                    curl=proven.curl,
                    times=proven.count,
                    case=proven.case,
                )
        yield from (events.ExchangeShown(number=number, row=row) for number, row in sorted(self.shown.items()))
        yield from (events.TroubleMet(where=one.where, cause=one.cause, time_up=one.time_up) for one in self.troubles)
        yield from (events.NeedUnmet(need=need) for need in self.unsatisfied)
        yield from (events.ChoiceSeen(ambiguity=name, choice=choice) for name, choice in self.chosen.items())
        if self.waits or self.unplanned_429:
            yield events.Waited(
                waits=self.waits,
                seconds=self.waited_seconds,
                unplanned_429=self.unplanned_429,
                unused=self.unused,
            )


_FOLDS: dict[type, Callable[[RunState, Any], None]] = {
    events.RunBegan: RunState._began,
    events.RequestsCounted: RunState._counted,
    events.ExchangeSeen: RunState._exchange,
    events.Observed: RunState._observed,
    events.FindingSeen: RunState._finding,
    events.FindingRemarked: RunState._remarked,
    events.FindingWithdrawn: RunState._withdrawn,
    events.ExchangeShown: RunState._shown,
    events.TroubleMet: RunState._trouble,
    events.NeedUnmet: RunState._unmet,
    events.ChoiceSeen: RunState._chosen,
    events.ThingsCreated: RunState._created,
    events.JudgeLeftOut: RunState._left_out,
    events.Waited: RunState._waited,
    events.TestEnded: RunState._test,
    events.EndedEarly: RunState._ended,
}


def fold_events(stream: Iterable[Event]) -> RunState:
    """What a stream of events amounts to."""
    state = RunState()
    for event in stream:
        state.apply(event)
    return state
