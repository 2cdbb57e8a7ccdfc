"""Faults of who is recognised by an import, and of answers to batches of one, of fifty, of too many."""

from collections.abc import Sequence
from typing import Any

from nhq.mock.call import Refused
from nhq.mutation.faults.fault import Around, faults_of_family
from nhq.mutation.faults.wire import changed_body

plant = faults_of_family("recognition")

IMPORT = ("import_leads",)


def _as_single(body: Any) -> Any:
    """The only lead of a batch, as it would be shown alone."""
    if "summary" not in body or len(body["data"]) != 1 or body["summary"]["attempted"] != 1:
        return body
    return {"data": body["data"][0]["lead"], "result": body["data"][0]["result"]}


def _too_large(operation: str, body: Any, problems: Sequence[dict[str, str]]) -> bool:
    """A batch that is too long is too large."""
    if any(problem["message"] == "has too many entries" for problem in problems) and operation in IMPORT:
        raise Refused(413, "too_large", "the batch is too large")
    return not problems


FAULTS = (
    plant(
        "does-not-recognise-leads-of-batches",
        "Leads of a batch are created without a look at those that the workspace has.",
        "IMPORT-EXISTING",
        "IMPORT-ALREADY",
        subtle="one state",
        on=IMPORT,
        known_lead=lambda leads, workspace, made: None if isinstance(made, list) else leads.get(workspace),
    ),
    plant(
        "does-not-recognise-single-leads",
        "A lead sent alone is created without a look at those that the workspace has.",
        "IMPORT-EXISTING",
        "IMPORT-ALREADY",
        subtle="one state",
        on=IMPORT,
        known_lead=lambda leads, workspace, made: leads.get(workspace) if isinstance(made, list) else None,
    ),
    plant(
        "recognises-leads-within-their-list-only",
        "A lead is looked for among the members of the list, not in the workspace.",
        "IMPORT-EXISTING",
        "IMPORT-DEDUP",
        subtle="one state",
        on=IMPORT,
        recognised=lambda lists, target: target in lists,
    ),
    plant(
        "compares-the-beginning-of-urls",
        "Profile URLs are compared by their first 32 characters.",
        "IMPORT-CREATED",
        subtle="near miss",
        on=IMPORT,
        dedupe_key=lambda url: url[:32].casefold(),
    ),
    plant(
        "moves-leads-from-list-to-list",
        "A lead that joins a list leaves the one that it was in.",
        "IMPORT-MEMBERSHIP",
        subtle="repeated call",
        on=IMPORT,
        memberships=lambda lists, target: (target,),
    ),
    plant(
        "answers-a-batch-of-one-as-a-single-lead",
        "A batch of one lead is answered as a lead sent alone.",
        "IMPORT-SHAPE",
        subtle="exact boundary",
        on=IMPORT,
        sent_body=changed_body(_as_single, *IMPORT, statuses=(200, 201)),
    ),
    plant(
        "answers-207-for-clean-batches",
        "A batch is always answered 207.",
        "IMPORT-BATCH-201",
        "IMPORT-BATCH-200",
        on=IMPORT,
        batch_status=lambda summary: 207,
    ),
    plant(
        "answers-207-when-members-were-among-them",
        "A batch in which somebody was a member already is answered 207.",
        "IMPORT-BATCH-201",
        subtle="one state",
        on=IMPORT,
        batch_status=Around(lambda true: lambda summary: 207 if summary["already_in_list"] else true(summary)),
    ),
    plant(
        "answers-201-when-the-only-lead-is-malformed",
        "A batch of one, which is malformed, is answered 201.",
        "IMPORT-ALL-MALFORMED",
        subtle="exact boundary",
        on=IMPORT,
        batch_status=Around(
            lambda true: lambda summary: 201 if summary["malformed"] == summary["attempted"] == 1 else true(summary)
        ),
    ),
    plant(
        "shows-the-last-lead-under-every-index",
        "All items of a batch show the lead that was imported last.",
        "IMPORT-ITEM",
        subtle="one value",
        on=IMPORT,
        sent_body=changed_body(
            lambda body: (
                body | {"data": [entry | {"lead": body["data"][-1]["lead"]} for entry in body["data"]]}
                if "summary" in body
                else body
            ),
            *IMPORT,
            statuses=(201, 207),
        ),
    ),
    plant(
        "takes-fifty-leads-at-most",
        "A batch of more than 50 is refused.",
        "IMPORT-MAX-ACCEPTED",
        subtle="exact boundary",
        on=IMPORT,
        body_valid=lambda operation, body, problems: (
            not problems and not (operation in IMPORT and len(body.get("leads", ())) > 50)
        ),
    ),
    plant(
        "answers-413-for-a-batch-of-101",
        "A batch of more than 100 is answered 413.",
        "IMPORT-OVER-MAX-400",
        subtle="exact boundary",
        on=IMPORT,
        body_valid=_too_large,
    ),
    plant(
        "does-not-list-new-leads",
        "A lead that was imported can be read, but doesn't stand in the list of leads.",
        "IMPORT-DEDUP",
        "WS-LISTS-COMPLETE",
        subtle="repeated call",
        on=IMPORT,
        indexed=lambda kind: kind != "lead",
    ),
    plant(
        "creates-leads-next-door",
        "A new lead belongs to another workspace than the key.",
        "IMPORT-MEMBERSHIP",
        on=IMPORT,
        home=lambda operation, workspace: "beta" if operation in IMPORT else workspace,
    ),
)
