"""Recordings of other tools: each gives the verdict that stands beside it, and shows no key."""

import json
import tomllib
from pathlib import Path

import pytest

from nhq import paths
from nhq.cli import main
from nhq.ratelimit.history.history_schema import REQUIRED
from nhq.ratelimit.recordings.recording_formats import RecordingFormat

FOLDER = paths.fixtures_folder() / "histories" / "foreign"
EXPECTED = tomllib.loads((FOLDER / "verdicts.toml").read_text("utf-8"))
JUDGED = [name for name, row in EXPECTED.items() if "verdicts" in row]
HONEST = [name for name in JUDGED if "violated" not in EXPECTED[name]["verdicts"]]
WORDS = ("admissions", "headers", "reset", "algorithm")


def judged(capsys: pytest.CaptureFixture[str], name: str, *options: str) -> list[str]:
    """The four verdicts of `nhq check`."""
    with pytest.raises(SystemExit):
        main(["check", str(FOLDER / name), "--limit", "6", "--window", "4", "--json", *options])
    printed = capsys.readouterr()
    assert "made-up-for-this-file" not in printed.out + printed.err
    told = json.loads(printed.out)
    return [told[word]["verdict"] for word in WORDS]


def test_every_recording_has_its_verdict() -> None:
    """A file without an expected verdict would be tried by nobody."""
    assert set(EXPECTED) == {path.name for path in FOLDER.iterdir()} - {"verdicts.toml"}


@pytest.mark.parametrize("name", JUDGED)
def test_a_recording_gives_the_verdict_beside_it(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """The format is recognised by its first line, plain or gzip."""
    assert judged(capsys, name) == EXPECTED[name]["verdicts"]


@pytest.mark.parametrize("name", JUDGED)
def test_a_key_said_by_the_caller_lets_more_be_judged(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """--key names the one key of a recording that names none; one that names its keys is judged as before."""
    expected = EXPECTED[name].get("key", EXPECTED[name]["verdicts"])
    assert judged(capsys, name, "--key", "a") == expected


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_server_is_not_accused_where_the_recorder_says_it_was_alone(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Rounded times and missing columns convict nobody, even with all that --exclusive-keys lets be concluded."""
    assert "violated" not in judged(capsys, name, "--key", "a", "--exclusive-keys", "--skew", "1")


@pytest.mark.parametrize("name", [name for name, row in EXPECTED.items() if "refused" in row])
def test_what_holds_no_requests_is_refused_with_the_way_out(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """Locust's statistics can't be judged: one line, exit 2, and how a recording is made."""
    with pytest.raises(SystemExit) as ended:
        main(["check", str(FOLDER / name)])
    line = capsys.readouterr().err
    assert ended.value.code == 2
    assert EXPECTED[name]["refused"] in line
    assert "--nhq-out" in line


def test_a_folder_is_all_the_histories_in_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`nhq check reports/out/histories/*` names folders: every history in them is judged, other files are left."""
    run = tmp_path / "histories" / "run-1"
    run.mkdir(parents=True)
    (run / "a.csv.gz").write_bytes((FOLDER / "own.csv.gz").read_bytes())
    (run / "notes.md").write_text("no history")
    assert judged(capsys, str(run)) == EXPECTED["own.csv.gz"]["verdicts"]


def test_a_folder_without_histories_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """An empty folder is one line and exit 2."""
    with pytest.raises(SystemExit) as ended:
        main(["check", str(tmp_path)])
    assert ended.value.code == 2
    assert "no history in this folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("form", "text", "line"),
    [
        ("vegeta", "1795817688105649408,200,slow,0,74,,,,0,GET,http://h/leads,\n", "line 1: 'slow' is no duration"),
        ("vegeta", "1795817688105649408,200,1,0,74,,,,0,GET,http://h/leads,?\n", "line 1 has headers that are not"),
        ("nginx", '{"time":"1795817688.1","status":200}\n', "line 1 lacks time or request_time"),
        ("hey", "response-time,status-code,offset\n0.1,200,\n", "line 2 lacks offset"),
        ("jmeter", "timeStamp,elapsed,responseCode\nnoon,1,200\n", "line 2: 'noon' is no time"),
        ("har", "{}", "there are no log.entries in it"),
        ("har", '{"log":{"entries":[{"time":1}]}}', "entry 1 is not an entry of HAR 1.2"),
        ("oha", '{"a":1}', "oha recordings are read as CSV only"),
    ],
)
def test_a_damaged_recording_is_one_line_that_names_the_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, form: str, text: str, line: str
) -> None:
    """Exit 2, the file, the line in it, and what is wrong there."""
    (tmp_path / "x").write_text(text)
    with pytest.raises(SystemExit) as ended:
        main(["check", str(tmp_path / "x"), "--from", form])
    printed = capsys.readouterr().err
    assert (ended.value.code, printed.count("\n")) == (2, 1)
    assert line in printed


def test_a_recording_of_another_tool_than_was_said_is_recognised(capsys: pytest.CaptureFixture[str]) -> None:
    """Where --from names the wrong tool, the error says whose recording it looks like."""
    with pytest.raises(SystemExit) as ended:
        main(["check", str(FOLDER / "k6.csv"), "--from", "jmeter"])
    line = capsys.readouterr().err
    assert (ended.value.code, line.count("\n")) == (2, 1)
    assert "line 2 lacks elapsed; it looks like a recording of k6: leave --from out" in line


def test_a_missing_end_is_told_with_what_may_stand_for_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Without received, a duration would do; whoever lacks it reads so."""
    (tmp_path / "x.csv").write_text("key,sent,status\na,1,200\n")
    with pytest.raises(SystemExit):
        main(["check", str(tmp_path / "x.csv")])
    assert "lacks the columns received (or duration, duration_ms)" in capsys.readouterr().err


def test_every_format_and_column_stands_in_help_and_its_page(capsys: pytest.CaptureFixture[str]) -> None:
    """Each recording that is read has its row, and each of its examples is named."""
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    text, page = capsys.readouterr().out, paths.data_root().joinpath("docs", "load.md").read_text("utf-8")
    for name in RecordingFormat:
        assert name in text
        assert f"`{name}`" in page
    for column in (
        *REQUIRED,
        "duration",
        "duration_ms",
        "key",
        "limit",
        "remaining",
        "reset",
        "operation",
        "intended",
        "id",
    ):
        assert column in text
        assert f"`{column}`" in page
    assert not [name for name in EXPECTED if "nginx-" not in name and "from-13" not in name and f"`{name}`" not in page]
