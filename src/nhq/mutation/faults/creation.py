"""Faults of lists just created: at the edge of one malformed entry, of a name of 120, of a count of 500."""

import html
from typing import Any

import msgspec
from msgspec.structs import replace

from nhq.mutation.faults.fault import Around, faults_of_family
from nhq.mutation.faults.wire import changed_body, without_member

plant = faults_of_family("creation")

CREATE = ("create_lead_lists",)


def _first_description(true: Any) -> Any:
    """New lists that share one description: the first that any had."""
    known: list[Any] = []

    def fields(given: dict[str, Any]) -> dict[str, Any]:
        if given.get("description"):
            known.append(given["description"])
        return dict(true(given)) | ({"description": known[0]} if known and given.get("description") else {})

    return fields


FAULTS = (
    plant(
        "answers-201-for-one-malformed-list",
        "A single malformed list among others is passed over: 201.",
        "LIST-STATUS-207",
        "LIST-STATUS-201",
        subtle="exact boundary",
        on=CREATE,
        lists_status=lambda created, malformed: 201 if created and malformed < 2 else 207 if created else 400,
    ),
    plant(
        "answers-with-the-name-asked-for",
        "A list that got a suffix is answered with the name that was asked for.",
        "LIST-NAME-UNIQUE",
        subtle="repeated call",
        on=CREATE,
        show_list=lambda operation, row: (
            replace(row, name=row.name.partition(" (Copy")[0]) if operation in CREATE else row
        ),
    ),
    plant(
        "cuts-suffixed-names-at-120",
        "A suffixed name is cut after 120 characters, and may collide again.",
        "LIST-NAME-UNIQUE",
        subtle="exact boundary",
        on=CREATE,
        unique_name=Around(lambda true: lambda name, taken: true(name, taken)[:120]),
    ),
    plant(
        "escapes-names",
        "&, < and > in a list name are escaped as for HTML.",
        "LIST-NAME-KEPT",
        subtle="one value",
        on=CREATE,
        list_fields=lambda given: given | {"name": html.escape(given["name"], quote=False)},
    ),
    plant(
        "gives-all-lists-the-first-description",
        "Lists of one server get the description that was given first.",
        "LIST-DESCRIPTION-KEPT",
        subtle="repeated call",
        on=CREATE,
        list_fields=Around(_first_description),
    ),
    plant(
        "answers-207-without-data",
        "The 207 of a creation has no data.",
        "LIST-207-BODY",
        subtle="one state",
        on=CREATE,
        sent_body=changed_body(without_member("data"), *CREATE, statuses=(207,)),
    ),
    plant(
        "answers-207-without-malformed",
        "The 207 of a creation doesn't say what was malformed.",
        "LIST-207-BODY",
        subtle="one state",
        on=CREATE,
        sent_body=changed_body(without_member("malformed"), *CREATE, statuses=(207,)),
    ),
    plant(
        "reads-one-list-without-its-count",
        "A list read alone comes without its member count.",
        "LIST-COUNT-PRESENT",
        subtle="one operation",
        on=("get_lead_list",),
        show_list=lambda operation, row: (
            without_member("lead_count")(msgspec.to_builtins(row)) if operation == "get_lead_list" else row
        ),
    ),
    plant(
        "counts-one-member-more-in-the-list-of-lists",
        "GET /lead_lists counts one member too many in lists that have any.",
        "LIST-COUNT-TRUE",
        subtle="one operation",
        on=("list_lead_lists",),
        member_count=lambda operation, rows: len(rows) + (operation == "list_lead_lists" and bool(rows)),
    ),
    plant(
        "counts-no-members-of-one-list",
        "A list read alone has no members.",
        "LIST-COUNT-TRUE",
        subtle="one operation",
        on=("get_lead_list",),
        member_count=lambda operation, rows: 0 if operation == "get_lead_list" else len(rows),
    ),
    plant(
        "counts-500-members-at-most",
        "The member count stops at 500.",
        "LIST-COUNT-TRUE",
        subtle="exact boundary",
        member_count=lambda operation, rows: min(500, len(rows)),
    ),
    plant(
        "answers-201-when-the-only-list-is-malformed",
        "A request for one list, which is malformed, is answered 201.",
        "LIST-ALL-MALFORMED",
        subtle="exact boundary",
        on=CREATE,
        lists_status=lambda created, malformed: (
            400 if not created and malformed > 1 else 207 if created and malformed else 201
        ),
    ),
    plant(
        "calls-colliding-lists-otherwise",
        "A colliding name is replaced by another.",
        "LIST-NAME-SUFFIX",
        subtle="repeated call",
        on=CREATE,
        unique_name=Around(lambda true: lambda name, taken: true("New list", taken) if name in taken else name),
    ),
)
