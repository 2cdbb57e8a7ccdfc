"""Reruns of tests that got no answer for a transient reason.

On a target that is put back, the whole test, its fixtures too. Elsewhere its body, and only where it has sent nothing
but reads: what writes, sends or spends may have happened, and stays open.
"""

from collections.abc import Callable
from typing import Any

import pytest

from nhq.client.guard import effect_of
from nhq.client.session import Session
from nhq.errors import Away
from nhq.model import Effect
from nhq.run.collector import Collector

#: How often a test is run again, where that costs nothing and where it may wait for windows.
PUT_BACK, LIVE = 8, 2
#: How many tests that is tried for in vain.
FRUITLESS = 5
PAUSE = 1.0  # seconds before reads are made again


class Reruns:
    """The repetitions of one run."""

    def __init__(self, session: Session, collector: Collector) -> None:
        self._session, self._collector = session, collector
        self._left, self._fruitless = PUT_BACK, 0

    def begin(self) -> None:
        """Start another test."""
        self._left = PUT_BACK

    def wanted(self, problem: Exception) -> bool:
        """Should a test that ended so be run again on the restored target? If so, count one repetition."""
        if not self._session.target.restorable or not isinstance(problem, Away):
            return False
        self._left -= 1
        return self._of_use(self._left)

    def play(self, body: Callable[[], Any]) -> None:
        """Run a test's body, where nothing is put back; again while it only read. Raises what its last run raises."""
        left = 0 if self._session.target.restorable else LIVE
        while True:
            try:
                body()
                return
            except Away:
                left -= 1
                if self._session.target.restorable or not self._only_read() or not self._of_use(left):
                    raise
            self._session.recorder.repeat()
            self._session.clock.sleep(PAUSE)

    def _of_use(self, left: int) -> bool:
        """Is one more repetition of use? Not where so many tests were repeated in vain."""
        if left < 0:
            self._fruitless += 1
        return left >= 0 and self._fruitless < FRUITLESS

    def _only_read(self) -> bool:
        sent = ((exchange.method, exchange.path) for exchange in self._collector.log())
        return all(effect_of(self._session.contract, *one)[1] is Effect.READ for one in sent)


def reset_fixtures(item: pytest.Item) -> None:
    """Let pytest make an item's fixtures again, as for a test that it hasn't run."""
    if isinstance(item, pytest.Function):
        item._initrequest()
