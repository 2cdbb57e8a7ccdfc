"""A plan as a person reads it in a terminal."""

import math
from collections import Counter
from collections.abc import Mapping

from nhq.model import Effect
from nhq.run.costs import Depth
from nhq.run.run_plan import RunPlan

_RULES_MOST = 20
_OF_A_DRAFT = frozenset({"CAMP-START", "CAMP-START-ENROLLS", "OVR-BECOMES-ENROLLED"})
_OF_A_CREDIT = frozenset({"ENRICH-ENRICHED", "ENRICH-ALREADY", "ENRICH-FAILED"})


def render_plan(plan: RunPlan) -> str:
    """Cost by area, by rule and by key, the windows it takes and how long that is."""
    target = plan.target
    most = "" if set(Effect) <= target.allow else "at most "
    minutes, seconds = divmod(round(plan.seconds), 60)
    rate = f"{target.limit} requests per {target.window:g} s per key"
    lines = [
        f"{most}{plan.total:,} requests to {target.base_url}: {plan.windows} windows of {rate}, "
        f"about {minutes} min {seconds:02d} s; nothing was sent"
    ]
    lines += _uses_up(plan)
    lines += _extent(plan)
    lines += ["", "by area", *_rows(plan.by_area())]
    lines += ["", "by key", *_rows(plan.by_key())]
    lines += ["", "by rule (a test counts for each rule that it judges)", *_rows(plan.by_rule(), _RULES_MOST)]
    lines += _left_out(plan)
    return "\n".join([*lines, ""])


def _extent(plan: RunPlan) -> list[str]:
    """What the run was given, and how much of it the plan uses."""
    planner = plan.planner
    if planner is None or planner.choice is None or planner.room is None:
        return []
    choice, allowance = planner.choice, planner.room.allowance
    deep = sum(depth is Depth.GATE for depth in choice.depths().values())
    seeds = f", under {choice.rounds} seeds" if choice.rounds > 1 else ""
    tests = f"{len(choice.depths())} tests{seeds}, {deep} of them with all that the gate profile sends"
    used = f" of {allowance:,.0f} that the keys allow" if math.isfinite(allowance) else ""
    return [f"{planner.extent.words}: {planner.room.planned:,} requests{used}; {tests}"]


def _left_out(plan: RunPlan) -> list[str]:
    """What there is no room for: requests by rule, and how many of its tests are left out altogether."""
    choice = plan.planner.choice if plan.planner is not None else None
    if choice is None or not choice.left:
        return ["", "nothing is left out"] if choice is not None else []
    made = {step.test for step in choice.taken}
    requests: Counter[str] = Counter()
    tests: Counter[str] = Counter()
    for step in choice.left:
        requests.update(dict.fromkeys(step.rules, step.cost.total))
        tests.update(dict.fromkeys(step.rules, int(step.test not in made)))
    rows = [
        f"{count:6,d}  {rule}" + (f", {tests[rule]} of its tests altogether" if tests[rule] else "")
        for rule, count in sorted(requests.items(), key=lambda row: (-tests[row[0]], -row[1], row[0]))
    ]
    return ["", "left out, by rule (requests for which there is no room)", *rows]


def _uses_up(plan: RunPlan) -> list[str]:
    """What cannot be had back: a draft that [given] names, where a test of starts runs; credits, where one enriches."""
    allow, rules = plan.target.allow, set(plan.by_rule())
    named = any(name.startswith("campaign_startable") for name in plan.target.given)
    drafts = ["one draft of those named campaign_startable… in [given]"] if named and rules & _OF_A_DRAFT else []
    credits = ["an enrichable lead and its credit for each enrichment"] if rules & _OF_A_CREDIT else []
    used = (drafts if Effect.SEND in allow else []) + (credits if Effect.SPEND in allow else [])
    return [f"uses up {' and '.join(used)}"] if used else []


def _rows(counts: Mapping[str, int], most: int | None = None) -> list[str]:
    shown = list(counts.items())[:most]
    rest = len(counts) - len(shown)
    return [*(f"{count:6,d}  {name}" for name, count in shown), *([f"        and {rest} more"] if rest else [])]
