"""A history judged in parts: the verdicts of the whole, whatever the number of parts, processes and files."""

import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from nhq.errors import HistoryError
from nhq.ratelimit import Name, check_history
from nhq.ratelimit.checker.anomalies import Verdicts
from nhq.ratelimit.history.history import Meta
from nhq.ratelimit.history.read_history import read_histories
from nhq.ratelimit.history.write_history import ClockPair, HistoryWriter, write_history
from nhq.ratelimit.identify.algorithm import identify_algorithm
from nhq.ratelimit.parts import table_stream
from nhq.ratelimit.parts.part_cutting import block_of_keys
from nhq.ratelimit.parts.part_judging import combine_parts, identify_parts, judge_part, judge_parts, outline_of
from nhq.ratelimit.parts.part_summary import JudgingRequest, decode_summary, encode_summary

ORIGIN = 1_760_000_000.0
#: Events that are judged at a time.
SIZE = 40
#: Servers that are wrong, of few keys each.
LIARS = (
    *("no_headers_on_429", "limit_one_too_high", "reset_in_milliseconds", "reset_of_two_nodes", "one_left_on_429"),
    *("remaining_before_the_hit", "forgets_some_hits", "admits_one_less", "window_too_long"),
)


def asked(files: list[Path], limit: int, window: float, alone: bool | None = None, **more: Any) -> JudgingRequest:
    """What is asked of every part."""
    told = {"fresh": None, "size": SIZE} | more
    return JudgingRequest(tuple(map(str, files)), None, "", 0.1, False, limit, window, None, alone=alone, **told)


def in_parts(files: list[Path], question: JudgingRequest, parts: int, folder: Path, jobs: int = 1) -> Verdicts:
    """The verdicts of histories judged in parts."""
    outline = outline_of(files, folder)
    return combine_parts(judge_parts(outline, question, parts, jobs), outline)


