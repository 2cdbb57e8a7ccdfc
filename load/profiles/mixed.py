"""What integrations do, over all 16 operations: reading much, writing some, sending and spending little.

Operations that the target doesn't allow (write, send, spend) are left out and named in the report. The client waits
when it has nothing left, so that refusals are rare.
"""

from nhq.load.profile import LatencyBudget, Pace, Profile
from nhq.ratelimit.checker.anomalies import Aspect

PROFILE = Profile(
    name="mixed",
    says="a realistic mix over all 16 operations, effects permitting",
    pace=Pace.POLITE,
    keys=2,
    slots=3,
    windows=3,
    mix={
        "list_leads": 16,
        "get_lead": 14,
        "list_members": 10,
        "list_conversations": 10,
        "get_conversation": 10,
        "list_campaigns": 8,
        "list_campaign_leads": 8,
        "list_lead_lists": 6,
        "get_lead_list": 5,
        "import_leads": 5,
        "list_linkedin_accounts": 4,
        "send_message": 3,
        "save_message_overrides": 2,
        "create_lead_lists": 2,
        "enrich_lead": 2,
        "run_campaign_action": 1,
    },
    judges=(Aspect.HEADERS, Aspect.RESET),
    budget=LatencyBudget(p50=0.5, p95=1.5, p99=5.0, errors=0.05, refused=(0.0, 0.1)),
)
