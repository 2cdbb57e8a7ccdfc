"""Every decision the mock takes: one small function each, composed in one frozen record.

A fault is `dataclasses.replace(Policies(), scope_allows=lambda operation, scopes, required: True)`: one decision is
wrong, all others are right. Each area has its module of functions; their docstrings state what the contract decides,
or the mock where the contract is silent. Many take the operation's id first, so that a fault can affect one operation
of sixteen.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nhq.mock.api_keys import Key
from nhq.mock.policies import access, answers, lifecycle, limits, lists, outreach, paging, search
from nhq.mock.policies.lifecycle import Slot
from nhq.mock.policies.limits import Quota
from nhq.mock.store import Row, Store
from nhq.mock.wire_records import (
    Account,
    Campaign,
    CampaignLead,
    Company,
    Conversation,
    LastMessage,
    Lead,
    LeadList,
    Message,
    Override,
    Setup,
)


@dataclass(frozen=True, slots=True)
class Policies:
    """The decisions of one running server, by name. Replace one to plant a fault."""

    # access
    stages: Callable[[str], tuple[str, ...]] = access.stages
    read_token: Callable[[str | None], str | None] = access.read_token
    find_key: Callable[[str, Mapping[str, Key], str | None], Key | None] = access.find_key
    key_valid: Callable[[str, Key | None], bool] = access.key_valid
    scope_allows: Callable[[str, frozenset[str], str], bool] = access.scope_allows
    required_scope: Callable[[str, str], str] = access.required_scope
    visible: Callable[[str, str, str | None], bool] = access.visible
    takes_id: Callable[[str, str, bool, bool], bool] = access.takes_id
    listed_workspaces: Callable[[str, str, tuple[str, ...], Collection[str]], tuple[str, ...]] = (
        access.listed_workspaces
    )
    home: Callable[[str, str], str] = access.home
    delay: Callable[[str], float] = access.delay
    meanwhile: Callable[[str, str, Store, float], None] = access.meanwhile
    lag: Callable[[str], float] = access.lag
    race: Callable[[str, bytes], access.Race | None] = access.race
    # the limiter
    bucket: Callable[[str, str, str], str] = limits.bucket
    window_of: Callable[[str, float], float] = limits.window_of
    window_start: Callable[[str, str, float, float], float] = limits.window_start
    window_over: Callable[[float, float, float], bool] = limits.window_over
    limit_of: Callable[[str, str, int], int] = limits.limit_of
    admit: Callable[[str, str, float, float, float, int, int], bool] = limits.admit
    count_after: Callable[[str, bool, int], int] = limits.count_after
    refunds: Callable[[str, int], bool] = limits.refunds
    remaining: Callable[[int, int, bool], int] = limits.remaining
    reset_at: Callable[[float, float, float], int] = limits.reset_at
    shown_limit: Callable[[int, bool], int] = limits.shown_limit
    quota_without_key: Callable[[int, float, float], Quota] = limits.quota_without_key
    quota_headers: Callable[[str, int, Quota], tuple[tuple[bytes, bytes], ...]] = limits.quota_headers
    # pagination
    default_limit: Callable[[str], int] = paging.default_limit
    read_limit: Callable[[str, str], int | None] = paging.read_limit
    limit_ok: Callable[[str, int], bool] = paging.limit_ok
    shown_page_limit: Callable[[str, int], int] = paging.shown_page_limit
    arrange: Callable[[str, Sequence[Row], Store], Sequence[Row]] = paging.arrange
    settled: Callable[[str, Sequence[Row], float], Sequence[Row]] = paging.settled
    resume: Callable[[str, Sequence[Row], Row | None], int] = paging.resume
    page_slice: Callable[[str, Sequence[Row], int, bool], Sequence[Row]] = paging.page_slice
    has_more: Callable[[str, Sequence[Row], int], bool] = paging.has_more
    next_position: Callable[[str, Sequence[Row], Sequence[Row], bool], Row | None] = paging.next_position
    filters_hold: Callable[[str, str, bool], bool] = paging.filters_hold
    minds_cursor: Callable[[str, Collection[str]], bool] = paging.minds_cursor
    read_cursor: Callable[[str, str], tuple[str, Row] | None] = paging.read_cursor
    cursor_workspace: Callable[[str, str, str], str] = paging.cursor_workspace
    cursor_fits: Callable[[str, str, str], bool] = paging.cursor_fits
    cursor_text: Callable[[str, bool], str] = paging.cursor_text
    unknown_cursor: Callable[[str], str] = paging.unknown_cursor
    unfit_cursor: Callable[[str], str] = paging.unfit_cursor
    cursor_binds: Callable[[str], str] = paging.cursor_binds
    page_fields: Callable[[str, int, bool, str | None], dict[str, Any]] = paging.page_fields
    # search and filters
    terms: Callable[[str], tuple[str, ...]] = search.terms
    searched_text: Callable[[Lead], str] = search.searched_text
    matches_query: Callable[[str, tuple[str, ...]], bool] = search.matches_query
    wanted_lists: Callable[[str, Mapping[str, int]], frozenset[str]] = search.wanted_lists
    empty_filter: Callable[[str], bool] = search.empty_filter
    filter_taken: Callable[[str, Collection[str], Collection[str]], bool] = search.filter_taken
    ranked: Callable[[Sequence[Row], tuple[str, ...], Store], Sequence[Row]] = search.ranked
    in_wanted_lists: Callable[[tuple[str, ...], frozenset[str]], bool] = search.in_wanted_lists
    repeats: Callable[[Collection[str], frozenset[str]], int] = search.repeats
    wanted_account: Callable[[str, Collection[str]], str] = search.wanted_account
    both_filters: Callable[[str, bool, bool], bool] = search.both_filters
    read_flag: Callable[[str], bool | None] = search.read_flag
    hides_unread: Callable[[bool], bool] = search.hides_unread
    passes_unread: Callable[[Conversation, bool], bool] = search.passes_unread
    passes_account: Callable[[Conversation, str], bool] = search.passes_account
    # lead lists and import
    unique_name: Callable[[str, Collection[str]], str] = lists.unique_name
    taken_names: Callable[[Mapping[str, Collection[str]], str, Collection[str]], Collection[str]] = lists.taken_names
    member_count: Callable[[str, Sequence[Row]], int] = lists.member_count
    lists_summary: Callable[[int, int, int], dict[str, int]] = lists.lists_summary
    lists_status: Callable[[int, int], int] = lists.lists_status
    dedupe_key: Callable[[str], str | None] = lists.dedupe_key
    other_keys: Callable[[Mapping[str, Any]], tuple[str, ...]] = lists.other_keys
    known_lead: Callable[[Mapping[str, str], str, Collection[str]], str | None] = lists.known_lead
    recognised: Callable[[Collection[str], str], bool] = lists.recognised
    is_member: Callable[[Collection[str], str], bool] = lists.is_member
    goes_on: Callable[[str, int], bool] = lists.goes_on
    keeps_the_good: Callable[[str], bool] = lists.keeps_the_good
    indexed: Callable[[str], bool] = lists.indexed
    imported_fields: Callable[[dict[str, Any]], dict[str, Any]] = lists.imported_fields
    list_fields: Callable[[dict[str, Any]], dict[str, Any]] = lists.list_fields
    update_existing: Callable[[Lead, dict[str, Any]], Lead] = lists.update_existing
    import_result: Callable[[bool, bool], str] = lists.import_result
    joins: Callable[[str], bool] = lists.joins
    memberships: Callable[[Sequence[str], str], tuple[str, ...]] = lists.memberships
    twin_result: Callable[[str], str] = lists.twin_result
    also_joins: Callable[[str], bool] = lists.also_joins
    processing_fails: Callable[[str, Collection[str], bool], bool] = lists.processing_fails
    entry_fails: Callable[[str], bool] = lists.entry_fails
    entry_index: Callable[[int], int] = lists.entry_index
    entry_valid: Callable[[str, Any, Sequence[dict[str, str]]], bool] = lists.entry_valid
    batch_order: Callable[[str, str, list[Any]], list[Any]] = lists.batch_order
    refuses_batch: Callable[[int, int], bool] = lists.refuses_batch
    single_status: Callable[[str], int] = lists.single_status
    import_summary: Callable[[int, Sequence[str], int, int], dict[str, int]] = lists.import_summary
    batch_status: Callable[[dict[str, int]], int] = lists.batch_status
    # campaigns and overrides
    can_start: Callable[[str], bool] = lifecycle.can_start
    can_pause: Callable[[str], bool] = lifecycle.can_pause
    can_resume: Callable[[str], bool] = lifecycle.can_resume
    has_lead_list: Callable[[Setup], bool] = lifecycle.has_lead_list
    has_schedule: Callable[[Setup], bool] = lifecycle.has_schedule
    has_sender: Callable[[Setup], bool] = lifecycle.has_sender
    has_session: Callable[[Sequence[Account]], bool] = lifecycle.has_session
    has_messages: Callable[[Setup], bool] = lifecycle.has_messages
    status_unprepared: Callable[[str], int] = lifecycle.status_unprepared
    status_conflict: Callable[[], int] = lifecycle.status_conflict
    state_after_refusal: Callable[[str, str], str] = lifecycle.state_after_refusal
    session_reachable: Callable[[str, bool], bool] = lifecycle.session_reachable
    enrolls_refused: Callable[[str], bool] = lifecycle.enrolls_refused
    status_after: Callable[[str], str] = lifecycle.status_after
    enrolls: Callable[[str, Sequence[str], frozenset[str], Sequence[Row]], Sequence[str]] = lifecycle.enrolls
    enrolls_joined: Callable[[str], bool] = lifecycle.enrolls_joined
    changed: Callable[[str, Campaign], Campaign] = lifecycle.changed
    acts_on: Callable[[str, str, Sequence[Row]], Sequence[str]] = lifecycle.acts_on
    total_leads: Callable[[int], int] = lifecycle.total_leads
    draft_total: Callable[[int, int], int] = lifecycle.draft_total
    chosen_overrides: Callable[[Sequence[Mapping[str, str]]], Sequence[Mapping[str, str]] | None] = (
        lifecycle.chosen_overrides
    )
    takes_overrides: Callable[[str], bool] = lifecycle.takes_overrides
    slot_exists: Callable[[Sequence[str], str, str], bool] = lifecycle.slot_exists
    slot_of: Callable[[str, str], Slot] = lifecycle.slot_of
    merge_overrides: Callable[[Mapping[Slot, Override], Mapping[Slot, Override]], dict[Slot, Override]] = (
        lifecycle.merge_overrides
    )
    slots_checked: Callable[[Sequence[Mapping[str, str]]], Sequence[Mapping[str, str]]] = lifecycle.slots_checked
    override_id: Callable[[str | None, str], str] = lifecycle.override_id
    shown_overrides: Callable[[Mapping[Slot, Override], Sequence[Slot]], list[Override]] = lifecycle.shown_overrides
    lead_state: Callable[[bool, bool], str | None] = lifecycle.lead_state
    stored_message: Callable[[str], str] = lifecycle.stored_message
    # enrichment and messages
    is_enriched: Callable[[Lead], bool] = outreach.is_enriched
    pays_first: Callable[[], bool] = outreach.pays_first
    can_pay: Callable[[int], bool] = outreach.can_pay
    provider_answer: Callable[[str, bool, bool], str] = outreach.provider_answer
    purse: Callable[[str, str], str] = outreach.purse
    price: Callable[[str], int] = outreach.price
    taken: Callable[[str, int], int] = outreach.taken
    charged: Callable[[str, int], bool] = outreach.charged
    credits_shown: Callable[[int, int], int] = outreach.credits_shown
    stores_enrichment: Callable[[str], bool] = outreach.stores_enrichment
    send_outcome: Callable[[str, bool, bool, bool], str] = outreach.send_outcome
    sent_text: Callable[[str], str] = outreach.sent_text
    sent_direction: Callable[[], str] = outreach.sent_direction
    deliveries: Callable[[str], int] = outreach.deliveries
    keeps_message: Callable[[str], bool] = outreach.keeps_message
    queues_message: Callable[[str], bool] = outreach.queues_message
    reports_pending: Callable[[str], bool] = outreach.reports_pending
    returns_message: Callable[[str], bool] = outreach.returns_message
    due_at: Callable[[float], float] = outreach.due_at
    synced: Callable[[float, float, bool], bool] = outreach.synced
    preview: Callable[[str], str] = outreach.preview
    last_message: Callable[[Conversation, LastMessage], LastMessage | None] = outreach.last_message
    moves_up: Callable[[str], bool] = outreach.moves_up
    unread_after_reading: Callable[[bool], bool] = outreach.unread_after_reading
    unread_after_sending: Callable[[bool], bool] = outreach.unread_after_sending
    # answers
    error_body: Callable[[str, int, str, str], Any] = answers.error_body
    error_status: Callable[[str, int], int] = answers.error_status
    media_type: Callable[[str, int], bytes] = answers.media_type
    parse_json: Callable[[str, bytes], Any] = answers.parse_json
    body_is_json: Callable[[str, str | None], bool] = answers.body_is_json
    wrong_media: Callable[[str], int] = answers.wrong_media
    oversize: Callable[[str, int, Mapping[bytes, bytes], int], int] = answers.oversize
    also_wrong: Callable[[str, Any], list[dict[str, str]]] = answers.also_wrong
    told_errors: Callable[[list[dict[str, str]]], list[dict[str, str]]] = answers.told_errors
    read_query: Callable[[str, Sequence[tuple[str, str]]], Mapping[str, str] | None] = answers.read_query
    absent_status: Callable[[str], int] = answers.absent_status
    body_valid: Callable[[str, Any, Sequence[dict[str, str]]], bool] = answers.body_valid
    preferred: Callable[[str, int, frozenset[int]], bool] = answers.preferred
    sent_body: Callable[[str, int, bytes], bytes] = answers.sent_body
    spelt_ids: Callable[[bytes, bool, str, str], bytes] = answers.spelt_ids
    spelt_times: Callable[[bytes], bytes] = answers.spelt_times
    spelt_json: Callable[[bytes], bytes] = answers.spelt_json
    sent_length: Callable[[str, int, int], int | None] = answers.sent_length
    sent_status: Callable[[str, int], int] = answers.sent_status
    sent_headers: Callable[[str, int, list[tuple[bytes, bytes]]], list[tuple[bytes, bytes]]] = answers.sent_headers
    show_campaign: Callable[[str, Campaign], Any] = answers.show_campaign
    show_campaign_lead: Callable[[str, CampaignLead], Any] = answers.show_campaign_lead
    show_override: Callable[[Override], Any] = answers.show_override
    show_account: Callable[[str, Account], Any] = answers.show_account
    show_list: Callable[[str, LeadList], Any] = answers.show_list
    show_lead: Callable[[str, Lead], Any] = answers.show_lead
    show_company: Callable[[Company], Company | None] = answers.show_company
    shown_lists: Callable[[str, tuple[str, ...]], tuple[str, ...]] = answers.shown_lists
    show_conversation: Callable[[str, Conversation], Any] = answers.show_conversation
    show_message: Callable[[str, Message], Any] = answers.show_message
    created_moment: Callable[[str, float], float] = answers.created_moment
    updated_moment: Callable[[str, float], float] = answers.updated_moment
