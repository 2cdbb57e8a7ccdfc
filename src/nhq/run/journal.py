"""What a run has seen, test by test, on disk: so that one that was stopped can be taken up again.

One JSON object a line: a header that says what is judged, then each finished test with what it added. Written after
each test and flushed, so that a killed process loses the test it was in and nothing else; what a write left behind is
noted at once. Every line bears its run's id: whatever another run wrote there is not this one's. No keys and no bodies
but those a report may hold.
"""

import json
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nhq.errors import ConfigError
from nhq.files import append_text, replace_text
from nhq.masking import Masker
from nhq.model import Finding, Verdict
from nhq.record.judged_rows import ExchangeRow
from nhq.run.collect import Cell, Collector, Proven, TestResult, Trouble

FORMAT = "nhq-journal/3"
NAME = "journal.jsonl"


@dataclass(frozen=True, slots=True)
class Head:
    """What two runs must share for one to take up the other."""

    target: str
    seed: int
    contract: str
    profile: str
    rules: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()


class Journal:
    """The file of one run, without what `masker` takes out. `done` has the ids of scenarios that needn't run again."""

    def __init__(self, path: Path, head: Head, masker: Masker | None = None) -> None:
        self._path, self._head, self._masker = path, head, masker or Masker(())
        self._run = secrets.token_hex(8)
        self.done: frozenset[str] = frozenset()

    def begin(self) -> None:
        """A new run: what stood there is gone. Raises ConfigError where nothing can be written."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_text(self._path, _line({"format": FORMAT, "run": self._run, **asdict(self._head)}))
        except OSError as problem:
            raise ConfigError(f"{self._path.name}: cannot be written ({problem.strerror})") from None

    def resume(self, collector: Collector) -> int:
        """Fold in what this run has seen; the highest number of an exchange.

        Raises ConfigError for the journal of another run, and for one that somebody else has written in.
        """
        head, *rows = list(_rows(self._path)) or [{}]
        self._same(head)
        self._run = head.get("run", "")
        mine = [row for row in rows if row.get("run") == self._run]
        try:
            last = max((_fold(collector, row) for row in mine), default=0)
            self.done = frozenset(row["test"]["scenario"] for row in mine if "test" in row)
        except (LookupError, TypeError, ValueError, AttributeError):
            raise self._broken("a line lacks what a test leaves there") from None
        replace_text(self._path, "".join(_line(row) for row in (head, *mine)))  # without a line that a kill cut short
        return last

    def _broken(self, how: str) -> ConfigError:
        return ConfigError(f"{self._path.name}: {how}; leave out --resume to start anew")

    def _same(self, head: Mapping[str, Any]) -> None:
        if head.get("format") != FORMAT:
            raise ConfigError(f"{self._path.name}: no run to take up; leave out --resume")
        if not isinstance(head.get("run"), str):
            raise self._broken("its first line names no run")
        for name, value in json.loads(json.dumps(asdict(self._head))).items():
            if head.get(name) != value:
                raise ConfigError(f"{self._path.name}: the run had another {name}; leave out --resume to start anew")

    def test(self, result: TestResult, collector: Collector, last: int) -> None:
        """One more test is finished."""
        self._write({"test": asdict(result), "last": last, **collector.told()})

    def left(self, lines: list[str]) -> None:
        """What a write left behind, told at once."""
        self._write({"written": lines})

    def _write(self, row: Mapping[str, Any]) -> None:
        try:
            append_text(self._path, _line({"run": self._run, **self._masker.value(row)}))
        except OSError as problem:
            raise ConfigError(f"{self._path.name}: cannot be written ({problem.strerror})") from None


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, separators=(",", ":")) + "\n"


def _rows(path: Path) -> Iterator[dict[str, Any]]:
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
            raise ConfigError(f"{path.name}: line {number} is broken; leave out --resume to start anew")


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _fold(collector: Collector, row: Mapping[str, Any]) -> int:
    """Fold one line in; the number of the last exchange that it knows of."""
    collector.written.extend(row.get("written", ()))
    if "test" not in row:
        return 0
    collector.tests.append(TestResult(**{**row["test"], "rules": tuple(row["test"]["rules"])}))
    for rule, operation, verdicts, exchange, cause in row["cells"]:
        _cell(collector.cells.setdefault((rule, operation), Cell()), verdicts, exchange, cause)
    for found in row["findings"]:
        _finding(collector, found)
    for operation, counts in row["statuses"].items():
        kept = collector.statuses.setdefault(operation, Counter())
        kept.update({int(status): count for status, count in counts.items()})
    collector.by_key.update(row["by_key"])
    collector.requests += sum(row["by_key"].values())
    collector.shown |= {int(number): ExchangeRow(**shown) for number, shown in row["shown"].items()}
    collector.chosen |= row["chosen"]
    collector.unsatisfied |= dict.fromkeys(row["unsatisfied"])
    collector.troubles += [Trouble(**trouble) for trouble in row["troubles"]]
    collector.digest.update(row["digest"].encode())
    return int(row["last"])


def _cell(cell: Cell, verdicts: Mapping[str, int], exchange: int | None, cause: str) -> None:
    cell.verdicts.update({Verdict(name): count for name, count in verdicts.items()})
    if cell.exchange is None or Verdict.VIOLATED in verdicts:
        cell.exchange = exchange
    cell.cause = cell.cause or cause


def _finding(collector: Collector, found: Mapping[str, Any]) -> None:
    finding = Finding(**{**found["finding"], "exchanges": tuple(found["finding"]["exchanges"])})
    known = collector.findings.get(finding.key)
    if known is not None:
        known.count += found["count"]
    else:
        collector.findings[finding.key] = Proven(finding, found["test"], found["curl"], found["count"])
