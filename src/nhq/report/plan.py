"""A plan as a person reads it in a terminal."""

from collections.abc import Mapping

from nhq.model import Effect
from nhq.run.plan import Plan

_RULES_MOST = 20
_OF_A_DRAFT = frozenset({"CAMP-START", "CAMP-START-ENROLLS", "OVR-BECOMES-ENROLLED"})
_OF_A_CREDIT = frozenset({"ENRICH-ENRICHED", "ENRICH-ALREADY", "ENRICH-FAILED"})


def render(plan: Plan) -> str:
    """Cost by area, by rule and by key, the windows it takes and how long that is."""
    target = plan.target
    most = "" if set(Effect) <= target.allow else "at most "
    minutes, seconds = divmod(round(plan.seconds), 60)
    rate = f"{target.limit} requests in {target.window:g} s and key"
    lines = [
        f"{most}{plan.total:,} requests to {target.base_url}: {plan.windows} windows of {rate}, "
        f"about {minutes} min {seconds:02d} s; nothing was sent"
    ]
    lines += _uses_up(plan)
    lines += ["", "by area", *_rows(plan.by_area())]
    lines += ["", "by key", *_rows(plan.by_key())]
    lines += ["", "by rule (a test counts for each rule that it judges)", *_rows(plan.by_rule(), _RULES_MOST)]
    return "\n".join([*lines, ""])


def _uses_up(plan: Plan) -> list[str]:
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
