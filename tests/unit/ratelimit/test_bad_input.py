"""What cannot be judged is refused in one clear line, whatever it is."""

import contextlib
import json
import os
import random
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest

from nhq.errors import HistoryError
from nhq.ratelimit.history.read_history import read_history
from nhq.ratelimit.history.write_history import to_table, write_history

GOOD = {"key": "a", "sent": 1.0, "received": 2.0, "status": 200}
BAD: dict[str, tuple[str, str]] = {
    "nothing": ("", "empty"),
    "blank lines": ("\n\n", "empty history"),
    "metadata only": ('{"nhq": 1}', "empty history"),
    "not JSON": ("GET /leads 200", "not a JSON object"),
    "another JSON": ("[1, 2]", "not a JSON object"),
    "no statuses": ('{"key": "a", "sent": 1, "received": 2}', "lacks the columns status"),
    "a time in words": (json.dumps({**GOOD, "sent": "noon"}), "line 1 has sent 'noon'"),
    "a status in words": (json.dumps({**GOOD, "status": "OK"}), "line 1 has status 'OK'"),
    "an impossible status": (json.dumps({**GOOD, "status": 20000}), "not an HTTP status"),
    "no time": (json.dumps({**GOOD, "sent": None}) + "\n" + json.dumps(GOOD), "missing or not a number"),
    "a clock going backwards": (json.dumps({**GOOD, "received": 0.5}), "clock went backwards, row 0"),
    "an event twice": (json.dumps(GOOD) + "\n" + json.dumps(GOOD), "duplicate events"),
    "a later version": ('{"nhq": 2}\n' + json.dumps(GOOD), "version 2"),
    "nonsense for metadata": ('{"nhq": 1, "limit": "few"}\n' + json.dumps(GOOD), "metadata is not readable"),
    "a wall clock that steps": (
        json.dumps({**GOOD, "sent_wall": 1e9}) + "\n" + json.dumps({**GOOD, "sent": 2.0, "sent_wall": 1e9 + 5}),
        "a clock stepped by 4.000 s",
    ),
    "a status that HTTP hasn't": (json.dumps({**GOOD, "status": 99}), "not an HTTP status"),
    "a status that is true": (json.dumps({**GOOD, "status": True}), "line 1 has status 'True'"),
    "a time of no unit": (json.dumps({**GOOD, "sent": 1.76e24, "received": 1.76e24}), "line 1 has sent"),
    "several clocks": (json.dumps(GOOD) + "\n" + json.dumps({**GOOD, "received": 1.76e9}), "several clocks are mixed"),
    "a time with words in it": (json.dumps({**GOOD, "sent": "1_0"}), "line 1 has sent '1_0'"),
    "an object for a label": (json.dumps({**GOOD, "key": {"a": 1}}), "line 1 has key"),
    "a label that moves the cursor": (json.dumps({**GOOD, "key": "\x1b[2J"}), "which is no printable text"),
    "half a character": (json.dumps({**GOOD, "key": "\ud800"}), "which is no printable text"),
    "an object for a header": (json.dumps({**GOOD, "remaining": {"left": 1}}), "line 1 has remaining"),
    "a fraction for an id": (json.dumps({**GOOD, "id": 1.5}), "line 1 has id '1.5'"),
    "a label without a letter": (json.dumps({**GOOD, "key": ""}), "empty label"),
    "nested without end": ("[" * 100_000, "not a JSON object"),
    "a limit beyond all counters": ('{"nhq": 1, "limit": 1e300}\n' + json.dumps(GOOD), "metadata is not readable"),
    "no label": (json.dumps({**GOOD, "key": None}), "empty label"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_text_is_refused_in_one_line(tmp_path: Path, case: str) -> None:
    """What is no usable history is refused with one line that names the file and the reason."""
    text, reason = BAD[case]
    path = tmp_path / "bad.jsonl"
    path.write_text(text)
    with pytest.raises(HistoryError) as refused:
        read_history(path)
    assert str(refused.value).startswith("bad.jsonl: ")
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


HEAD = "key,sent,received,status\n"
BAD_CSV: dict[str, tuple[str, str]] = {
    "a header alone": (HEAD, "empty history"),
    "more cells than columns": (HEAD + "a,1,2,200,x\n", "line 2 has more cells than the header"),
    "fewer cells than columns": (HEAD + "a,1,2,200\nb,1\n", "sent or received is missing"),
    "a column twice": ("key,key,sent,received,status\na,b,1,2,200\n", "a column appears twice"),
    "an open quote": (HEAD + '"a,1,2,200\n', "not CSV, line 2: unexpected end"),
    "not a number": (HEAD + "a,nan,nan,200\n", "line 2 has sent 'nan'"),
    "infinity": (HEAD + "a,inf,inf,200\n", "line 2 has sent 'inf'"),
    "decimal commas": (HEAD + 'a,"1,5","2,5",200\n', "line 2 has sent '1,5'"),
    "another separator": (HEAD.replace(",", ";") + "a;1;2;200\n", "lacks the columns"),
    "broken metadata": ('# {"nhq": 1, "limit": \n' + HEAD + "a,1,2,200\n", "line 1 holds unreadable metadata"),
    "compressed": ("\x1f\x8b\x08", "damaged gzip"),
}


@pytest.mark.parametrize("case", BAD_CSV)
def test_bad_csv_is_refused_in_one_line(tmp_path: Path, case: str) -> None:
    """The same for CSV."""
    text, reason = BAD_CSV[case]
    (tmp_path / "bad.csv").write_text(text, "latin-1")
    with pytest.raises(HistoryError, match=r"^bad\.csv: ") as refused:
        read_history(tmp_path / "bad.csv")
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_damaged_arrow_file_is_refused_or_read_never_a_crash(tmp_path: Path, notation: ModuleType) -> None:
    """Whatever bytes are changed, there is a history or one line; labels that point nowhere don't end the program."""
    write_history(notation.parse("a:0+2@60 b:1?  a:2x0@60.5 b:3-4u"), tmp_path / "h.arrow")
    data = (tmp_path / "h.arrow").read_bytes()
    rng = random.Random(5)
    for _ in range(300):
        changed = bytearray(data)
        for _ in range(rng.randint(1, 6)):
            changed[rng.randrange(len(data))] = rng.randrange(256)
        (tmp_path / "d.arrow").write_bytes(changed)
        with contextlib.suppress(HistoryError):
            read_history(tmp_path / "d.arrow")


def test_an_arrow_column_twice_is_refused(tmp_path: Path) -> None:
    """Which of the two would be meant?"""
    columns = [pa.array(values) for values in (["a"], ["b"], [1.0], [2.0], [200])]
    table = pa.Table.from_arrays(columns, ["key", "key", "sent", "received", "status"])
    with pa.OSFile(str(tmp_path / "x.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as file:
        file.write_table(table)
    with pytest.raises(HistoryError, match="the columns key more than once"):
        read_history(tmp_path / "x.arrow")


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe that nobody writes to doesn't hang the reader."""
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(HistoryError, match="it is no file"):
        read_history(tmp_path / "pipe.csv")


@pytest.mark.parametrize("name", ["bad.arrow", "bad.jsonl", "bad.csv"])
def test_foreign_bytes_are_refused(tmp_path: Path, name: str) -> None:
    """Bytes of some other format are refused, whatever the file is called."""
    (tmp_path / name).write_bytes(bytes(range(256)) * 10)
    with pytest.raises(HistoryError, match=name):
        read_history(tmp_path / name)


def test_an_arrow_table_of_something_else_is_refused(tmp_path: Path) -> None:
    """A sound Arrow file without the columns of a history is refused by their names."""
    table = pa.table({"city": ["Bern"], "sent": [1.0]})
    with pa.OSFile(str(tmp_path / "x.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as file:
        file.write_table(table)
    with pytest.raises(HistoryError, match="lacks the columns received, status"):
        read_history(tmp_path / "x.arrow")


def test_an_event_with_the_same_id_twice_is_refused(tmp_path: Path, notation: ModuleType) -> None:
    """Duplicate ids in an Arrow history are refused, even where times differ."""
    table = to_table(notation.parse("0+2@60 1+1@60"))
    table = table.set_column(0, "id", pa.array([7, 7]))
    with pa.OSFile(str(tmp_path / "x.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as file:
        file.write_table(table)
    with pytest.raises(HistoryError, match="duplicate events"):
        read_history(tmp_path / "x.arrow")
