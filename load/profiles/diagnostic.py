"""All schedules in one, on five keys in parallel: at most 7 windows and 7 N requests a key, 420 for N = 60."""

from nhq.load.profile import LatencyBudget, Pace, Profile

PROFILE = Profile(
    name="diagnostic",
    says="the combined diagnostic: edges, bursts, stampede, late overflow, isolation, in 7 windows",
    pace=Pace.SCHEDULED,
    schedules=("diagnostic",),
    keys=5,
    mix={"list_leads": 1},
    budget=LatencyBudget(p95=2.5, p99=5.0),
)
