"""Workers that take fault after fault: processes, because pytest and Schemathesis are slow to import and own theirs."""

import multiprocessing
import os
import queue
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from multiprocessing.context import SpawnProcess
from typing import Any

from nhq.drive.mock import mock_target
from nhq.drive.target import Target
from nhq.errors import NhqError
from nhq.faults.catalogue import find
from nhq.power.bench import Bench, Manner
from nhq.power.outcome import Outcome

_PATIENCE = 2.0


def outcomes(faults: Sequence[str], manner: Manner, workers: int) -> Iterator[Outcome]:
    """The outcome of each fault, as it comes. Raises NhqError when a worker ends before its work does."""
    context = multiprocessing.get_context("spawn")
    tasks, results = context.Queue(), context.Queue()
    for ident in [*faults, *[None] * workers]:
        tasks.put(ident)
    with ExitStack() as stack:
        crew = []
        for _ in range(min(workers, len(faults))):
            target = stack.enter_context(mock_target(seed=manner.seed))
            process = context.Process(target=_work, args=(target, manner, tasks, results), daemon=True)
            process.start()
            stack.callback(_end, process)
            crew.append(process)
        for _ in faults:
            yield _next(results, crew)


def _work(target: Target, manner: Manner, tasks: Any, results: Any) -> None:
    """What a worker does until there is nothing left: outcomes go back, and what stops it, as text."""
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    try:
        with closing(Bench(target, manner)) as bench:
            while (ident := tasks.get()) is not None:
                results.put(bench.look(find(ident)))
    except NhqError as problem:
        results.put(str(problem))
    except KeyboardInterrupt:
        results.put("interrupted")


def _next(results: Any, crew: Sequence[SpawnProcess]) -> Outcome:
    while True:
        try:
            told = results.get(timeout=_PATIENCE)
        except queue.Empty:
            if not any(process.is_alive() for process in crew):
                raise NhqError("the workers ended before their work did") from None
            continue
        if isinstance(told, Outcome):
            return told
        raise NhqError(f"a worker stopped: {told}")


def _end(process: SpawnProcess) -> None:
    if process.is_alive():
        process.terminate()
    process.join()
    process.close()
