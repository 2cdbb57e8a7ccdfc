"""The gate as judge of a mutant of a judge: its tests that reach the line, on one mock that lies or chooses otherwise.

Everything of nhq is imported inside, because it runs in forked children, some of which import a mutant.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.mutant_reach import Trace

SEED = 1
PATIENCE = 1.0
#: Seconds that the clock goes on before variants are judged, as `nhq mutation` does: no second begins just then.
ODD = 0.37
#: What one test showed: "outcome", "cells" (rule, operation -> verdict), "found" (rules), "told" (their words),
#: "causes" (why something is unknown), "chosen" (of open questions), "digest" (of its requests).
Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a gate meets: faults and variants (`planted`), slow answers (`silent`), a clock that is `later`.

    `shared`: others may act, so it has no verdict that supposes the target to be its own. `live`: a target that
    can't be put back, judged with the fewest requests; only the clock is still the mock's. `narrow`: what its target
    file lacks: "names" of things, "keys" but one, "writes", "much" in its workspace. `nightly`: as a night judges,
    which sends more.
    """

    planted: tuple[str, ...] = ()
    silent: bool = False
    later: float = 0.0
    shared: bool = False
    live: bool = False
    narrow: str = ""
    nightly: bool = False

    @property
    def profile(self) -> str:
        """How much is sent."""
        return "live" if self.live else "nightly" if self.nightly else "gate"

    def changes(self, target: Any) -> dict[str, Any]:
        """Those of a target that lacks something."""
        from nhq.model import Effect

        lacking: dict[str, dict[str, Any]] = {
            "": {},
            "names": {"given": {}},
            "keys": {"keys": target.keys[:1]},
            "writes": {"allow": frozenset({Effect.READ})},
            "much": {
                "given": {},
                "keys": tuple(sorted(target.keys, key=lambda key: key.workspace == target.workspace)),
            },
        }
        return lacking[self.narrow]

    def __str__(self) -> str:
        words = (self.live, "live"), (self.shared, "shared"), (self.nightly, "nightly")
        where = " ".join([word for told, word in words if told] + [f"without {self.narrow}"] * bool(self.narrow))
        planted = self.planted if len(self.planted) == 1 else [f"{len(self.planted)} variants"] if self.planted else []
        return " ".join(filter(None, (where, *planted))) or "gate"


