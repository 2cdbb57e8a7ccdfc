"""What a run has seen, event by event, on disk: so that one that was stopped can be taken up again.

One JSON object a line (`nhq.run.events`): which run this is, then each finished test with what it added. Written after
each test and flushed, so that a killed process loses the test it was in and nothing else; what a write left behind is
noted at once. Every line bears its run's id: whatever another run wrote there is not this one's. No keys and no bodies
but those a report may hold.
"""

import json
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from nhq.errors import ConfigError
from nhq.files import append_text, replace_text
from nhq.masking import Masker
from nhq.record.masked_record import mask_record
from nhq.run.collector import Collector
from nhq.run.events import Event, Head, RunBegan, TestEnded, ThingsCreated
from nhq.run.test_results import TestResult

FORMAT = "nhq-journal/4"
NAME = "journal.jsonl"


class RunJournal:
    """The file of one run, without what `masker` takes out. `done` has the ids of scenarios that needn't run again."""

    def __init__(self, path: Path, head: Head, masker: Masker | None = None) -> None:
        self._path, self._head, self._masker = path, head, masker or Masker(())
        self._run = secrets.token_hex(8)
        self.done: frozenset[str] = frozenset()

    def begin(self) -> None:
        """A new run: what stood there is gone. Raises ConfigError where nothing can be written."""
        began = RunBegan(format=FORMAT, run=self._run, head=self._head)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_text(self._path, _line(began))
        except OSError as problem:
            raise ConfigError(f"{self._path.name}: cannot be written ({problem.strerror})") from None

    def resume(self, collector: Collector) -> int:
        """Fold in what this run has seen; the highest number of an exchange.

        Raises ConfigError for the journal of another run, and for one that somebody else has written in.
        """
        lines = _objects(self._path)
        began = self._begun(next(lines, {}))
        self._run = began.run
        events = [self._event(line) for line in lines if line.get("run") == self._run]
        last = fold_events(events, collector)
        self.done = frozenset(event.test.scenario for event in events if isinstance(event, TestEnded))
        replace_text(self._path, "".join(map(_line, (began, *events))))  # without a line that a kill cut short
        return last

    def _broken(self, how: str) -> ConfigError:
        return ConfigError(f"{self._path.name}: {how}; drop --resume to start over")

    def _begun(self, line: dict[str, object]) -> RunBegan:
        if line.get("format") != FORMAT:
            raise ConfigError(f"{self._path.name}: no run to take up; drop --resume")
        try:
            began = msgspec.convert(line, RunBegan)
        except msgspec.ValidationError:
            raise self._broken("its first line names no run") from None
        for name, value in msgspec.structs.asdict(self._head).items():
            if getattr(began.head, name) != value:
                raise ConfigError(
                    f"{self._path.name}: the interrupted run differs in {name}; drop --resume to start over"
                )
        return began

    def _event(self, line: dict[str, object]) -> Event:
        try:
            event: Event = msgspec.convert(line, Event, str_keys=True)
        except msgspec.ValidationError:
            raise self._broken("a line lacks what a test leaves there") from None
        return event

    def test(self, result: TestResult, collector: Collector, last: int) -> None:
        """One more test is finished."""
        self._write(collector.ended_test(self._run, result, last))

    def left(self, lines: list[str]) -> None:
        """What a write left behind, told at once."""
        self._write(ThingsCreated(run=self._run, lines=tuple(lines)))

    def _write(self, event: Event) -> None:
        try:
            append_text(self._path, _line(mask_record(event, self._masker)))
        except OSError as problem:
            raise ConfigError(f"{self._path.name}: cannot be written ({problem.strerror})") from None


def fold_events(events: Iterable[Event], collector: Collector) -> int:
    """Let a collector take up the events of a run, in order; the highest number of an exchange, 0 for none."""
    last = 0
    for event in events:
        collector.take_up(event)
        last = max(last, event.last if isinstance(event, TestEnded) else 0)
    return last


def _line(event: Event) -> str:
    return json.dumps(msgspec.to_builtins(event, str_keys=True), separators=(",", ":")) + "\n"


def _objects(path: Path) -> Iterator[dict[str, object]]:
    """The lines of a journal but for a last one that was cut short. Raises ConfigError for one that is none of ours."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return
    for number, line in enumerate(lines, 1):
        row = _read(line)
        if row is not None:
            yield row
        elif number == 1 or number == len(lines):  # no journal at all, or a process was killed while it wrote
            return
        else:
            raise ConfigError(f"{path.name}: line {number} is broken; drop --resume to start over")


def _read(line: bytes) -> dict[str, object] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None
