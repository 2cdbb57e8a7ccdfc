"""Faults of message overrides."""

from typing import Any

from msgspec.structs import replace

from nhq.faults.fault import Around, family
from nhq.faults.wire import status_for

plant = family("overrides")

SAVE = ("save_message_overrides",)


def _count(body: Any) -> int:
    messages = body.get("messages") if isinstance(body, dict) else None
    return len(messages) if isinstance(messages, list) else -1


def _longest(body: Any) -> int:
    messages = body.get("messages") if isinstance(body, dict) else None
    return max((len(str(m.get("message", ""))) for m in messages or () if isinstance(m, dict)), default=0)


def _only(problems: Any, saying: str) -> bool:
    return all(problem["message"] == saying for problem in problems)


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
        "OVR-ITS-OWN",
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
)
