"""Recordings of other tools with a few cells changed by chance are read, or refused, as somebody has approved."""

import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nhq import paths
from nhq.errors import HistoryError
from nhq.ratelimit.history.history import History
from nhq.ratelimit.history.read_history import read_history
from nhq.ratelimit.parts.outline import Outline
from nhq.ratelimit.parts.part_judging import outline_of

FOLDER = paths.fixtures_folder() / "histories" / "foreign"
LINES, VERSIONS = 9, 24
#: Our own columns, all of them.
OWN = {
    "all.csv": '# {"nhq": 1, "limit": 6, "window": 4, "fresh": true, "worker": "w"}\n'
    "id,key,operation,intended,sent,received,intended_wall,sent_wall,received_wall,status,limit,remaining,reset\n"
    + "".join(
        f"{n},{'ab'[n % 2]},list,{n}.01,{n}.02,{n}.25,{1760000000 + n}.01,{1760000000 + n}.02,{1760000000 + n}.25,"
        f"{429 if n > 6 else 200},6,{max(0, 5 - n)},1760000004\n"
        for n in range(8)
    ),
    "all.jsonl": "".join(
        f'{{"key":"{"ab"[n % 2]}","sent":{1760000000 + n}.5,"received":"2025-10-09T08:53:{20 + n}.75Z","status":200,'
        f'"limit":6,"remaining":"{5 - n}","reset":1760000004}}\n'
        for n in range(6)
    ),
}
ODD = (
    "", " ", "0", "-1", "1.5", "x", "null", "true", "nan", "1e3", "1e400", "200", "429", "99999", "²",
    "2025-10-09T08:53:20Z", "2025-10-09 08:53:20.5+02:00", "2025-13-01T00:00:00Z",
    "1760000000", "1760000000123", "1760000000123456789", '"a"', "a b", "é", "\x07", "60, 60;w=60", "{}", "[]", "12ms",
)  # fmt: skip


def texts() -> Iterator[tuple[str, str]]:
    """Name and text of each recording, cut to a few lines where it has lines."""
    for file in sorted(FOLDER.iterdir()):
        if file.suffix != ".toml" and "locust" not in file.name:
            text = gzip.decompress(file.read_bytes()).decode() if file.suffix == ".gz" else file.read_text("utf-8")
            lines = text.splitlines(keepends=True)
            yield file.name.removesuffix(".gz"), text if file.suffix == ".har" else "".join(lines[:LINES])
    yield from OWN.items()


def changed(text: str, rng: random.Random) -> str:
    """With a line gone, doubled or moved, or a cell or a value gone, doubled or another."""
    lines = text.splitlines(keepends=True)
    at = rng.randrange(len(lines))
    how = rng.choice(("gone", "twice", "swapped", "cell", "cell", "cell", "cell", "cell", "cell", "cut"))
    if how == "gone":
        del lines[at]
    elif how == "twice":
        lines.insert(at, lines[at])
    elif how == "swapped":
        other = rng.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    elif how == "cut":
        lines[-1] = lines[-1][: rng.randrange(len(lines[-1]))]
    else:
        sign = "," if "," in lines[at] else ":"
        cells = lines[at].split(sign)
        cell = rng.randrange(len(cells))
        member, colon, _ = cells[cell].partition(":") if lines[at].lstrip().startswith("{") else ("", "", "")
        cells[cell : cell + 1] = rng.choice(([], [cells[cell]] * 2, *[[member + colon + rng.choice(ODD)]] * 6))
        lines[at] = sign.join(cells)
    return "".join(lines)


def outcome(read: Callable[[], Any]) -> Any:
    """What is read, or the words that refuse it."""
    try:
        return read()
    except HistoryError as refused:
        return f"refused: {refused}"


def test_what_is_read_of_altered_texts_is_approved(
    tmp_path: Path,
    approved: Callable[[str, dict[str, str]], None],
    digest_of: Callable[[object], str],
    described: Callable[[History], str],
) -> None:
    """Whole, and changed in one to three places; streamed in tables, the facts of the whole are the same."""
    said = {}
    for name, text in texts():
        for number in range(VERSIONS):
            rng, made = random.Random(f"{name} {number}"), text
            for _ in range(min(number, rng.randint(1, 3))):
                made = changed(made, rng) or "\n"
            file, key = tmp_path / name, rng.choice(("", "k"))
            file.write_text(made, "utf-8", newline="")
            read = outcome(lambda file=file, key=key: read_history(file, key=key))
            said[f"{name} {number}"] = (
                f"{len(read)} rows {digest_of(described(read))}" if isinstance(read, History) else read
            )
            streamed = outcome(lambda file=file, key=key: outline_of([file], tmp_path, key=key))
            if isinstance(read, History) and isinstance(streamed, Outline):
                nothing = np.empty(0, dtype=np.int64)
                assert described(streamed.whole.rows(nothing)) == described(read.rows(nothing)), (name, number)
                assert streamed.counts.tolist() == read.counts.tolist(), (name, number)
    approved("texts", said)


def test_requests_without_a_key_are_left_out_beside_others(tmp_path: Path) -> None:
    """Of a tool's recording, read at once or streamed: who sends without a key is somebody else."""
    lines = []
    for number in range(5):
        tags = {"status": "200"} | ({"key": "secret"} if number % 2 else {})
        data = {"time": f"2026-11-27T22:14:48.{number}00Z", "value": 5, "tags": tags}
        lines.append(json.dumps({"type": "Point", "metric": "http_req_duration", "data": data}))
    file = tmp_path / "k6.jsonl"
    file.write_text("\n".join(lines))
    assert read_history(file).counts.tolist() == [2]
    assert outline_of([file], tmp_path).counts.tolist() == [2]
    file.write_text(lines[0])
    assert read_history(file).counts.tolist() == outline_of([file], tmp_path).counts.tolist() == [1]
