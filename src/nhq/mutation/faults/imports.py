"""Faults of importing leads."""

from collections.abc import Callable, Sequence
from typing import Any

from nhq.mock.call import Refused
from nhq.mutation.faults.fault import Around, Fault, faults_of_family
from nhq.mutation.faults.wire import changed_body

plant = faults_of_family("import")

IMPORT = ("import_leads",)


def _miscounted(name: str, wrong: Callable[[dict[str, int]], int]) -> Around:
    """A summary in which one count is wrong."""
    return Around(lambda true: lambda *given: (counts := true(*given)) | {name: wrong(counts)})


def _summary(ident: str, sentence: str, name: str, wrong: Callable[[dict[str, int]], int]) -> Fault:
    return plant(
        ident,
        sentence,
        "IMPORT-SUMMARY",
        subtle="one state",
        on=IMPORT,
        import_summary=_miscounted(name, wrong),
    )


def _result(ident: str, sentence: str, *rules: str, **said: str) -> Fault:
    """One result reported as another."""

    def make(true: Any) -> Any:
        return lambda existed, member: said.get(found := true(existed, member), found)

    return plant(ident, sentence, *rules, on=IMPORT, import_result=Around(make))


def _all_or_nothing(operation: str, entry: Any, problems: Sequence[Any]) -> bool:
    """A batch that ends with its first malformed entry."""
    if problems and operation in IMPORT:
        raise Refused(400, "invalid_body", "an entry is malformed")
    return not problems


def _renumbered(body: Any) -> Any:
    return (
        body | {"data": [entry | {"index": n} for n, entry in enumerate(body["data"])]} if "summary" in body else body
    )


def _swapped(body: Any) -> Any:
    """The first two leads of a batch under each other's index."""
    if "summary" not in body or len(body["data"]) < 2:
        return body
    one, two, *rest = body["data"]
    return body | {"data": [one | {"lead": two["lead"]}, two | {"lead": one["lead"]}, *rest]}


def _failed_as_malformed(body: Any) -> Any:
    if not body.get("failed"):
        return body
    moved = [{"index": e["index"], "errors": [{"field": "linkedin_url", **e["error"]}]} for e in body["failed"]]
    counts = body["summary"] | {"failed": 0, "malformed": body["summary"]["malformed"] + len(moved)}
    return body | {"failed": [], "malformed": body["malformed"] + moved, "summary": counts}


def _misnamed(body: Any) -> Any:
    blamed = [e | {"errors": [error | {"field": "id"} for error in e["errors"]]} for e in body.get("malformed", ())]
    return body | {"malformed": blamed} if "summary" in body else body


