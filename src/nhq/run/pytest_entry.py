"""`pytest contracts`: the contract's tests under plain pytest, against the mock or `--nhq-target FILE`.

contracts/conftest.py takes its hooks from here. Under `nhq gate` and its kin, which register a ContractPlugin of their
own, they do nothing.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from nhq.client.run_deadline import RunDeadline
from nhq.client.target import target_for_run
from nhq.contract import Contract
from nhq.errors import ConfigError, NhqError
from nhq.model import Effect, Finding, Level
from nhq.run.collector import Collector
from nhq.run.contract_rounds import plugins_of
from nhq.run.gate import open_target, with_usable_keys
from nhq.run.gate_options import GateOptions, effort_of, narrow_command, nonce_of, seconds_of, target_of
from nhq.run.key_doubts import withdraw_doubtful_findings
from nhq.run.plugin import ContractPlugin
from nhq.run.revised_observations import collector_for, contract_of
from nhq.run.scope_inference import KeyAnswers
from nhq.run.selection import make_selection
from nhq.scenarios.effort import EFFORTS
from nhq.scenarios.judge import Broken

MOST_LINES = 30


def pytest_addoption(parser: pytest.Parser) -> None:
    """What tests need to know about their target."""
    group = parser.getgroup("nhq", "NetworkHQ contract tests")
    group.addoption("--nhq-target", metavar="FILE", type=Path, help="Target file; without it, a fresh mock is judged.")
    group.addoption("--nhq-seed", metavar="N", type=int, default=1, help="Fixes every random choice [1].")
    group.addoption("--nhq-profile", choices=tuple(EFFORTS), default="", help="As for `nhq gate`.")
    group.addoption("--nhq-allow", action="append", choices=("send", "spend"), default=[], help="As --allow-send.")
    group.addoption("--record-mode", metavar="MODE", help="Not taken: cassettes are made by `nhq record`.")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Open the target and register the fixtures. Raises UsageError if there is no usable target."""
    if any(isinstance(plugin, ContractPlugin) for plugin in config.pluginmanager.get_plugins()):
        return
    if config.getoption("--record-mode") is not None:
        raise pytest.UsageError("--record-mode: cassettes are made by `nhq record`, and judged by `nhq replay`")
    if config.getoption("--hypothesis-seed") is None:
        config.option.hypothesis_seed = config.getoption("--nhq-seed")
    try:
        if is_xdist_controller(config):
            refuse_live(_options(config))
            return
        entry = PytestEntry(config)
    except NhqError as problem:
        raise pytest.UsageError(str(problem)) from None
    config.add_cleanup(entry.close)
    for plugin in (*entry.plugins, entry):
        config.pluginmanager.register(plugin)


def is_xdist_controller(config: pytest.Config) -> bool:
    """Is this pytest-xdist's own process, whose workers run the tests?"""
    return bool(getattr(config.option, "numprocesses", None)) and not hasattr(config, "workerinput")


def refuse_live(options: GateOptions) -> None:
    """Each worker has a mock of its own. Raises ConfigError for a live target, whose keys they would share."""
    if options.target is None:
        return
    if not target_for_run(options.target, options.asked, contract_of(None).scopes).exclusive_keys:
        raise ConfigError("-n: processes would take the keys' allowance from each other; a live target needs one")


