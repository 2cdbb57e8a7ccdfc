"""Judge a history in parts, in several processes or on several machines; verdicts equal those of `check_history`."""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from nhq.errors import HistoryError
from nhq.ratelimit.checker.anomalies import Verdicts
from nhq.ratelimit.checker.check import refuse_strange_promise
from nhq.ratelimit.checker.partition import RateLimitPromise, make_promise
from nhq.ratelimit.checker.sharing_suspects import Keys, name_sharers
from nhq.ratelimit.checker.tally import BlockTally, join_tallies, tally_blocks
from nhq.ratelimit.checker.verdicts import HistoryFacts, conclude_verdicts
from nhq.ratelimit.history.history import Bools, History, Ints
from nhq.ratelimit.identify.algorithm import Identification, fit_algorithms, signs_of
from nhq.ratelimit.parts.algorithm_evidence import algorithm_evidence, signs_of_parts
from nhq.ratelimit.parts.outline import Outline, outline_recordings
from nhq.ratelimit.parts.part_cutting import block_of_keys, of_keys, store_parts, stored_file, stored_part
from nhq.ratelimit.parts.part_summary import JudgingRequest, Summary, complete_summaries, summarize_part, tally_of
from nhq.ratelimit.parts.table_stream import open_recording
from nhq.ratelimit.recordings.recording_formats import RecordingFormat


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """The outline of a history, and the block (K,) that each key is judged in."""

    outline: Outline
    blocks: Ints

    def part(self, number: int, of: int) -> tuple[Ints, list[int]]:
        """The part of each key, shape (K,), and the numbers of this part's blocks."""
        return self.blocks % of, np.unique(self.blocks[self.blocks % of == number]).tolist()


def outline_of(
    files: Sequence[Path],
    folder: Path,
    form: RecordingFormat | None = None,
    key: str = "",
    clocks: float = 0.1,
    salvage: bool = False,
) -> Outline:
    """The outline of histories, see `read_histories`. Raises HistoryError for what can't be judged.

    `folder` stores recordings that can't be streamed directly, as long as the outline is used.
    """
    every = [open_recording(path, folder, salvage=salvage, form=form) for path in files]
    return outline_recordings(every, clocks, key)


def judge_part(outline: Outline, asked: JudgingRequest, part: int, of: int) -> Summary:
    """Judge part `part` (from 1 on) of `of`, read in one pass over the history."""
    known = Cut(outline, block_of_keys(outline.counts, asked.size))
    chosen, numbers = known.part(part - 1, of)
    mine = chosen == part - 1
    history = of_keys(outline, mine) if outline.counts[mine].any() else None
    return _summary(outline, asked, (part, of), history, mine, numbers)


def judge_parts(outline: Outline, asked: JudgingRequest, parts: int, jobs: int) -> list[Summary]:
    """Partition the history into files, and judge them in `jobs` processes at a time.

    The files take some 46 bytes an event of the folder for temporary files (TMPDIR).
    """
    known = Cut(outline, block_of_keys(outline.counts, asked.size))
    with TemporaryDirectory(prefix="nhq-parts-") as name:
        folder = Path(name)
        store_parts(outline, known.blocks % parts, parts, folder)
        bare = replace(known, outline=replace(outline, recordings=()))
        judge = partial(_judge_stored, bare, asked, parts, folder)
        return [judge(number) for number in range(parts)] if jobs == 1 else _spread(judge, parts, jobs)


def combine_parts(summaries: Sequence[Summary], outline: Outline) -> Verdicts:
    """The verdicts of a history from its judged parts; keys that may share a counter are read again."""
    asked = complete_summaries(summaries)[0].asked
    if (outline.events, len(outline.counts)) != (summaries[0].events, summaries[0].keys):
        raise HistoryError("the histories aren't those of the summaries any more")
    tally = join_tallies(tally_of(one) for one in summaries)
    promise = _promise(outline.whole, asked)
    found = [one for _, one in tally.found]
    if "key" not in outline.whole.unrecorded:
        keys = Keys(outline.whole.keys, outline.counts)
        found = name_sharers(found, keys, promise, partial(of_keys, outline), asked.size)
    skew = refuse_strange_promise(asked.limit, asked.window, asked.skew)
    return conclude_verdicts(
        HistoryFacts.of(outline.whole, outline.events), promise, found, tally.evidence, tally.skew, skew
    )


def _promise(history: History, asked: JudgingRequest) -> RateLimitPromise:
    return make_promise(history, asked.limit, asked.window, asked.fresh, asked.alone)


def identify_parts(summaries: Sequence[Summary], outline: Outline) -> Identification:
    """The algorithm that fits a history, from its judged parts; the keys to fit are read again."""
    asked = complete_summaries(summaries)[0].asked
    signs = signs_of_parts((one.telling for one in summaries if one.telling is not None), len(outline.counts))
    return fit_algorithms(of_keys(outline, signs.telling), signs, _promise(outline.whole, asked))


def _summary(
    outline: Outline,
    asked: JudgingRequest,
    part: tuple[int, int],
    history: History | None,
    mine: Bools,
    numbers: Sequence[int],
) -> Summary:
    """The summary of a part (number, of how many) from its history, None if no key is `mine`, in these blocks."""
    tally = BlockTally() if history is None else _tallied(history, asked, numbers)
    told = None
    if asked.identify and history is not None:
        told = algorithm_evidence(signs_of(history, _promise(history, asked), asked.size), np.flatnonzero(mine))
    return summarize_part(tally, asked, *part, outline.events, len(outline.counts), told)


def _tallied(history: History, asked: JudgingRequest, numbers: Sequence[int]) -> BlockTally:
    skew = refuse_strange_promise(asked.limit, asked.window, asked.skew)
    return tally_blocks(history, _promise(history, asked), skew, asked.size, numbers)


def _judge_stored(known: Cut, asked: JudgingRequest, parts: int, folder: Path, number: int) -> Summary:
    """Judge one part from its file."""
    part_of_key, numbers = known.part(number, parts)
    there = Path(stored_file(folder, number)).exists()
    history = stored_part(known.outline, part_of_key, number, folder) if there else None
    return _summary(known.outline, asked, (number + 1, parts), history, part_of_key == number, numbers)


def _spread(judge: "partial[Summary]", parts: int, jobs: int) -> list[Summary]:
    """Judge all parts in several processes. Raises HistoryError if one of them died."""
    spawned = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(min(jobs, parts), mp_context=spawned) as pool:
            return list(pool.map(judge, range(parts)))
    except BrokenProcessPool:
        raise HistoryError("a process that judged a part died, of memory perhaps: more --parts need less") from None
