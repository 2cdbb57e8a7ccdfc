"""Faults of refusals: requests that should be refused and aren't, or are refused otherwise."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from nhq.mutation.faults.fault import Around, Fault, faults_of_family
from nhq.mutation.faults.wire import careless_json, status_for

plant = faults_of_family("errors")

Problems = Sequence[dict[str, str]]


def _lenient(operation: str, *sayings: str) -> Callable[[str, Any, Problems], bool]:
    """One operation that overlooks some problems of a body."""
    return lambda asked, body, problems: all(
        asked == operation and problem["message"] in sayings for problem in problems
    )


def _overlooks(ident: str, operation: str, saying: str, sentence: str, *rules: str, subtle: str = "") -> Fault:
    return plant(ident, sentence, *rules, subtle=subtle, on=(operation,), body_valid=_lenient(operation, saying))


def _empty_for_none(operation: str, raw: bytes) -> Any:
    """A body that isn't JSON is taken for an empty message to send."""
    try:
        return msgspec.json.decode(raw)
    except msgspec.DecodeError:
        if operation != "send_message":
            raise
        return {"content": raw.decode("utf-8", "replace") or "?"}


def _unread(name: str) -> Callable[[str, Any, Problems], bool]:
    """A check of bodies that refuses one more member."""
    return lambda operation, body, problems: (
        not problems and not (operation == "send_message" and isinstance(body, dict) and bool(set(body) - {name}))
    )


