"""The pytest side of turns: which tests may wait while others go on, which keys they keep, and how they end.

Only on a target that nothing puts back: there a test waits for windows in real time. `@pytest.mark.patient` says that a
test may be put aside while it waits: what others do meanwhile touches nothing that it looks at but the limiter, and the
keys whose windows it uses are its own until it ends. `@pytest.mark.follows("test_x")` says that a test makes use of
what test_x leaves behind (a key that is exhausted), and comes right after it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from nhq.drive.session import Session
from nhq.model import violated
from nhq.run.ahead import leader, name_of, patient
from nhq.run.collect import News
from nhq.run.judge import Broken
from nhq.run.plugin import ContractPlugin
from nhq.run.turns import Turn, Turns


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a test stands: what is put away with it, and put back before it goes on."""

    test: str
    news: News
    paced: bool
    mine: set[str]
    waited: float


class Patience:
    """A pytest plugin beside the ContractPlugin of a live run."""

    def __init__(self, plugin: ContractPlugin, session: Session, turns: Turns) -> None:
        self._plugin, self._session, self._turns = plugin, session, turns
        self._items: dict[str, pytest.Item] = {}
        self._stands: dict[str, Stand] = {}
        self._left: list[Stand] = []  # tests in whose midst another goes on, the outermost first
        plugin.waits = lambda item: item.nodeid in self._stands
        session.budget.before = turns.serve
        turns.around, turns.spare = self._around, lambda: self._free(self._session.budget.claims.mine) >= 1

    # --- hooks ----------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Play a patient test as a turn; pytest may take it for done while it waits."""
        if not patient(pyfuncitem):
            return None
        given = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
        self._items[pyfuncitem.nodeid] = pyfuncitem
        if not self._turns.play(pyfuncitem.nodeid, lambda: self._plugin.again.play(lambda: pyfuncitem.obj(**given))):
            self._put_away(pyfuncitem.nodeid)
        return True

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Every test, patient ones first, and what follows one as soon as that has ended."""
        if session.testsfailed or session.config.option.collectonly:
            return None
        rest = list(session.items)
        while rest or self._turns.aside:
            item = self._next(rest)
            if item is None:
                self._turns.drain()
            else:
                rest.remove(item)
                self._session.budget.claims.mine = set()
                session.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
        return True

    def pytest_sessionfinish(self) -> None:
        """Tests that still wait when a run is stopped have judged what they have judged; the rest is unknown."""
        for name in self._turns.aside:
            cause = self._plugin.collector.ended or "the run was stopped while it waited"
            self._plugin.ends.unknown(self._items[name], cause)

    # --- how ------------------------------------------------------------------------------------------------

    def _next(self, rest: Sequence[pytest.Item]) -> pytest.Item | None:
        """The test to run now; None where waiting for one that was put aside is better."""
        unfinished = {name_of(item) for item in rest} | {name_of(self._items[name]) for name in self._turns.aside}
        ready = [item for item in rest if leader(item) not in unfinished]
        following = [item for item in ready if leader(item)]
        waiting = [item for item in ready if patient(item) and self._free() >= 2]
        ordinary = sorted((item for item in ready if not patient(item)), key=self._late)
        first = next(iter((*following, *waiting, *ordinary)), None)
        return first if first is not None or self._turns.aside else next(iter(ready or rest))

    def _late(self, item: pytest.Item) -> tuple[bool, bool]:
        """Last come tests that would have to wait for allowance; first those that need keys of their own.

        Any key serves the others, and they would use up just those.
        """
        return not self._plugin.ahead.affordable(item), not self._plugin.ahead.particular(item)

    def _free(self, mine: set[str] | None = None) -> int:
        """How many of the widest keys no test has claimed."""
        claimed = self._session.budget.claims.others | (mine or set())
        return sum(key.label not in claimed for key in self._session.target.widest)

    @contextmanager
    def _around(self, turn: Turn) -> Iterator[None]:
        """A turn goes on in the midst of another test: as itself, and its end is its own."""
        item, stand = self._items[turn.name], self._stands.pop(turn.name)
        self._left.append(self._here())
        self._plugin.excuse(item, self._plugin.waited() - stand.waited)
        self._stand(stand)
        try:
            yield
        except KeyboardInterrupt:
            self._plugin.ends.unknown(item, "interrupted")
            raise
        except Broken as broken:
            self._plugin.collector.observe([violated(broken.finding)])
            self._plugin.ends.results[turn.name].outcome = "failed"
        except Exception as problem:
            self._plugin.ends.absorb(item, problem)
        if turn.over:
            self._plugin.completed(item)
        else:
            self._put_away(turn.name)
        self._stand(self._left.pop())

    def _here(self) -> Stand:
        budget = self._session.budget
        shown, waited = self._plugin.collector.news, self._plugin.waited()
        return Stand(self._session.recorder.test, shown, budget.paced, budget.claims.mine, waited)

    def _put_away(self, name: str) -> None:
        """Keep where the present test stands; its keys are claimed."""
        self._stands[name] = stand = self._here()
        self._session.budget.claims.others |= stand.mine
        self._session.budget.claims.mine = set()

    def _stand(self, stand: Stand) -> None:
        """Go on as the test that stands there; what all others use is claimed."""
        session, claims = self._session, self._session.budget.claims
        session.recorder.test, self._plugin.collector.news = stand.test, stand.news
        session.budget.paced = stand.paced
        claims.mine = stand.mine
        claims.others = set().union(*(other.mine for other in (*self._left, *self._stands.values())))