class Records:
    """A pytest plugin around the contract's: keeps these tests only, and what each of them showed."""

    def __init__(self, wanted: Collection[str] | None) -> None:
        self._wanted = wanted
        self._digest = hashlib.sha256()
        self.plugin: Any = None
        self.shown: dict[str, Shown] = {}
        self.rules: dict[str, list[str]] = {}
        self.scenarios: dict[str, str] = {}
        self.params: dict[str, dict[str, str]] = {}

    def hear(self, exchange: Any) -> None:
        """One more exchange."""
        label = exchange.identity.label if exchange.identity else ""
        line = f"{exchange.method} {exchange.path} {label} {exchange.status}\n"
        self._digest.update(line.encode("utf-8", "replace") + exchange.request_body)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep what is wanted."""
        if self._wanted is not None:
            items[:] = [item for item in items if item.nodeid in self._wanted]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
        """Keep what a test showed."""
        self._digest = hashlib.sha256()
        outcome = yield
        collector, news = self.plugin.collector, self.plugin.collector.present.state
        result = self.plugin.ends.results[item.nodeid]
        self.rules[item.nodeid] = list(result.rules)
        self.scenarios[item.nodeid] = result.scenario
        self.params[item.nodeid] = dict(item.callspec.params) if hasattr(item, "callspec") else {}
        self.shown[item.nodeid] = {
            "outcome": result.outcome,
            "cells": {f"{rule} {operation}": cell.verdict.value for (rule, operation), cell in news.cells.items()},
            "found": sorted({finding[0] for finding in news.findings if finding in collector.findings}),
            "told": sorted(
                _told(collector.findings[finding]) for finding in news.findings if finding in collector.findings
            ),
            "causes": sorted({cell.cause for cell in news.cells.values()} - {""}),
            "chosen": dict(news.chosen),
            "troubles": [trouble.cause for trouble in news.troubles],
            "digest": self._digest.hexdigest(),
        }
        return outcome


def _told(proven: Any) -> str:
    """A finding in the words that a reader sees."""
    finding = proven.finding
    proof = f"{finding.code}, {len(finding.exchanges)} exchanges"
    return f"{finding.rule} {finding.operation} {finding.where}: {finding.expected}; {finding.actual} ({proof})"


def pristine(folder: Path) -> str:
    """The state that a mock begins with, kept in it."""
    from nhq.client.control_plane import ControlPlane
    from nhq.client.mock_process import handed_over

    target = handed_over(folder)
    with closing(ControlPlane(target.control_url, target.control_token)) as control:
        return control.snapshot()


def shown(
    folder: Path,
    state: str,
    wanted: Sequence[str] | None,
    met: Condition = Condition(),
    trace: Trace | None = None,
) -> dict[str, Any]:
    """What each of the wanted tests shows on the mock of that handoff folder, put back to that state."""
    from nhq import paths
    from nhq.client.control_plane import ControlledClock
    from nhq.client.mock_process import handed_over
    from nhq.client.preflight import check_reachable
    from nhq.client.session import open_session
    from nhq.client.transport import Limits
    from nhq.contract import load_contract
    from nhq.run.collector import Collector
    from nhq.run.plugin import ContractPlugin
    from nhq.run.pytest_isolation import pytest_arguments, run_pytest
    from nhq.run.selection import Selection
    from nhq.scenarios.effort import find_effort

    contract, given = load_contract(), handed_over(folder)
    files = sorted({test.split("::")[0] for test in wanted}) if wanted is not None else [""]
    records = Records(set(wanted) if wanted is not None else None)
    with ExitStack() as stack:
        control = stack.enter_context(_lying(given, state, met))
        target = replace(given, given=control.landmarks(), shared=met.shared)
        if met.live:
            target = replace(target, control_url="", control_token="")
        target = replace(target, **met.changes(target))
        limits = Limits.of(PATIENCE) if met.silent else None
        session = open_session(target, contract, clock=ControlledClock(control), limits=limits)
        stack.enter_context(closing(session))
        check_reachable(session)
        collector, nonce = Collector(target), "mutants" if met.live else ""
        records.plugin = ContractPlugin(
            session, collector, Selection(), SEED, effort=find_effort(met.profile), nonce=nonce
        )
        session.recorder.listeners.append(records.hear)
        if trace is not None:
            stack.enter_context(trace.watching())
        plugins: list[object] = [records, records.plugin, *([trace] if trace is not None else [])]
        run_pytest(pytest_arguments(SEED, [paths.contracts_folder() / file for file in files]), plugins)
    told = {"shown": records.shown, "rules": records.rules, "scenarios": records.scenarios, "params": records.params}
    return {**told, "unread": records.plugin.uncollected}


@contextmanager
def _lying(given: Any, state: str, met: Condition) -> Iterator[Any]:
    """The mock put back, with what is planted; as it was afterwards."""
    from nhq.client.control_plane import ControlPlane

    with closing(ControlPlane(given.control_url, given.control_token)) as control:
        control.restore(state)
        if met.later:
            control.advance(met.later)
        try:
            for ident in met.planted:
                control.fault(ident, on=True)
            yield control
        finally:
            for ident in met.planted:
                control.fault(ident, on=False)


def table(tests: Mapping[str, Shown]) -> dict[str, str]:
    """The verdict of each rule on each operation over all these tests, as a gate tells it."""
    order = ("holds", "unknown", "violated")
    verdicts: dict[str, str] = {}
    for seen in tests.values():
        for cell, verdict in seen["cells"].items():
            verdicts[cell] = max(verdicts.get(cell, "holds"), verdict, key=order.index)
    return verdicts


def differs(before: Mapping[str, Shown], after: Mapping[str, Shown]) -> str:
    """How a gate ends otherwise when these tests show something else; "" when it doesn't.

    Tests that don't reach the mutant show what they showed: their verdicts count, too.
    """
    old, new = table(before), table({**before, **after})
    cells = [cell for cell in sorted({*old, *new}) if old.get(cell) != new.get(cell)]
    if cells:
        return f"{cells[0]}: {old.get(cells[0], 'not judged')} became {new.get(cells[0], 'not judged')}"
    words = [
        test for test in after for part in ("told", "causes") if after[test].get(part, []) != before[test].get(part, [])
    ]
    if words:
        return f"{words[0]}: told in other words"
    troubled = [test for test in after if bool(after[test]["troubles"]) != bool(before[test]["troubles"])]
    return f"trouble in {troubled[0]}" if troubled else ""


def runs_others(before: Mapping[str, Shown], after: Mapping[str, Shown]) -> str:
    """A test that runs in one of two gates only; "" when there is none."""
    return min({*before} ^ {*after}, default="")


def sends(before: Mapping[str, Shown], after: Mapping[str, Shown]) -> str:
    """The test that sends other requests; "" when none does."""
    return next((test for test in after if after[test]["digest"] != before[test]["digest"]), "")
