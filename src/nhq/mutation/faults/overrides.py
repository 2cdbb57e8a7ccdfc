"""Faults of message overrides."""

import html
import re
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

import msgspec
from msgspec.structs import replace

from nhq.mutation.faults.fault import Around, Fault, faults_of_family
from nhq.mutation.faults.wire import status_for

plant = faults_of_family("overrides")

SAVE = ("save_message_overrides",)


def _count(body: Any) -> int:
    messages = body.get("messages") if isinstance(body, dict) else None
    return len(messages) if isinstance(messages, list) else -1


def _longest(body: Any) -> int:
    messages = body.get("messages") if isinstance(body, dict) else None
    return max((len(str(m.get("message", ""))) for m in messages or () if isinstance(m, dict)), default=0)


def _only(problems: Any, saying: str) -> bool:
    return all(problem["message"] == saying for problem in problems)


SWAPPED = {"follow_up_1": "follow_up_2", "follow_up_2": "follow_up_1"}


def _stores(ident: str, sentence: str, change: Callable[[str], str]) -> Fault:
    """Texts that are saved otherwise than they were sent."""
    return plant(ident, sentence, "OVR-SAVED", subtle="one value", on=SAVE, stored_message=change)


def _lacks(lacking: str, ident: str) -> Fault:
    """A stage that can't be overridden."""
    return plant(
        ident,
        f"{lacking} can't be overridden.",
        "OVR-STAGES",
        subtle="one value",
        on=SAVE,
        slot_exists=Around(lambda true: lambda slots, kind, stage: true(slots, kind, stage) and stage != lacking),
    )


def _first_only(member: str) -> Callable[[str, Any, Any], bool]:
    """A check of bodies that overlooks one member of all overrides but the first."""
    return lambda operation, body, problems: all(
        operation in SAVE and problem["field"].endswith(f".{member}") and not problem["field"].startswith("messages.0.")
        for problem in problems
    )


