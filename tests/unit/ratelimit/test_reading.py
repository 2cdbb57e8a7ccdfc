"""Histories in and out: what is written is read, and what cannot be judged is refused in one clear line."""

import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest

from nhq.errors import HistoryError
from nhq.ratelimit import Name, check
from nhq.ratelimit.history import MALFORMED, MISSING, NO_REPLY, History, Meta
from nhq.ratelimit.reading import read_histories, read_history
from nhq.ratelimit.writing import HistoryWriter, Instant, to_table, write_history

ORIGIN = 1_760_000_000.0
META = Meta(limit=3, window=60.0, fresh=True, worker="w1", host="h1", alone=True)


def feed(writer: HistoryWriter, count: int, start: float = 100.0) -> None:
    """Record `count` requests of two keys, a second apart."""
    for index in range(count):
        sent, received = start + index, start + index + 0.25
        headers = {"x-ratelimit-limit": "3", "x-ratelimit-remaining": str(index), "x-ratelimit-reset": "1760000060"}
        writer.record(
            "ab"[index % 2],
            Instant(sent, ORIGIN + sent),
            Instant(sent, ORIGIN + sent),
            Instant(received, ORIGIN + received),
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
        now = Instant(1.0, ORIGIN)
        writer.record("a", now, now, now, 200, headers)
    history = read_history(tmp_path / "w.arrows")
    assert (history.limit[0], history.remaining[0], history.reset[0]) == (MALFORMED, MALFORMED, np.inf)


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


GOOD = {"key": "a", "sent": 1.0, "received": 2.0, "status": 200}
BAD: dict[str, tuple[str, str]] = {
    "nothing": ("", "empty"),
    "blank lines": ("\n\n", "empty history"),
    "metadata only": ('{"nhq": 1}', "empty history"),
    "not JSON": ("GET /leads 200", "not a JSON object"),
    "another JSON": ("[1, 2]", "not a JSON object"),
    "no statuses": ('{"key": "a", "sent": 1, "received": 2}', "lacks the columns status"),
    "a time in words": (json.dumps({**GOOD, "sent": "noon"}), "event 0 has sent 'noon'"),
    "a status in words": (json.dumps({**GOOD, "status": "OK"}), "event 0 has status 'OK'"),
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
    with pytest.raises(HistoryError, match="lacks the columns key, received, status"):
        read_history(tmp_path / "x.arrow")


def test_an_event_with_the_same_id_twice_is_refused(tmp_path: Path, notation: ModuleType) -> None:
    """Duplicate ids in an Arrow history are refused, even where times differ."""
    table = to_table(notation.parse("0+2@60 1+1@60"))
    table = table.set_column(0, "id", pa.array([7, 7]))
    with pa.OSFile(str(tmp_path / "x.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as file:
        file.write_table(table)
    with pytest.raises(HistoryError, match="duplicate events"):
        read_history(tmp_path / "x.arrow")


def record(path: Path, meta: Meta, start: float) -> Path:
    """A worker's file of four requests."""
    with HistoryWriter(path, meta) as writer:
        feed(writer, 3, start)
    return path


def test_workers_of_one_host_share_a_time_line(tmp_path: Path) -> None:
    """Two workers' files become one history; on one host no interval is widened."""
    one = record(tmp_path / "1.arrows", Meta(worker="1", host="h"), 100.0)
    two = record(tmp_path / "2.arrows", Meta(worker="2", host="h"), 101.5)
    history = read_histories([one, two])
    assert history.sent.tolist() == [0.0, 1.0, 2.0, 1.5, 2.5, 3.5]
    assert history.slack == 0.0
    assert history.keys == ("a", "b")


def test_clocks_of_several_hosts_are_not_trusted_to_agree(tmp_path: Path) -> None:
    """Files of different hosts meet by wall time, every interval being widened."""
    one = record(tmp_path / "1.arrows", Meta(worker="1", host="h"), 100.0)
    two = record(tmp_path / "2.arrows", Meta(worker="2", host="i"), 101.5)
    assert read_histories([one, two], between_hosts=0.2).slack == 0.2


@pytest.mark.parametrize(
    ("meta", "reason"),
    [(Meta(worker="1"), "same worker"), (Meta(worker="2", limit=5, window=9.0), "different limits or windows")],
)
def test_files_that_do_not_belong_together_are_refused(tmp_path: Path, meta: Meta, reason: str) -> None:
    """The same worker twice, or histories of different promises, are refused."""
    one = record(tmp_path / "1.arrows", Meta(worker="1", limit=3, window=60.0), 100.0)
    two = record(tmp_path / "2.arrows", meta, 100.0)
    with pytest.raises(HistoryError, match=reason):
        read_histories([one, two])


def test_the_same_text_twice_is_refused(tmp_path: Path) -> None:
    """One recording given twice, without a worker's name, is still seen to be the same requests."""
    (tmp_path / "h.jsonl").write_text(json.dumps({**GOOD, "sent": ORIGIN, "received": ORIGIN}))
    with pytest.raises(HistoryError, match="duplicate events"):
        read_histories([tmp_path / "h.jsonl", tmp_path / "h.jsonl"])


@pytest.mark.parametrize(
    ("first", "second", "slack"),
    [
        ("1760000000", "1760000003", 1.0),
        ("1760000000.5", "1760000003", 0.1),
        ("1760000000.25", "1760000003", 0.01),
        ("1760000000.125", "1760000003", 0.001),
        ("1760000000.1251", "1760000003", 0.0),
    ],
)
def test_times_that_another_tool_rounded_are_known_no_better(
    tmp_path: Path, first: str, second: str, slack: float
) -> None:
    """Where all times are whole multiples of a second or a part of it, every request is given that much room."""
    (tmp_path / "h.csv").write_text(f"key,sent,received,status\na,{first},{first},200\na,{second},{second},200\n")
    assert read_history(tmp_path / "h.csv").slack == slack


def test_rounded_times_prove_no_order(tmp_path: Path) -> None:
    """Two requests that crossed, in a log with whole seconds, are no fault of the counter."""
    rows = "a,1760000010,1760000010,200,3,1,1760000060\na,1760000011,1760000011,200,3,2,1760000060\n"
    (tmp_path / "h.csv").write_text("key,sent,received,status,limit,remaining,reset\n" + rows)
    assert not check(read_history(tmp_path / "h.csv"), 3, 60.0, fresh=True, alone=True).findings


def test_our_own_times_are_not_taken_for_rounded(tmp_path: Path) -> None:
    """A worker's file is exact, whatever its times happen to be."""
    assert read_history(record(tmp_path / "1.arrows", Meta(worker="1", host="h"), 100.0)).slack == 0.0


def stepping(path: Path, meta: Meta, step: float) -> History:
    """What a worker recorded while its wall clock was moved by `step` seconds, halfway."""
    with HistoryWriter(path, meta) as writer:
        for at in (100.0, 101.0, 102.0, 103.0):
            now = Instant(at, ORIGIN + at + step * (at > 101.5))
            writer.record("a", now, now, now, 200, {})
    return read_history(path)


def test_a_wall_clock_that_was_moved_is_known_no_better(tmp_path: Path, notation: ModuleType) -> None:
    """A small step of NTP leaves the history usable; what is said of the server's clock allows for it."""
    assert stepping(tmp_path / "w.arrows", META, 0.3).wobble == pytest.approx(0.3)
    late = notation.parse("0+2@-2")
    assert check(late, 3, 60.0, skew=0.5).names == {Name.RESET_IN_PAST}
    assert not check(replace(late, wobble=0.6), 3, 60.0, skew=0.5).findings


def test_workers_of_one_host_meet_by_its_monotonic_clock(tmp_path: Path) -> None:
    """A wall clock that was moved between two workers' recordings doesn't move their requests."""
    record(tmp_path / "1.arrows", Meta(worker="1", host="h"), 100.0)
    stepping(tmp_path / "2.arrows", Meta(worker="2", host="h"), 0.4)
    history = read_histories([tmp_path / "1.arrows", tmp_path / "2.arrows"])
    assert history.sent.tolist() == [0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 3.0]


def test_clocks_of_several_hosts_may_lie_apart(tmp_path: Path, notation: ModuleType) -> None:
    """Keys that different machines recorded are not held to one clock of ours."""
    for name, key, ahead in (("1", "a", 0.0), ("2", "b", 9.0)):
        part = notation.parse(f"{key}:0+2@60 {key}:59+1@60 {key}:60+2@120")
        part = replace(part, origin=part.origin + ahead, meta=Meta(3, 60.0, True, name, f"host{name}"))
        write_history(part, tmp_path / f"{name}.arrow")
    paths = [tmp_path / "1.arrow", tmp_path / "2.arrow"]
    assert not check(read_histories(paths), 3, 60.0).findings
