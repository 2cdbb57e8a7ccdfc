"""The faults that live runs find, by the number of their requests: the curve, as data and as text."""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nhq.mutation.faults.fault import Fault
from nhq.mutation.live_bench import Live
from nhq.mutation.mutant_status import MutantOutcome

#: Policies that decide when a window begins and ends: their faults are wrong by seconds of a minute, and shown in one.
_OF_WINDOWS = {"window_of", "window_over", "reset_at"}
MINUTE = 60.0
_SIGMAS = 1.96  # of a normal distribution: 95 % lie within


@dataclass(frozen=True, slots=True)
class Curve:
    """The live runs of faults with so many keys, and of one mock without a fault; `wanted` faults were selected."""

    live: Live
    outcomes: Sequence[MutantOutcome]
    honest: MutantOutcome
    seed: int = 1
    seconds: float = 0.0
    wanted: int = 0

    def killed(self, requests: int) -> int:
        """Faults that a run of so many requests finds."""
        return sum(0 < outcome.at <= requests for outcome in self.outcomes)

    def judged(self, requests: int) -> int:
        """Rules that a run of so many requests judges on a mock without a fault."""
        return sum(at <= requests for at in self.honest.judged.values())

    @property
    def survivors(self) -> list[MutantOutcome]:
        return [outcome for outcome in self.outcomes if not outcome.at]


def counted_faults(faults: Sequence[Fault]) -> list[Fault]:
    """The faults that percentages refer to: those that break a rule, and don't just stop answering."""
    return [fault for fault in faults if fault.rules and not fault.silent]


def in_seeded_order(faults: Sequence[Fault], seed: int) -> list[Fault]:
    """The faults in an order by seed: an interrupted measurement has tried a fair sample."""
    return random.Random(f"order:{seed}").sample(list(faults), len(faults))


def of_one_length(faults: Sequence[Fault], live: Live) -> Iterator[tuple[Live, list[Fault]]]:
    """Faults by the windows that show them: scaled ones, and last, as they take longest, a minute for those that are
    wrong by seconds."""
    in_minutes = [fault for fault in faults if fault.policy in _OF_WINDOWS]
    scaled = [fault for fault in faults if fault.policy not in _OF_WINDOWS]
    yield from [(live, scaled)] if scaled else []
    yield from [(replace(live, window=MINUTE), in_minutes)] if in_minutes else []


def curve_section(curve: Curve, rules: int, sentences: Mapping[str, str], command: str) -> Iterator[str]:
    """The curve in Markdown: how it was measured, a row for each number of requests, and the faults not found.

    `rules` are all rules; `sentences` explain each fault.
    """
    honest, cpu, looked = curve.honest, sum(outcome.cpu for outcome in curve.outcomes), len(curve.outcomes)
    cut = (
        f" of {curve.wanted:,} in an order by the seed (those of {MINUTE:g} s last), where it was stopped"
        if looked < curve.wanted
        else ""
    )
    yield f"### {curve_heading(curve.live.keys)}{', by default' if curve.live.by_default else ''}"
    yield ""
    yield (
        f"`{command}`: {looked:,} faults{cut}, seed {curve.seed}, windows of {curve.live.window:g} s "
        f"({MINUTE:g} s for faults of their length){_how(curve.live)}, {curve.seconds:,.0f} s in all, "
        f"{cpu:,.0f} s of a processor. "
        f"An honest mock: {honest.requests:,} requests, {len(honest.judged)} rules judged, "
        f"{len(honest.kills) + len(honest.others)} findings."
    )
    yield from ("", "| requests | faults killed (%; 95 % confidence) | rules judged |", "|---|---|---|")
    yield from (_row(curve, mark, rules) for mark in curve.live.marks)
    yield from ("", "| survived | what it does | requests | named |", "|---|---|---|---|") if curve.survivors else ()
    yield from (_survivor(outcome, sentences[outcome.fault]) for outcome in curve.survivors)


def _how(live: Live) -> str:
    """What each run sends, where that isn't so many requests in all."""
    return ", each run what its keys allow in three windows and what no key pays for" if live.by_default else ""


def curve_heading(keys: int) -> str:
    """The heading that identifies a part of the page."""
    return "One key" if keys == 1 else f"{keys} keys"


def _row(curve: Curve, mark: int, rules: int) -> str:
    killed, total = curve.killed(mark), len(curve.outcomes)
    share = 100 * killed / total if total else 0
    low, high = (100 * bound for bound in wilson_interval(killed, total))
    told = f"{killed:,} of {total:,} ({share:.1f} %; {low:.1f} to {high:.1f})"
    return f"| {mark:,} | {told} | {curve.judged(mark)} of {rules} |"


def wilson_interval(hits: int, total: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share, from a sample of `total`.

    The score interval of E. B. Wilson (1927).
    """
    if not total:
        return 0.0, 1.0
    share, weight = hits / total, _SIGMAS**2 / total
    middle = (share + weight / 2) / (1 + weight)
    reach = _SIGMAS * math.sqrt(share * (1 - share) / total + weight / (4 * total)) / (1 + weight)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _survivor(outcome: MutantOutcome, sentence: str) -> str:
    named = ", ".join(outcome.others) or "; ".join(outcome.troubles[:1])
    return f"| {outcome.fault} | {sentence} | {outcome.requests:,} | {named} |"
