"""A client that sends until it is refused, waits until Reset, and goes on: it must be served again at once."""

from nhq.load.profile import LatencyBudget, Pace, Profile
from nhq.ratelimit.checker.anomalies import Aspect

PROFILE = Profile(
    name="recovery",
    says="sends until refused, backs off by Reset, is served again",
    pace=Pace.RECOVER,
    keys=2,
    slots=2,
    windows=4,
    mix={"list_leads": 3, "list_campaigns": 1},
    judges=(Aspect.ADMISSIONS, Aspect.HEADERS, Aspect.RESET),
    budget=LatencyBudget(p95=1.0, p99=2.5, refused=(0.0, 0.2)),
)