def _kept(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """An import that loses members."""
    return lambda given: {name: value for name, value in given.items() if name not in names}


FAULTS = (
    _result(
        "calls-new-leads-existing",
        "A created lead is reported as added_existing.",
        "IMPORT-CREATED",
        created="added_existing",
    ),
    _result(
        "calls-existing-leads-new",
        "An existing lead is reported as created.",
        "IMPORT-EXISTING",
        added_existing="created",
    ),
    _result(
        "calls-members-existing",
        "A member is added again, and reported as added_existing.",
        "IMPORT-ALREADY",
        already_in_list="added_existing",
    ),
    plant(
        "adds-members-again",
        "A member that is imported again stands in the list twice.",
        "IMPORT-ALREADY",
        "IMPORT-MEMBERSHIP",
        subtle="repeated call",
        on=IMPORT,
        joins=lambda result: True,
    ),
    plant(
        "creates-without-adding",
        "A created lead doesn't become a member.",
        "IMPORT-CREATED",
        "IMPORT-MEMBERSHIP",
        on=IMPORT,
        joins=lambda result: result == "added_existing",
    ),
    plant(
        "does-not-add-existing-leads",
        "A lead that exists doesn't become a member.",
        "IMPORT-EXISTING",
        "IMPORT-MEMBERSHIP",
        subtle="one state",
        on=IMPORT,
        joins=lambda result: result == "created",
    ),
    plant(
        "answers-201-for-a-member",
        "A single lead that is a member already is answered 201.",
        "IMPORT-SINGLE-STATUS",
        subtle="repeated call",
        on=IMPORT,
        single_status=lambda result: 201,
    ),
    plant(
        "answers-200-for-a-created-lead",
        "A single lead that was created is answered 200.",
        "IMPORT-SINGLE-STATUS",
        on=IMPORT,
        single_status=lambda result: 201 if result == "added_existing" else 200,
    ),
    plant(
        "answers-200-for-an-added-lead",
        "A single lead that was attached is answered 200.",
        "IMPORT-SINGLE-STATUS",
        subtle="one state",
        on=IMPORT,
        single_status=lambda result: 201 if result == "created" else 200,
    ),
    plant(
        "wraps-a-single-lead-in-an-array",
        "One lead sent gives an array of one.",
        "IMPORT-SHAPE",
        on=IMPORT,
        sent_body=changed_body(
            lambda body: body if "summary" in body else body | {"data": [body["data"]]}, *IMPORT, statuses=(200, 201)
        ),
    ),
    plant(
        "answers-200-for-new-batches",
        "A batch that created leads is answered 200.",
        "IMPORT-BATCH-201",
        on=IMPORT,
        batch_status=lambda summary: 207 if summary["malformed"] or summary["failed"] else 200,
    ),
    plant(
        "answers-200-when-leads-were-attached-only",
        "A batch that attached leads but created none is answered 200.",
        "IMPORT-BATCH-201",
        subtle="one state",
        on=IMPORT,
        batch_status=lambda summary: (
            207 if summary["malformed"] or summary["failed"] else 201 if summary["created"] else 200
        ),
    ),
    plant(
        "answers-201-when-nothing-was-added",
        "A batch of members only is answered 201.",
        "IMPORT-BATCH-200",
        subtle="repeated call",
        on=IMPORT,
        batch_status=lambda summary: 207 if summary["malformed"] or summary["failed"] else 201,
    ),
    plant(
        "answers-201-for-207",
        "A batch with malformed or failed entries is answered 201 when anything was added.",
        "IMPORT-BATCH-207",
        on=IMPORT,
        batch_status=lambda summary: 201 if summary["created"] or summary["added_existing"] else 200,
    ),
    plant(
        "answers-207-for-malformed-only",
        "A batch in which entries failed, but none was malformed, is not answered 207.",
        "IMPORT-BATCH-207",
        "IMPORT-CLEAN",
        subtle="one state",
        on=IMPORT,
        batch_status=lambda summary: (
            207 if summary["malformed"] else 201 if summary["created"] or summary["added_existing"] else 200
        ),
    ),
    plant(
        "answers-201-when-all-leads-are-malformed",
        "A batch in which nothing was fit is answered 201.",
        "IMPORT-ALL-MALFORMED",
        "IMPORT-CLEAN",
        subtle="one state",
        on=IMPORT,
        batch_status=Around(
            lambda true: lambda summary: 201 if summary["malformed"] == summary["attempted"] else true(summary)
        ),
    ),
    plant(
        "answers-200-to-news-beside-malformed",
        "Malformed entries beside new leads: the answer is 200.",
        "IMPORT-BATCH-207",
        "IMPORT-CLEAN",
        subtle="one state",
        on=IMPORT,
        batch_status=Around(
            lambda true: lambda summary: 200 if summary["malformed"] and summary["created"] else true(summary)
        ),
    ),
    plant(
        "numbers-imported-leads-by-themselves",
        "The index under data is the place among the imported.",
        "IMPORT-INDEXES",
        subtle="one state",
        on=IMPORT,
        sent_body=changed_body(_renumbered, *IMPORT, statuses=(207,)),
    ),
    plant(
        "swaps-two-leads-of-a-batch",
        "The first two leads stand under each other's index.",
        "IMPORT-ITEM",
        subtle="one value",
        on=IMPORT,
        sent_body=changed_body(_swapped, *IMPORT, statuses=(201, 207)),
    ),
    plant(
        "refuses-the-batch-for-one-entry",
        "One malformed entry, and the whole batch is refused.",
        "IMPORT-MALFORMED",
        on=IMPORT,
        entry_valid=_all_or_nothing,
    ),
    plant(
        "stops-at-the-first-malformed-lead",
        "Entries after a malformed one are not imported.",
        "IMPORT-MALFORMED",
        "IMPORT-INDEXES",
        subtle="one state",
        on=IMPORT,
        goes_on=lambda operation, malformed: operation not in IMPORT or not malformed,
    ),
    plant(
        "imports-leads-without-a-url",
        "An entry of a batch without linkedin_url is imported.",
        "IMPORT-MALFORMED",
        subtle="near miss",
        on=IMPORT,
        entry_valid=lambda operation, entry, problems: all(
            operation in IMPORT and problem == {"field": "linkedin_url", "message": "is required"}
            for problem in problems
        ),
    ),
    plant(
        "takes-unknown-members-of-leads",
        "An entry with a member that nobody knows is imported.",
        "IMPORT-MALFORMED",
        subtle="near miss",
        on=IMPORT,
        entry_valid=lambda operation, entry, problems: all(
            operation in IMPORT and problem["message"] == "is not known here" for problem in problems
        ),
    ),
    plant(
        "blames-another-field-of-a-lead",
        "A malformed lead blames a field that isn't wrong.",
        "IMPORT-MALFORMED-FIELD",
        on=IMPORT,
        sent_body=changed_body(_misnamed, *IMPORT, statuses=(207,)),
    ),
    plant(
        "imports-what-failed",
        "A lead whose processing errs is reported as imported.",
        "IMPORT-FAILED",
        subtle="one state",
        on=IMPORT,
        processing_fails=lambda url, failing, trouble: False,
    ),
    plant(
        "calls-failed-leads-malformed",
        "Entries that erred during processing stand under malformed.",
        "IMPORT-FAILED",
        subtle="one state",
        on=IMPORT,
        sent_body=changed_body(_failed_as_malformed, *IMPORT, statuses=(207,)),
    ),
    plant(
        "drops-failed-leads",
        "Entries that erred during processing are left out of the answer.",
        "IMPORT-INDEXES",
        "IMPORT-FAILED",
        subtle="one state",
        on=IMPORT,
        sent_body=changed_body(lambda body: body | {"failed": []}, *IMPORT, statuses=(207,)),
    ),
    _summary(
        "counts-one-created-too-many",
        "The summary counts one created lead too many when any was created.",
        "created",
        lambda counts: counts["created"] + bool(counts["created"]),
    ),
    _summary(
        "counts-only-good-leads-as-attempted",
        "summary.attempted leaves malformed leads out.",
        "attempted",
        lambda counts: counts["attempted"] - counts["malformed"],
    ),
    _summary("counts-no-attached-leads", "summary.added_existing is always 0.", "added_existing", lambda counts: 0),
    _summary("counts-no-members", "summary.already_in_list is always 0.", "already_in_list", lambda counts: 0),
    _summary(
        "counts-failed-as-malformed",
        "summary.malformed counts failed entries too.",
        "malformed",
        lambda counts: counts["malformed"] + counts["failed"],
    ),
    _summary("counts-no-failed-leads", "summary.failed is always 0.", "failed", lambda counts: 0),
    plant(
        "never-recognises-a-lead",
        "Every import creates a lead, known or not.",
        "IMPORT-DEDUP",
        "IMPORT-EXISTING",
        "IMPORT-ALREADY",
        on=IMPORT,
        dedupe_key=lambda url: None,
    ),
    plant(
        "looks-at-the-first-lead-with-the-url",
        "Of all workspaces' leads with a URL only the first is looked at: ours isn't recognised behind another's.",
        "IMPORT-DEDUP",
        "IMPORT-ALREADY",
        subtle="one state",
        on=IMPORT,
        known_lead=lambda leads, workspace, made: leads[workspace] if next(iter(leads), "") == workspace else None,
    ),
    plant(
        "makes-twins-of-one-batch",
        "A lead that stands twice in one batch is created twice: known leads are looked up before the first is made.",
        "IMPORT-DEDUP-WITHIN",
        "IMPORT-TWIN-RESULT",
        subtle="one state",
        on=IMPORT,
        known_lead=lambda leads, workspace, made: None if leads.get(workspace) in made else leads.get(workspace),
    ),
    plant(
        "loses-job-titles",
        "A created lead has no job title.",
        "IMPORT-FIELDS-OTHER",
        subtle="one field",
        on=IMPORT,
        imported_fields=_kept("job_title"),
    ),
    plant(
        "loses-skills",
        "A created lead has no skills.",
        "IMPORT-FIELDS-OTHER",
        subtle="one field",
        on=IMPORT,
        imported_fields=_kept("skills"),
    ),
    plant(
        "loses-letters-beyond-ascii",
        "Names of created leads lose their letters beyond ASCII.",
        "IMPORT-FIELDS-KEPT",
        subtle="non-ASCII",
        on=IMPORT,
        imported_fields=lambda given: (
            given | {name: given[name].encode("ascii", "replace").decode() for name in ("first_name", "last_name")}
        ),
    ),
    plant(
        "refuses-a-batch-of-100",
        "A batch of exactly 100 is refused.",
        "IMPORT-MAX-ACCEPTED",
        subtle="exact boundary",
        on=IMPORT,
        body_valid=lambda operation, body, problems: (
            not problems and not (operation in IMPORT and len(body.get("leads", ())) == 100)
        ),
    ),
    plant(
        "takes-a-batch-of-101",
        "A batch of 101 is accepted.",
        "IMPORT-OVER-MAX-400",
        subtle="exact boundary",
        on=IMPORT,
        body_valid=lambda operation, body, problems: (
            not problems or (operation in IMPORT and isinstance(body, dict) and len(body.get("leads", ())) == 101)
        ),
    ),
)
