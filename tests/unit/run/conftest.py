"""Runs of tiny suites against a scripted session: what the plugin makes of tests that lie."""

import gc
import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from nhq.client.pacing import PacingStats
from nhq.client.run_deadline import RunDeadline
from nhq.client.running_test import Running
from nhq.client.target import Target
from nhq.clock import ManualClock
from nhq.contract import Contract
from nhq.contract.change_approvals import ChangeApprovals
from nhq.model import Exchange, Level
from nhq.record.record_json import record_text
from nhq.run.collector import Collector
from nhq.run.events import Event
from nhq.run.plugin import ContractPlugin
from nhq.run.pytest_isolation import run_pytest
from nhq.run.record import NO_APPROVALS, Frame, Header, fold_record, make_record
from nhq.run.selection import Selection, make_selection

HEAD = "import pytest\nfrom nhq import errors\n"
EVERYTHING = Selection()


@pytest.fixture
def record_of(contract: Contract, target: Target) -> Callable[..., dict[str, Any]]:
    """Folds a collector into a record, told as the JSON values that results.json holds."""

    def fold(
        collector: Collector,
        selection: Selection = EVERYTHING,
        interrupted: bool = False,
        approvals: ChangeApprovals = NO_APPROVALS,
        fail_on: Level = Level.MUST,
        kind: Literal["gate", "load"] = "gate",
    ) -> dict[str, Any]:
        header = Header(kind, 1, kind, f"nhq {kind}", 0.0, 1.0, interrupted, fail_on=fail_on, settles=kind == "load")
        record = make_record(header, contract, target, collector, selection, {}, approvals)
        values: dict[str, Any] = json.loads(record_text(record))
        return values

    return fold


@pytest.fixture
def folded(contract: Contract, target: Target) -> Callable[..., dict[str, Any]]:
    """Folds events into a record, told as `record_of` tells it."""
    header = Header("gate", 1, "gate", "nhq gate", 0.0, 1.0)

    def fold(stream: Iterable[Event], selection: Selection = EVERYTHING) -> dict[str, Any]:
        frame = Frame(header, contract, target, target, selection, {})
        values: dict[str, Any] = json.loads(record_text(fold_record(stream, frame)))
        return values

    return fold


@pytest.fixture
def run_suite(
    tmp_path: Path, contract: Contract, target: Target, exchange: Callable[..., Exchange], record_of: Any, folded: Any
) -> Callable[..., dict[str, Any]]:
    """Runs the source of a test module under the plugin and returns the record. `proof` is an exchange in its log.

    The record is always the fold of the run's events.

    Not `undisturbed`: somebody else may act at the target, which nothing puts back.
    """

    def run(
        source: str, rules: tuple[str, ...] = (), warm: Callable[[], object] = lambda: None, undisturbed: bool = True
    ) -> dict[str, Any]:
        recorder = SimpleNamespace(listeners=[], count=0)
        budget = SimpleNamespace(course=RunDeadline(), spent=PacingStats())
        session: Any = SimpleNamespace(
            target=_undisturbed(target) if undisturbed else target,
            contract=contract,
            recorder=recorder,
            clock=ManualClock(),
            budget=budget,
        )
        session.running = Running()
        session.snapshot, session.restore = lambda: "", lambda snapshot: None
        collector, heard = Collector(target), list[Event]()
        collector.listeners.append(heard.append)
        selection = make_selection(contract, rules, ())
        plugin = ContractPlugin(session, collector, selection, seed=1)
        plugin._world.warm = warm  # type: ignore[method-assign]
        plugin.__class__ = _with_proof(exchange())
        # A name of its own, because pytest keeps imported modules for the life of the process.
        (tmp_path / f"test_{uuid.uuid4().hex}.py").write_text(
            "import pytest\nfrom nhq import errors\n" + source, "utf-8"
        )
        (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    rule(*ids): x\n", "utf-8")
        quiet = ["-p", "no:terminal", "-p", "no:cacheprovider", "--import-mode=importlib"]
        gc.freeze()  # pytest collects garbage when a run ends: not over what the tests before have made
        run_pytest([*quiet, "-c", str(tmp_path / "pytest.ini"), str(tmp_path)], [plugin])
        record: dict[str, Any] = record_of(collector, selection)
        assert folded(heard, selection) == record
        return record

    return run


class _Undisturbed(Target):
    """Somebody else's server, at which nobody acts meanwhile."""

    @property
    def undisturbed(self) -> bool:
        return True


def _undisturbed(target: Target) -> Target:
    return _Undisturbed(**{field.name: getattr(target, field.name) for field in fields(target)})


def _with_proof(one: Exchange) -> type[ContractPlugin]:
    class WithProof(ContractPlugin):
        @pytest.fixture
        def proof(self) -> Exchange:
            self.collector.exchange(one)
            return one

    return WithProof