@pytest.fixture(scope="module")
def liars(mutants: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Recordings of servers that are wrong in many ways, a file each."""
    folder = tmp_path_factory.mktemp("liars")
    files = []
    for number, mutant in enumerate(mutants.MUTANTS[name] for name in LIARS):
        files.append(folder / f"{number:02}.arrow")
        history = mutants.recorded(mutant.build, mutant.schedule, number)
        write_history(replace(history, keys=tuple(f"{key}-{number}" for key in history.keys)), files[-1])
    return files


@pytest.mark.parametrize("alone", [True, None])
def test_the_verdicts_are_the_same_for_any_number_of_parts(
    liars: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: bool | None
) -> None:
    """1, 2 and 64 parts of several files, streamed in small tables, yield what the whole yields, rows and texts too."""
    monkeypatch.setattr(table_stream.RecordedFile.tables, "__defaults__", (97,))
    history = read_histories(liars)
    whole = check_history(history, 5, 10.0, alone=alone, size=SIZE)
    assert len(set(block_of_keys(history.counts, SIZE).tolist())) > 3
    assert len(whole.findings) > 3
    for parts in (1, 2, 64):
        assert in_parts(liars, asked(liars, 5, 10.0, alone), parts, tmp_path) == whole


def test_summaries_of_parts_judged_apart_yield_the_verdicts_of_the_whole(liars: list[Path], tmp_path: Path) -> None:
    """What each part hands over, as text, is enough; in whatever order it comes."""
    question = asked(liars, 5, 10.0)
    texts = [encode_summary(judge_part(outline_of(liars, tmp_path), question, part, 3)) for part in (3, 1, 2)]
    together = combine_parts([decode_summary(text.encode(), "summary") for text in texts], outline_of(liars, tmp_path))
    assert together == check_history(read_histories(liars), 5, 10.0, size=SIZE)


def test_several_processes_yield_the_same_verdicts(liars: list[Path], tmp_path: Path) -> None:
    """Parts are independent: two processes at a time change nothing."""
    assert in_parts(liars, asked(liars, 5, 10.0), 4, tmp_path, jobs=2) == check_history(
        read_histories(liars), 5, 10.0, size=SIZE
    )


def test_sharers_in_different_parts_are_found(notation: ModuleType, tmp_path: Path) -> None:
    """Two keys that share a counter are compared although no process judged both."""
    others = " ".join(f"k{key:02}:{at}+" for key in range(20) for at in range(3))
    file = tmp_path / "shared.arrow"
    write_history(notation.parse(f"a:0+ a:2+ a:3.5x {others} z:1+ z:3x"), file)
    part = block_of_keys(outline_of([file], tmp_path).counts, 4) % 3
    assert part[0] != part[-1]
    verdicts = in_parts([file], asked([file], 3, 60.0, alone=True, fresh=True, size=4), 3, tmp_path)
    (found,) = [one for one in verdicts.findings if one.name is Name.KEYS_SHARING]
    assert {found.key} < {"a", "z"}
    assert " a are added" in found.actual or " z are added" in found.actual


def test_workers_recordings_are_outlined_as_they_are_read(tmp_path: Path) -> None:
    """Wall clocks, monotonic clocks, keys and the promise come out as with all of it in memory."""
    files = [tmp_path / f"{number}.arrows" for number in range(2)]
    for number, file in enumerate(files):
        with HistoryWriter(file, Meta(3, 60.0, worker=f"w{number}", host="h")) as writer:
            for at, key in enumerate("aba"):
                sent = ClockPair(100 + number + at, ORIGIN + at + 0.01 * number)
                writer.record(key, sent, sent, ClockPair(sent.monotonic + 0.25, sent.wall + 0.25), 200, {})
    told, read = outline_of(files, tmp_path), read_histories(files)
    for name in ("keys", "operations", "origin", "slack", "together", "wobble", "meta", "unrecorded", "lost"):
        assert getattr(told.whole, name) == getattr(read, name), name
    assert told.counts.tolist() == read.counts.tolist()


def test_missing_and_repeated_parts_are_named(liars: list[Path], tmp_path: Path) -> None:
    """A verdict is given of all parts only."""
    outline, question = outline_of(liars, tmp_path), asked(liars, 5, 10.0)
    one, two = (judge_part(outline, question, part, 3) for part in (1, 2))
    with pytest.raises(HistoryError, match="of 3 parts these are missing: 3"):
        combine_parts([one, two], outline)
    with pytest.raises(HistoryError, match="part 1/3 is given twice"):
        combine_parts([one, one, two], outline)


@pytest.mark.parametrize(
    ("version", "gone", "more"),
    [(0, [], {}), (2, [], {}), (1, ["replies"], {}), (1, [], {"x": 1}), (1, ["replies"], {"x": 1})],
)
def test_summaries_of_another_version_are_refused(
    notation: ModuleType, tmp_path: Path, version: int, gone: list[str], more: dict[str, int]
) -> None:
    """By their number, and by counts that are missing or that this version doesn't know."""
    file = tmp_path / "one.arrow"
    write_history(notation.parse("a:0+ b:1+"), file)
    (summary,) = judge_parts(outline_of([file], tmp_path), asked([file], 3, 60.0), 1, 1)
    assert decode_summary(encode_summary(summary).encode(), "s") == summary
    told = json.loads(encode_summary(summary))
    counts = {name: count for name, count in told["evidence"].items() if name not in gone} | more
    other = json.dumps(told | {"nhq_part": version, "evidence": counts}).encode()
    with pytest.raises(HistoryError, match="another version"):
        decode_summary(other, "s")


@pytest.mark.parametrize("field", ["of", "asked", "events", "keys"])
def test_parts_of_different_checks_are_not_put_together(notation: ModuleType, tmp_path: Path, field: str) -> None:
    """Of how many parts, of what question, of how many events and keys: each must be the same."""
    file = tmp_path / "one.arrow"
    write_history(notation.parse("a:0+ b:1+"), file)
    outline = outline_of([file], tmp_path)
    one, two = judge_parts(outline, asked([file], 3, 60.0), 2, 1)
    changed = {"of": 3, "asked": asked([file], 4, 60.0), "events": 3, "keys": 1}[field]
    with pytest.raises(HistoryError, match="different checks"):
        combine_parts([one, msgspec.structs.replace(two, **{field: changed})], outline)


@pytest.mark.parametrize("other", ["a:0+ b:1+", "a:0+ b:1+ a:2+ b:3+", "a:0+ a:1+ a:2+", "a:0+ b:1+ c:2+"])
def test_summaries_of_other_histories_are_refused(notation: ModuleType, tmp_path: Path, other: str) -> None:
    """With fewer or more events, with fewer or more keys: a file that was changed meanwhile has no verdict."""
    files = [tmp_path / "judged.arrow", tmp_path / "changed.arrow"]
    for file, text in zip(files, ("a:0+ b:1+ a:2+", other), strict=True):
        write_history(notation.parse(text), file)
    summaries = judge_parts(outline_of(files[:1], tmp_path), asked(files[:1], 3, 60.0), 2, 1)
    with pytest.raises(HistoryError, match="aren't those of the summaries"):
        combine_parts(summaries, outline_of(files[1:], tmp_path))


def test_a_request_that_stands_twice_is_refused(notation: ModuleType, tmp_path: Path) -> None:
    """A history given twice is no history of twice as many requests."""
    file = tmp_path / "one.csv"
    file.write_text("key,sent,received,status\na,1.0001,1.5,200\nb,2.0001,2.5,200\na,1.0001,1.5,200\n")
    with pytest.raises(HistoryError, match="duplicate events"):
        in_parts([file], asked([file], 3, 60.0), 2, tmp_path)


@pytest.mark.parametrize(("name", "alone"), [("sliding_log", None), ("one_counter_for_all_keys", True)])
def test_the_algorithm_is_the_same_for_any_number_of_parts(
    mutants: ModuleType, tmp_path: Path, name: str, alone: bool | None
) -> None:
    """The keys that tell it lie in several parts, and so do the ends that tell the anchor; the fits are the same."""
    mutant, files = mutants.MUTANTS[name], [tmp_path / f"{seed}.arrow" for seed in range(2)]
    for seed, file in enumerate(files):
        history = mutants.recorded(mutant.build, mutant.schedule, seed)
        write_history(replace(history, keys=tuple(f"{key}-{seed}" for key in history.keys)), file)
    outline = outline_of(files, tmp_path)
    question = asked(files, mutants.LIMIT, mutants.WINDOW, alone, identify=True)
    whole = identify_algorithm(read_histories(files), mutants.LIMIT, mutants.WINDOW, alone=alone)
    assert whole.fits
    for parts in (1, 2, 64):
        assert identify_parts(judge_parts(outline, question, parts, 1), outline) == whole
