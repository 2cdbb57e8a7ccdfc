"""Faults of bodies and media types: what an answer looks like."""

from collections.abc import Callable
from typing import Any

from nhq.mutation.faults.fault import Around, Fault, faults_of_family
from nhq.mutation.faults.wire import Change, changed_body, in_data, in_rows, without_member

plant = faults_of_family("schema")


def _misshapes(
    ident: str,
    sentence: str,
    change: Change,
    operation: str,
    rule: str = "SCHEMA-BODY",
    subtle: str = "one operation",
    near: str = "",
) -> Fault:
    lie = changed_body(change, operation)
    return plant(ident, sentence, rule, subtle=subtle, on=(operation,), near=[near] if near else [], sent_body=lie)


def _as(member: str, change: Callable[[Any], Any]) -> Change:
    """A record in which one member is written otherwise, where it is there."""
    return lambda row: row | {member: change(row[member])} if row.get(member) is not None else row


def _ahead(row: dict[str, Any]) -> dict[str, Any]:
    """A campaign lead whose actions are a few years ahead."""
    later = [done | {"performed_at": "2031" + done["performed_at"][4:]} for done in row["actions_performed"]]
    return row | {"actions_performed": later}


def _one_of_many(body: Any) -> Any:
    """The last of a full page lacks a required member."""
    rows = body["data"]
    return body | {"data": [*rows[:-1], without_member("updated_at")(rows[-1])]} if len(rows) >= 50 else body


def _typed(kind: bytes, *statuses: int) -> Around:
    return Around(
        lambda true: lambda operation, status: kind if not statuses or status in statuses else true(operation, status)
    )


