"""The pytest side of the scheduler: which tests may wait while others go on, which keys they keep, and how they end.

Only on a target that nothing puts back: there a test waits for windows in real time. `@pytest.mark.patient` says that a
test may be put aside while it waits: what others do meanwhile touches nothing that it looks at but the limiter, and the
keys whose windows it uses are its own until it ends. `@pytest.mark.follows("test_x")` says that a test makes use of
what test_x leaves behind (a key that is exhausted), and comes right after it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from nhq.client.session import Session
from nhq.model import violated
from nhq.run.area_order import Areas, Planned
from nhq.run.forecast import followed_test, may_wait, test_name
from nhq.run.outcomes import rules_of_test
from nhq.run.plugin import ContractPlugin
from nhq.run.scenario_ids import comes_last
from nhq.run.schedule.cooperative import CooperativeScheduler, CooperativeTask
from nhq.scenarios.judge import Broken


class WaitingTests:
    """A pytest plugin beside the ContractPlugin of a live run."""

    def __init__(self, plugin: ContractPlugin, session: Session, turns: CooperativeScheduler) -> None:
        self._plugin, self._session, self._turns = plugin, session, turns
        self._items: dict[str, pytest.Item] = {}
        self._areas = Areas(session.contract)
        self._planned: dict[pytest.Item, Planned] = {}
        self._waited: dict[str, float] = {}  # how long had been waited when a test was put aside
        self._sent: dict[str, int] = {}  # how many requests it had sent
        turns.attended_by(self)

    # --- hooks ----------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Play a patient test as a task; pytest may take it for done while it waits."""
        if not may_wait(pyfuncitem):
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
        self._plan(rest)
        while rest or self._turns.aside:
            if self._plugin.time_is_up and rest:
                self._plugin.leave_out(rest)
                rest = []
            rest = self._replanned(rest)
            item = self._next(rest)
            if item is not None:
                self._turns.wait(self._plugin.ahead_of_time)
                rest.remove(item)
                session.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            elif not self._turns.drain(self._plugin.seconds_left):
                self._plugin.leave_out(rest)
                break
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
        return True

    def pytest_sessionfinish(self) -> None:
        """Tests that still wait when a run is stopped have judged what they have judged; the rest is unknown."""
        for name in self._turns.aside:
            late = "the run's minutes were used up while it waited" if self._plugin.time_is_up else ""
            cause = self._plugin.collector.ended or late or "the run was stopped while it waited"
            self._plugin.ends.unknown(self._items[name], cause)

    # --- how ------------------------------------------------------------------------------------------------

    def _next(self, rest: Sequence[pytest.Item]) -> pytest.Item | None:
        """The test to run now; None where waiting for one that was put aside is better."""
        if not rest:
            return None
        unfinished = {test_name(item) for item in rest} | {test_name(self._items[name]) for name in self._turns.aside}
        ready = [item for item in rest if followed_test(item) not in unfinished]
        following = [item for item in ready if followed_test(item)]
        waiting = [item for item in ready if may_wait(item) and self._free() >= 2]
        self._look_at_areas(rest)
        first = next(iter((*following, *waiting)), None) or self._first([item for item in ready if not may_wait(item)])
        return first if first is not None or self._turns.aside else next(iter(ready or rest))

    def _look_at_areas(self, rest: Sequence[pytest.Item]) -> None:
        """Which areas have had their share so far."""
        coming = set(rest)
        ended = [
            test for item, test in self._planned.items() if item not in coming and not self._plugin.left_open(item)
        ]
        ahead = [self._planned[item] for item in rest]
        self._areas.see(ended, ahead, {key[0] for key in self._plugin.collector.findings})

    def _first(self, items: Sequence[pytest.Item]) -> pytest.Item | None:
        """The test whose turn it is.

        Last come those that read again what all others wrote, then tests that would have to wait for allowance.

        First come those about areas of whose tests the least part was made, then those that need keys of their own: any
        key serves the others, and they would use up just those. Of what is left the plan's order decides.
        """
        ahead = self._plugin.ahead
        affordable = ahead.affordable(items)

        def late(item: pytest.Item) -> tuple[bool, bool, tuple[bool, float, int], bool]:
            turn = self._areas.turn(*self._planned[item])
            return comes_last(item), item not in affordable, turn, not ahead.particular(item)

        return min(items, key=late, default=None)

    def _replanned(self, rest: list[pytest.Item]) -> list[pytest.Item]:
        """The tests to come, as others sent more than was known of them, or less."""
        dropped = self._plugin.shorten(rest, self._reserved)
        dropped += [item for item in rest if item not in dropped and self._plugin.too_long(item)]
        if dropped:
            self._plugin.leave_out(dropped)
            more = self._plugin.taken_in()
            self._plan(more)
            rest = [*(item for item in rest if item not in dropped), *more]
        if all(map(comes_last, rest)) and not self._plugin.time_is_up:
            more = self._plugin.lengthen(rest, self._reserved)
            self._plan(more)
            rest = [*more, *rest]
        return rest

    def _plan(self, items: Sequence[pytest.Item]) -> None:
        """Keep of tests what areas they are of, and what they cost."""
        self._planned |= {item: (rules_of_test(item), self._plugin.ahead.requests(item)) for item in items}

    def _free(self, *more: str) -> int:
        """How many of the widest keys no test has claimed, `more` besides."""
        claimed = self._session.running.claimed_by_others() | set(more)
        return sum(key.label not in claimed for key in self._session.target.widest)

    def _put_away(self, name: str) -> None:
        """The present test waits; its keys are claimed."""
        self._waited[name] = self._plugin.waited()
        self._sent[name] = self._plugin.collector.present.by_role.total()
        self._session.running.put_aside()

    @property
    def _reserved(self) -> int:
        """How many requests the tests that were put aside will still send, as far as that is known."""
        ahead, aside = self._plugin.ahead, self._turns.aside
        return sum(max(0, ahead.requests(self._items[name]) - self._sent[name]) for name in aside)

    # --- what tasks ask -------------------------------------------------------------------------------------

    def spare(self) -> bool:
        """Is there a key for others, were the present test put aside?"""
        return self._free(*self._session.running.present.claimed) >= 1

    @contextmanager
    def around(self, turn: CooperativeTask) -> Iterator[None]:
        """A task goes on in the midst of another test: as itself, and its end is its own."""
        item = self._items[turn.name]
        self._plugin.excuse(item, self._plugin.waited() - self._waited.pop(turn.name))
        with self._session.running.resumed(turn.name):
            try:
                yield
            except KeyboardInterrupt:
                self._plugin.ends.unknown(item, "interrupted")
                raise
            except Broken as broken:
                self._plugin.collector.observe([violated(broken.finding)])
                self._plugin.ends.results[turn.name].fail()
            except Exception as problem:
                self._plugin.ends.absorb(item, problem)
            if turn.over:
                self._plugin.completed(item)
            else:
                self._put_away(turn.name)