FAULTS = (
    plant(
        "cuts-overrides-at-1000",
        "The text of an override is cut after 1000 characters.",
        "OVR-SAVED",
        "OVR-LENGTH",
        subtle="one value",
        on=SAVE,
        stored_message=lambda text: text[:1000],
    ),
    _stores("trims-overrides", "Blanks at the ends of an override are cut off.", lambda text: text.strip()),
    _stores(
        "folds-blanks-in-overrides", "Several blanks in an override become one.", lambda text: " ".join(text.split())
    ),
    plant(
        "drops-letters-beyond-ascii-from-overrides",
        "The text of an override loses its letters beyond ASCII.",
        "OVR-SAVED",
        subtle="non-ASCII",
        on=SAVE,
        stored_message=lambda text: text.encode("ascii", "ignore").decode() or "?",
    ),
    plant(
        "shows-one-override-only",
        "The answer holds the first override sent.",
        "OVR-SAVED",
        subtle="one value",
        on=SAVE,
        shown_overrides=lambda merged, given: [merged[slot] for slot in dict.fromkeys(given)][:1],
    ),
    plant(
        "keeps-the-first-override",
        "An override of a slot that has one is ignored.",
        "OVR-UPSERT",
        subtle="repeated call",
        on=SAVE,
        merge_overrides=lambda saved, given: {**given, **saved},
    ),
    plant(
        "shows-a-slot-twice",
        "A slot saved before stands twice in the answer.",
        "OVR-UPSERT",
        subtle="repeated call",
        on=SAVE,
        shown_overrides=lambda merged, given: (
            [merged[s] for s in given] + [merged[s] for s in dict.fromkeys(given)][:1]
        ),
    ),
    plant(
        "gives-a-slot-a-new-id-each-time",
        "A slot saved again gets another id.",
        "OVR-UPSERT-ID",
        subtle="repeated call",
        on=SAVE,
        override_id=lambda known, fresh: fresh,
    ),
    plant(
        "names-the-campaign-as-the-lead",
        "An override shows the campaign's id as its lead's.",
        "OVR-SAME-IDS",
        on=SAVE,
        show_override=lambda override: replace(override, lead_id=override.campaign_id),
    ),
    plant(
        "knows-two-stages-only",
        "follow_up_2 can't be overridden.",
        "OVR-STAGES",
        subtle="one value",
        on=SAVE,
        slot_exists=Around(lambda true: lambda slots, kind, stage: true(slots, kind, stage) and stage != "follow_up_2"),
    ),
    plant(
        "takes-any-node-type",
        "A node type that nobody knows is saved.",
        "OVR-NODE-TYPE",
        on=SAVE,
        body_valid=lambda operation, body, problems: all(
            operation in SAVE and problem["field"].endswith("node_type") for problem in problems
        ),
    ),
    plant(
        "takes-eleven-overrides",
        "Eleven overrides in a request are saved.",
        "OVR-COUNT",
        subtle="exact boundary",
        on=SAVE,
        body_valid=lambda operation, body, problems: not problems or (operation in SAVE and _count(body) == 11),
    ),
    plant(
        "takes-no-overrides",
        "A request without any override is answered 200.",
        "OVR-COUNT",
        "REQUEST-EMPTY-BATCH",
        on=SAVE,
        body_valid=lambda operation, body, problems: not problems or (operation in SAVE and _count(body) == 0),
    ),
    plant(
        "takes-overrides-of-8001",
        "An override may have 8001 characters.",
        "OVR-LENGTH",
        subtle="exact boundary",
        on=SAVE,
        body_valid=lambda operation, body, problems: (
            not problems or (operation in SAVE and _only(problems, "is too long") and _longest(body) == 8001)
        ),
    ),
    plant(
        "refuses-overrides-of-8000",
        "An override of exactly 8000 characters is refused.",
        "OVR-LENGTH",
        subtle="exact boundary",
        on=SAVE,
        body_valid=lambda operation, body, problems: (
            not problems and not (operation in SAVE and _longest(body) == 8000)
        ),
    ),
    plant(
        "counts-bytes-of-overrides",
        "An override may have 8000 bytes.",
        "REQUEST-CODE-POINTS",
        subtle="non-ASCII",
        on=SAVE,
        body_valid=lambda operation, body, problems: (
            not problems
            and not (operation in SAVE and any(len(m["message"].encode()) > 8000 for m in body["messages"]))
        ),
    ),
    plant(
        "takes-empty-overrides",
        "An override without any text is saved.",
        "REQUEST-EMPTY-TEXT",
        on=SAVE,
        body_valid=lambda operation, body, problems: (
            not problems or (operation in SAVE and _only(problems, "is too short"))
        ),
    ),
    plant(
        "overrides-slots-that-are-not-there",
        "A slot that the campaign lacks is saved.",
        "OVR-NO-SLOT",
        subtle="one state",
        on=SAVE,
        slot_exists=lambda slots, kind, stage: True,
    ),
    plant(
        "calls-everyone-pending",
        "An enrolled lead is reported as pending_enrollment.",
        "OVR-ENROLLED",
        on=SAVE,
        lead_state=lambda enrolled, in_source_list: "pending_enrollment" if enrolled or in_source_list else None,
    ),
    plant(
        "calls-everyone-enrolled",
        "A lead that waits for enrollment is reported as enrolled.",
        "OVR-PENDING",
        on=SAVE,
        lead_state=lambda enrolled, in_source_list: "enrolled" if enrolled or in_source_list else None,
    ),
    plant(
        "looks-at-the-list-before-the-enrollment",
        "An enrolled lead that is in the source list is reported as pending.",
        "OVR-BECOMES-ENROLLED",
        "OVR-ENROLLED",
        subtle="one state",
        on=SAVE,
        lead_state=lambda enrolled, in_source_list: (
            "pending_enrollment" if in_source_list else "enrolled" if enrolled else None
        ),
    ),
    plant(
        "overrides-for-anybody",
        "A lead that has nothing to do with the campaign is accepted.",
        "OVR-NEITHER-409",
        on=SAVE,
        lead_state=lambda enrolled, in_source_list: "enrolled" if enrolled else "pending_enrollment",
    ),
    plant(
        "answers-404-for-leads-outside",
        "A lead outside the campaign is answered 404.",
        "OVR-NEITHER-409",
        on=SAVE,
        error_status=status_for({409: 404}, *SAVE),
    ),
    plant(
        "answers-409-for-unknown-leads",
        "A lead that doesn't exist is answered 409.",
        "OVR-LEAD-404",
        "WS-UNKNOWN-404",
        on=SAVE,
        error_status=status_for({404: 409}, *SAVE),
    ),
    _stores("escapes-overrides", "Markup of an override is escaped.", html.escape),
    _stores(
        "fills-in-overrides",
        "Placeholders are filled in before they are saved.",
        lambda t: t.replace("{{first_name}}", "Ada"),
    ),
    _stores(
        "joins-lines-of-overrides", "Line breaks of an override become blanks.", lambda text: text.replace("\n", " ")
    ),
    _stores("composes-accents-of-overrides", "Accents are joined with their letter.", lambda t: normalize("NFC", t)),
    plant(
        "forgets-the-other-slots",
        "Saving one slot of a lead deletes the others.",
        "OVR-UPSERT-ID",
        subtle="repeated call",
        on=SAVE,
        merge_overrides=lambda saved, given: dict(given),
    ),
    plant(
        "names-the-lead-as-the-campaign",
        "An override shows the lead's id as its campaign's.",
        "OVR-SAME-IDS",
        subtle="one field",
        on=SAVE,
        show_override=lambda override: replace(override, campaign_id=override.lead_id),
    ),
    plant(
        "swaps-the-follow-ups",
        "The first follow-up is shown as the second, and the second as the first.",
        "OVR-SAVED",
        subtle="one value",
        on=SAVE,
        show_override=lambda override: replace(
            override, message_stage=SWAPPED.get(override.message_stage, "ice_breaker")
        ),
    ),
    _lacks("ice_breaker", "overrides-no-ice-breakers"),
    _lacks("follow_up_1", "overrides-no-first-follow-ups"),
    plant(
        "ignores-the-case-of-node-types",
        "Send_Message is as good as send_message.",
        "OVR-NODE-TYPE",
        subtle="near miss",
        on=SAVE,
        parse_json=lambda operation, raw: msgspec.json.decode(raw.replace(b"Send_Message", b"send_message")),
    ),
    plant(
        "takes-an-empty-node-type",
        "An empty node type is taken for send_message.",
        "OVR-NODE-TYPE",
        subtle="one value",
        on=SAVE,
        parse_json=lambda operation, raw: msgspec.json.decode(
            re.sub(rb'"node_type":\s*""', b'"node_type":"send_message"', raw)
        ),
    ),
    plant(
        "looks-at-the-first-node-type-only",
        "Of several overrides only the first has its node type looked at.",
        "OVR-NODE-TYPE",
        subtle="one state",
        on=SAVE,
        body_valid=_first_only("node_type"),
    ),
    plant(
        "looks-at-the-first-length-only",
        "Of several overrides only the first has its length looked at.",
        "OVR-LENGTH",
        subtle="one state",
        on=SAVE,
        body_valid=_first_only("message"),
    ),
    plant(
        "looks-for-the-first-slot-only",
        "Of several overrides only the first has its slot looked for.",
        "OVR-NO-SLOT",
        subtle="one state",
        on=SAVE,
        slots_checked=lambda entries: entries[:1],
    ),
    plant(
        "takes-any-slot-where-there-are-none",
        "A campaign without any message takes overrides of all stages.",
        "OVR-NO-SLOT",
        subtle="one state",
        on=SAVE,
        slot_exists=lambda slots, kind, stage: not slots or stage in slots,
    ),
    plant(
        "refuses-ten-overrides",
        "Ten overrides in a request are refused.",
        "OVR-COUNT",
        subtle="exact boundary",
        on=SAVE,
        body_valid=lambda operation, body, problems: not problems and not (operation in SAVE and _count(body) == 10),
    ),
    plant(
        "wants-leads-to-be-enrolled",
        "A lead that is only in the source list is answered 409.",
        "OVR-PENDING",
        subtle="one state",
        on=SAVE,
        lead_state=lambda enrolled, in_source_list: "enrolled" if enrolled else None,
    ),
)
