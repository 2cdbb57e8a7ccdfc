"""Keys don't feel each other, and a key has one allowance wherever it calls from.

First one key overspends while the others ask for a quarter of theirs; then every key overspends from several addresses
(of this machine, where the target is on it; else all requests come from one).
"""

from nhq.load.profile import LatencyBudget, Pace, Profile
from nhq.ratelimit.checker.anomalies import Aspect

PROFILE = Profile(
    name="isolation",
    says="one key overspends beside others; one key calls from several addresses",
    pace=Pace.SCHEDULED,
    schedules=("isolation", "isolation_of_addresses"),
    keys=3,
    mix={"list_leads": 1},
    judges=(Aspect.ADMISSIONS, Aspect.HEADERS, Aspect.RESET),
    budget=LatencyBudget(p50=0.5, p95=1.0, p99=2.5, refused=(0.05, 0.4)),
)
