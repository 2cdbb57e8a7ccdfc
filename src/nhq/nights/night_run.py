"""Run a night: begin it in the store, judge in rounds, and store their results."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from nhq import __version__
from nhq.clock import Clock
from nhq.errors import NhqError
from nhq.model import Verdict
from nhq.nights.limiter_timeline import LimiterTimeline
from nhq.nights.night import Night
from nhq.nights.night_from_record import read_night
from nhq.nights.night_storage import Remembered, remember_night
from nhq.nights.night_store import NightStore
from nhq.nights.rechecks import PlayAgain, Rechecks
from nhq.nights.rounds import ANY_LENGTH, RoundLengths, merge_rounds, run_rounds
from nhq.record.case_file import Case
from nhq.record.run_record import Record
from nhq.run.required_rules import Required
from nhq.run.required_rules import required_outcome as required_outcome

#: (seed, seconds) → one round's record, and how many seconds each of its answers took.
Judge = Callable[[int, float], tuple[Record, Sequence[float]]]


def play_night(
    store: NightStore,
    judge: Judge,
    target: str,
    contract: str,
    scopes: Mapping[str, tuple[str, ...]],
    seed: int,
    seconds: float,
    clock: Clock,
    required: Required | None = None,
    again: PlayAgain | None = None,
    keep: Callable[[Case], str] = lambda case: "",
    suite: str = "",
    timeline: Callable[[], LimiterTimeline | None] = lambda: None,
    lengths: RoundLengths = ANY_LENGTH,
) -> Remembered:
    """Run a whole night against one target. `required`: how much must be judged, instead of what the night before did.

    `again` plays a case once more, to see at once whether new findings are flaky; `keep` writes it. `suite` is the
    version of the suite; by default the one in the records. `timeline` returns the limiter's treatment of a key when
    the rounds are over.

    A night that dies is stored as cut short; one whose first round can't run, as one that could judge nothing. Raises
    what the first round raises (NhqError), and ConfigError if the store can't be written.
    """
    number = store.begin(target, clock.now(), contract, suite or __version__, seed)

    began = clock.monotonic()
    until = began + seconds if seconds else None
    looks = Rechecks(store.last_standings(target, number), again, keep, clock, until) if again is not None else None

    def play(round_seed: int, left: float) -> Night:
        record, latencies = judge(round_seed, left)
        night = read_night(record, scopes, latencies)
        return looks.check(record, night) if looks is not None and not night.interrupted else night

    try:
        rounds, troubles = _played(run_rounds(play, seed, seconds, clock, lengths))
    except NhqError as problem:
        store.fail(number, str(problem))
        raise
    merged = merge_rounds(rounds)
    troubles = [*merged.troubles, *troubles]
    night = replace(merged, target=target, seed=seed, suite=suite or merged.suite, troubles=tuple(troubles))
    night = replace(night, timeline=timeline(), load=night.load.lasting(clock.monotonic() - began))
    return remember_night(store, number, night, required is None, lacking_required(required, night))


def _played(rounds: Iterator[Night]) -> tuple[list[Night], list[str]]:
    """Play the rounds; if a later one fails (the server went away), the earlier ones still count."""
    played: list[Night] = []
    try:
        for night in rounds:
            played.append(night)
    except NhqError as problem:
        if not played:
            raise
        return played, [f"round {len(played) + 1}: {problem}"]
    return played, []


def lacking_required(required: Required | None, night: Night) -> str:
    """What the night's rounds together lack of the required rules, in words; empty if nothing."""
    rules: dict[str, bool] = {}
    for cell in night.cells:
        rules[cell.rule] = rules.get(cell.rule, False) or cell.verdict is not Verdict.UNKNOWN
    told = required_outcome(required, rules)
    if told is None or told.met:
        return ""
    return f"--require {told.asked}: {told.judged} rules judged, not {', '.join(told.lacking)}"
