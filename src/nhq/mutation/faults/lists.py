"""Faults of lead lists."""

from typing import Any

import msgspec
from msgspec.structs import replace

from nhq.mutation.faults.fault import Around, faults_of_family
from nhq.mutation.faults.wire import changed_body, without_member

plant = faults_of_family("lists")

CREATE = ("create_lead_lists",)


def _remembering(true: Any) -> Any:
    """A member count that is counted once for each list and kept."""
    kept: dict[str, int] = {}

    def count(operation: str, rows: Any) -> int:
        number: int = true(operation, rows)
        return kept.setdefault(rows[-1][2], number) if rows else number

    return count


def _the_one_before(true: Any) -> Any:
    """An answer that shows the record asked for the time before."""
    last: list[Any] = []

    def show(operation: str, record: Any) -> Any:
        shown = true(operation, record)
        if operation != "get_lead_list":
            return shown
        last.append(shown)
        return last[-2] if len(last) > 1 else shown

    return show


def _told(problems: Any, *sayings: str) -> bool:
    """Are these all the problems there are?"""
    return all(problem["message"] in sayings for problem in problems)


def _numbered(body: Any) -> Any:
    return body | {"malformed": [entry | {"index": n} for n, entry in enumerate(body["malformed"])]}


def _misnamed(body: Any) -> Any:
    blamed = [
        entry | {"errors": [error | {"field": "created_by"} for error in entry["errors"]]}
        for entry in body["malformed"]
    ]
    return body | {"malformed": blamed}


