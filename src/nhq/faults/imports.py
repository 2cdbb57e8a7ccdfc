"""Faults of importing leads."""

from nhq.faults.fault import Around, family

plant = family("import")

FAULTS = (
    plant(
        "counts-one-created-too-many",
        "The summary of a batch counts one created lead too many when any was created.",
        "IMPORT-SUMMARY",
        on=("import_leads",),
        import_summary=Around(
            lambda true: (
                lambda attempted, results, malformed, failed: (
                    (counts := true(attempted, results, malformed, failed))
                    | {"created": counts["created"] + bool(counts["created"])}
                )
            )
        ),
    ),
    plant(
        "answers-201-for-207",
        "A batch with malformed or failed entries is answered 201 when anything was added.",
        "IMPORT-BATCH-207",
        on=("import_leads",),
        batch_status=lambda summary: 201 if summary["created"] or summary["added_existing"] else 200,
    ),
)
