"""As much as the client can send, far beyond the limit: refusals are cheap, the count stays exact.

Against `nhq mock --limit 1000000` it measures throughput instead.
"""

from nhq.load.profile import LatencyBudget, Pace, Profile
from nhq.ratelimit.checker.anomalies import Aspect

PROFILE = Profile(
    name="saturate",
    says="as fast as answers come, several requests of a key at once, far beyond the limit",
    pace=Pace.FLOOD,
    keys=4,
    slots=4,
    windows=2,
    mix={"list_leads": 1},
    judges=(Aspect.ADMISSIONS, Aspect.HEADERS, Aspect.RESET),
    budget=LatencyBudget(p95=1.0, p99=2.5),
)
