"""What a run has seen, event by event, on disk: so that one that was stopped can be taken up again.

One JSON object a line (`nhq.run.events`): which run this is, then the events of each finished test, alike ones summed,
with its end as the last. Written after each test and flushed, so that a killed process loses the test it was in and
nothing else; what a write left behind is noted at once. Every line bears its run's id: whatever another run wrote there
is not this one's. No keys and no bodies but those a report may hold.
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
from nhq.run.events import Event, ExchangeSeen, Head, Observed, RunBegan, TestEnded, ThingsCreated
from nhq.run.run_state import RunState, fold_events

FORMAT = "nhq-journal/5"
NAME = "journal.jsonl"


class RunJournal:
    """The file of one run, without what `masker` takes out. `done` has the ids of scenarios that needn't run again."""

    def __init__(self, path: Path, head: Head, masker: Masker | None = None) -> None:
        self._path, self._head, self._masker = path, head, masker or Masker(())
        self._run = secrets.token_hex(8)
        self.done: frozenset[str] = frozenset()

    def begin(self) -> None:
        """A new run: what stood there is gone. Raises ConfigError where nothing can be written."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_text(self._path, self._line(RunBegan(format=FORMAT, head=self._head)))
        except OSError as problem:
            raise ConfigError(f"{self._path.name}: cannot be written ({problem.strerror})") from None

    def resume(self) -> RunState:
        """What this run has seen: the fold of the file, without tests that were cut off.

        Raises ConfigError for the journal of another run, and for one that somebody else has written in.
        """
        lines = _objects(self._path)
        first = next(lines, {})
        began = self._begun(first)
        self._run = str(first["run"])
        stream = whole_tests(self._event(line) for line in lines if line.get("run") == self._run)
        self.done = frozenset(event.test.scenario for event in stream if isinstance(event, TestEnded))
        replace_text(self._path, "".join(map(self._line, (began, *stream))))  # without lines that a kill cut short
        return fold_events(stream)

    def hear(self, event: Event) -> None:
        """One more event of the run: what a write left behind is noted at once."""
        if isinstance(event, ThingsCreated):
            self.write([event])

    def write(self, stream: Iterable[Event]) -> None:
        """Note events: those of a test that has ended, its end as the last."""
        text = "".join(self._line(self._masked(event)) for event in stream)
        try:
            append_text(self._path, text)
        except OSError as problem:
            raise ConfigError(f"{self._path.name}: cannot be written ({problem.strerror})") from None

    def _masked(self, event: Event) -> Event:
        """The event without secrets; most looks and exchanges have no words but ours."""
        plain = (isinstance(event, Observed) and not event.cause) or (
            isinstance(event, ExchangeSeen) and not event.trouble
        )
        return event if plain else mask_record(event, self._masker)

    def _line(self, event: Event) -> str:
        return json.dumps({"run": self._run, **msgspec.to_builtins(event, str_keys=True)}, separators=(",", ":")) + "\n"

    def _broken(self, how: str) -> ConfigError:
        return ConfigError(f"{self._path.name}: {how}; drop --resume to start over")

    def _begun(self, line: dict[str, object]) -> RunBegan:
        if line.get("format") != FORMAT:
            raise ConfigError(f"{self._path.name}: no interrupted run to resume; drop --resume")
        try:
            began = msgspec.convert(line, RunBegan)
        except msgspec.ValidationError:
            raise self._broken("its first line is none of ours") from None
        if not isinstance(line.get("run"), str):
            raise self._broken("its first line names no run")
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


def whole_tests(stream: Iterable[Event]) -> list[Event]:
    """The events of tests that have ended, and what writes left behind; without those of a test that was cut off."""
    found: list[Event] = []
    test: list[Event] = []
    for event in stream:
        if isinstance(event, ThingsCreated):
            found.append(event)
        else:
            test.append(event)
        if isinstance(event, TestEnded):
            found.extend(test)
            test.clear()
    return found


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
