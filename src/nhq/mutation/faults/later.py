"""Faults that time shows: what was written is there at first, and lost, or put back, a while later."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from nhq.mock.store import Store
from nhq.mock.wire_records import Campaign, Lead, LeadList
from nhq.mutation.faults.fault import Around, Fault, faults_of_family

plant = faults_of_family("later")
AGE = 20.0  # seconds after which something is lost
Lose = Callable[[Store, Any, Any], None]


@dataclass(slots=True)
class _Memory:
    """What one kind of record was when a store was first looked at, and since when what is new or changed stands."""

    first: dict[Any, Any] = field(default_factory=dict)
    since: dict[Any, tuple[Any, float]] = field(default_factory=dict)
    looked: float = float("inf")


def _losing(kind: str, lose: Lose) -> Around:
    """For `meanwhile`: what is new or changed among the store's records of a kind is lost when it has stood a while."""

    def make(true: Any) -> Any:
        memory: list[_Memory] = []

        def meanwhile(operation: str, workspace: str, store: Store, now: float) -> None:
            records = getattr(store, kind)
            if not memory:
                memory.append(_Memory(first=dict(records)))
            _look(memory[0], store, records, now, lose)

        return meanwhile

    return Around(make)


def _look(memory: _Memory, store: Store, records: dict[Any, Any], now: float, lose: Lose) -> None:
    before_this = min(memory.looked, now)  # what is new since then was written then
    memory.looked = now
    for key, value in list(records.items()):
        first = memory.first.get(key)
        if value is first or value == first:
            continue
        known, since = memory.since.get(key, (None, now))
        if known != value or since > now:
            known, since = value, before_this
        memory.since[key] = known, since
        if now - since > AGE:
            lose(store, key, first)


def _drop_row(store: Store, kind: str, parent: str, ident: str) -> None:
    row = next((row for row in store.listed(kind, parent) if row[2] == ident), None)
    if row is not None:
        store.remove(kind, parent, row)


def _lose_list(store: Store, ident: str, before: LeadList | None) -> None:
    _drop_row(store, "lists", store.owner[ident], ident)
    store.lists.pop(ident)


def _lose_lead(store: Store, ident: str, before: Lead | None) -> None:
    _drop_row(store, "leads", store.owner[ident], ident)
    for target in store.lists_of.pop(ident, ()):
        _drop_row(store, "members", target, ident)
    store.leads.pop(ident)


def _lose_membership(store: Store, lead: str, before: tuple[str, ...] | None) -> None:
    kept = before or ()
    for target in set(store.lists_of[lead]) - set(kept):
        _drop_row(store, "members", target, lead)
    store.lists_of[lead] = kept


def _lose_message(store: Store, ident: str, before: Any) -> None:
    for kind, parent in list(store.rows):
        if kind == "messages":
            _drop_row(store, kind, parent, ident)
    store.messages.pop(ident)


def _lose_overrides(store: Store, place: tuple[str, str], before: Any) -> None:
    if before is None:
        del store.overrides[place]
    else:
        store.overrides[place] = before


def _lose_enrichment(store: Store, ident: str, before: Lead | None) -> None:
    if before is not None and before.profile_enriched_at is None:
        store.leads[ident] = before


def _lose_payment(store: Store, workspace: str, before: int) -> None:
    store.credits[workspace] = before


def _lose_state(status: str) -> Lose:
    def lose(store: Store, ident: str, before: Campaign) -> None:
        if store.campaigns[ident].status == status and before.status != "draft":
            store.campaigns[ident] = replace(store.campaigns[ident], status=before.status)

    return lose


def _lose_list_name(store: Store, ident: str, before: LeadList | None) -> None:
    store.lists[ident] = replace(store.lists[ident], name="Untitled")


def _lose_lead_name(store: Store, ident: str, before: Lead | None) -> None:
    if before is None:
        store.leads[ident] = replace(store.leads[ident], last_name=None)


def _later(ident: str, sentence: str, kind: str, lose: Lose, *rules: str, near: tuple[str, ...] = ()) -> Fault:
    return plant(ident, sentence, *rules, subtle="after a while", near=near, meanwhile=_losing(kind, lose))


