"""Make a run concrete before anything is sent: profile, operations, keys, plan. The same for a run and for `--plan`."""

from dataclasses import dataclass, replace
from pathlib import Path

from nhq.client.target import Target, target_for_run
from nhq.errors import ConfigError
from nhq.load.load_request import Request
from nhq.load.locust_arguments import usable_keys, within_reach
from nhq.load.locust_env import refuse_too_few
from nhq.load.profile_tables import change_budget, find_profile
from nhq.load.send_plan import SendPlan, make_plan, with_keys
from nhq.load.traffic_mix import mix_operations, permitted_mix, scopes_of
from nhq.load.undecidable import undecidable_rules
from nhq.model import Effect


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run will do: its plan, the mix that the target allows, the operations left out of it.

    `unshown` says in lines what it can't show with these keys.
    """

    plan: SendPlan
    mix: dict[str, int]
    left_out: list[str]
    unshown: list[str]


def prepare_run(request: Request, target: Target, rows: Path | None) -> Prepared:
    """What `request` means for `target`; `rows` is the file of a changed contract's operations.

    Raises ConfigError for what can't be run: a profile, operations or numbers that make no sense, a time longer than
    allowed, keys that are asked for and missing, or no key at all. Where none are asked for, those that there are do.
    """
    profile = find_profile(request.profile)
    profile = replace(profile, budget=change_budget(profile.budget, request.budget))
    known = mix_operations(rows)
    mix, left_out = permitted_mix(profile.mix, target.allow, rows)
    mix, closed = (mix, []) if target.exclusive_keys else within_reach(mix, target, known)
    plan = make_plan(profile, target.limit, target.window, request.keys, request.duration)
    if not target.exclusive_keys:
        plan = _with_keys_of(target, scopes_of(mix, known), plan, asked=bool(request.keys))
    if plan.longest > request.minutes * 60:
        long = f"{plan.longest / 60:.1f} minutes"
        raise ConfigError(f"{profile.name} takes {long}, more than --max-minutes {request.minutes:g}; see --duration")
    left_out = [*left_out, *closed]
    return Prepared(
        plan, mix, left_out, list(undecidable_rules(plan, left_out, exclusive_keys=request.has_exclusive_keys(target)))
    )


def _with_keys_of(target: Target, scopes: set[str], plan: SendPlan, *, asked: bool) -> SendPlan:
    """The plan with the keys that the target has. Raises ConfigError where more were `asked` for, or there are none."""
    have = len(usable_keys(target, scopes))
    plan = plan if asked else with_keys(plan, have)
    refuse_too_few(target, scopes, have, plan.keys)
    return plan


def given_target(request: Request, file: Path) -> Target:
    """The target of a file, with the limit and the window that were asked for."""
    target = target_for_run(file, request.asked, {row.scope for row in mix_operations().values()})
    return replace(target, limit=request.limit or target.limit, window=request.window or target.window)


def fresh_mock(limit: int, window: float) -> Target:
    """What stands for a mock that isn't started: it allows everything, and issues as many keys as are needed."""
    here = "http://127.0.0.1"
    return Target(here, (), here, allow=frozenset(Effect), limit=limit, window=window, name="a fresh mock")
