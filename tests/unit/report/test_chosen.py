"""Which reports a command writes, in a CI server's job and elsewhere."""

import json
from pathlib import Path
from typing import Any

import pytest

from nhq import paths
from nhq.cli import report_formats
from nhq.record.record_json import record_of
from nhq.report import DEFAULT, FORMATS

USUAL = [FORMATS[name].file for name in DEFAULT]


@pytest.fixture(autouse=True)
def no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever server runs these tests is not seen by them."""
    for name in ("GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)


def written(record: dict[str, Any], out: Path, *asked: str, document: Path | None = None) -> list[str]:
    return [Path(path).name for path in report_formats.write_run_reports(record_of(record), out, asked, document)]


def test_elsewhere_the_usual_ones_are_written(
    violated: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a CI server there are four reports, and nothing is printed."""
    assert written(violated, tmp_path) == USUAL
    assert capsys.readouterr().out == ""


def test_what_is_asked_for_is_all_that_is_written(violated: dict[str, Any], tmp_path: Path) -> None:
    """Formats that were named are those that come, in their order."""
    assert written(violated, tmp_path, "gitlab", "json") == ["code-quality.json", "results.json"]


def test_under_github_the_annotations_are_in_the_log(
    violated: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    shapes: Any,
) -> None:
    """The runner reads commands from what a step prints, so that they are printed as well as written."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert written(violated, tmp_path) == [*USUAL, "results.sarif", "annotations.txt"]
    printed = capsys.readouterr().out
    assert printed == (tmp_path / "annotations.txt").read_text(encoding="utf-8")
    assert {note.get("file") for note in shapes.github(printed)} == {"openapi.json", None}


def test_under_gitlab_the_quality_report_is_written(
    violated: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GitLab takes a file as an artefact."""
    monkeypatch.setenv("GITLAB_CI", "true")
    assert written(violated, tmp_path) == [*USUAL, "code-quality.json"]


def test_another_contract_is_annotated_itself(
    shapes: Any, violated: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --contract the notes point into the document that was given, at the line of the sentence there."""
    document = tmp_path / "api" / "new.json"
    document.parent.mkdir()
    text = json.dumps(json.loads(paths.openapi_file().read_text("utf-8")), indent=2, ensure_ascii=False)
    document.write_text(text, encoding="utf-8")
    monkeypatch.setenv("CI_PROJECT_DIR", str(tmp_path))
    for rule in violated["rules"]:
        rule.update(pointer="/info/version", quote="")
    written(violated, tmp_path / "out", "gitlab", document=document)
    entry = shapes.gitlab((tmp_path / "out" / "code-quality.json").read_text("utf-8"))[0]
    line = next(n for n, text in enumerate(text.splitlines(), 1) if '"version"' in text)
    assert entry["location"] == {"path": "api/new.json", "lines": {"begin": line}}
