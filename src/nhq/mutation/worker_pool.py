"""Workers that run task after task: processes, because pytest and Schemathesis import slowly and keep global state."""

import multiprocessing
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Any, NamedTuple

from nhq.child_processes import leave_at_once
from nhq.client.mock_process import mock_target
from nhq.errors import NhqError, crash_place
from nhq.mutation.faults.catalogue import find_fault
from nhq.mutation.live_bench import LiveBench
from nhq.mutation.mutant_mock import Manner, MutantMock
from nhq.mutation.mutant_status import MutantOutcome
from nhq.mutation.variants import catalogue as variant_catalogue

_PATIENCE = 2.0
_INTERRUPTED = "interrupted"
_GRACE = 1.5  # seconds for a worker to end its mock and itself


class Task(NamedTuple):
    """A fault to plant, the seed of the mock to plant it in, and the variants that the mock takes meanwhile.

    `rule`: the one rule to look for, of those that the fault breaks; "": any of them.
    """

    fault: str
    seed: int
    variants: tuple[str, ...] = ()
    rule: str = ""


def run_tasks(tasks: Sequence[Task], manner: Manner, workers: int) -> Iterator[tuple[Task, MutantOutcome]]:
    """Yield each task with its outcome, as they finish. Raises NhqError when a worker ends before its work is done."""
    context = multiprocessing.get_context("spawn")
    waiting, results = context.Queue(), context.Queue()
    waiting.cancel_join_thread()  # an interrupt leaves tasks in it
    for task in [*tasks, *[None] * workers]:
        waiting.put(task)
    with ExitStack() as stack:
        crew: list[SpawnProcess] = []
        stack.callback(_end, crew)
        for _ in range(min(workers, len(tasks))):
            process = context.Process(target=_work, args=(manner, waiting, results), daemon=True)
            process.start()
            crew.append(process)
        for _ in tasks:
            yield _next(results, crew)


class _Word:
    """The request to end, by SIGTERM or SIGINT. It is remembered: pytest only ends the present run at an interrupt."""

    def __init__(self) -> None:
        self.given = False
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, self._come)

    def _come(self, number: int, frame: FrameType | None) -> None:
        if not self.given:  # pytest's message about it is of no use
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        self.given = True
        raise KeyboardInterrupt


def _work(manner: Manner, waiting: Any, results: Any) -> None:
    """Run a worker until no task is left or it is asked to end; send outcomes back, and what stopped it as text."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    word = _Word()
    try:
        with ExitStack() as stack:
            bench = _bench(stack, manner)
            while not word.given and (task := waiting.get()) is not None:
                if task.seed == manner.seed:
                    results.put((task, _look(bench, task)))
                    continue
                with ExitStack() as other:
                    results.put((task, _look(_bench(other, Manner(task.seed, manner.whole)), task)))
    except NhqError as problem:
        results.put(str(problem))
    except Exception as crash:
        results.put(crash_place(crash))
    except KeyboardInterrupt:
        results.put(_INTERRUPTED)


def _end_with_parent() -> None:
    """End with the parent process: if that is killed, nobody would take the outcomes."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        leave_at_once()


def _look(bench: MutantMock | LiveBench, task: Task) -> MutantOutcome:
    fault = find_fault(task.fault)
    wanted = replace(fault, rules=(task.rule,)) if task.rule else fault
    return bench.look(wanted, [variant_catalogue.find_variant(ident) for ident in task.variants])


def _bench(stack: ExitStack, manner: Manner) -> MutantMock | LiveBench:
    """A bench with a mock of its own."""
    if manner.live is not None:
        real = ["--real-time", "--window", str(manner.live.window)]
        target = stack.enter_context(mock_target(seed=manner.seed, options=real))
        return stack.enter_context(closing(LiveBench(target, manner.seed, manner.live)))
    return stack.enter_context(closing(MutantMock(stack.enter_context(mock_target(seed=manner.seed)), manner)))


def _next(results: Any, crew: Sequence[SpawnProcess]) -> tuple[Task, MutantOutcome]:
    while True:
        try:
            told = results.get(timeout=_PATIENCE)
        except queue.Empty:
            if not any(process.is_alive() for process in crew):
                raise NhqError("the workers ended before they finished") from None
            continue
        if told == _INTERRUPTED:
            raise KeyboardInterrupt
        if isinstance(told, str):
            raise NhqError(f"a worker stopped: {told}")
        task, outcome = told
        return task, outcome


def _end(crew: Sequence[SpawnProcess]) -> None:
    """Ask all workers to end, wait a little, then kill the rest: the mock of a killed worker ends with it."""
    for process in crew:
        if process.is_alive():
            process.terminate()
    for process in crew:
        process.join(_GRACE)
        if process.is_alive():
            process.kill()
            process.join()
        process.close()
