"""The allowance, for half an hour or as long as --duration says: leaks, drift and rare slips take time to show."""

from nhq.load.profile import LatencyBudget, Pace, Profile
from nhq.ratelimit.checker.anomalies import Aspect

PROFILE = Profile(
    name="soak",
    says="exactly the allowance of reads, for long",
    pace=Pace.SCHEDULED,
    schedules=("slow_drip",),
    repeats=30,
    keys=3,
    mix={"list_leads": 4, "get_lead": 3, "list_campaigns": 2, "list_conversations": 2, "list_lead_lists": 1},
    patient=True,
    judges=(Aspect.HEADERS, Aspect.RESET, Aspect.ALGORITHM),
    budget=LatencyBudget(p50=0.5, p95=1.0, p99=2.5, errors=0.001, refused=(0.0, 0.0)),
)