FAULTS = (
    plant(
        "creates-lists-next-door",
        "A new list belongs to another workspace than the key.",
        "LIST-CREATES",
        on=CREATE,
        home=lambda operation, workspace: "beta" if operation == "create_lead_lists" else workspace,
    ),
    plant(
        "does-not-list-new-lists",
        "A new list can be read, but doesn't stand in the list of lists.",
        "LIST-CREATES",
        subtle="repeated call",
        on=CREATE,
        indexed=lambda kind: kind != "list",
    ),
    plant(
        "answers-207-for-clean-lists",
        "Lists that were all created are answered 207.",
        "LIST-STATUS-201",
        on=CREATE,
        lists_status=lambda created, malformed: 207 if created else 400,
    ),
    plant(
        "answers-201-for-partly-malformed-lists",
        "Some lists malformed, and the answer is 201.",
        "LIST-STATUS-207",
        "LIST-201-CLEAN",
        on=CREATE,
        lists_status=lambda created, malformed: 201 if created else 400,
    ),
    plant(
        "refuses-all-lists-for-one",
        "One malformed list keeps all from being created.",
        "LIST-STATUS-207",
        on=CREATE,
        lists_status=lambda created, malformed: 400 if malformed else 201,
    ),
    plant(
        "answers-201-when-all-lists-are-malformed",
        "Nothing was created, and the answer is 201.",
        "LIST-ALL-MALFORMED",
        subtle="one state",
        on=CREATE,
        lists_status=lambda created, malformed: 207 if created and malformed else 201,
    ),
    plant(
        "shows-the-first-new-list-only",
        "data holds one list, however many were created.",
        "LIST-DATA-COMPLETE",
        subtle="one value",
        on=CREATE,
        sent_body=changed_body(lambda body: body | {"data": body["data"][:1]}, *CREATE, statuses=(201, 207)),
    ),
    plant(
        "stops-at-the-first-malformed-list",
        "Lists after a malformed one are not created.",
        "LIST-DATA-COMPLETE",
        "LIST-MALFORMED",
        "LIST-SUMMARY",
        subtle="one state",
        on=CREATE,
        goes_on=lambda operation, malformed: operation != "create_lead_lists" or not malformed,
    ),
    plant(
        "takes-names-of-121",
        "A list name may have 121 characters.",
        "LIST-MALFORMED",
        subtle="exact boundary",
        on=CREATE,
        entry_valid=lambda operation, entry, problems: (
            not problems
            or (operation == CREATE[0] and _told(problems, "is too long") and len(entry.get("name", "")) <= 121)
        ),
    ),
    plant(
        "refuses-names-of-120",
        "A list name of exactly 120 characters is malformed.",
        "LIST-DATA-COMPLETE",
        "REQUEST-CODE-POINTS",
        "LIST-MALFORMED",
        subtle="exact boundary",
        on=CREATE,
        entry_valid=lambda operation, entry, problems: (
            not problems and (operation != CREATE[0] or len(entry["name"]) < 120)
        ),
    ),
    plant(
        "counts-bytes-of-names",
        "A list name may have 120 bytes.",
        "REQUEST-CODE-POINTS",
        subtle="non-ASCII",
        on=CREATE,
        entry_valid=lambda operation, entry, problems: (
            not problems and (operation != CREATE[0] or len(entry["name"].encode()) <= 120)
        ),
    ),
    plant(
        "takes-unknown-members-of-lists",
        "A list with a member that nobody knows is created.",
        "LIST-MALFORMED",
        subtle="near miss",
        on=CREATE,
        entry_valid=lambda operation, entry, problems: not problems or _told(problems, "is not known here"),
    ),
    plant(
        "numbers-malformed-lists-by-themselves",
        "The index of a malformed list is its place among the malformed.",
        "LIST-MALFORMED",
        subtle="one value",
        on=CREATE,
        sent_body=changed_body(_numbered, *CREATE, statuses=(207,)),
    ),
    plant(
        "blames-another-field-of-a-list",
        "A malformed list blames a field that isn't wrong.",
        "LIST-MALFORMED-FIELD",
        on=CREATE,
        sent_body=changed_body(_misnamed, *CREATE, statuses=(207,)),
    ),
    plant(
        "counts-only-good-lists-as-attempted",
        "summary.attempted leaves malformed lists out.",
        "LIST-SUMMARY",
        subtle="one state",
        on=CREATE,
        lists_summary=lambda attempted, created, malformed: {
            "attempted": created,
            "created": created,
            "malformed": malformed,
        },
    ),
    plant(
        "counts-attempts-as-created",
        "summary.created counts malformed lists too.",
        "LIST-SUMMARY",
        subtle="one state",
        on=CREATE,
        lists_summary=lambda attempted, created, malformed: {
            "attempted": attempted,
            "created": attempted,
            "malformed": malformed,
        },
    ),
    plant(
        "counts-no-malformed-lists",
        "summary.malformed is always 0.",
        "LIST-SUMMARY",
        subtle="one state",
        on=CREATE,
        lists_summary=lambda attempted, created, malformed: {
            "attempted": attempted,
            "created": created,
            "malformed": 0,
        },
    ),
    plant(
        "answers-207-without-a-summary",
        "The 207 of a creation has no summary.",
        "LIST-207-BODY",
        subtle="one state",
        on=CREATE,
        sent_body=changed_body(without_member("summary"), *CREATE, statuses=(207,)),
    ),
    plant(
        "allows-equal-names",
        "A new list may have a name that is taken.",
        "LIST-NAME-UNIQUE",
        on=CREATE,
        unique_name=lambda name, taken: name,
    ),
    plant(
        "allows-equal-names-within-a-request",
        "Names are compared with lists of before only, not with those of the same request.",
        "LIST-NAME-UNIQUE-WITHIN",
        subtle="one state",
        on=CREATE,
        taken_names=lambda existing, workspace, made: frozenset(existing[workspace]),
    ),
    plant(
        "suffixes-once-only",
        "A third list of one name gets the name of the second.",
        "LIST-NAME-UNIQUE",
        "LIST-NAME-UNIQUE-WITHIN",
        subtle="repeated call",
        on=CREATE,
        unique_name=lambda name, taken: f"{name} (Copy)" if name in taken else name,
    ),
    plant(
        "prefixes-colliding-names",
        "A colliding name gets a prefix.",
        "LIST-NAME-SUFFIX",
        on=CREATE,
        unique_name=Around(
            lambda true: lambda name, taken: name if name not in taken else f"Copy {len(taken)} of {name}"
        ),
    ),
    plant(
        "suffixes-every-name",
        "A name that collides with nothing gets a suffix too.",
        "LIST-NAME-KEPT",
        on=CREATE,
        unique_name=Around(lambda true: lambda name, taken: true(f"{name} (1)", taken)),
    ),
    plant(
        "cuts-names-at-64",
        "A list name is cut after 64 characters.",
        "LIST-NAME-KEPT",
        subtle="one value",
        on=CREATE,
        list_fields=lambda given: given | {"name": given["name"][:64]},
    ),
    plant(
        "drops-letters-beyond-ascii-from-names",
        "A list name loses its letters beyond ASCII.",
        "LIST-NAME-KEPT",
        subtle="non-ASCII",
        on=CREATE,
        list_fields=lambda given: given | {"name": given["name"].encode("ascii", "replace").decode()},
    ),
    plant(
        "forgets-descriptions",
        "A new list has no description.",
        "LIST-DESCRIPTION-KEPT",
        on=CREATE,
        list_fields=lambda given: given | {"description": None},
    ),
    plant(
        "cuts-descriptions-at-100",
        "A description is cut after 100 characters.",
        "LIST-DESCRIPTION-KEPT",
        subtle="one value",
        on=CREATE,
        list_fields=lambda given: given | {"description": (given.get("description") or "")[:100] or None},
    ),
    plant(
        "lists-lists-without-their-count",
        "GET /lead_lists leaves the member count out.",
        "LIST-COUNT-PRESENT",
        subtle="one operation",
        on=("list_lead_lists",),
        show_list=lambda operation, row: (
            without_member("lead_count")(msgspec.to_builtins(row)) if operation == "list_lead_lists" else row
        ),
    ),
    plant(
        "counts-one-member-less",
        "The member count is one too low.",
        "LIST-COUNT-TRUE",
        member_count=lambda operation, rows: max(0, len(rows) - 1),
    ),
    plant(
        "counts-one-page-of-members",
        "The member count stops at 100.",
        "LIST-COUNT-TRUE",
        subtle="exact boundary",
        member_count=lambda operation, rows: min(100, len(rows)),
    ),
    plant(
        "counts-members-once",
        "The member count is kept from the first time it was asked for.",
        "LIST-COUNT-TRUE",
        subtle="repeated call",
        member_count=Around(_remembering),
    ),
    plant(
        "shows-the-list-asked-for-before",
        "GET /lead_lists/{lead_list_id} shows the list of the request before.",
        "LIST-SAME-ID",
        subtle="repeated call",
        on=("get_lead_list",),
        show_list=Around(_the_one_before),
    ),
    plant(
        "shows-one-list-without-its-description",
        "A list read alone has no description.",
        "LIST-SAME-AS-ROW",
        subtle="one operation",
        on=("get_lead_list",),
        show_list=lambda operation, row: replace(row, description=None) if operation == "get_lead_list" else row,
    ),
)
