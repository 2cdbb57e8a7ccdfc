"""Exactly the allowance, window after window: a client that keeps to the limit is never refused."""

from nhq.load.profile import LatencyBudget, Pace, Profile
from nhq.ratelimit.checker.anomalies import Aspect

PROFILE = Profile(
    name="drip",
    says="exactly the allowance, evenly, for several windows: not one 429",
    pace=Pace.SCHEDULED,
    schedules=("slow_drip",),
    repeats=3,
    keys=2,
    mix={"list_leads": 1},
    patient=True,
    judges=(Aspect.HEADERS, Aspect.RESET, Aspect.ALGORITHM),
    budget=LatencyBudget(p50=0.5, p95=1.0, p99=2.5, refused=(0.0, 0.0)),
)
