"""Text judged in parts: kept as Arrow, a few events at a time; the verdicts are those of all of it in memory."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from nhq import paths
from nhq.errors import HistoryError
from nhq.ratelimit import check_history
from nhq.ratelimit.history import text_history as text_module
from nhq.ratelimit.history.read_history import read_histories
from nhq.ratelimit.parts.parsed_text import kept_text
from nhq.ratelimit.parts.part_judging import combine_parts, judge_parts, outline_of
from nhq.ratelimit.parts.part_summary import JudgingRequest

FOLDER = paths.fixtures_folder() / "histories"
#: Recordings of every reader.
TEXTS = (
    *("holds-a-drip.csv", "holds-long-delays.jsonl", "violates-keys-sharing-a-counter.jsonl"),
    *("foreign/own.csv.gz", "foreign/iso-times.csv", "foreign/vegeta.csv", "foreign/vegeta.jsonl"),
    *("foreign/k6.csv", "foreign/k6-tagged.jsonl", "foreign/hey.csv", "foreign/oha.csv", "foreign/jmeter.jtl"),
    *("foreign/browser.har", "foreign/nginx.log", "foreign/nginx-reset-in-milliseconds.log"),
)


@pytest.fixture(autouse=True)
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven rows are held as Python objects at one time."""
    monkeypatch.setattr(text_module, "BATCH", 7)


def judged(file: Path, folder: Path, parts: int, **told: Any) -> Any:
    """The verdicts of a text judged in parts."""
    outline = outline_of([file], folder)
    asked = JudgingRequest((str(file),), None, "", 0.1, False, 6, 4.0, None, None, told.get("alone"), 40)
    return combine_parts(judge_parts(outline, asked, parts, 1), outline)


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_judged_in_parts_tells_what_the_whole_tells(tmp_path: Path, name: str) -> None:
    """Every format, plain or gzip: 1, 2 and 64 parts, and what is found is the same, rows and words too."""
    whole = check_history(read_histories([FOLDER / name]), 6, 4.0, alone=True, size=40)
    for parts in (1, 2, 64):
        assert judged(FOLDER / name, tmp_path, parts, alone=True) == whole


def test_no_more_than_a_few_events_are_in_memory(tmp_path: Path) -> None:
    """A text is kept and read in batches; none of it is gathered."""
    text = kept_text(FOLDER / "foreign/own.csv.gz", None, tmp_path)
    assert max(batch.num_rows for batch in text.batches()) <= 7


def test_columns_that_come_later_are_read_too(tmp_path: Path) -> None:
    """In JSON Lines any object may have members that the first ones lack, and metadata may come last."""
    rows: list[dict[str, Any]] = [{"key": "a", "sent": at, "received": at + 0.5, "status": 200} for at in range(20)]
    rows += [row | {"sent": 40 + row["sent"], "received": 41 + row["sent"], "remaining": 5} for row in rows]
    file = tmp_path / "ragged.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(map(json.dumps, [*rows, {"nhq": 1, "limit": 6}])).encode()))
    whole = check_history(read_histories([file]), 6, 4.0, size=40)
    assert judged(file, tmp_path, 3) == whole
    assert outline_of([file], tmp_path).whole.meta.limit == 6


def test_a_line_that_is_wrong_is_named_however_late_it_comes(tmp_path: Path) -> None:
    """The error names the line, as for a text that is read at once."""
    file = tmp_path / "late.csv"
    file.write_text("key,sent,received,status\n" + "a,1,2,200\n" * 30 + "a,noon,2,200\n")
    with pytest.raises(HistoryError, match="line 32 has sent 'noon'"):
        kept_text(file, None, tmp_path)


def test_packed_arrow_is_unpacked_in_the_folder(tmp_path: Path) -> None:
    """What is packed can't be mapped: it is a file of its own for the time of the judgement."""
    arrow, folder = FOLDER / "holds-whole-seconds.arrow", tmp_path / "kept"
    folder.mkdir()
    packed = tmp_path / "packed.arrow.gz"
    packed.write_bytes(gzip.compress(arrow.read_bytes()))
    assert judged(packed, folder, 2) == judged(arrow, folder, 2)
    assert [file.name for file in folder.rglob("*.arrow")] == ["packed.arrow"]


@pytest.mark.parametrize("last", [9, 7])
def test_ids_in_any_order_tell_requests_apart(tmp_path: Path, last: int) -> None:
    """In parts as in the whole: requests that look alike are different by their ids, and an id twice is refused."""
    file = tmp_path / "ids.csv"
    rows = "".join(f"{number},a,1.0001,2.5,200\n" for number in (7, 8, last))
    file.write_text(f"id,key,sent,received,status\n{rows}1,b,1.0003,2.5,200\n")
    if last == 7:
        with pytest.raises(HistoryError, match=r"ids.csv: duplicate events, the same request is recorded twice$"):
            outline_of([file], tmp_path)
    else:
        assert judged(file, tmp_path, 2) == check_history(read_histories([file]), 6, 4.0, size=40)