FAULTS = (
    _misshapes(
        "calls-started-campaigns-active",
        "A started campaign has the status active, as the prose calls it.",
        in_rows(_as("status", lambda status: "active" if status == "started" else status)),
        "list_campaigns",
        subtle="one state",
    ),
    _misshapes("tells-counters-as-text", "totalLeads is a text.", in_rows(_as("totalLeads", str)), "list_campaigns"),
    _misshapes(
        "leaves-empty-members-out",
        "A campaign without a source list has no leadList, where null is promised.",
        in_rows(lambda row: row if row["leadList"] else without_member("leadList")(row)),
        "list_campaigns",
        subtle="one state",
    ),
    _misshapes(
        "writes-campaign-leads-in-camel-case",
        "enrolled_at is called enrolledAt.",
        in_rows(lambda row: without_member("enrolled_at")(row) | {"enrolledAt": row["enrolled_at"]}),
        "list_campaign_leads",
    ),
    _misshapes(
        "loses-a-member-in-one-row",
        "The last of a page of fifty or more leads has no updated_at.",
        _one_of_many,
        "list_leads",
        subtle="one value",
    ),
    _misshapes(
        "tells-skills-as-text",
        "skills of a lead are one text, joined by commas.",
        in_rows(_as("skills", ",".join)),
        "list_members",
    ),
    _misshapes(
        "tells-scores-as-text",
        "The heat of a lead is a text.",
        in_data(_as("lead_heat_raw_score", str)),
        "get_lead",
        subtle="one state",
        near="LEAD-HEAT",
    ),
    _misshapes(
        "has-no-sending-limits",
        "Accounts have null for their sending limits.",
        in_rows(lambda row: row | {"sending_limits": None}),
        "list_linkedin_accounts",
    ),
    _misshapes(
        "wraps-a-list-twice",
        "A list read alone stands under data.lead_list.",
        lambda body: {"data": {"lead_list": body["data"]}},
        "get_lead_list",
    ),
    _misshapes(
        "leaves-the-pagination-out",
        "A page of lists has no pagination.",
        without_member("pagination"),
        "list_lead_lists",
    ),
    _misshapes(
        "tells-has-more-as-text",
        "has_more is a text.",
        lambda body: body | {"pagination": body["pagination"] | {"has_more": str(body["pagination"]["has_more"])}},
        "list_conversations",
    ),
    _misshapes(
        "knows-another-direction",
        "A message received has the direction inbound.",
        in_data(
            lambda data: (
                data
                | {
                    "messages": [
                        _as("direction", lambda d: "inbound" if d == "received" else d)(m) for m in data["messages"]
                    ]
                }
            )
        ),
        "get_conversation",
        subtle="one state",
    ),
    _misshapes(
        "knows-another-outcome",
        "A lead enriched before has the status already-enriched.",
        lambda body: body | {"enrichment": _as("status", lambda status: status.replace("_", "-"))(body["enrichment"])},
        "enrich_lead",
        subtle="one state",
    ),
    _misshapes(
        "tells-the-state-in-other-words",
        "lead_campaign_state is active for a lead that is enrolled.",
        lambda body: body | {"lead_campaign_state": "active"},
        "save_message_overrides",
    ),
    _misshapes(
        "dates-without-a-time",
        "created_at of a lead is a date.",
        in_rows(_as("created_at", lambda moment: moment[:10])),
        "list_leads",
        "SCHEMA-DATE-TIME",
    ),
    _misshapes(
        "dates-without-a-zone",
        "sent_at of a message has no zone.",
        in_data(
            lambda data: data | {"messages": [_as("sent_at", lambda m: m.rstrip("Z"))(m) for m in data["messages"]]}
        ),
        "get_conversation",
        "SCHEMA-DATE-TIME",
    ),
    _misshapes(
        "dates-enriched-leads-with-a-blank",
        "profile_enriched_at has a blank for the T and no zone.",
        in_data(_as("profile_enriched_at", lambda moment: moment.replace("T", " ").rstrip("Z"))),
        "get_lead",
        "SCHEMA-DATE-TIME",
        "one state",
    ),
    plant(
        "dates-new-lists-in-1970",
        "A new list is dated by milliseconds that were taken for microseconds.",
        "SCHEMA-CREATED-NOW",
        subtle="one operation",
        on=("create_lead_lists",),
        created_moment=Around(lambda true: lambda kind, now: true(kind, now / 1000 if kind == "list" else now)),
    ),
    plant(
        "dates-new-leads-a-month-ahead",
        "A new lead is dated in the next month: months were counted from 0 and from 1.",
        "SCHEMA-CREATED-NOW",
        subtle="one operation",
        on=("import_leads",),
        created_moment=Around(lambda true: lambda kind, now: true(kind, now + 30 * 86_400 * (kind == "lead"))),
    ),
    plant(
        "dates-changes-years-ahead",
        "updated_at of what was changed lies years ahead.",
        "SCHEMA-PAST",
        subtle="one field",
        near=["ENRICH-STORED"],
        updated_moment=lambda kind, now: now * 1.1,
    ),
    _misshapes(
        "dates-actions-ahead",
        "performed_at of a campaign lead's actions lies years ahead.",
        in_rows(_ahead),
        "list_campaign_leads",
        "SCHEMA-PAST",
    ),
    _misshapes(
        "counts-below-zero",
        "repliesReceived is -1 where nobody has replied.",
        in_rows(_as("repliesReceived", lambda count: count or -1)),
        "list_campaigns",
        "SCHEMA-COUNTS",
        "one value",
    ),
    plant(
        "serves-html-for-404",
        "A 404 says that it is HTML.",
        "MEDIA-TYPE",
        subtle="one state",
        media_type=_typed(b"text/html; charset=utf-8", 404),
    ),
    plant(
        "serves-problems-as-problem-json",
        "A 400 is application/problem+json.",
        "MEDIA-TYPE",
        subtle="one state",
        media_type=_typed(b"application/problem+json", 400),
    ),
    plant(
        "serves-text",
        "Answers say that they are plain text.",
        "MEDIA-TYPE",
        media_type=_typed(b"text/plain"),
    ),
)
