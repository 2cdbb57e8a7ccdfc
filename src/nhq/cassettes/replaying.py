"""Replay: scenarios run against their cassettes, sockets blocked; what they don't ask for is judged all the same."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pytest_recording.network import blocking_context
from vcr.cassette import Cassette

from nhq.cassettes.cassette_library import DISCOVERY, Recorded, cassettes_folder, read_all, read_target, stale_cassettes
from nhq.cassettes.cassette_plugin import CassettePlugin
from nhq.cassettes.cassette_recording import scripted_files
from nhq.cassettes.cassette_transport import CassetteTransport
from nhq.cassettes.offline_judging import judge_recorded
from nhq.client.preflight import check_reachable
from nhq.client.session import Session, open_session
from nhq.clock import SystemClock
from nhq.contract import Contract, load_contract
from nhq.contract.bindings import rule_bindings
from nhq.record.run_record import Record
from nhq.run.collector import Collector
from nhq.run.pytest_isolation import pytest_arguments, run_pytest
from nhq.run.record import Header, make_record
from nhq.run.selection import Selection
from nhq.run.test_results import TestResult


class CassetteClock:
    """Time as the cassette tells it, for what was recorded from a server with a clock of its own."""

    def __init__(self, tape: CassetteTransport) -> None:
        self._tape = tape

    def now(self) -> float:
        return self._tape.moment

    def monotonic(self) -> float:
        return self._tape.moment

    def sleep(self, seconds: float) -> None:
        self._tape.pass_time(max(0.0, seconds))


@dataclass(slots=True)
class CassettePlayer:
    """Gives each test its cassette, and says which were not played to their end."""

    shelf: dict[str, Recorded]
    collector: Collector
    tape: CassetteTransport
    contract: Contract
    played: set[str] = field(default_factory=set)

    def wants(self, scenario: str, test: str) -> bool:
        """Has it a cassette?"""
        return scenario in self.shelf

    def insert(self, scenario: str) -> Cassette:
        """The scenario's cassette."""
        self.played.add(scenario)
        return self.shelf[scenario].held

    def eject(self, result: TestResult) -> None:
        """A test that asked for less than it did before has changed: its cassette is stale."""
        if left := self.tape.left():
            name = self.shelf[result.scenario].name
            self.collector.trouble(name, f"{left} recorded interactions were not requested; record it again")


def replay_cassettes(folder: Path | None = None, command: str = "nhq replay") -> Record:
    """Run every scenario that has a cassette and judge everything recorded; the record of it.

    Raises ConfigError where there are no cassettes, or one can't be read. No connection is possible meanwhile.
    """
    clock = SystemClock()
    started, began = clock.now(), clock.monotonic()
    contract, shelf = load_contract(), read_all(folder or cassettes_folder())
    with blocking_context():
        session, collector, player = _play(shelf, contract)
    tests = {test for test in shelf if test in player.played}
    for line in stale_cassettes(shelf, contract.digest, tests):
        name, _, cause = line.partition(": ")
        collector.trouble(name, cause)
    judge_recorded([shelf[test] for test in shelf if test not in player.played | {DISCOVERY}], contract, collector)
    collector.paced(session.budget.spent)
    header = Header("replay", shelf[DISCOVERY].label.seed, "replay", command, started, clock.monotonic() - began)
    return make_record(header, contract, session.target, collector, Selection(), rule_bindings())


def _play(shelf: dict[str, Recorded], contract: Contract) -> tuple[Session, Collector, CassettePlayer]:
    first = shelf[DISCOVERY]
    tape = CassetteTransport(None, first.held)
    target = read_target(first.held)
    session = open_session(target, contract, tape, CassetteClock(tape))
    check_reachable(session)
    collector = Collector(target)
    player = CassettePlayer(shelf, collector, tape, contract)
    plugin = CassettePlugin(session, collector, first.label.seed, tape, player)
    code = run_pytest(pytest_arguments(first.label.seed, scripted_files()), [plugin])
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt  # pytest swallowed it
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}:
        collector.trouble("pytest", f"ended with {pytest.ExitCode(code).name.lower().replace('_', ' ')}")
    return session, collector, player
