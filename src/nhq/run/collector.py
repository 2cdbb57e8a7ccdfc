"""Everything a run sees, folded as it comes: cells (rule x operation), findings, pairs, requests, troubles."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from weakref import WeakKeyDictionary

from msgspec import structs

from nhq.client.redact import mask_of, redact_line, shown_exchange
from nhq.client.running_test import Running, TestContext
from nhq.client.target import Target
from nhq.model import Exchange, Finding, Observation, Verdict, unknown
from nhq.record.judged_rows import ExchangeRow
from nhq.record.run_record import TroubleRow
from nhq.run.costs import key_role
from nhq.run.events import Event, TestEnded, ThingsCreated
from nhq.run.reproduction import curl_command
from nhq.run.side_effects import describe_write
from nhq.run.tallies import CellTally, FindingKey, News, Proven, Sighting, Trouble, case_of
from nhq.run.test_results import TestResult, result_of

FINDINGS_MOST = 200
# Rules of the shape of answers: a test that is given one of another shape can't always go on.
_SHAPE = frozenset(
    {"STATUS-DOCUMENTED", "MEDIA-TYPE", "SCHEMA-BODY", "SCHEMA-DATE-TIME", "SCHEMA-COUNTS", "ERROR-BODY"}
)
NO_KEY = "(no valid key)"
Revision = Callable[[Observation, Callable[[int], Exchange | None]], Observation]


class Collector:
    """Listens to the recorder and to the judges; keeps of each exchange only what a report may hold."""

    def __init__(self, target: Target, revised: Revision | None = None) -> None:
        self.target, self._masker = target, mask_of(target)
        self._revised = revised  # what may be said while rules are behind the contract
        self.cells: dict[tuple[str, str | None], CellTally] = {}
        self.findings: dict[tuple[str, str | None, str, str], Proven] = {}
        self.shown: dict[int, ExchangeRow] = {}
        self.statuses: dict[str, Counter[int]] = {}
        self.by_key: Counter[str] = Counter()
        self.requests = 0
        self.digest = hashlib.sha256()  # of every request in order and the status it got: two equal runs have one
        self.troubles: list[Trouble] = []
        self.unanswered: dict[str, str] = {}  # operation -> why a request first got no answer
        self.unsatisfied: dict[str, None] = {}
        self.chosen: dict[str, str] = {}
        self.written: list[str] = []
        self.tests: list[TestResult] = []
        self.ended = ""  # why the run ended before its last test
        self._running = Running()
        self._news: WeakKeyDictionary[TestContext, News] = WeakKeyDictionary()
        self._discovered: News | None = None  # the first test is told together with discovery
        self._leaves: Callable[[list[str]], None] | None = None
        self._finds: Callable[[Finding], None] | None = None
        self.tracebacks: dict[str, str] = {}  # of checks of ours that crashed, by what is said of each
        self._lasting: list[Exchange] = []
        self._earlier: dict[int, Exchange] = {}
        self._misshapen = ""  # what discovery was answered against the schema
        self.preflight = 0
        self.repeating = False  # what was judged before is looked at again: what can't be judged now takes nothing away
        self.left_out: dict[tuple[str, str | None], str] = {}  # why no test was made that would have judged it
        self._sightings: dict[FindingKey, dict[Sighting, Proven]] = {}

    @property
    def news(self) -> News:
        """What the present test has shown so far."""
        return self._news.setdefault(self._running.present, News())

    def follow(self, running: Running) -> None:
        """From now on the present test is who runs there."""
        self._running = running

    def repeat(self, again: bool) -> None:
        """From now on what was judged before is looked at again, or it isn't."""
        self.repeating = again

    def leave_out(self, rule: str, operation: str | None, cause: str) -> None:
        """No test is made that would judge a rule on an operation (None: on any)."""
        self.left_out.setdefault((rule, operation), cause)

    def why_left_out(self, rule: str, operation: str) -> str:
        """Why no test was made that would have judged a rule on an operation; "" where the plan left none out."""
        return self.left_out.get((rule, operation)) or self.left_out.get((rule, None), "")

    def tell_writes(self, listener: Callable[[list[str]], None]) -> None:
        """Who is told at once what a write left behind."""
        self._leaves = listener

    def tell_findings(self, listener: Callable[[Finding], None]) -> None:
        """Who is told of each finding as soon as it is kept."""
        self._finds = listener

    def before(self, requests: Mapping[str, int]) -> None:
        """Requests that were sent before the first test, by the label of their key ("" for none)."""
        self.preflight += sum(requests.values())
        self.requests += sum(requests.values())
        self.by_key.update({label or NO_KEY: count for label, count in requests.items()})

    def exchange(self, exchange: Exchange) -> None:
        """One more exchange."""
        self.requests += 1
        label = exchange.identity.label if exchange.identity else ""
        self.news.exchange(exchange, label or NO_KEY)
        self.news.by_role[key_role(self.target, exchange.identity)] += 1
        line = f"{exchange.method} {exchange.path} {label} {exchange.status} {len(exchange.request_body)}\n"
        self.digest.update(line.encode("utf-8", "replace") + exchange.request_body)
        self.by_key[label or NO_KEY] += 1
        if not self.target.restorable:  # the mock is put back after each test
            left = [self._line(line) for line in describe_write(exchange)]
            self.written.extend(left)
            if left and self._leaves is not None:
                self._leaves(left)
        if exchange.operation is not None and exchange.status is None:
            self.unanswered.setdefault(exchange.operation, exchange.trouble)
        if exchange.operation is not None and exchange.status is not None:
            self.statuses.setdefault(exchange.operation, Counter())[exchange.status] += 1

    def log(self) -> list[Exchange]:
        """The present test's exchanges, oldest first."""
        return list(self.news.log.values())

    def choose(self, ambiguity: str, choice: str) -> None:
        """Keep which way the target chose where the contract leaves it open."""
        self.chosen[ambiguity] = choice

    def recall(self, proof: Iterable[Exchange]) -> None:
        """Keep what an earlier test sent and the present one judges by: a start that several tests look at."""
        self._earlier.update((exchange.id, exchange) for exchange in proof if exchange.id not in self.news.log)

    def observe(self, observations: Iterable[Observation]) -> None:
        """Fold observations in. They may only speak of exchanges of the present test, or of recalled ones."""
        for seen in observations:
            if self.repeating and seen.verdict is Verdict.UNKNOWN and not seen.crash:
                continue
            observation = self._told(self._revised(seen, self._found) if self._revised is not None else seen)
            cell = self.cells.setdefault((observation.rule, observation.operation), CellTally())
            cell.add(observation)
            self.news.observe(observation)
            if observation.crash:
                self._crash(observation)
            if observation.finding is not None:
                self._finding(observation.finding)
                if self._finds is not None:
                    self._finds(observation.finding)
            elif cell.exchange is not None and cell.exchange == observation.exchange:
                self._show(cell.exchange, whole=False)

    def _found(self, number: int) -> Exchange | None:
        """An exchange of the present test, or one of those that read what the target holds."""
        return self.news.log.get(number) or next((e for e in self._lasting if e.id == number), None)

    def lasting(self) -> list[Exchange]:
        """The exchanges that read, before the first test, what the target holds."""
        return list(self._lasting)

    def misshapen(self) -> str:
        """How an answer to the present test, or to discovery, broke its schema; "" where all of them kept it."""
        broken = next((key for key in self.news.findings if key[0] in _SHAPE), None)
        if broken is None:
            return self._misshapen
        rule, operation, where, expected = broken
        return f"{rule} is broken by {operation}, which was to answer {expected}" + (f" in {where}" if where else "")

    def _crash(self, observation: Observation) -> None:
        """A check of ours broke: trouble, told once however many answers it breaks over."""
        if observation.cause in self.tracebacks:
            return
        self.tracebacks[observation.cause] = observation.crash
        over = self.news.log.get(observation.exchange or 0)
        self.trouble(over.test if over is not None and over.test else "run", observation.cause)

    def trouble(self, where: str, cause: str) -> None:
        """Our side, or the network, failed."""
        self.troubles.append(Trouble(where, self._line(cause)))
        self.news.troubles.append(self.troubles[-1])

    def trouble_once(self, where: str, cause: str) -> None:
        """As `trouble`, of what comes again and again."""
        if Trouble(where, cause) not in self.troubles:
            self.trouble(where, cause)

    def end(self, cause: str) -> str:
        """The run ends before its last test, with the cause; "" where it goes on."""
        self.ended = self.ended or cause
        return cause

    def unmet(self, need: str) -> None:
        """The target lacks what a test needs, or doesn't permit it."""
        line = self._line(need)
        self.unsatisfied[line] = None
        self.news.unsatisfied.append(line)

    def ended_test(self, run: str, result: TestResult, last: int) -> TestEnded:
        """What the present test has shown, as an event of a run; `last` is the number of the last exchange."""
        news = self.news
        found = [(self.findings[key], count) for key, count in news.findings.items() if key in self.findings]
        return TestEnded(
            run=run,
            last=last,
            test=result.row,
            cells=tuple(cell.seen(*key) for key, cell in news.cells.items()),
            findings=tuple(proven.seen(count) for proven, count in found),
            by_key=dict(news.by_key),
            statuses={name: dict(counts) for name, counts in news.statuses.items()},
            shown={number: self.shown[number] for number in sorted(news.shown) if number in self.shown},
            troubles=tuple(TroubleRow(where=one.where, cause=one.cause) for one in news.troubles),
            unsatisfied=tuple(news.unsatisfied),
            chosen=dict(self.chosen),
            digest=self.digest.hexdigest(),
        )

    def take_up(self, event: Event) -> None:
        """Fold in an event of the run that this one goes on with."""
        if isinstance(event, ThingsCreated):
            self.written.extend(event.lines)
        if not isinstance(event, TestEnded):
            return
        self.tests.append(result_of(event.test))
        for seen in event.cells:
            self.cells.setdefault((seen.rule, seen.operation), CellTally()).add_seen(seen)
        for found in event.findings:
            proven = self.findings.setdefault(
                found.finding.key, Proven(found.finding, found.test, found.curl, 0, found.case)
            )
            proven.add(found.count)
        self.count(event.by_key, event.statuses)
        self.shown.update(event.shown)
        self.chosen.update(event.chosen)
        self.unsatisfied.update(dict.fromkeys(event.unsatisfied))
        self.troubles.extend(Trouble(one.where, one.cause) for one in event.troubles)
        self.digest.update(event.digest.encode())

    def count(self, by_key: Mapping[str, int], statuses: Mapping[str, Mapping[int, int]]) -> None:
        """Count requests that somebody else has seen, by the label of their key, and answers by operation."""
        self.requests += sum(by_key.values())
        self.by_key.update(by_key)
        for operation, counts in statuses.items():
            self.statuses.setdefault(operation, Counter()).update(counts)

    def begin(self) -> None:
        """A test begins: it has shown nothing yet, but for what discovery did before the first."""
        self._news[self._running.present], self._discovered = self._discovered or News(), None

    def forget(self, kept: Iterable[int] = ()) -> None:
        """The present test begins anew on a target that was put back: nothing of what it did before is there.

        `kept` are exchanges that may still be told of.
        """
        self._earlier |= {number: self.news.log[number] for number in kept if number in self.news.log}
        self.news.log.clear()

    def keep_log(self) -> None:
        """What was read so far was read for the whole run (discovery)."""
        self._lasting.extend(self.news.log.values())
        self._misshapen = self.misshapen()
        self.news.log.clear()
        self.news.by_role.clear()
        self._discovered = self.news

    def _line(self, text: str) -> str:
        """A line as it may be written."""
        return self._masker.text(redact_line(text)) if text else text

    def _told(self, observation: Observation) -> Observation:
        """An observation as it may be written: neither a secret nor somebody's address or number in its words."""
        finding, cause = observation.finding, self._line(observation.cause)
        if finding is not None:
            expected, actual, where = map(self._line, (finding.expected, finding.actual, finding.where))
            finding = replace(finding, expected=expected, actual=actual, where=where)
        return replace(observation, finding=finding, cause=cause) if finding or cause else observation

    def sightings(self, finding: FindingKey) -> list[Sighting]:
        """With which keys and in which tests a finding was seen, in order."""
        return list(self._sightings.get(finding, ()))

    def remark(self, finding: FindingKey, text: str) -> None:
        """Say beside what was seen what else it might be."""
        proven = self.findings[finding]
        proven.remark(text)

    def withdraw(self, finding: FindingKey, sightings: Iterable[Sighting], cause: str) -> None:
        """What was seen then is no finding: it is unknown, with the cause."""
        seen = self._sightings[finding]
        gone = [seen.pop(sighting) for sighting in sightings]
        cell = self.cells[finding[:2]]
        cell.take_back(sum(proven.count for proven in gone))
        cell.add(unknown(*finding[:2], cause))
        rest = list(seen.values())
        if rest:
            self.findings[finding] = replace(rest[0], count=sum(proven.count for proven in rest))
        else:
            del self.findings[finding]

    def _finding(self, finding: Finding) -> None:
        proof = self._known(finding.exchanges[-1]) if finding.exchanges else None
        label = proof.identity.label if proof is not None and proof.identity is not None else ""
        sighting = label, proof.test if proof is not None else ""
        seen, known = self._sightings.setdefault(finding.key, {}), self.findings.get(finding.key)
        if known is not None:
            known.add(1)
        elif len(self.findings) >= FINDINGS_MOST:
            return
        if sighting in seen:
            seen[sighting].add(1)
            return
        for number in finding.exchanges:
            self._show(number, whole=True)
        before = [*self._lasting, *self._earlier.values(), *self.news.log.values()]
        line = curl_command(proof, self.target, before) if proof is not None else ""
        case = case_of(self._running.present.case, self.news, finding)
        seen[sighting] = Proven(finding, sighting[1], line, case=case)
        self.findings.setdefault(finding.key, replace(seen[sighting])).shorten(case)

    def _known(self, number: int) -> Exchange | None:
        """An exchange of the present test, or one of an earlier test that it was proven with."""
        return self.news.log.get(number) or self._earlier.get(number)

    def _show(self, number: int, whole: bool) -> None:
        exchange = self._known(number)
        if exchange is None or (number in self.shown and not whole):
            return
        self.news.shown.add(number)
        shown = shown_exchange(exchange, self.target)
        self.shown[number] = shown if whole else structs.replace(shown, request_body="", body="")
