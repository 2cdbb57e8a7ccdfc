"""Twice the limit around a window's edge: only a fixed window admits it all, and none admits one more."""

from nhq.load.profile import LatencyBudget, Pace, Profile

PROFILE = Profile(
    name="boundary",
    says="2N around a window's edge",
    pace=Pace.SCHEDULED,
    schedules=("boundary_burst",),
    repeats=2,
    keys=2,
    mix={"list_leads": 1},
    budget=LatencyBudget(p50=0.5, p95=1.0, p99=2.5, errors=0.0, refused=(0.0, 0.2)),
)
