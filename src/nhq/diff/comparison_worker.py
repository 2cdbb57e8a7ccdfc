"""A process of its own for hard comparisons: native code can't be interrupted, a process can be ended.

`python -m nhq.diff.comparison_worker` reads pickled questions from its input and writes pickled answers, one by
one.
"""

import pickle
import select
import subprocess
import sys
from typing import Any

from nhq.clock import Clock, SystemClock
from nhq.diff.compare_schemas import Judged, compare_schemas
from nhq.diff.json_schema import Schema
from nhq.diff.text_values import AS_TEXT
from nhq.diff.witness_search import JSON


class ComparisonWorker:
    """Asks a process that it starts when first needed; ends it when an answer is late, and starts another."""

    def __init__(self, one: float, total: float, clock: Clock | None = None) -> None:
        self._one, self._left = one, total
        self._clock = clock or SystemClock()
        self._process: subprocess.Popen[bytes] | None = None

    def compare(self, small: Schema, big: Schema, is_text: bool) -> list[Judged] | None:
        """The answer, None where it didn't come in time."""
        if self._left <= 0:
            return None
        began = self._clock.monotonic()
        try:
            return self._ask((small, big, is_text))
        except (OSError, EOFError, pickle.PickleError):
            self.close()
            return None
        finally:
            self._left -= self._clock.monotonic() - began

    def _ask(self, question: tuple[Schema, Schema, bool]) -> list[Judged] | None:
        process = self._process or self._started()
        if process.stdin is None or process.stdout is None:
            return None
        pickle.dump(question, process.stdin)
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], min(self._one, self._left))
        if not ready:
            self.close()
            return None
        found: list[Judged] | None = pickle.load(process.stdout)
        return found

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "nhq.diff.comparison_worker"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        return self._process

    def close(self) -> None:
        """End the process, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def serve_comparisons() -> None:
    """Answer questions until the input ends."""
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            small, big, is_text = pickle.load(questions)
        except EOFError:
            return
        pickle.dump(_answer(small, big, is_text), answers)
        answers.flush()


def _answer(small: Any, big: Any, is_text: bool) -> list[Judged] | None:
    try:
        return compare_schemas(small, big, AS_TEXT if is_text else JSON)
    except RecursionError:
        return None


if __name__ == "__main__":
    serve_comparisons()
