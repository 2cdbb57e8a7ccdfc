"""Writing reports to a folder."""

from pathlib import Path
from typing import Any

import pytest

from nhq import report
from nhq.errors import ConfigError
from nhq.record.record_json import read_record, record_of


def test_defaults(holding: dict[str, Any], tmp_path: Path) -> None:
    """Without a word about formats there are four files, the record first, and nothing else is left behind."""
    written = report.write_reports(record_of(holding), tmp_path / "new" / "out")
    assert [path.name for path in written] == ["results.json", "junit.xml", "report.html", "summary.md"]
    assert sorted(path.name for path in (tmp_path / "new" / "out").iterdir()) == sorted(path.name for path in written)


def test_every_format_takes_every_record(any_record: dict[str, Any], tmp_path: Path) -> None:
    """Every format can be written for every record, as UTF-8, each into a file of its own."""
    written = report.write_reports(record_of(any_record), tmp_path, list(report.FORMATS))
    assert len({path.name for path in written}) == len(report.FORMATS)
    for path in written:
        path.read_text(encoding="utf-8")


def test_the_record_comes_back(any_record: dict[str, Any], tmp_path: Path) -> None:
    """results.json read again is the record, to the character."""
    (path,) = report.write_reports(record_of(any_record), tmp_path, ["json"])
    assert read_record(path.read_text(encoding="utf-8"), path.name) == record_of(any_record)


def test_writers_leave_the_record_alone(violated: dict[str, Any]) -> None:
    """No writer changes the record it reads."""
    record = record_of(violated)
    for name in report.FORMATS:
        report.render_report(record, name)
    assert record == record_of(violated)


def test_old_reports_are_replaced(holding: dict[str, Any], violated: dict[str, Any], tmp_path: Path) -> None:
    """A second run into the same folder leaves its own reports and no trace of the first."""
    report.write_reports(record_of(violated), tmp_path)
    report.write_reports(record_of(holding), tmp_path)
    assert "VIOLATED" not in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(list(tmp_path.iterdir())) == len(report.DEFAULT)


def test_an_unknown_format_is_refused_before_anything_is_written(holding: dict[str, Any], tmp_path: Path) -> None:
    """A format we don't have is one clear line that names those we have, and no file."""
    with pytest.raises(ConfigError, match="no report format 'pdf'; known are json, junit, html"):
        report.write_reports(record_of(holding), tmp_path / "out", ["json", "pdf"])
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_one_line(holding: dict[str, Any], tmp_path: Path) -> None:
    """Where a file stands in the way of the folder, the error names the folder."""
    (tmp_path / "out").write_text("")
    with pytest.raises(ConfigError, match=r"cannot write reports to .*out: "):
        report.write_reports(record_of(holding), tmp_path / "out")
