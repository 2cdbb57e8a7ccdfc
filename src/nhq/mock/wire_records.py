"""Records as shown on the wire, one frozen struct per schema of the contract; encoding one gives its JSON.

Records are replaced, never changed, so a snapshot of the store is a shallow copy. Times are ISO strings in UTC
with milliseconds. `UNSET` members are omitted from the JSON.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from msgspec import UNSET, Struct, UnsetType


@lru_cache(4096)
def iso_time(moment: float) -> str:
    """Seconds since the epoch as the contract's date-time, for example 2025-10-09T08:53:20.000Z."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


class CampaignAccount(Struct, frozen=True, rename="camel"):
    id: str
    profile_name: str | None


class NamedList(Struct, frozen=True):
    id: str
    name: str


class Campaign(Struct, frozen=True, rename="camel"):
    id: str
    name: str
    status: str
    total_leads: int
    connections_sent: int
    messages_sent: int
    replies_received: int
    connection_requests_accepted: int
    linkedin_accounts: tuple[CampaignAccount, ...]
    lead_list: NamedList | None
    created_at: str
    updated_at: str


class Setup(Struct, frozen=True):
    """The configuration of a campaign; not shown on the wire. `slots` are the message stages of its sequence."""

    lead_list: str | None
    schedule: bool
    senders: tuple[str, ...]
    slots: tuple[str, ...]


class CurrentState(Struct, frozen=True):
    connection_status: str | None
    inmail_status: str | None
    message_status: str | None
    last_action_at: str | None


class BasicLead(Struct, frozen=True):
    id: str | None
    name: str | None
    first_name: str | None
    last_name: str | None
    company: str | None
    linkedin_url: str | None


class MessageSender(Struct, frozen=True):
    id: str | None
    profile_name: str | None
    status: str | None


class ActionEvent(Struct, frozen=True):
    id: str
    type: str
    status: str
    metadata: dict[str, Any]
    performed_at: str | UnsetType = UNSET
    scheduled_for: str | UnsetType = UNSET
    accepted_at: str | UnsetType = UNSET


class CampaignLead(Struct, frozen=True):
    id: str
    campaign_id: str
    lead_id: str | None
    current_state: CurrentState
    lead: BasicLead
    status: str
    priority: str
    intent: str | None
    intent_source: str | None
    intent_reason: str | None
    sender: MessageSender | None
    actions_performed: tuple[ActionEvent, ...]
    parked_reason: str | None
    enrolled_at: str
    next_action_at: str | None
    completed_at: str | None


class Override(Struct, frozen=True):
    id: str
    campaign_id: str
    lead_id: str
    node_type: str
    message_stage: str
    message: str
    updated_at: str


class SendingLimits(Struct, frozen=True):
    max_follows_per_day: int
    max_messages_per_day: int
    max_inmails_per_day: int
    max_connection_requests_per_day: int
    max_profile_views_per_day: int
    max_post_likes_per_day: int
    max_comments_per_day: int
    warmup_enabled: bool


class Account(Struct, frozen=True):
    id: str
    profile_name: str | None
    profile_url: str | None
    profile_picture_url: str | None
    status: str
    account_tier: str
    sending_limits: SendingLimits
    connection_count: int | None
    pending_invite_count: int | None
    last_ran_at: str | None
    cooldown_until: str | None
    created_at: str
    updated_at: str


class Company(Struct, frozen=True, kw_only=True):
    id: str
    name: str | None = None
    tagline: str | None = None
    description: str | None = None
    website: str | None = None
    linkedin_url: str | None = None
    industry: str | None = None
    employee_count: int | None = None
    employee_count_range_min: int | None = None
    employee_count_range_max: int | None = None
    hq_city: str | None = None
    hq_country: str | None = None
    founded_year: int | None = None
    specialties: tuple[str, ...] | None = None
    logo_url: str | None = None
    follower_count: int | None = None
    company_type: str | None = None
    phone: str | None = None
    active: bool | None = None
    top_companies_rank: int | None = None
    top_companies_list_name: str | None = None
    enriched_at: str


class LeadList(Struct, frozen=True):
    id: str
    workspace_name: str | None
    name: str
    description: str | None
    is_default: bool
    created_by: str
    created_at: str
    updated_at: str
    lead_count: int = 0


class Lead(Struct, frozen=True, kw_only=True):
    id: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    company: str | None = None
    company_linkedin_url: str | None = None
    job_title: str | None = None
    headline: str | None = None
    summary: str | None = None
    industry: str | None = None
    skills: tuple[str, ...] | None = None
    linkedin_url: str | None = None
    phone: str | None = None
    location: str | None = None
    gender: str | None = None
    date_of_birth: str | None = None
    notes: str | None = None
    profile_picture_url: str | None = None
    profile_enriched_at: str | None = None
    company_enriched_at: str | None = None
    enrichment_requested_at: str | None = None
    company_details: Company | None = None
    enrichment_failed: bool = False
    lead_heat_reason: str | None = None
    lead_heat_raw_score: float | UnsetType = UNSET
    created_at: str
    updated_at: str


class ConversationLead(Struct, frozen=True):
    id: str
    first_name: str | None
    last_name: str | None
    linkedin_url: str | None


class ConversationAccount(Struct, frozen=True):
    id: str
    profile_name: str | None


class LastMessage(Struct, frozen=True):
    id: str
    content: str
    sent_at: str
    direction: str


class Message(Struct, frozen=True):
    id: str
    linkedin_message_id: str
    content: str
    direction: str
    sent_at: str
    content_type: str = "text"


class Conversation(Struct, frozen=True):
    id: str
    linkedin_conversation_id: str
    intent: str | None
    is_unread: bool
    lead: ConversationLead
    linkedin_account: ConversationAccount
    last_message: LastMessage | None
    created_at: str
    updated_at: str
