"""The summary of a judged part: JSON that any machine can read, from which the parts' verdicts are combined."""

from collections.abc import Sequence

import msgspec

from nhq.errors import HistoryError
from nhq.ratelimit.checker.anomalies import Anomaly
from nhq.ratelimit.checker.evidence import COUNTS, Evidence
from nhq.ratelimit.checker.resets import Skew
from nhq.ratelimit.checker.tally import BlockTally
from nhq.ratelimit.parts.algorithm_evidence import AlgorithmEvidence, fills_of, finite_or_none, sizes_of

VERSION = 1


class JudgingRequest(msgspec.Struct, frozen=True):
    """What a part was asked to judge; combined parts share it. `files` are absolute paths; `again`: a command."""

    files: tuple[str, ...]
    form: str | None
    key: str
    clocks: float
    salvage: bool
    limit: int
    window: float
    skew: float | None
    fresh: bool | None
    alone: bool | None
    size: int
    again: str = ""
    identify: bool = False


class Summary(msgspec.Struct, frozen=True):
    """One part's results. `events` and `keys` count the whole history's; `fills` is the number of fills of each size.

    `low` and `high` bound the clocks' difference (seconds), null if nothing does.
    """

    nhq_part: int
    part: int
    of: int
    asked: JudgingRequest
    events: int
    keys: int
    found: tuple[tuple[int, Anomaly], ...]
    evidence: dict[str, int]
    fills: dict[int, int]
    low: float | None
    high: float | None
    telling: AlgorithmEvidence | None = None


def summarize_part(
    tally: BlockTally,
    asked: JudgingRequest,
    part: int,
    of: int,
    events: int,
    keys: int,
    telling: AlgorithmEvidence | None,
) -> Summary:
    """The summary of a part's tally, and of the evidence of the algorithm, if requested."""
    return Summary(
        nhq_part=VERSION,
        part=part,
        of=of,
        asked=asked,
        events=events,
        keys=keys,
        found=tuple(tally.found),
        evidence={name: int(getattr(tally.evidence, name)) for name in COUNTS},
        fills=sizes_of(tally.evidence.fills),
        low=finite_or_none(tally.skew.low),
        high=finite_or_none(tally.skew.high),
        telling=telling,
    )


def tally_of(told: Summary) -> BlockTally:
    """The tally in a summary."""
    return BlockTally(
        found=list(told.found),
        evidence=Evidence(**told.evidence, fills=fills_of(told.fills)),
        skew=Skew(float("-inf") if told.low is None else told.low, float("inf") if told.high is None else told.high),
    )


def encode_summary(told: Summary) -> str:
    """A summary as one line of JSON."""
    return msgspec.json.encode(told).decode()


def decode_summary(text: bytes, name: str) -> Summary:
    """The summary in a file. Raises HistoryError for anything else."""
    try:
        told = msgspec.json.decode(text, type=Summary)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise HistoryError(f"{name}: no summary of a part (`nhq check --part i/N` writes one)") from None
    if told.nhq_part != VERSION or set(told.evidence) != set(COUNTS):
        raise HistoryError(f"{name}: a summary of another version of nhq")
    return told


def complete_summaries(summaries: Sequence[Summary]) -> Sequence[Summary]:
    """The summaries in order. Raises HistoryError unless they are all parts of one history, each once."""
    first = summaries[0]
    for one in summaries:
        if (one.of, one.asked, one.events, one.keys) != (first.of, first.asked, first.events, first.keys):
            raise HistoryError(f"summaries of different checks: part {one.part}/{one.of}, part {first.part}/{first.of}")
    parts = [one.part for one in summaries]
    twice = sorted({part for part in parts if parts.count(part) > 1})
    missing = sorted(set(range(1, first.of + 1)) - set(parts))
    if twice:
        raise HistoryError(f"part {twice[0]}/{first.of} is given twice")
    if missing:
        listed = ", ".join(map(str, missing[:8])) + (" …" if len(missing) > 8 else "")
        raise HistoryError(f"of {first.of} parts these are missing: {listed}")
    return summaries
