"""One Locust process's part of a load run: its keys, its history file, and the word when it is done."""

import logging
import os
from pathlib import Path
from typing import Any

import gevent
from locust.runners import MasterRunner, WorkerRunner

from nhq.errors import ConfigError, NhqError
from nhq.load.abort_conditions import AnswerCounts, ProcessTally, must_watch
from nhq.load.excess_load import MANNERS, refuse_unasked
from nhq.load.history_recorder import FLUSH_SECONDS, HistoryRecorder
from nhq.load.key_runner import KeyRunSettings, StartBarrier
from nhq.load.locust_arguments import Settings, load_locust_target, settings_from_locust, usable_keys, within_reach
from nhq.load.precise_timing import CLOCK
from nhq.load.processes import PROGRESS_FD
from nhq.load.profile_tables import SUFFIX, find_profile
from nhq.load.send_plan import make_plan, with_keys
from nhq.load.traffic_mix import mix_operations, permitted_mix, scopes_of
from nhq.ratelimit.checker.check import check_history
from nhq.ratelimit.history.history import Meta
from nhq.ratelimit.history.read_history import read_history

DONE, ANSWERS, STOP = "nhq_done", "nhq_answers", "nhq_stop"
#: Seconds between two looks at what was answered.
LOOK = 0.5
_LOG = logging.getLogger("nhq.load")


class Part:
    """What this process does in one test, made when Locust starts the test. Raises NhqError for what can't be done."""

    def __init__(self, options: Settings, host: str | None, index: int, count: int, first: bool) -> None:
        profile = find_profile(options.profile)
        self.target = load_locust_target(options.target, host, os.environ, options.asked)
        rows = mix_operations()
        mix, _ = permitted_mix(profile.mix, self.target.allow)
        mix, _ = within_reach(mix, self.target, rows)
        plan = make_plan(
            profile,
            options.limit or self.target.limit,
            options.window or self.target.window,
            options.keys,
            options.duration,
        )
        keys = usable_keys(self.target, scopes_of(mix, rows))
        plan = plan if options.keys else with_keys(plan, len(keys))
        refuse_unasked(plan, self.target, options.load, "--nhq-allow-load")
        self.watched = must_watch(self.target, plan)
        self.brief = KeyRunSettings(plan, rows, mix, options.seed, 0.0 if self.target.loopback else MANNERS)
        if len(keys) < plan.keys:
            raise ConfigError(f"{profile.name} needs {plan.keys} keys with its scopes, the target has {len(keys)}")
        self.waiting = [(number, keys[number]) for number in range(index, plan.keys, count)]
        self.gate = StartBarrier()
        self.running = 0
        self.all_spawned = False
        folder = Path(options.out) / (options.run or f"{profile.name}-{int(CLOCK.now())}")
        labels = [key.label for _, key in self.waiting]
        said = Meta(plan.limit, plan.window, options.fresh and first, alone=options.exclusive_keys)
        self.recording = HistoryRecorder(folder, index, labels, said)

    def start_key(self, has_work: bool) -> None:
        """One more key sends, if there is one."""
        self.running += has_work

    @property
    def finished(self) -> bool:
        """Every key of this process has sent all it had to send."""
        return self.all_spawned and not self.running


