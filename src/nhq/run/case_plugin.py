"""The pytest plugin of a case: the part of a scenario that showed a finding, and no request once it is reproduced."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest

from nhq.model import Exchange, Finding
from nhq.record.case_row import DISCOVERY, CaseRow
from nhq.run.events import Event, FindingSeen
from nhq.run.exchange_judging import TOGETHER
from nhq.run.plugin import ContractPlugin
from nhq.run.scenario_ids import scenario_id


class ShownAgain(BaseException):
    """The case's finding was reproduced: nothing more is sent. No subclass of Exception, so that nobody catches it."""


class CasePlugin(ContractPlugin):
    """One per run of a case. `fingerprint` is that of the finding which ends it, `rule` the rule that it breaks."""

    def __init__(self, *args: Any, case: CaseRow, rule: str, fingerprint: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._asked, self._rule, self._fingerprint = case, rule, fingerprint
        self.collector.listeners.append(self._told)

    def _told(self, event: Event) -> None:
        """Pass on one event. Raises ShownAgain for the finding of the case."""
        if isinstance(event, FindingSeen) and event.finding.fingerprint == self._fingerprint:
            raise ShownAgain

    def _listen(self, exchange: Exchange) -> None:
        """Judge all exchanges so far together after each one, so that a finding ends the case at once."""
        super()._listen(exchange)
        if self._rule in TOGETHER and self._session.running.present.asked is not None:
            self.look_together()

    @property
    def _case_asked(self) -> CaseRow:
        assert self._asked is not None
        return self._asked

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Select the case's scenario; for the reads before the first test, any."""
        wanted = self._case_asked.scenario
        kept = items[:1] if wanted == DISCOVERY else [item for item in items if scenario_id(item) == wanted]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
        self._items, self._total = list(items), len(items)

    def _read_world(self) -> None:
        """Read what the target holds if that is the case; a scenario reads what it needs."""
        if self._case_asked.scenario == DISCOVERY:
            with suppress(ShownAgain):
                super()._read_world()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run no test if the case is reading alone."""
        if self._case_asked.scenario == DISCOVERY and not self.planning:
            return True
        return super().pytest_runtestloop(session)

    def _places(self, item: pytest.Item, count: int) -> Sequence[int]:
        """The variant that showed it, if the scenario has as many."""
        place = self._case_asked.variant
        return [place] if place is not None and place < count else super()._places(item, count)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A finding reproduced during a test's set-up is no crash of ours."""
        if any(finding.fingerprint == self._fingerprint for finding in self._findings()):
            self.ends.results[report.nodeid].fail()
        else:
            super().pytest_runtest_logreport(report)

    def _findings(self) -> list[Finding]:
        return [proven.finding for proven in self.collector.findings.values()]