def _frozen(member: str) -> Around:
    """For a `show_…` policy: a member of a record stays for ever what it was when the record was first shown."""

    def make(true: Any) -> Any:
        first: dict[str, Any] = {}

        def show(operation: str, record: Any) -> Any:
            return true(operation, replace(record, **{member: first.setdefault(record.id, getattr(record, member))}))

        return show

    return Around(make)


FAULTS = (
    _later("loses-lists-later", "A list is gone 20 s after it was made.", "lists", _lose_list, "LIST-CREATES"),
    _later("loses-leads-later", "A lead is gone 20 s after it was made.", "leads", _lose_lead, "IMPORT-CREATED"),
    _later(
        "loses-members-later",
        "A lead is no member any more 20 s after it joined a list.",
        "lists_of",
        _lose_membership,
        "IMPORT-MEMBERSHIP",
    ),
    _later(
        "loses-messages-later", "A message is gone 20 s after it was sent.", "messages", _lose_message, "SEND-APPENDS"
    ),
    _later(
        "loses-overrides-later",
        "An override is gone 20 s after it was saved.",
        "overrides",
        _lose_overrides,
        "OVR-UPSERT-ID",
    ),
    _later(
        "loses-enrichments-later",
        "A lead is as plain as before 20 s after it was enriched.",
        "leads",
        _lose_enrichment,
        "ENRICH-STORED",
    ),
    _later(
        "gives-credits-back-later",
        "What an enrichment was charged is given back 20 s later.",
        "credits",
        _lose_payment,
        "ENRICH-BALANCE",
    ),
    _later(
        "undoes-a-pause-later",
        "A campaign that was paused goes on by itself after 20 s.",
        "campaigns",
        _lose_state("paused"),
        "CAMP-PAUSE",
    ),
    _later(
        "undoes-a-resume-later",
        "A campaign that was resumed is paused again after 20 s.",
        "campaigns",
        _lose_state("started"),
        "CAMP-RESUME",
    ),
    _later(
        "loses-names-of-lists-later",
        "A list loses its name 20 s after it was made.",
        "lists",
        _lose_list_name,
        "LIST-NAME-KEPT",
    ),
    _later(
        "loses-names-of-leads-later",
        "A lead loses its last name 20 s after it was made.",
        "leads",
        _lose_lead_name,
        "IMPORT-FIELDS-KEPT",
    ),
    plant(
        "keeps-the-first-count-of-a-list",
        "The member count of a list stays for ever what it was when it was first shown.",
        "LIST-COUNT-TRUE",
        subtle="one state",
        show_list=_frozen("lead_count"),
    ),
    plant(
        "keeps-the-first-preview-of-a-conversation",
        "The preview of a conversation stays for ever what it was when it was first shown.",
        "SEND-MOVES-UP",
        "CONV-PREVIEW",
        subtle="one state",
        show_conversation=_frozen("last_message"),
    ),
    plant(
        "keeps-the-first-total-of-a-campaign",
        "The leads that a campaign has stay for ever those that it had when it was first shown.",
        "CAMP-TOTAL-LEADS",
        subtle="one state",
        show_campaign=_frozen("total_leads"),
    ),
    plant(
        "never-finds-what-was-imported",
        "A lead that was imported while the server ran is found by no search.",
        "SEARCH-FIELDS",
        subtle="one state",
        searched_text=Around(
            lambda true: lambda lead: "" if lead.linkedin_url and "/in/nhq-" in lead.linkedin_url else true(lead)
        ),
    ),
    plant(
        "drops-the-good-entries-of-a-207-for-lists",
        "Lists that a 207 reports as created are not kept.",
        "LIST-CREATES",
        subtle="one state",
        on=["create_lead_lists"],
        keeps_the_good=lambda operation: operation != "create_lead_lists",
    ),
    plant(
        "drops-the-good-entries-of-a-207-for-leads",
        "Leads that a 207 reports as created are not kept.",
        "IMPORT-MEMBERSHIP",
        "IMPORT-MALFORMED",
        subtle="one state",
        on=["import_leads"],
        keeps_the_good=lambda operation: operation != "import_leads",
    ),
    plant(
        "sends-later-what-failed",
        "A message that was answered 502 or 503 goes out with the next inbox sync.",
        "SEND-FAILED-NOT-SENT",
        subtle="after a while",
        queues_message=lambda outcome: outcome != "sent",
    ),
)
