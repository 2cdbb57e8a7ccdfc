"""The rules that a run can't decide with its keys, reported before it starts. Pure."""

from collections.abc import Iterator, Sequence

from nhq.load.anomaly_rules import SHOWN_BY
from nhq.load.send_plan import SendPlan
from nhq.ratelimit.checker.anomalies import Aspect

_SHARED = "RL-PER-KEY"
#: What schedules leave to a further key: so many keys are needed, else breaches of these rules may be missed, and why.
_PARTS: dict[str, tuple[tuple[int, str, str], ...]] = {
    "diagnostic": (
        (2, "RL-WINDOW-LENGTH", "the second key bursts over edges and saves up"),
        (3, "RL-EXCEEDED, RL-REMAINING-COUNTS", "the third key stampedes and overflows late"),
        (5, _SHARED, "the fifth key keeps to its allowance while the fourth overspends"),
    ),
}
#: What another client's requests with the same keys would explain.
_EARLY = f"RL-LIMIT-ADMITTED, RL-REMAINING-COUNTS, {_SHARED}"


def undecidable_rules(plan: SendPlan, left_out: Sequence[str] = (), *, exclusive_keys: bool) -> Iterator[str]:
    """A line for each reason: the rules that stay open, or are harder to find broken, and what would change that.

    `left_out` are operations of its mix that can't be sent; `exclusive_keys`: nobody else uses the keys.
    """
    yield from _for_want_of_keys(plan)
    if left_out:
        yield f"leaves out {', '.join(left_out)}: the target doesn't allow what they do, or no key has their scopes too"
    if not exclusive_keys:
        why = "early 429s and high counts may be another client's doing; pass --exclusive-keys if there is none"
        yield f"may miss a broken {_EARLY}: {why}"


def _for_want_of_keys(plan: SendPlan) -> Iterator[str]:
    """What fewer keys than the profile is made for leave open."""
    if plan.keys < plan.wanted:
        yield f"runs with {plan.keys} of the {plan.wanted} keys that {plan.profile.name} is made for"
    parts = [part for schedule in plan.profile.schedules for part in _PARTS.get(schedule, ())]
    for needed, rules, why in parts:
        if plan.keys < needed and not (plan.keys == 1 and rules == _SHARED):
            yield f"may miss a broken {rules}: {why}"
    if plan.keys == 1:
        yield f"can't show {_SHARED}: a single key shares its counter with none"


def not_made_for(plan: SendPlan) -> Iterator[str]:
    """The questions that a profile isn't made for, with their rules."""
    for aspect in Aspect:
        if aspect not in plan.profile.judges:
            yield f"not made for {aspect}: {', '.join(SHOWN_BY[aspect])} may stay open"
