"""Choices about what answers hold: members besides those named, null or nothing, error envelopes."""

from collections.abc import Callable
from typing import Any

import msgspec

from nhq.mock.wire_records import Lead
from nhq.mutation.faults.fault import Around
from nhq.mutation.faults.wire import changed_body
from nhq.mutation.variants.variant import variants_of_area

take = variants_of_area("shapes", "schema", "errors", "leads", "lists")

ALL = (200, 201, 207, 400, 401, 403, 404, 405, 409, 429, 502, 503)
CLOSED = {"last_action_at"}  # the mark of the one object in answers that is closed
OPTIONAL_OF_LEAD = tuple(name for name in Lead.__struct_fields__ if name not in {"id", "created_at", "updated_at"})
TEXTS = ("headline", "summary", "notes", "phone", "location", "gender", "industry", "lead_heat_reason")
MORE = {"object": "thing", "_links": {"self": None}, "row_count": -1, "status_note": "", "total": 12.5, "flags": []}


def _with_more(value: Any) -> Any:
    """The value with members that nobody knows in every open object."""
    if isinstance(value, list):
        return [_with_more(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    known = {name: _with_more(inner) for name, inner in value.items()}
    return known if CLOSED & known.keys() else known | {n: v for n, v in MORE.items() if n not in known}


def _shown(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Around:
    """For the policies `show_…`: a record as an object, changed."""

    def make(true: Any) -> Any:
        def show(operation: str, record: Any) -> Any:
            return change(msgspec.to_builtins(true(operation, record)))

        return show

    return Around(make)


def _bare(lead: dict[str, Any]) -> dict[str, Any]:
    """A lead without what is null, nor what is null about its company."""
    kept = {name: value for name, value in lead.items() if value is not None or name not in OPTIONAL_OF_LEAD}
    if isinstance(company := kept.get("company_details"), dict):
        kept["company_details"] = {name: value for name, value in company.items() if value is not None}
    return kept


def _blank(lead: dict[str, Any]) -> dict[str, Any]:
    """A lead with empty text where it has none."""
    return {name: "" if value is None and name in TEXTS else value for name, value in lead.items()}


def _bare_list(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None or name != "description"}


def _undecided(row: dict[str, Any]) -> dict[str, Any]:
    """A campaign lead without the funnel statuses that have not come about."""
    state = {n: v for n, v in row["current_state"].items() if v is not None or n == "last_action_at"}
    return row | {"current_state": state}


def _errors(operation: str, status: int, code: str, message: str) -> Any:
    """An envelope with more in it."""
    error = {"code": code.upper(), "message": message, "status": status, "details": [{"field": "x"}], "doc_url": None}
    return {"error": error, "request_id": "0f2c", "success": False}


def _of_a_framework(true: Any) -> Any:
    """Outside the contract, what a web framework says by itself."""

    def body(operation: str, status: int, code: str, message: str) -> Any:
        outside = operation in {"unknown_path", "wrong_method"} and status in {404, 405}
        return {"detail": "Not Found"} if outside else true(operation, status, code, message)

    return body


VARIANTS = (
    take(
        "shows-more-than-the-schemas-name",
        "Every open object has members besides those that its schema names.",
        "unknown-members",
        "any besides those named",
        sent_body=changed_body(_with_more, statuses=ALL),
    ),
    take(
        "leaves-out-what-a-lead-lacks",
        "Members of a lead that are null are left out.",
        "optional-members",
        "absent",
        show_lead=_shown(_bare),
    ),
    take(
        "shows-empty-text-for-none",
        "Texts that a lead doesn't have are empty, not null.",
        "optional-members",
        "empty text",
        show_lead=_shown(_blank),
    ),
    take(
        "leaves-out-an-absent-description",
        "A list without a description has no such member.",
        "optional-members",
        "absent",
        show_list=_shown(_bare_list),
    ),
    take(
        "leaves-out-the-funnel-before-it-begins",
        "Funnel statuses that have not come about are left out.",
        "funnel-null-or-absent",
        "absent",
        show_campaign_lead=_shown(_undecided),
    ),
    take(
        "explains-errors-at-length",
        "The error envelope has more members, and codes in capitals.",
        "error-words",
        "any code, message and further members",
        error_body=_errors,
    ),
    take(
        "has-nothing-to-say-of-errors",
        "Code and message of every error are empty.",
        "error-words",
        "any code, message and further members",
        error_body=lambda operation, status, code, message: {"error": {"code": "", "message": ""}},
    ),
    take(
        "lets-its-framework-answer-elsewhere",
        "Unknown paths and methods are answered as the server's framework does it, without the envelope.",
        "error-body-elsewhere",
        "another body",
        warns=("ERROR-BODY-UNDOCUMENTED",),
        error_body=Around(_of_a_framework),
    ),
)