class LocustWorker:
    """Listens to one Locust environment. `part` exists while a test runs in a process that sends."""

    def __init__(self, environment: Any) -> None:
        self._environment = environment
        self._mine = settings_from_locust(environment.parsed_options)  # before a master's word replaces what is local
        self._tests = 0
        self._sent = 0
        self._failed = False
        self._answers, self._tally = AnswerCounts(), ProcessTally()
        self.part: Part | None = None
        environment.events.request.add_listener(self._see)

    @property
    def sent(self) -> int:
        """How many requests this process has sent so far, in all tests."""
        return self._sent + (self.part.recording.sent if self.part is not None else 0)

    def start(self) -> None:
        """Locust starts a test."""
        self._answers, self._tally = AnswerCounts(), ProcessTally()
        runner = self._environment.runner
        if isinstance(runner, MasterRunner):
            return
        told = settings_from_locust(self._environment.parsed_options)
        index, count = _place(runner, self._environment.parsed_options)
        local = {"target": self._mine.target or told.target, "out": self._mine.out, "run": self._mine.run or told.run}
        local |= {"profile": self._mine.profile} if told.profile.endswith(SUFFIX) else {}
        options = Settings(**{**{name: getattr(told, name) for name in Settings.__slots__}, **local})
        try:
            self.part = Part(options, self._environment.host, index, count, self._tests == 0)
        except NhqError as problem:
            self.fail(str(problem))
            return
        self._tests += 1
        gevent.spawn(self._flush, self.part)
        if self.part.watched:
            gevent.spawn(self._tell, self.part)

    def spawned(self) -> None:
        """Locust has spawned all users."""
        if self.part is not None:
            self.part.all_spawned = True
            self._look()

    def ended(self) -> None:
        """A key is through."""
        if self.part is not None:
            self.part.running -= 1
            self._look()

    def stop(self) -> None:
        """Locust has stopped a test: every user is gone, what was in flight is recorded."""
        if self.part is not None:
            part, self.part = self.part, None
            self._sent += part.recording.sent
            part.recording.close()
            if not isinstance(self._environment.runner, WorkerRunner) and PROGRESS_FD not in os.environ:
                _judge(part)

    def fail(self, line: str) -> None:
        """This run cannot go on: say why in one line, once, and end the process with 2."""
        if self._failed:
            return
        self._failed = True
        _LOG.error("nhq: %s", line)
        self._environment.process_exit_code = 2
        gevent.spawn(self._environment.runner.quit)

    def hear(self, process: str, told: dict[str, int]) -> None:
        """What a process of this run was answered so far; too many 5xx end the run."""
        self._tally.hear(process, told)
        if line := self._tally.reason():
            if isinstance(self._environment.runner, MasterRunner):
                self._environment.runner.send_message(STOP, {"line": line})
            self.fail(line)

    def _see(self, response: Any = None, **_: Any) -> None:
        """Locust tells of each request that is over."""
        self._answers.see(int(getattr(response, "status_code", 0) or 0))

    def _tell(self, part: Part) -> None:
        """Say now and then what was answered: to the master, or to ourselves."""
        runner = self._environment.runner
        while self.part is part:
            gevent.sleep(LOOK)
            if isinstance(runner, WorkerRunner):
                runner.send_message(ANSWERS, self._answers.told())
            else:
                self.hear("", self._answers.told())

    def _look(self) -> None:
        """When all is sent: tell the master, or end the test (and the process, without a web UI)."""
        if self.part is None or not self.part.finished:
            return
        runner = self._environment.runner
        if isinstance(runner, WorkerRunner):
            runner.send_message(DONE, {})
        else:
            gevent.spawn(runner.quit if self._environment.parsed_options.headless else runner.stop)

    def _flush(self, part: Part) -> None:
        while self.part is part:
            part.recording.flush()
            gevent.sleep(FLUSH_SECONDS)


def _judge(part: Part) -> None:
    """The four verdicts in Locust's log, for whoever runs Locust without `nhq load`."""
    path, plan = part.recording.path, part.brief.plan
    try:
        judgements = check_history(read_history(path), plan.limit, plan.window).judgements
    except NhqError as problem:
        _LOG.warning("not judged: %s", problem)
        return
    _LOG.info("recorded in %s", path)
    for judgement in judgements:
        _LOG.info("%s: %s, %s", judgement.aspect, judgement.verdict, judgement.cause)


def _place(runner: Any, options: Any) -> tuple[int, int]:
    """Which of how many sending processes this is."""
    return (runner.worker_index, options.expect_workers) if isinstance(runner, WorkerRunner) else (0, 1)
