"""Record scripted scenarios: run each with a blank cassette behind pseudonyms, keep the fewest that show the most."""

import secrets
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from vcr.cassette import Cassette

from nhq import paths
from nhq.cassettes.cassette_library import DISCOVERY, Label, blank_cassette_of, write_recorded_target
from nhq.cassettes.cassette_plugin import CassettePlugin
from nhq.cassettes.cassette_transport import CassetteTransport
from nhq.cassettes.pseudonymizing import Mask, masked_target
from nhq.cassettes.pseudonyms import Pseudonyms
from nhq.client.key_check import usable_target
from nhq.client.mock_process import mock_target
from nhq.client.preflight import check_reachable
from nhq.client.run_deadline import RunDeadline
from nhq.client.session import open_session
from nhq.client.target import Target, target_for_run
from nhq.client.transport import NetworkAdapter
from nhq.contract import Contract, load_contract
from nhq.errors import ConfigError
from nhq.files import keep_inside
from nhq.model import Effect, Exchange, Observation, Verdict
from nhq.run.collector import Collector
from nhq.run.gate_options import LIVE_MINUTES
from nhq.run.pytest_isolation import pytest_arguments, run_pytest
from nhq.run.test_results import TestResult

#: Their requests are generated, and change with the schema: nothing that could be recorded.
GENERATED = ("test_operations", "test_workflows")
#: A cassette larger than this (bytes) says what a smaller one says as well.
LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """What `nhq record` was asked for. Without a target file, a fresh mock; without tests, as few as show the most.

    `minutes` is how long it may last; what it doesn't come to is left out, and is trouble.
    """

    out: Path
    target: Path | None = None
    seed: int = 1
    tests: Sequence[str] = ()
    asked: frozenset[Effect] = frozenset()
    minutes: float = LIVE_MINUTES


@dataclass(frozen=True, slots=True)
class RecordedTest:
    """A test that was recorded: its cassette, about how many bytes it has, and how it went.

    `shown`: the rules that were seen to hold, and the documented pairs of operation and status that were met.
    """

    test: str
    tape: Cassette
    size: int
    shown: frozenset[str]
    outcome: str
    cause: str


