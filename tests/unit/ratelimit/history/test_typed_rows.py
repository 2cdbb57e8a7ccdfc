"""CSV read column by column is what it is row by row."""

from pathlib import Path

import pytest

from nhq.errors import HistoryError
from nhq.ratelimit.history import text_history as text_module
from nhq.ratelimit.history.history import MALFORMED, MISSING
from nhq.ratelimit.history.read_history import read_history
from nhq.ratelimit.history.text_history import table_from_text
from nhq.ratelimit.history.typed_rows import plain_table

HEAD = "key,sent,received,status,limit,remaining,reset"
ROW = "a,1.5,2.25,200,60,59,1760000060"
#: What a line is -> that line, after one that is plain.
LINES = {
    "plain": "b,1e0,+2.,0429,60,0,1760000060",
    "no reply": "b,3,4,,,,",
    "headers that are no numbers": 'b,3,4,200,60; w=1,+59,in "a" minute',
    "two headers unread": "b,3,4,200,sixty,a lot,",
    "a fraction, a sign": "b,3,4,200,60.0,-1,1760000060.25",
    "many digits": "b,3,4,200,1234567890123456789,59,1760000060.1234567891",
    "milliseconds": "b,1760000000000,1760000000250,200,60,59,1760000060",
    "an ISO time": "b,2025-10-09T08:53:20Z,2025-10-09T08:53:21Z,200,60,59,1760000060",
    "spaces between cells": "b, 3, 4, 200, 60, 59, 1760000060",
    "spaces around a cell": "b ,3,4,200,60,59,1760000060",
    "quotes": '"b,c",3,4,200,60,59,1760000060',
    "a status with a fraction": "b,3,4,200.0,60,59,1760000060",
    "too few cells": "b,3,4,200",
    "too many cells": "b,3,4,200,60,59,1760000060,1",
    "no number": "b,x,4,200,60,59,1760000060",
    "not a number": "b,nan,4,200,60,59,1760000060",
    "no status": "b,3,4,40000,60,59,1760000060",
    "a label that cannot be printed": "b\x07,3,4,200,60,59,1760000060",
    "an empty label": ",3,4,200,60,59,1760000060",
    "a space before a label": "4,3,4,200,60,59, b",
    "a comment": "# b,3,4,200,60,59,1760000060",
}


def outcome(path: Path) -> object:
    """The table as it is read, or what is said against it."""
    try:
        table = table_from_text(path)
    except HistoryError as problem:
        return str(problem)
    return table.schema.to_string(), table.to_pylist()


@pytest.mark.parametrize("case", LINES)
def test_a_line_is_read_alike_in_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    """The same columns, values, unread texts and refusals, whichever way the lines are read."""
    file = tmp_path / "history.csv"
    file.write_text(f'# {{"nhq": 1, "limit": 60}}\n{HEAD}\n{ROW}\n\n{LINES[case]}\n{ROW}\n')
    fast = outcome(file)
    monkeypatch.setattr(text_module, "plain_table", lambda names, lines: None)
    assert outcome(file) == fast


@pytest.mark.parametrize("head", ["sent,received,status", "sent,received", "sent,sent,received,status", "id,x," + HEAD])
def test_any_header_is_read_alike_in_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head: str) -> None:
    """Columns that are unknown, missing or there twice make no difference between the two."""
    file = tmp_path / "history.csv"
    file.write_text(f"{head}\n" + "\n".join(",".join(["1", "2", "3", *"4567", "8", "9"][: head.count(",") + 1]) * 2))
    fast = outcome(file)
    monkeypatch.setattr(text_module, "plain_table", lambda names, lines: None)
    assert outcome(file) == fast


def test_plain_lines_are_read_column_by_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No row is looked at by itself where nothing is unusual."""
    file = tmp_path / "history.csv"
    file.write_text(f"{HEAD}\n{ROW}\n")
    monkeypatch.setattr(text_module, "typed_table", None)
    assert table_from_text(file).num_rows == 1


def test_missing_headers_are_read_column_by_column() -> None:
    """Cells without a number are nothing unusual: such a file isn't read row by row."""
    table = plain_table(HEAD.split(","), [(2, ROW), (3, "b,3,4,200,,,")])
    assert table is not None
    assert table["remaining"].to_pylist() == [59.0, None]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2147483645", 2147483645), ("2147483646", MALFORMED), ("-2147483645", -2147483645), ("-2147483646", MALFORMED),
        ("3000000000", MALFORMED), ("60.0", 60), ("60.5", MALFORMED), ("", MISSING),
    ],
)  # fmt: skip
@pytest.mark.parametrize("column", ["limit", "remaining"])
def test_a_number_of_31_bits_is_read(tmp_path: Path, column: str, text: str, number: int) -> None:
    """Limit and Remaining are whole numbers that fit; what doesn't is there, but no number."""
    file = tmp_path / "history.csv"
    file.write_text(f"key,sent,received,status,{column}\na,1.5,2.25,200,{text}\na,2.5,3.25,200,7\n")
    assert getattr(read_history(file), column).tolist() == [number, 7]
