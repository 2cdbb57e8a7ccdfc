"""Faults that two requests at one instant show: what is written follows from what was looked at before."""

from nhq.faults.fault import Fault, family
from nhq.server.policies.access import Race

plant = family("races")
APART = 0.15  # seconds that a request waits for another one at the most


def _races(ident: str, sentence: str, operation: str, *rules: str, over: bool = False) -> Fault:
    """Requests to one operation that don't see each other."""
    return plant(
        ident,
        sentence,
        *rules,
        subtle="two at once",
        on=[operation],
        race=lambda called: Race(APART, over) if called == operation else None,
    )


FAULTS = (
    _races(
        "acts-twice-at-one-instant",
        "Of two actions at one instant both find the state that they need.",
        "run_campaign_action",
        "CAMP-START-ONLY-DRAFT",
        "CAMP-PAUSE-ONLY-STARTED",
        "CAMP-RESUME-ONLY-PAUSED",
    ),
    _races(
        "names-two-lists-alike-at-one-instant",
        "Of two lists made at one instant neither finds the other's name taken.",
        "create_lead_lists",
        "LIST-NAME-UNIQUE",
    ),
    _races(
        "makes-one-lead-twice-at-one-instant",
        "Of two imports of one lead at one instant both make it.",
        "import_leads",
        "IMPORT-DEDUP",
        "IMPORT-ALREADY",
    ),
    _races(
        "loses-one-of-two-members-joined-at-one-instant",
        "Of leads that join a list at one instant only those of the last request stay.",
        "import_leads",
        "IMPORT-MEMBERSHIP",
        "LIST-COUNT-TRUE",
        over=True,
    ),
)
