"""What is remembered of the test that runs, of those that were put aside, and of what discovery read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from nhq.client.running_test import Running, TestContext
from nhq.model import Exchange, Finding
from nhq.run.events import FindingKey
from nhq.run.run_state import RunState

# Rules of the shape of answers: a test that is given one of another shape can't always go on.
_SHAPE = frozenset(
    {"STATUS-DOCUMENTED", "MEDIA-TYPE", "SCHEMA-BODY", "SCHEMA-DATE-TIME", "SCHEMA-COUNTS", "ERROR-BODY"}
)


@dataclass(slots=True)
class TestSoFar:
    """What is known of one test while it runs: its exchanges, and what its events amount to.

    `by_role` and `by_scope` count its requests by what their key is and may do; `misshapen` is the first answer of
    another shape than was promised.
    """

    __test__ = False

    log: dict[int, Exchange] = field(default_factory=dict)
    state: RunState = field(default_factory=RunState)
    by_role: Counter[str] = field(default_factory=Counter)
    by_scope: Counter[str] = field(default_factory=Counter)
    misshapen: FindingKey | None = None

    def note_shape(self, finding: Finding) -> None:
        """A finding: was an answer of another shape than was promised?"""
        if self.misshapen is None and finding.rule in _SHAPE:
            self.misshapen = finding.key


class TestMemory:
    """The exchanges that a test is judged by, for each test of a run."""

    __test__ = False

    def __init__(self) -> None:
        self._running = Running()
        self._tests: WeakKeyDictionary[TestContext, TestSoFar] = WeakKeyDictionary()
        self._discovered: TestSoFar | None = None  # the first test is told together with discovery
        self._lasting: list[Exchange] = []
        self._earlier: dict[int, Exchange] = {}
        self._misshapen = ""  # what discovery was answered against the schema

    @property
    def present(self) -> TestSoFar:
        """What the present test has shown so far."""
        test = self._tests.get(self._running.present)
        if test is None:
            test = self._tests[self._running.present] = TestSoFar()
        return test

    def follow(self, running: Running) -> None:
        """From now on the present test is who runs there."""
        self._running = running

    def misshapen(self) -> str:
        """How an answer to the present test, or to discovery, broke its schema; "" where all of them kept it."""
        if self.present.misshapen is None:
            return self._misshapen
        rule, operation, where, expected = self.present.misshapen
        return f"{rule} is broken by {operation}, which was to answer {expected}" + (f" in {where}" if where else "")

    def log(self) -> list[Exchange]:
        """The present test's exchanges, oldest first."""
        return list(self.present.log.values())

    def lasting(self) -> list[Exchange]:
        """The exchanges that read, before the first test, what the target holds."""
        return list(self._lasting)

    def recall(self, proof: Iterable[Exchange]) -> None:
        """Keep what an earlier test sent and the present one judges by: a start that several tests look at."""
        self._earlier.update((exchange.id, exchange) for exchange in proof if exchange.id not in self.present.log)

    def begin(self) -> None:
        """A test begins: it has shown nothing yet, but for what discovery did before the first."""
        self._tests[self._running.present], self._discovered = self._discovered or TestSoFar(), None

    def forget(self, kept: Iterable[int] = ()) -> None:
        """The present test begins anew on a target that was put back: nothing of what it did before is there.

        `kept` are exchanges that may still be told of.
        """
        log = self.present.log
        self._earlier |= {number: log[number] for number in kept if number in log}
        log.clear()

    def keep_log(self) -> None:
        """What was read so far was read for the whole run (discovery)."""
        self._lasting.extend(self.present.log.values())
        self._misshapen = self.misshapen()
        self.present.log.clear()
        self.present.by_role.clear()
        self._discovered = self.present

    def _found(self, number: int) -> Exchange | None:
        """An exchange of the present test, or one of those that read what the target holds."""
        return self.present.log.get(number) or next((e for e in self._lasting if e.id == number), None)

    def _known(self, number: int) -> Exchange | None:
        """An exchange of the present test, or one of an earlier test that it was proven with."""
        return self.present.log.get(number) or self._earlier.get(number)