class RecordingCollector(Collector):
    """A collector that also knows what the present test showed."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self.now: set[str] = set()

    def exchange(self, exchange: Exchange) -> None:
        self.now.add(f"{exchange.operation} {exchange.status}")
        super().exchange(exchange)

    def observe(self, observations: Iterable[Observation]) -> None:
        seen = list(observations)
        self.now.update(o.rule for o in seen if o.verdict is Verdict.HOLDS)
        super().observe(seen)


@dataclass(slots=True)
class CassetteRecorder:
    """Gives each test a blank cassette and keeps what came of it."""

    options: RecordOptions
    contract: Contract
    tally: RecordingCollector
    mask: Mask
    takes: list[RecordedTest] = field(default_factory=list)
    _present: Cassette | None = None

    def wants(self, scenario: str, test: str) -> bool:
        """One of those asked for, by a part of its id or name."""
        return not self.options.tests or any(word in name for word in self.options.tests for name in (scenario, test))

    def insert(self, scenario: str) -> Cassette:
        """A blank cassette."""
        self.tally.now.clear()
        self.mask.forget()
        self._present = blank_cassette_of(self.options.out, Label(scenario, self.contract.digest, self.options.seed))
        return self._present

    def eject(self, result: TestResult) -> None:
        """Weigh it."""
        assert self._present is not None
        shown = frozenset(self.tally.now)
        self.takes.append(
            RecordedTest(
                result.scenario, self._present, cassette_size(self._present), shown, result.outcome, result.cause
            )
        )


@dataclass(frozen=True, slots=True)
class Result:
    """What was recorded: the takes that are kept, and those that are not, each with the reason."""

    kept: tuple[RecordedTest, ...]
    left_out: dict[str, str]
    troubles: tuple[str, ...]


def record_cassettes(options: RecordOptions) -> Result:
    """Record and write. Raises NhqError where nothing can be recorded (bad file, server gone)."""
    contract = load_contract()
    with ExitStack() as stack:
        if options.target is not None:
            target, key = target_for_run(options.target, options.asked, contract.scopes), secrets.token_bytes(32)
            with closing(open_session(target, contract)) as plain:
                usable_target(plain)
        else:
            target = stack.enter_context(mock_target(seed=options.seed))
            key = f"nhq mock {options.seed}".encode()  # nobody there is real, and recordings stay alike
        names = Pseudonyms(key)
        mask = Mask(target, contract, names, NetworkAdapter(connection=target.connection))
        masked = masked_target(target, names)
        first = blank_cassette_of(options.out, Label(DISCOVERY, contract.digest, options.seed))
        write_recorded_target(first, masked)
        tape = CassetteTransport(mask, first)
        session = open_session(masked, contract, tape, course=RunDeadline(options.minutes * 60))
        stack.callback(session.close)
        tape.tell_time_by(session.clock)
        check_reachable(session)
        tally = RecordingCollector(masked)
        deck = CassetteRecorder(options, contract, tally, mask)
        plugin = CassettePlugin(session, tally, options.seed, tape, deck)
        code = run_pytest(pytest_arguments(options.seed, scripted_files()), [plugin])
        if code == pytest.ExitCode.INTERRUPTED:
            raise KeyboardInterrupt  # pytest swallowed it; the cassettes stay as they were
        if code == pytest.ExitCode.NO_TESTS_COLLECTED and options.tests:
            raise ConfigError(f"--test {', '.join(options.tests)}: no scenario's name contains this")
        if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
            raise ConfigError(f"pytest ended with {pytest.ExitCode(code).name.lower().replace('_', ' ')}")
    kept, left_out = choose_tests(deck.takes, everything=bool(options.tests))
    if not kept:
        raise ConfigError("no scenario could be recorded")
    write_cassettes(options.out, [first, *(take.tape for take in kept)])
    return Result(tuple(kept), left_out, tuple(f"{t.where}: {t.cause}" for t in tally.troubles))


def scripted_files() -> list[Path]:
    """The files of scenarios whose requests are written by hand."""
    return [file for file in sorted(paths.contracts_folder().glob("test_*.py")) if not file.stem.startswith(GENERATED)]


def cassette_size(tape: Cassette) -> int:
    """About how many bytes a cassette has when it is written."""
    return sum(len(r.uri) + len(r.body or b"") + len(a["body"]["string"]) * 6 // 5 + 700 for r, a in tape.data)


def choose_tests(takes: Sequence[RecordedTest], everything: bool = False) -> tuple[list[RecordedTest], dict[str, str]]:
    """As few and small cassettes as show all that any of the takes shows; and why the others are left out."""
    left_out = {take.test: reason for take in takes if (reason := _unfit(take))}
    fit = [take for take in takes if take.test not in left_out]
    kept = fit if everything else fewest_covering(fit)
    names = {take.test for take in kept}
    left_out |= {take.test: "shows nothing that another recording doesn't" for take in fit if take.test not in names}
    return kept, left_out


def _unfit(take: RecordedTest) -> str:
    if take.outcome != "passed":
        return take.cause or "findings while it was recorded"
    return f"{take.size:,} bytes are too many" if take.size > LARGEST else ""


def fewest_covering(takes: Sequence[RecordedTest]) -> list[RecordedTest]:
    """Greedy: again and again the take that shows most of what is missing, by its size. In the order of the takes."""
    missing = set().union(*(take.shown for take in takes))
    chosen: set[str] = set()
    while missing:
        best = max(takes, key=lambda take: len(take.shown & missing) / (take.size + 2_000))
        chosen.add(best.test)
        missing -= best.shown
    return [take for take in takes if take.test in chosen]


def write_cassettes(folder: Path, tapes: Sequence[Cassette]) -> None:
    """Write these, and take away what an earlier recording left in the folder.

    Raises ConfigError, before anything is taken away, where a link would lead out of the folder.
    """
    for tape in tapes:
        keep_inside(folder, Path(tape._path).parent)
    for file in folder.rglob("*.yaml") if folder.is_dir() else ():
        file.unlink()
    for tape in tapes:
        tape._save(force=True)
