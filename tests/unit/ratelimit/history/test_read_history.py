"""Histories in and out: what is written is read, as exactly as it was known."""

import gzip
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from nhq.errors import HistoryError
from nhq.ratelimit.history.history import MALFORMED, MISSING, NO_REPLY, History, Meta
from nhq.ratelimit.history.history_schema import written_number
from nhq.ratelimit.history.read_history import read_history
from nhq.ratelimit.history.write_history import ClockPair, HistoryWriter, write_history

ORIGIN = 1_760_000_000.0
META = Meta(limit=3, window=60.0, fresh=True, worker="w1", host="h1", alone=True)


def feed(writer: HistoryWriter, count: int, start: float = 100.0) -> None:
    """Record `count` requests of two keys, a second apart."""
    for index in range(count):
        sent, received = start + index, start + index + 0.25
        headers = {"x-ratelimit-limit": "3", "x-ratelimit-remaining": str(index), "x-ratelimit-reset": "1760000060"}
        writer.record(
            "ab"[index % 2],
            ClockPair(sent, ORIGIN + sent),
            ClockPair(sent, ORIGIN + sent),
            ClockPair(received, ORIGIN + received),
            None if index == 3 else 200,
            {} if index == 3 else headers,
            "list_leads",
        )


def assert_same(one: History, other: History) -> None:
    """Equal keys and columns."""
    assert one.keys == other.keys
    for name, column in one.columns.items():
        np.testing.assert_allclose(column, other.columns[name], atol=1e-6, err_msg=name)


def test_what_a_worker_records_is_read(tmp_path: Path) -> None:
    """A worker's stream comes back with its labels, times from its first request, statuses, headers and metadata."""
    with HistoryWriter(tmp_path / "w.arrows", META, batch=2) as writer:
        feed(writer, 5)
    history = read_history(tmp_path / "w.arrows")
    assert history.keys == ("a", "b")
    assert history.operations == ("list_leads",)
    assert history.sent.tolist() == [0, 1, 2, 3, 4]
    assert history.received[0] == 0.25
    assert history.origin == ORIGIN + 100
    assert history.status.tolist() == [200, 200, 200, NO_REPLY, 200]
    assert history.remaining.tolist() == [0, 1, 2, MISSING, 4]
    assert history.meta == META


def test_a_header_that_is_no_number_is_malformed_not_missing(tmp_path: Path) -> None:
    """A header which cannot be read as a number is kept apart from one that is not there."""
    with HistoryWriter(tmp_path / "w.arrows", META) as writer:
        headers = {"x-ratelimit-limit": "many", "x-ratelimit-remaining": "2.5", "x-ratelimit-reset": "soon"}
        now = ClockPair(1.0, ORIGIN)
        writer.record("a", now, now, now, 200, headers)
    history = read_history(tmp_path / "w.arrows")
    assert (history.limit[0], history.remaining[0], history.reset[0]) == (MALFORMED, MALFORMED, np.inf)


@pytest.mark.parametrize(
    ("text", "number"),
    [("60", 60.0), (" 60 ", 60.0), ("-1", -1.0), ("1760000060.5", 1760000060.5), ("60.0", None), ("+60", None)],
)
def test_a_header_is_read_as_it_is_written(text: str, number: float | None) -> None:
    """A whole number with a fraction or a sign is not one; a true fraction is kept, so that it can be named."""
    assert written_number(text) == (number, number is None)


def test_what_was_flushed_survives_the_worker(tmp_path: Path) -> None:
    """A stream without its end is refused by name; on demand its whole batches are read, and the loss is named."""
    path = tmp_path / "dead.arrows"
    writer = HistoryWriter(path, META, batch=2)
    feed(writer, 5)
    with pytest.raises(HistoryError, match=r"dead\.arrows: truncated, the worker died after 4 events"):
        read_history(path)
    history = read_history(path, salvage=True)
    assert len(history) == 4
    assert "lost" in history.lost[0]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.97])
def test_a_stream_cut_anywhere_is_never_taken_for_whole(tmp_path: Path, share: float) -> None:
    """Cut at any place, a stream is refused; salvaged, it holds only whole batches, or is refused still."""
    whole = tmp_path / "whole.arrows"
    with HistoryWriter(whole, META, batch=2) as writer:
        feed(writer, 12)
    data = whole.read_bytes()
    cut = tmp_path / "cut.arrows"
    cut.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(HistoryError, match=r"cut\.arrows"):
        read_history(cut)
    try:
        salvaged = read_history(cut, salvage=True)
    except HistoryError:
        return
    assert len(salvaged) % 2 == 0
    assert salvaged.lost


