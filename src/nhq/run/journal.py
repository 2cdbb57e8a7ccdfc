"""What a run has seen, test by test, on disk: so that one that was stopped can be taken up again.

One JSON object a line: a header that says what is judged, then each finished test with what it added. Written after
each test and flushed, so that a killed process loses the test it was in and nothing else; what a write left behind is
noted at once. No keys and no bodies but those a report may hold.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nhq.errors import ConfigError
from nhq.model import Finding, Verdict
from nhq.run.collect import Cell, Collector, Proven, TestResult, Trouble

FORMAT = "nhq-journal/1"
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
    """The file of one run. `done` names the tests that needn't run again."""

    def __init__(self, path: Path, head: Head) -> None:
        self._path, self._head = path, head
        self.done: frozenset[str] = frozenset()

    def begin(self) -> None:
        """A new run: what stood there is gone. Raises ConfigError where nothing can be written."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(_line({"format": FORMAT, **asdict(self._head)}), "utf-8")
        except OSError as problem:
            raise ConfigError(f"{self._path.name}: cannot be written ({problem.strerror})") from None

    def resume(self, collector: Collector) -> int:
        """Fold in what was seen; the highest number of an exchange. Raises ConfigError for another run's journal."""
        head, *rows = list(_rows(self._path)) or [{}]
        self._same(head)
        last = 0
        for number, row in enumerate(rows, 2):
            try:
                _fold(collector, row)
                last = max(last, int(row.get("last", 0)))
            except (LookupError, TypeError, ValueError, AttributeError):
                line = f"{self._path.name}: line {number} is no row of a run; leave out --resume to start anew"
                raise ConfigError(line) from None
        self.done = frozenset(row["test"]["id"] for row in rows if "test" in row)
        whole = "".join(_line(row) for row in (head, *rows))
        self._path.write_text(whole, "utf-8")  # a line cut short by a kill is left out
        return last

    def _same(self, head: Mapping[str, Any]) -> None:
        if head.get("format") != FORMAT:
            raise ConfigError(f"{self._path.name}: no run to take up; leave out --resume")
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
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(_line(row))


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, separators=(",", ":")) + "\n"


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a journal, up to the first that isn't one."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            return
        if isinstance(row, dict):
            yield row


def _fold(collector: Collector, row: Mapping[str, Any]) -> None:
    collector.written.extend(row.get("written", ()))
    if "test" not in row:
        return
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
    collector.shown |= {int(number): shown for number, shown in row["shown"].items()}
    collector.chosen |= row["chosen"]
    collector.unsatisfied |= dict.fromkeys(row["unsatisfied"])
    collector.troubles += [Trouble(**trouble) for trouble in row["troubles"]]
    collector.digest.update(row["digest"].encode())


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
