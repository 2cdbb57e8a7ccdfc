"""A test that got no answer for a reason that passes is run again: what a repetition settles is settled.

On a target that is put back, the whole test, its fixtures too. Elsewhere its body, and only where it has sent nothing
but reads: what writes, sends or spends may have happened, and stays open.
"""

from collections.abc import Callable
from typing import Any

import pytest

from nhq.drive.guard import effect_of
from nhq.drive.session import Session
from nhq.errors import Away
from nhq.model import Effect
from nhq.run.collect import Collector

#: How often a test is run again, where that costs nothing and where it may wait for windows.
PUT_BACK, LIVE = 8, 2
#: How many tests that is tried for in vain.
FRUITLESS = 2
PAUSE = 1.0  # seconds before reads are made again


class Again:
    """The repetitions of one run."""

    def __init__(self, session: Session, collector: Collector) -> None:
        self._session, self._collector = session, collector
        self._most = LIVE if session.control is None else PUT_BACK
        self._left, self._fruitless = self._most, 0

    def begin(self) -> None:
        """Another test begins."""
        self._left = self._most

    def wanted(self, problem: Exception) -> bool:
        """Shall a test that ended so be run again, the target put back? Then it counts as one repetition."""
        return self._session.control is not None and self._takes(problem)

    def play(self, body: Callable[[], Any]) -> None:
        """Run a test's body, where nothing is put back; again while it only read. Raises what its last run raises."""
        while True:
            try:
                body()
            except Away as problem:
                if self._session.control is not None or not self._only_read() or not self._takes(problem):
                    raise
            else:
                self._fruitless = 0 if self._left < self._most else self._fruitless
                return
            self._session.recorder.repeat()
            self._session.clock.sleep(PAUSE)

    def _takes(self, problem: Exception) -> bool:
        """Is one more repetition of use? Takes it."""
        if not isinstance(problem, Away) or self._fruitless >= FRUITLESS:
            return False
        self._left -= 1
        self._fruitless += self._left < 0
        return self._left >= 0

    def _only_read(self) -> bool:
        sent = ((exchange.method, exchange.path) for exchange in self._collector.log())
        return all(effect_of(self._session.contract, *one)[1] is Effect.READ for one in sent)


def anew(item: pytest.Item) -> None:
    """Let pytest make an item's fixtures again, as for a test that it hasn't run."""
    if isinstance(item, pytest.Function):
        item._initrequest()
