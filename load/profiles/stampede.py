"""Twice the limit at one instant, on openings and within windows: a counter in two steps loses updates here."""

from nhq.load.profile import LatencyBudget, Pace, Profile

PROFILE = Profile(
    name="stampede",
    says="2N at once on a window's opening",
    pace=Pace.SCHEDULED,
    schedules=("stampede",),
    keys=2,
    mix={"list_leads": 1},
    budget=LatencyBudget(p50=1.0, p95=2.5, p99=5.0, errors=0.0, refused=(0.3, 0.6)),
)
