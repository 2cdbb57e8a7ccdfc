"""Faults that two requests at one instant show: what is written follows from what was looked at before."""

from nhq.mock.policies.access import Race
from nhq.mutation.faults.fault import Fault, faults_of_family

plant = faults_of_family("races")
APART = 0.15  # seconds that a request waits for another one at the most


def _races(ident: str, sentence: str, operation: str, *rules: str, over: bool = False, having: bytes = b"") -> Fault:
    """Requests to one operation, those whose body has these bytes, that don't see each other."""
    return plant(
        ident,
        sentence,
        *rules,
        subtle="concurrent",
        on=[operation],
        race=lambda called, body: Race(APART, over) if called == operation and having in body else None,
    )


def _acts(action: str, state: str, rule: str) -> Fault:
    return _races(
        f"{action}s-twice-at-one-instant",
        f"Of two {action} at one instant both find the campaign {state}.",
        "run_campaign_action",
        rule,
        having=action.encode(),
    )


FAULTS = (
    _acts("start", "a draft", "CAMP-START-ONLY-DRAFT"),
    _acts("pause", "started", "CAMP-PAUSE-ONLY-STARTED"),
    _acts("resume", "paused", "CAMP-RESUME-ONLY-PAUSED"),
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
    _races(
        "charges-one-lead-twice-at-one-instant",
        "Of two enrichments of one lead at one instant both find it plain, and are charged.",
        "enrich_lead",
        "ENRICH-ALREADY",
        "ENRICH-BALANCE",
    ),
    _races(
        "pays-two-leads-with-the-last-credit",
        "Of two enrichments at one instant both find the last credit there.",
        "enrich_lead",
        "ENRICH-INSUFFICIENT",
    ),
    _races(
        "loses-one-of-two-messages-sent-at-one-instant",
        "Of two messages sent into a conversation at one instant only one stays in its history.",
        "send_message",
        "SEND-APPENDS",
        over=True,
    ),
    _races(
        "saves-one-slot-twice-at-one-instant",
        "Of two overrides of one slot at one instant each gets an id of its own.",
        "save_message_overrides",
        "OVR-UPSERT-ID",
    ),
    plant(
        "loses-counts-at-one-instant",
        "Requests of a key at one instant are counted as one.",
        "RL-REMAINING-COUNTS",
        "RL-EXCEEDED",
        subtle="concurrent",
        lag=lambda operation: 0.02 if operation == "list_leads" else 0.0,
    ),
)
