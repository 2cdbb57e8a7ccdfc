"""The shipped load profiles sent to simulated limiters: schedules as they are, floods as slots that wait."""

import heapq
import math
import random
from typing import Any

from ratelimit_limiters import ORIGIN, Network, Row, history, run  # type: ignore[import-not-found]

from nhq.load.profile import Pace, load_profile
from nhq.load.send_plan import SendPlan, make_plan
from nhq.ratelimit.history.history import History, Meta

#: Seconds that a slot rests after a refusal, lest a flood is all refusals; and after Reset, where it waits for that.
REST, AFTER = 0.02, 0.05


def sent(limiter: Any, profile: str, limit: int, window: float, seed: int = 0, latency: float = 0.02) -> History:
    """What a run of the profile records: `latency` is the longest round trip (seconds), about."""
    plan = make_plan(load_profile(profile), limit, window)
    rows = _closed(limiter, plan, seed, latency) if plan.profile.slots > 1 else _open(limiter, plan, seed, latency)
    return history(rows, Meta(alone=True, fresh=True))


def _open(limiter: Any, plan: SendPlan, seed: int, latency: float) -> list[Row]:
    """Each key asks once, and sends its schedule from an opening of the clock's on."""
    opening = math.ceil(ORIGIN / plan.window) * plan.window - ORIGIN + 0.05
    shots = [(opening + shot.at, f"key{key}") for key in range(plan.keys) for shot in plan.shots(key)]
    shots += [(opening - plan.window - 0.2, f"key{key}") for key in range(plan.keys)]
    return run(limiter, shots, Network(up=latency / 2, down=latency / 2, floor=0.001, answers=(200,)), seed)


def _closed(limiter: Any, plan: SendPlan, seed: int, latency: float) -> list[Row]:
    """Each slot sends its next request once it has an answer, at its profile's pace."""
    rng, rows = random.Random(seed), []
    slots = [(0.3 + 0.005 * rng.random(), key, slot) for key in range(plan.keys) for slot in range(plan.profile.slots)]
    queue = [(at + rng.uniform(0.001, latency / 2), at, key, slot) for at, key, slot in slots]
    heapq.heapify(queue)
    while queue:
        now, at, key, slot = heapq.heappop(queue)
        reply = limiter.decide(f"key{key}", ORIGIN + now)
        received = now + rng.uniform(0.001, latency / 2)
        status = 200 if reply.admitted else 429
        rows.append(Row(f"key{key}", at, received, status, reply.limit, reply.remaining, reply.reset))
        again = received + _pause(plan, reply, received)
        if again <= plan.seconds:
            heapq.heappush(queue, (again + rng.uniform(0.001, latency / 2), again, key, slot))
    return rows


def _pause(plan: SendPlan, reply: Any, now: float) -> float:
    """How long a slot waits after an answer."""
    if reply.admitted and (plan.profile.pace is not Pace.POLITE or reply.remaining):
        return 0.0005
    if plan.profile.pace is Pace.FLOOD:
        return REST
    left = reply.reset - ORIGIN - now
    return (left if 0 < left <= plan.window + 1 else plan.window) + AFTER
