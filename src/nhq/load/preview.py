"""Preview what a load run will send: keys, requests, seconds, operations and their effects. Pure."""

from collections.abc import Iterator, Mapping

from nhq.load.prepare import Prepared
from nhq.load.profile import Pace
from nhq.load.send_plan import SendPlan
from nhq.load.traffic_mix import MixRow, to_learn
from nhq.load.undecidable import not_made_for
from nhq.ratelimit.checker.anomalies import Aspect

_PACES = {
    Pace.FLOOD: "as fast as answers come, {slots} of a key at once, whatever is refused",
    Pace.RECOVER: "until a key is refused, {slots} of it at once; then it waits for Reset",
    Pace.POLITE: "while a key has something left, {slots} of it at once",
}


def profile_line(plan: SendPlan) -> str:
    """A line of `--list`: name, keys, seconds and requests, what it does and what it isn't made to show."""
    sent, profile = scheduled_requests(plan), plan.profile
    requests = f"{sent:,}" if sent else "many" if profile.pace is Pace.FLOOD else f"≤{_most(plan):,}"
    keys = f"{plan.keys:>4} {'key ' if plan.keys == 1 else 'keys'}"
    line = f"{profile.name:<12} {keys} {plan.longest:>6.0f} s {requests:>7} requests  {profile.says}"
    left = [aspect for aspect in Aspect if aspect not in profile.judges]
    return f"{line}; not made for {', '.join(left)}" if left else line


def scheduled_requests(plan: SendPlan) -> int:
    """How many requests the schedules hold; 0 for other paces."""
    return sum(1 for key in range(plan.keys) for _ in plan.shots(key)) if plan.schedules else 0


def _most(plan: SendPlan) -> int:
    """What keys that wait for their windows can send at most: each window's limit, and a refusal of each slot."""
    windows = int(plan.seconds / plan.window) + 2
    return plan.keys * windows * (plan.limit + plan.profile.slots)


def preview_lines(work: Prepared, rows: Mapping[str, MixRow], target: str) -> Iterator[str]:
    """The lines of `--plan`; `rows` are the operations, `target` names the server."""
    plan, mix = work.plan, work.mix
    yield f"{plan.profile.name}: {plan.profile.says}"
    yield f"target     {target}, {plan.limit} requests per {plan.window:g} s per key"
    yield f"keys       {plan.keys}, each with {', '.join(sorted({rows[name].scope for name in mix}))}"
    yield f"seconds    {plan.seconds:.0f}, after at most {plan.window + 3:.0f} to find the windows"
    yield f"first      each key reads {', '.join(to_learn(mix, rows))}"
    yield f"then       {_sent(plan)}"
    total = sum(mix.values())
    for name, weight in mix.items():
        yield f"  {weight / total:6.1%}  {rows[name].effect:<6} {rows[name].method:<6} {rows[name].path}  {name}"
    for line in (*work.unshown, *not_made_for(plan)):
        yield f"but        {line}"


def _sent(plan: SendPlan) -> str:
    """How many requests, how fast."""
    count = scheduled_requests(plan)
    if count:
        instants = sorted(shot.at for key in range(plan.keys) for shot in plan.shots(key))
        seconds = [int(at) for at in instants]
        peak = max(seconds.count(second) for second in set(seconds))
        return (
            f"{count:,} requests at fixed instants, {count / plan.seconds:.1f} a second, at most {peak} in one second"
        )
    pace = _PACES[plan.profile.pace].format(slots=plan.profile.slots)
    return pace if plan.profile.pace is Pace.FLOOD else f"at most {_most(plan):,} requests: {pace}"