class PytestEntry:
    """One session of `pytest contracts`: its target, its collector, and how findings become failures."""

    def __init__(self, config: pytest.Config) -> None:
        self._options = _options(config)
        self._stack = ExitStack()
        try:
            self._open()
        except BaseException:
            self._stack.close()
            raise

    def _open(self) -> None:
        options, self._answers = self._options, KeyAnswers()
        contract = contract_of(None)
        target = target_of(options, contract, self._stack)
        course = RunDeadline(
            seconds_of(options, effort_of(target, options), target), exclusive_keys=target.exclusive_keys
        )
        session = open_target(target, options, self._stack, contract, course, self._answers)
        self._session = with_usable_keys(session, options, self._stack, course, self._answers)
        self._contract: Contract = contract
        self._collector: Collector = collector_for(self._session.target, contract)
        self._collector.before(self._answers.requests)
        selection, nonce = make_selection(contract, (), ()), nonce_of(target, options)
        self.plugins = plugins_of(self._session, self._collector, selection, options, nonce)
        self._plugin = self.plugins[0]

    def close(self) -> None:
        """End the mock and the connections."""
        self._stack.close()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Let a test with findings fail, and one that couldn't judge be skipped with the cause."""
        before = set(self._collector.findings)
        try:
            outcome = yield
        except (pytest.fail.Exception, Broken):
            pytest.fail(self._said(item, before), pytrace=False)
        if any(self._binds(proven.finding) for key, proven in self._collector.findings.items() if key not in before):
            pytest.fail(self._said(item, before), pytrace=False)
        if self._plugin.ends.result(item).outcome == "unknown":
            pytest.skip(self._plugin.ends.result(item).cause)
        return outcome

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Findings outside of a test count too, and trouble of ours is not a success."""
        withdraw_doubtful_findings(self._collector, self._session.target, self._contract, self._answers)
        if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            broken = any(self._binds(proven.finding) for proven in self._collector.findings.values())
            trouble = pytest.ExitCode.INTERRUPTED if self._collector.troubles else pytest.ExitCode.OK
            session.exitstatus = pytest.ExitCode.TESTS_FAILED if broken else trouble

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """One line for each failed rule and operation, with its sentence, then our own troubles."""
        told = {(p.finding.rule, p.finding.operation): p.finding for p in self._collector.findings.values()}
        if told:
            terminalreporter.section("broken promises", "=")
        for finding in list(told.values())[:MOST_LINES]:
            terminalreporter.write_line(self._line(finding))
        if len(told) > MOST_LINES:
            terminalreporter.write_line(
                f"and {len(told) - MOST_LINES} more; `nhq gate` writes them all into its reports"
            )
        for trouble in self._collector.troubles[:MOST_LINES]:
            terminalreporter.write_line(f"trouble on our side, {trouble.where}: {trouble.cause}")

    def _binds(self, finding: Finding) -> bool:
        return self._contract.rules[finding.rule].level is Level.MUST

    def _said(self, item: pytest.Item, before: set[tuple[str, str | None, str, str]]) -> str:
        """What the test saw broken: the sentence, what was expected, what came, and how to see it again."""
        new = [proven.finding for key, proven in self._collector.findings.items() if key not in before]
        own = [finding for finding in self._plugin.ends.judge(item).findings if finding not in new]
        return "\n".join(map(self._explain, (*own, *new)))

    def _explain(self, finding: Finding) -> str:
        seen = f"  expected {finding.expected}\n  got      {finding.actual}{_place(finding)}"
        return f"{self._line(finding)}\n{seen}\n  reproduce: {self._again(finding)}"

    def _line(self, finding: Finding) -> str:
        rule = self._contract.rules[finding.rule]
        where = f" {finding.operation}" if finding.operation else ""
        return f"{finding.rule}{where} ({rule.level}): “{rule.quote or rule.title}”"

    def _again(self, finding: Finding) -> str:
        return narrow_command(self._options, finding)


def _place(finding: Finding) -> str:
    return f" at {finding.where}" if finding.where else ""


def _options(config: pytest.Config) -> GateOptions:
    """What `nhq gate` would have been asked for."""
    target: Path | None = config.getoption("--nhq-target")
    asked = frozenset(Effect(name) for name in config.getoption("--nhq-allow"))
    command = "nhq gate" + (f" --target {target}" if target is not None else "")
    return GateOptions(
        target, config.getoption("--nhq-seed"), profile=config.getoption("--nhq-profile"), command=command, asked=asked
    )
