"""What live runs see, by how many requests they send: the curve, as data and as text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nhq.faults.fault import Fault
from nhq.power.live_bench import Live
from nhq.power.outcome import Outcome

#: Requests at which the curve is read.
MARKS = (180, 300, 600, 900, 1500, 3000)
#: Policies that decide when a window begins and ends: their faults are wrong by seconds of a minute, and shown in one.
_OF_WINDOWS = {"window_of", "window_over", "reset_at"}
MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Curve:
    """The live runs of faults with so many keys, and of one honest mock."""

    live: Live
    outcomes: Sequence[Outcome]
    honest: Outcome
    seed: int = 1
    seconds: float = 0.0

    def killed(self, requests: int) -> int:
        """Faults that a run of so many requests would have seen."""
        return sum(0 < outcome.at <= requests for outcome in self.outcomes)

    def judged(self, requests: int) -> int:
        """Rules that a run of so many requests would have judged, of an honest mock."""
        return sum(at <= requests for at in self.honest.judged.values())

    @property
    def survivors(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if not outcome.at]


def counted(faults: Sequence[Fault]) -> list[Fault]:
    """The faults that percentages are over: those that break a rule, and don't just fall silent."""
    return [fault for fault in faults if fault.rules and not fault.silent]


def of_one_length(faults: Sequence[Fault], live: Live) -> Iterator[tuple[Live, list[Fault]]]:
    """Faults by the windows that show them: a minute for those that are wrong by seconds, else scaled ones."""
    in_minutes = [fault for fault in faults if fault.policy in _OF_WINDOWS]
    scaled = [fault for fault in faults if fault.policy not in _OF_WINDOWS]
    yield from [(replace(live, window=MINUTE), in_minutes)] if in_minutes else []
    yield from [(live, scaled)] if scaled else []


def table(curves: Sequence[Curve], rules: int) -> Iterator[str]:
    """The curves in Markdown, a row for each number of requests."""
    heads = [f"{_keys(curve)}: faults | {_keys(curve)}: rules" for curve in curves]
    yield f"| requests | {' | '.join(heads)} |"
    yield "|---|" + "---|---|" * len(curves)
    for mark in MARKS:
        cells = [f"{_share(curve, mark)} | {curve.judged(mark)} of {rules}" for curve in curves]
        yield f"| {mark:,} | {' | '.join(cells)} |"


def _keys(curve: Curve) -> str:
    keys = curve.live.keys
    return "one key" if keys == 1 else f"{keys} keys"


def _share(curve: Curve, mark: int) -> str:
    killed, total = curve.killed(mark), len(curve.outcomes)
    return f"{killed} of {total} ({100 * killed / max(1, total):.1f} %)"


def told(curve: Curve, sentences: Mapping[str, str]) -> Iterator[str]:
    """How the curve was measured, and the faults that it doesn't see."""
    cpu = sum(outcome.cpu for outcome in curve.outcomes)
    honest = curve.honest
    yield (
        f"{_keys(curve)}: {len(curve.outcomes)} faults, seed {curve.seed}, windows of {curve.live.window:g} s, "
        f"{curve.seconds:.0f} s in all, {cpu:.0f} s of a processor; an honest mock: {honest.requests} requests, "
        f"{len(honest.judged)} rules judged, {len(honest.kills) + len(honest.others)} findings."
    )
    for outcome in curve.survivors:
        yield f"- {outcome.fault}: {sentences[outcome.fault]} ({outcome.requests} requests{_others(outcome)})"


def _others(outcome: Outcome) -> str:
    found = f"; found {', '.join(outcome.others)}" if outcome.others else ""
    return f"{found}; {outcome.troubles[0]}" if outcome.troubles else found