FAULTS = (
    plant(
        "fails-on-broken-json",
        "A body that isn't JSON makes the server fail.",
        "REQUEST-NOT-JSON",
        "STATUS-DOCUMENTED",
        parse_json=careless_json,
    ),
    plant(
        "sends-what-is-not-json",
        "A body that isn't JSON is sent as it stands.",
        "REQUEST-NOT-JSON",
        subtle="one operation",
        on=("send_message",),
        parse_json=_empty_for_none,
    ),
    _overlooks(
        "fails-on-a-missing-action",
        "run_campaign_action",
        "is required",
        "An action without its name makes the server fail.",
        "REQUEST-REQUIRED",
        "STATUS-DOCUMENTED",
    ),
    _overlooks(
        "imports-a-lead-without-a-url",
        "import_leads",
        "is required",
        "A single lead may lack what is required.",
        "REQUEST-REQUIRED",
        subtle="one operation",
    ),
    _overlooks(
        "takes-an-object-for-the-lists",
        "create_lead_lists",
        "has the wrong type",
        "lead_lists may be an object.",
        "REQUEST-TYPE",
        subtle="one operation",
    ),
    _overlooks(
        "sends-numbers",
        "send_message",
        "has the wrong type",
        "content may be a number.",
        "REQUEST-TYPE",
        subtle="one operation",
    ),
    _overlooks(
        "fails-on-an-unknown-action",
        "run_campaign_action",
        "is not one of the known values",
        "An action that nobody knows makes the server fail.",
        "REQUEST-ENUM",
        "STATUS-DOCUMENTED",
    ),
    _overlooks(
        "sends-empty-messages",
        "send_message",
        "is too short",
        "A message without text is sent.",
        "REQUEST-EMPTY-TEXT",
        subtle="exact boundary",
    ),
    _overlooks(
        "creates-no-lists",
        "create_lead_lists",
        "has too few entries",
        "A request for no list is answered 201.",
        "REQUEST-EMPTY-BATCH",
        subtle="exact boundary",
    ),
    _overlooks(
        "imports-no-leads",
        "import_leads",
        "has too few entries",
        "A batch of nothing is answered 200.",
        "REQUEST-EMPTY-BATCH",
        subtle="exact boundary",
    ),
    _overlooks(
        "takes-unknown-members-of-an-action",
        "run_campaign_action",
        "is not known here",
        "An action may have members that nobody knows.",
        "REQUEST-UNKNOWN-MEMBER-400",
        subtle="one operation",
    ),
    _overlooks(
        "takes-unknown-members-of-an-import",
        "import_leads",
        "is not known here",
        "A lead may have members that nobody knows.",
        "REQUEST-UNKNOWN-MEMBER-400",
        subtle="one operation",
    ),
    plant(
        "refuses-unknown-members-of-messages",
        "A message with a member that nobody knows is refused, although its body is open.",
        "REQUEST-UNKNOWN-MEMBER-ALLOWED",
        on=("send_message",),
        body_valid=_unread("content"),
    ),
    plant(
        "refuses-text-beyond-ascii",
        "A message with letters beyond ASCII is refused.",
        "REQUEST-VALID",
        "SEND-TEXT",
        subtle="non-ASCII",
        on=("send_message",),
        body_valid=lambda operation, body, problems: (
            not problems and not (operation == "send_message" and not body["content"].isascii())
        ),
    ),
    plant(
        "refuses-leads-with-null",
        "A single lead that says null where null may be is refused.",
        "REQUEST-VALID",
        subtle="one value",
        on=("import_leads",),
        body_valid=lambda operation, body, problems: (
            not problems and not (operation == "import_leads" and None in body.values())
        ),
    ),
    plant(
        "answers-422-for-400",
        "A body that breaks its schema is answered 422.",
        "STATUS-DOCUMENTED",
        "REQUEST-TYPE",
        error_status=status_for({400: 422}),
    ),
    plant(
        "answers-202-for-messages",
        "A message sent is answered 202.",
        "STATUS-DOCUMENTED",
        subtle="one operation",
        on=("send_message",),
        sent_status=status_for({200: 202}, "send_message"),
    ),
    plant(
        "answers-204-for-overrides",
        "Overrides saved are answered 204.",
        "STATUS-DOCUMENTED",
        subtle="one operation",
        on=("save_message_overrides",),
        sent_status=status_for({200: 204}, "save_message_overrides"),
    ),
    plant(
        "tells-errors-as-text",
        "error is a text, not an object.",
        "ERROR-BODY",
        error_body=lambda operation, status, code, message: {"error": message},
    ),
    plant(
        "tells-errors-without-a-message",
        "Errors lack their message.",
        "ERROR-BODY",
        error_body=lambda operation, status, code, message: {"error": {"code": code}},
    ),
    plant(
        "tells-errors-without-a-code",
        "Errors of one operation lack their code.",
        "ERROR-BODY",
        subtle="one operation",
        on=("enrich_lead",),
        error_body=Around(
            lambda true: (
                lambda operation, status, code, message: (
                    {"error": {"message": message}}
                    if operation == "enrich_lead"
                    else true(operation, status, code, message)
                )
            )
        ),
    ),
    plant(
        "tells-429-in-other-words",
        "A 429 has no error envelope.",
        "ERROR-BODY",
        subtle="one state",
        error_body=Around(
            lambda true: (
                lambda operation, status, code, message: (
                    {"detail": message} if status == 429 else true(operation, status, code, message)
                )
            )
        ),
    ),
    plant(
        "tells-409-with-a-number",
        "The code of a 409 is a number.",
        "ERROR-BODY",
        subtle="one state",
        on=("run_campaign_action", "save_message_overrides"),
        near=["CAMP-PAUSE-ONLY-STARTED"],
        error_body=Around(
            lambda true: (
                lambda operation, status, code, message: true(
                    operation, status, status if status == 409 else code, message
                )
            )
        ),
    ),
    plant(
        "tells-unknown-routes-in-other-words",
        "Paths and methods outside the contract have no error envelope.",
        "ERROR-BODY-UNDOCUMENTED",
        error_body=Around(
            lambda true: (
                lambda operation, status, code, message: (
                    {"detail": "Not Found"}
                    if operation in ("unknown_path", "wrong_method")
                    else true(operation, status, code, message)
                )
            )
        ),
    ),
)