def test_an_arrow_file_is_read_and_a_cut_one_refused(tmp_path: Path, notation: ModuleType) -> None:
    """A finished history as an Arrow file comes back the same; truncated, it is refused."""
    history = notation.parse("a:0+2@60 b:1?  a:2x0@60.5 b:3-4u")
    write_history(history, tmp_path / "h.arrow")
    assert_same(history, read_history(tmp_path / "h.arrow"))
    data = (tmp_path / "h.arrow").read_bytes()
    (tmp_path / "h.arrow").write_bytes(data[:-40])
    with pytest.raises(HistoryError, match="truncated or damaged"):
        read_history(tmp_path / "h.arrow")


def test_json_lines_and_csv_say_the_same(tmp_path: Path) -> None:
    """The same requests in JSON Lines and CSV are the same history, metadata included."""
    meta = {"nhq": 1, "limit": 3, "window": 60, "fresh": True, "alone": True}
    rows = [
        {
            "key": "a",
            "sent": ORIGIN,
            "received": ORIGIN + 0.5,
            "status": 200,
            "limit": 3,
            "remaining": 2,
            "reset": 1760000060,
        },
        {
            "key": "b",
            "sent": ORIGIN + 1,
            "received": ORIGIN + 2,
            "status": None,
            "limit": None,
            "remaining": None,
            "reset": "x",
        },
    ]
    (tmp_path / "h.jsonl").write_text("\n".join(map(json.dumps, [meta, *rows])))
    names = list(rows[0])
    cells = [",".join("" if row[name] is None else str(row[name]) for name in names) for row in rows]
    (tmp_path / "h.csv").write_text("\n".join([f"# {json.dumps(meta)}", ",".join(names), *cells]))
    one, other = read_history(tmp_path / "h.jsonl"), read_history(tmp_path / "h.csv")
    assert_same(one, other)
    assert one.meta == other.meta == Meta(limit=3, window=60.0, fresh=True, alone=True)
    assert one.status.tolist() == [200, NO_REPLY]
    assert np.isinf(one.reset[1])


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffkey,sent,received,status\na,1.25,2,200\n",
        "key,sent,received,status\r\na,1.25,2,200\r\n",
        "key, sent, received, status\na, 1.25, 2, 200.0\n",
        '# a comment\nstatus,key,sent,received,more\n200,"a",1.25,2,"x, y"\n',
    ],
)
def test_csv_as_tools_write_it_is_read(tmp_path: Path, text: str) -> None:
    """A byte order mark, either line end, blanks, quotes, a point in a whole number, and other columns do no harm."""
    (tmp_path / "h").write_text(text, "utf-8", newline="")
    history = read_history(tmp_path / "h")
    assert (history.keys, history.status.tolist(), history.received.tolist()) == (("a",), [200], [0.75])


def test_a_label_may_begin_like_a_comment(tmp_path: Path) -> None:
    """Comments stand before the header; after it, no request may be lost."""
    (tmp_path / "h.csv").write_text("# here\n" + "key,sent,received,status\n#1,1.25,2,200\n#2,1.25,2,200\n")
    assert read_history(tmp_path / "h.csv").keys == ("#1", "#2")


@pytest.mark.parametrize("name", ["h.arrow.gz", "h.arrows.gz"])
def test_a_packed_arrow_history_says_what_it_said_unpacked(tmp_path: Path, notation: ModuleType, name: str) -> None:
    """Files and streams alike are read out of gzip."""
    plain = tmp_path / name.removesuffix(".gz")
    if plain.suffix == ".arrow":
        write_history(notation.parse("a:0+2@60 b:1+2@61 a:2x0@60"), plain)
    else:
        with HistoryWriter(plain, META) as writer:
            feed(writer, 5)
    (tmp_path / name).write_bytes(gzip.compress(plain.read_bytes()))
    assert_same(read_history(tmp_path / name), read_history(plain))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The message names the file and what the system says of it."""
    with pytest.raises(HistoryError, match=r"^absent\.csv: cannot be read, No such file"):
        read_history(tmp_path / "absent.csv")


def test_a_time_may_be_a_number_in_any_notation(tmp_path: Path) -> None:
    """Digits that are no date are seconds, with an exponent too."""
    path = tmp_path / "h.jsonl"
    path.write_text('{"key": "a", "sent": "1760000000e0", "received": "1760000001e0", "status": 200}\n')
    assert read_history(path).received[0] - read_history(path).sent[0] == pytest.approx(1.0)
