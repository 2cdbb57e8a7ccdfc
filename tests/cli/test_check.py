"""`nhq check`: verdicts and witnesses in words or JSON, and exit codes that mean something."""

import json
from pathlib import Path

import pytest

from nhq import paths
from nhq.cli import main
from nhq.cli.report_formats import NAMES
from nhq.report import record_problems

HISTORIES = paths.fixtures_folder() / "histories"


def run(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, str, str]:
    """The exit code, what was printed, and what went to standard error."""
    with pytest.raises(SystemExit) as ended:
        main(["check", *map(str, args)])
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


def line(path: Path, *rows: dict[str, object]) -> Path:
    """A JSON Lines file."""
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_a_history_that_holds_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    """Limit and window are the recording's own; each of the four verdicts has its line."""
    code, out, err = run(capsys, HISTORIES / "holds-from-the-first-request.jsonl", "--skew", 1)
    assert (code, err) == (0, "")
    assert [text.split()[:2] for text in out.splitlines()[1:5]] == [
        ["admissions", "holds"],
        ["headers", "holds"],
        ["reset", "holds"],
        ["algorithm", "holds"],
    ]


def test_a_violation_exits_with_1_and_shows_its_witness(capsys: pytest.CaptureFixture[str]) -> None:
    """The fault, what was promised, what was seen, and the requests that prove it."""
    code, out, _ = run(capsys, HISTORIES / "violates-premature-429.jsonl")
    assert code == 1
    assert "premature 429 (key key0" in out
    assert "promised: 6 requests admitted in a window before a 429" in out
    assert "row " in out


def test_json_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """--json is one object with the four verdicts, every finding and the exit code."""
    code, out, _ = run(capsys, HISTORIES / "violates-lost-update.jsonl", "--json")
    told = json.loads(out)
    assert code == told["exit"] == 1
    assert told["headers"]["verdict"] == "violated"
    assert told["headers"]["findings"][0]["name"] == "lost update"
    assert told["headers"]["findings"][0]["witness"]
    assert (told["limit"], told["window"]) == (6, 60)


@pytest.mark.parametrize("name", ["holds-from-the-first-request.jsonl", "violates-premature-429.jsonl"])
def test_its_record_comes_in_every_format(name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The record is whole, has the command's verdict, and says nothing of operations that a history doesn't name."""
    formats = [word for form in NAMES for word in ("--format", form)]
    code, _, err = run(capsys, HISTORIES / name, "--skew", 1, "--out", tmp_path, *formats)
    record = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert record_problems(record) == []
    assert (record["kind"], record["exit_code"], record["operations"]) == ("check", code, [])
    assert len(err.splitlines()) == len(list(tmp_path.glob("[!.]*"))) == len(NAMES)
    assert record["verdict"] == {0: "holds", 1: "violated"}[code]


def test_reports_need_the_whole_history(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """In parts there is no record: one line says so."""
    code, _, err = run(capsys, HISTORIES / "holds-a-drip.csv", "--parts", 2, "--out", tmp_path)
    assert (code, "leave --parts or --out out" in err) == (2, True)


def test_other_promises_are_judged_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    """--limit and --window replace what the recording says of itself."""
    code, out, _ = run(capsys, HISTORIES / "holds-from-the-first-request.jsonl", "--limit", 5)
    assert code == 1
    assert "over-admission" in out


def test_nothing_judged_exits_with_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A single request proves nothing: no verdict, exit 2, and the causes are said."""
    path = line(tmp_path / "one.jsonl", {"key": "a", "sent": 1.0, "received": 2.0, "status": None})
    code, out, _ = run(capsys, path)
    assert code == 2
    assert "no reply at all" in out


def test_the_algorithm_is_named_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    """--identify adds one line that names the algorithm which fits."""
    _, out, _ = run(capsys, HISTORIES / "holds-from-the-first-request.jsonl", "--identify")
    assert "algorithm that fits: fixed window, from the first request" in out


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("gone.jsonl", None, "cannot be read"),
        ("empty.jsonl", "", "empty file"),
        ("foreign.arrow", "PK...........", "not an Arrow file"),
        ("twice.jsonl", '{"key":"a","sent":1,"received":1,"status":200}\n' * 2, "duplicate events"),
        ("back.csv", "key,sent,received,status\na,2,1,200\n", "clock went backwards"),
        ("short.csv", "key,sent\na,2\n", "lacks the columns received (or duration, duration_ms), status"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, content: str | None, reason: str
) -> None:
    """What cannot be judged gives one clear line, exit 2, and never the word "holds"."""
    if content is not None:
        (tmp_path / name).write_text(content)
    code, out, err = run(capsys, tmp_path / name)
    assert code == 2
    assert out == ""
    assert err.startswith(f"nhq: {name}: ")
    assert reason in err
    assert err.count("\n") == 1


def test_a_window_that_is_no_length_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """--window 0 is refused in words."""
    code, _, err = run(capsys, HISTORIES / "holds-from-the-first-request.jsonl", "--window", 0)
    assert code == 2
    assert "cannot judge a limit of 6 per 0" in err


def test_a_history_judged_in_parts_tells_the_same(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """--parts, and --part with --combine, print what the whole prints, to the byte, in words and JSON."""
    told = (HISTORIES / "violates-premature-429.jsonl", "--exclusive-keys", "--identify")
    for shape in ([], ["--json"]):
        whole = run(capsys, *told, *shape)
        assert whole[0] == 1
        assert run(capsys, *told, *shape, "--parts", 3) == whole
        summaries = [tmp_path / f"{part}.json" for part in (1, 2)]
        for part, file in enumerate(summaries, 1):
            file.write_text(run(capsys, *told, "--part", f"{part}/2")[1])
        assert run(capsys, "--combine", *summaries, *shape) == whole


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--part", "4/3"], "--part 4/3: say I/N"),
        (["--parts", 2, "--part", "1/2"], "give one of --parts and --part"),
        (["--jobs", 2], "give --parts too"),
        (["--combine"], "no summary of a part"),
    ],
)
def test_options_of_parts_that_make_no_sense_are_named(
    capsys: pytest.CaptureFixture[str], options: list[object], told: str
) -> None:
    """One line that says what to give, and exit code 2."""
    code, out, err = run(capsys, HISTORIES / "violates-premature-429.jsonl", *options)
    assert (code, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1


def test_what_no_part_was_asked_for_cannot_be_put_together(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """--identify compares keys of all parts, so each part has to hand its own over."""
    file = tmp_path / "1.json"
    file.write_text(run(capsys, HISTORIES / "violates-premature-429.jsonl", "--part", "1/1")[1])
    code, _, err = run(capsys, "--combine", file, "--identify")
    assert (code, err.count("\n")) == (2, 1)
    assert "give it with each --part" in err
