"""One member of one object is shaped otherwise: another type, a word that isn't listed, or no value at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nhq.mutation.faults.fault import Fault, faults_of_family
from nhq.mutation.faults.handlers import LINES
from nhq.mutation.faults.wire import changed_body

plant = faults_of_family("shapes")

GOOD = (200, 201, 207)
GONE = object()


@dataclass(frozen=True, slots=True)
class Bend:
    """What becomes of a value, in words and as a function; GONE takes its member away."""

    words: str
    alter: Callable[[Any], Any]


def alter_at(node: Any, steps: Sequence[str], alter: Callable[[Any], Any]) -> Any:
    """JSON in which what stands at the end of a way (* is each of an array) is altered; as it was where none is."""
    if not steps:
        return alter(node)
    step, *rest = steps
    if step == "*":
        return [alter_at(one, rest, alter) for one in node] if isinstance(node, list) else node
    if not isinstance(node, dict) or (step not in node and rest):
        return node
    altered = alter_at(node.get(step), rest, alter)
    kept = {name: value for name, value in node.items() if name != step}
    return kept if altered is GONE else {**kept, step: altered}


def _bends(ident: str, operation: str, way: str, bend: Bend, rule: str = "SCHEMA-BODY", near: str = "") -> Fault:
    steps = way.split(".")
    lie = changed_body(lambda body: alter_at(body, steps, bend.alter), operation, statuses=GOOD)
    sentence = f"{LINES[operation]}: {way.replace('.*', '')} {bend.words}."
    shown = [near] if near else []
    return plant(ident, sentence, rule, subtle="one field", on=(operation,), near=shown, sent_body=lie)


def _dates(ident: str, operation: str, way: str, bend: Bend) -> Fault:
    return _bends(ident, operation, way, bend, "SCHEMA-DATE-TIME")


def _counts(ident: str, operation: str, way: str) -> Fault:
    return _bends(ident, operation, way, BELOW, "SCHEMA-COUNTS")


def _if_there(alter: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda told: told if told is None else alter(told)


def _word(word: str) -> Bend:
    return Bend(f"is {word}", _if_there(lambda told: word))


LEFT_OUT = Bend("is left out", lambda told: GONE)
NULL = Bend("is null", lambda told: None)
TEXT = Bend("is a text", _if_there(str))
NUMBER = Bend("is a number", _if_there(lambda told: 17))
CAPITALS = Bend("is in capitals", _if_there(lambda told: told.upper()))
SMALL = Bend("is in small letters", _if_there(lambda told: told.lower()))
ONE_OR_NONE = Bend("is 1 or 0", int)
NULL_FOR_NONE = Bend("is null where it holds nothing", lambda told: told or None)
OUT_FOR_NONE = Bend("is left out where it holds nothing", lambda told: told or GONE)
WRAPPED = Bend("is an object around the value", _if_there(lambda told: {"value": told}))
JOINED = Bend("is one text, joined by commas", _if_there(",".join))
A_HALF_MORE = Bend("has a fraction", _if_there(lambda told: told + 0.5))
BELOW = Bend("is below zero", _if_there(lambda told: -1 - told))
A_DAY = Bend("is a date", _if_there(lambda told: told[:10]))
NO_ZONE = Bend("has no zone", _if_there(lambda told: told.rstrip("Z")))
A_BLANK = Bend("has a blank and no zone", _if_there(lambda told: told.replace("T", " ").rstrip("Z")))
NO_SUCH_DAY = Bend("is of a month that isn't there", _if_there(lambda told: told[:5] + "13" + told[7:]))
HUMAN = Bend("is written for people", _if_there(lambda told: f"{told[8:10]}/{told[5:7]}/{told[:4]} {told[11:19]}"))

BODIES = (
    _bends("tells-limits-as-text", "list_leads", "pagination.limit", TEXT),
    _bends("numbers-cursors", "list_members", "pagination.next_cursor", NUMBER),
    _bends("leaves-the-cursor-out", "list_campaigns", "pagination.next_cursor", LEFT_OUT),
    _bends("leaves-the-cursor-out-at-the-end", "list_campaign_leads", "pagination.next_cursor", OUT_FOR_NONE),
    _bends("has-null-for-nothing-more", "list_lead_lists", "pagination.has_more", NULL_FOR_NONE),
    _bends("wraps-accounts-once-more", "list_linkedin_accounts", "data", WRAPPED),
    _bends("names-no-senders-of-campaigns", "list_campaigns", "data.*.linkedinAccounts.*.profileName", LEFT_OUT),
    _bends("has-null-for-no-senders", "list_campaigns", "data.*.linkedinAccounts", NULL_FOR_NONE),
    _bends("numbers-source-lists", "list_campaigns", "data.*.leadList.id", NUMBER),
    _bends("tells-counters-with-a-fraction", "list_campaigns", "data.*.messagesSent", A_HALF_MORE),
    _bends("shouts-what-campaigns-are", "run_campaign_action", "data.status", CAPITALS),
    _bends("forgets-counters-of-actions", "run_campaign_action", "data.repliesReceived", LEFT_OUT),
    _bends("has-no-funnel-state", "list_campaign_leads", "data.*.current_state", NULL),
    _bends(
        "adds-to-the-funnel-state",
        "list_campaign_leads",
        "data.*.current_state.stage",
        _word("a member of a closed object"),
    ),
    _bends("knows-other-connections", "list_campaign_leads", "data.*.current_state.connection_status", CAPITALS),
    _bends("knows-other-inmails", "list_campaign_leads", "data.*.current_state.inmail_status", CAPITALS),
    _bends("knows-other-replies", "list_campaign_leads", "data.*.current_state.message_status", CAPITALS),
    _bends("leaves-the-last-action-out", "list_campaign_leads", "data.*.current_state.last_action_at", LEFT_OUT),
    _bends("has-null-for-the-person", "list_campaign_leads", "data.*.lead", NULL),
    _bends("calls-nobody-by-name", "list_campaign_leads", "data.*.lead.name", LEFT_OUT),
    _bends("leaves-no-sender-out", "list_campaign_leads", "data.*.sender", OUT_FOR_NONE),
    _bends("has-senders-without-a-status", "list_campaign_leads", "data.*.sender.status", LEFT_OUT),
    _bends("has-other-priorities", "list_campaign_leads", "data.*.priority", _word("urgent")),
    _bends("has-other-enrollments", "list_campaign_leads", "data.*.status", _word("enrolled")),
    _bends("has-null-for-no-actions", "list_campaign_leads", "data.*.actions_performed", NULL_FOR_NONE),
    _bends("has-other-actions", "list_campaign_leads", "data.*.actions_performed.*.type", _word("visit")),
    _bends("has-other-ends-of-actions", "list_campaign_leads", "data.*.actions_performed.*.status", _word("done")),
    _bends("has-null-for-no-metadata", "list_campaign_leads", "data.*.actions_performed.*.metadata", NULL_FOR_NONE),
    _bends("wraps-intents-of-campaign-leads", "list_campaign_leads", "data.*.intent", WRAPPED),
    _bends("leaves-the-completion-out", "list_campaign_leads", "data.*.completed_at", OUT_FOR_NONE),
    _bends("has-other-states-of-accounts", "list_linkedin_accounts", "data.*.status", _word("active")),
    _bends("has-other-tiers", "list_linkedin_accounts", "data.*.account_tier", _word("recruiter")),
    _bends("numbers-warm-ups", "list_linkedin_accounts", "data.*.sending_limits.warmup_enabled", ONE_OR_NONE),
    _bends(
        "leaves-a-sending-limit-out", "list_linkedin_accounts", "data.*.sending_limits.max_inmails_per_day", LEFT_OUT
    ),
    _bends("leaves-no-cooldown-out", "list_linkedin_accounts", "data.*.cooldown_until", OUT_FOR_NONE),
    _bends("tells-connections-as-text", "list_linkedin_accounts", "data.*.connection_count", TEXT),
    _bends("numbers-lists", "list_lead_lists", "data.*.id", NUMBER),
    _bends("has-null-for-not-the-default", "list_lead_lists", "data.*.is_default", NULL_FOR_NONE),
    _bends("tells-member-counts-as-text", "get_lead_list", "data.lead_count", TEXT),
    _bends("creates-lists-of-nobody", "create_lead_lists", "data.*.created_by", NULL),
    _bends("tells-created-counts-as-text", "create_lead_lists", "summary.created", TEXT),
    _bends("tells-scores-of-leads-as-text", "list_leads", "data.*.lead_heat_raw_score", TEXT),
    _bends("has-null-for-failed-enrichment", "list_members", "data.*.enrichment_failed", NULL_FOR_NONE),
    _bends("has-null-for-no-lists", "list_leads", "data.*.lead_list_ids", NULL_FOR_NONE),
    _bends("joins-list-ids", "get_lead", "data.lead_list_ids", JOINED),
    _bends("dates-no-companies", "list_members", "data.*.company_details.enriched_at", LEFT_OUT),
    _bends("tells-employees-as-text", "get_lead", "data.company_details.employee_count", TEXT),
    _bends("joins-specialties", "list_leads", "data.*.company_details.specialties", JOINED),
    _bends("shouts-results-of-batches", "import_leads", "data.*.result", CAPITALS),
    _bends("shouts-the-result-of-one-lead", "import_leads", "result", CAPITALS),
    _bends("imports-leads-without-a-time", "import_leads", "data.*.lead.created_at", LEFT_OUT),
    _bends("tells-failed-counts-as-text", "import_leads", "summary.failed", TEXT),
    _bends("blames-no-field-of-a-lead", "import_leads", "malformed.*.errors.*.field", LEFT_OUT),
    _bends("tells-errors-of-a-lead-in-one-text", "import_leads", "malformed.*.errors", TEXT),
    _bends(
        "has-other-codes-of-failures", "import_leads", "failed.*.error.code", _word("timeout"), near="IMPORT-FAILED"
    ),
    _bends("tells-credits-as-text", "enrich_lead", "enrichment.credits_remaining", TEXT),
    _bends("numbers-charges", "enrich_lead", "enrichment.charged", ONE_OR_NONE),
    _bends("enriches-without-a-status", "enrich_lead", "enrichment.status", LEFT_OUT),
    _bends("has-other-intents", "list_conversations", "data.*.intent", SMALL),
    _bends("leaves-no-intent-out", "list_conversations", "data.*.intent", OUT_FOR_NONE),
    _bends("numbers-unread-flags", "list_conversations", "data.*.is_unread", ONE_OR_NONE),
    _bends("has-no-leads-in-threads", "list_conversations", "data.*.lead", NULL),
    _bends("names-no-senders-of-threads", "list_conversations", "data.*.linkedin_account.profile_name", LEFT_OUT),
    _bends("leaves-no-preview-out", "list_conversations", "data.*.last_message", OUT_FOR_NONE),
    _bends("previews-without-a-direction", "list_conversations", "data.*.last_message.direction", LEFT_OUT),
    _bends("reads-threads-of-no-lead", "get_conversation", "data.lead.id", NULL),
    _bends("has-other-contents", "get_conversation", "data.messages.*.content_type", _word("html")),
    _bends("numbers-messages", "get_conversation", "data.messages.*.id", NUMBER),
    _bends("forgets-the-ids-of-linkedin", "get_conversation", "data.messages.*.linkedin_message_id", NULL),
    _bends("sends-without-saying-pending", "send_message", "data.pending", LEFT_OUT),
    _bends("numbers-ok", "send_message", "data.ok", ONE_OR_NONE),
    _bends("returns-messages-as-text", "send_message", "data.message", TEXT),
    _bends("saves-overrides-of-nobody", "save_message_overrides", "data.*.lead_id", NULL),
    _bends("shouts-stages", "save_message_overrides", "data.*.message_stage", CAPITALS),
    _bends("leaves-the-state-of-a-lead-out", "save_message_overrides", "lead_campaign_state", LEFT_OUT),
)
TIMES = (
    _dates("dates-campaigns-by-the-day", "list_campaigns", "data.*.createdAt", A_DAY),
    _dates("dates-actions-without-a-zone", "run_campaign_action", "data.updatedAt", NO_ZONE),
    _dates("dates-enrollments-for-people", "list_campaign_leads", "data.*.enrolled_at", HUMAN),
    _dates("dates-last-actions-by-the-day", "list_campaign_leads", "data.*.current_state.last_action_at", A_DAY),
    _dates(
        "dates-what-was-done-without-a-zone", "list_campaign_leads", "data.*.actions_performed.*.performed_at", NO_ZONE
    ),
    _dates(
        "dates-what-is-planned-by-the-day", "list_campaign_leads", "data.*.actions_performed.*.scheduled_for", A_DAY
    ),
    _dates(
        "dates-what-was-accepted-with-a-blank", "list_campaign_leads", "data.*.actions_performed.*.accepted_at", A_BLANK
    ),
    _dates("dates-overrides-with-a-blank", "save_message_overrides", "data.*.updated_at", A_BLANK),
    _dates("dates-cooldowns-without-a-zone", "list_linkedin_accounts", "data.*.cooldown_until", NO_ZONE),
    _dates("dates-last-runs-for-people", "list_linkedin_accounts", "data.*.last_ran_at", HUMAN),
    _dates("dates-lists-in-the-thirteenth-month", "list_lead_lists", "data.*.created_at", NO_SUCH_DAY),
    _dates("dates-new-lists-by-the-day", "create_lead_lists", "data.*.created_at", A_DAY),
    _dates("dates-one-list-without-a-zone", "get_lead_list", "data.updated_at", NO_ZONE),
    _dates("dates-birthdays-by-the-day", "list_members", "data.*.date_of_birth", A_DAY),
    _dates("dates-companies-without-a-zone", "list_members", "data.*.company_details.enriched_at", NO_ZONE),
    _dates("dates-imported-leads-without-a-zone", "import_leads", "data.created_at", NO_ZONE),
    _dates("dates-imported-batches-with-a-blank", "import_leads", "data.*.lead.updated_at", A_BLANK),
    _dates("dates-enrichment-for-people", "enrich_lead", "data.profile_enriched_at", HUMAN),
    _dates("dates-previews-without-a-zone", "list_conversations", "data.*.last_message.sent_at", NO_ZONE),
    _dates("dates-sent-messages-by-the-day", "send_message", "data.message.sent_at", A_DAY),
)
COUNTS = (
    _counts("counts-leads-below-zero-after-actions", "run_campaign_action", "data.totalLeads"),
    _counts(
        "limits-invitations-below-zero",
        "list_linkedin_accounts",
        "data.*.sending_limits.max_connection_requests_per_day",
    ),
    _counts("counts-connections-below-zero", "list_linkedin_accounts", "data.*.connection_count"),
    _counts("counts-invites-below-zero", "list_linkedin_accounts", "data.*.pending_invite_count"),
    _counts("counts-accepted-below-zero", "list_campaigns", "data.*.connectionRequestsAccepted"),
    _counts("counts-members-below-zero", "list_lead_lists", "data.*.lead_count"),
    _counts("counts-members-of-one-below-zero", "get_lead_list", "data.lead_count"),
    _counts("counts-members-of-new-lists-below-zero", "create_lead_lists", "data.*.lead_count"),
    _counts("tells-credits-below-zero", "enrich_lead", "enrichment.credits_remaining"),
)
FAULTS = (*BODIES, *TIMES, *COUNTS)
