"""Workers that take fault after fault: processes, because pytest and Schemathesis are slow to import and own theirs."""

import multiprocessing
import os
import queue
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Any, NamedTuple

from nhq.drive.mock import mock_target
from nhq.errors import NhqError, crash_place
from nhq.faults.catalogue import find
from nhq.liberties import catalogue as liberties
from nhq.power.bench import Bench, Manner
from nhq.power.outcome import Outcome

_PATIENCE = 2.0


class Task(NamedTuple):
    """A fault to plant, the seed of the mock to plant it in, and the liberties that the mock takes meanwhile.

    `rule`: of the rules that the fault breaks, the one to look for; any of them when none is named.
    """

    fault: str
    seed: int
    liberties: tuple[str, ...] = ()
    rule: str = ""


def outcomes(tasks: Sequence[Task], manner: Manner, workers: int) -> Iterator[tuple[Task, Outcome]]:
    """The outcome of each task, as it comes, with the task. Raises NhqError when a worker ends before its work does."""
    context = multiprocessing.get_context("spawn")
    waiting, results = context.Queue(), context.Queue()
    for task in [*tasks, *[None] * workers]:
        waiting.put(task)
    with ExitStack() as stack:
        crew = []
        for _ in range(min(workers, len(tasks))):
            process = context.Process(target=_work, args=(manner, waiting, results), daemon=True)
            process.start()
            stack.callback(_end, process)
            crew.append(process)
        for _ in tasks:
            yield _next(results, crew)


def _work(manner: Manner, waiting: Any, results: Any) -> None:
    """What a worker does until there is nothing left: outcomes go back, and what stops it, as text."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        with ExitStack() as stack:
            bench = _bench(stack, manner)
            while (task := waiting.get()) is not None:
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
        results.put("interrupted")


def _look(bench: Bench, task: Task) -> Outcome:
    fault = find(task.fault)
    wanted = replace(fault, rules=(task.rule,)) if task.rule else fault
    return bench.look(wanted, [liberties.find(ident) for ident in task.liberties])


def _bench(stack: ExitStack, manner: Manner) -> Bench:
    """A bench with a mock of its own."""
    return stack.enter_context(closing(Bench(stack.enter_context(mock_target(seed=manner.seed)), manner)))


def _leave(number: int, frame: FrameType | None) -> None:
    """SIGTERM unwinds the stack, so that no mock is left behind; what pytest would say of it, nobody needs."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    sys.exit(1)


def _next(results: Any, crew: Sequence[SpawnProcess]) -> tuple[Task, Outcome]:
    while True:
        try:
            told = results.get(timeout=_PATIENCE)
        except queue.Empty:
            if not any(process.is_alive() for process in crew):
                raise NhqError("the workers ended before their work did") from None
            continue
        if isinstance(told, str):
            raise NhqError(f"a worker stopped: {told}")
        task, outcome = told
        return task, outcome


def _end(process: SpawnProcess) -> None:
    if process.is_alive():
        process.terminate()
    process.join()
    process.close()
