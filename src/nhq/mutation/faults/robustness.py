"""Faults of a server in trouble: answers that are cut off, empty, no JSON, or fail now and then."""

import random
from typing import Any

from nhq.mutation.faults.fault import Around, Fault, faults_of_family

plant = faults_of_family("robustness")


def _now_and_then(seed: int, share: float, wrong: int) -> Around:
    """Some requests fail inside the server, by chance from a seed."""

    def make(true: Any) -> Any:
        chance = random.Random(seed)

        def lie(operation: str, status: int) -> int:
            return wrong if status < 400 and chance.random() < share else true(operation, status)

        return lie

    return Around(make)


def _cut(most: int) -> Around:
    return Around(lambda true: lambda operation, status, body: true(operation, status, body)[:most])


def _framed(ident: str, sentence: str, before: bytes, after: bytes) -> Fault:
    """JSON with something around it."""
    lie = Around(lambda true: lambda operation, status, body: before + true(operation, status, body) + after)
    return plant(ident, sentence, "MEDIA-TYPE", sent_body=lie)


FAULTS = (
    plant(
        "cuts-long-answers",
        "An answer ends after 64 KiB, in the middle of its JSON.",
        "MEDIA-TYPE",
        subtle="one value",
        sent_body=_cut(65_536),
    ),
    plant(
        "breaks-off-in-the-middle",
        "The members of a list announce more bytes than come, and the connection is closed.",
        subtle="one operation",
        near=["LEAD-MEMBERS"],
        silent=True,
        sent_length=lambda operation, status, length: length + 100 * (operation == "list_members"),
    ),
    plant(
        "hangs-on-one-operation",
        "GET /leads/{lead_id} takes longer than anybody waits.",
        subtle="one operation",
        near=["LEAD-SAME-ID", "LEAD-HEAT"],
        silent=True,
        lag=lambda operation: 2.0 if operation == "get_lead" else 0.0,
    ),
    plant(
        "sends-nothing-for-404",
        "A 404 has no body.",
        "MEDIA-TYPE",
        "ERROR-BODY",
        subtle="one state",
        sent_body=Around(
            lambda true: lambda operation, status, body: b"" if status == 404 else true(operation, status, body)
        ),
    ),
    plant(
        "sends-a-page-for-conflicts",
        "A 409 is an HTML page that says it is JSON.",
        "MEDIA-TYPE",
        "ERROR-BODY",
        subtle="one state",
        on=("run_campaign_action", "save_message_overrides"),
        sent_body=Around(
            lambda true: (
                lambda operation, status, body: (
                    b"<!doctype html><h1>Conflict</h1>" if status == 409 else true(operation, status, body)
                )
            )
        ),
    ),
    plant(
        "answers-500-now-and-then",
        "Two requests of a hundred are answered 500.",
        "STATUS-DOCUMENTED",
        subtle="now and then",
        sent_status=_now_and_then(7, 0.02, 500),
    ),
    plant(
        "answers-503-now-and-then",
        "Two requests of a hundred are answered 503, where nobody documents it.",
        "STATUS-DOCUMENTED",
        subtle="now and then",
        sent_status=_now_and_then(11, 0.02, 503),
    ),
    plant(
        "sends-two-answers-in-one",
        "The JSON of a lead stands there twice.",
        "MEDIA-TYPE",
        subtle="one operation",
        on=("get_lead",),
        sent_body=Around(
            lambda true: (
                lambda operation, status, body: (
                    body + body if operation == "get_lead" and status == 200 else true(operation, status, body)
                )
            )
        ),
    ),
    plant(
        "writes-nan",
        "A lead without a score has NaN for it, which is no JSON.",
        "MEDIA-TYPE",
        "SCHEMA-BODY",
        subtle="one operation",
        on=("list_leads",),
        sent_body=Around(
            lambda true: (
                lambda operation, status, body: (
                    body.replace(b'"enrichment_failed":false', b'"enrichment_failed":NaN')
                    if operation == "list_leads"
                    else true(operation, status, body)
                )
            )
        ),
    ),
    plant(
        "writes-latin-1",
        "Texts beyond ASCII are written in Latin-1, which is no UTF-8.",
        "MEDIA-TYPE",
        subtle="non-ASCII",
        sent_body=Around(lambda true: lambda operation, status, body: body.decode().encode("latin-1", "replace")),
    ),
    _framed("begins-with-a-byte-order-mark", "JSON comes behind a byte order mark.", b"\xef\xbb\xbf", b""),
    _framed("begins-with-a-guard", "JSON comes behind a line that keeps scripts from reading it.", b")]}',\n", b""),
    _framed("calls-back", "JSON is the argument of a call.", b"callback(", b");"),
    plant(
        "writes-utf-16",
        "JSON is written in UTF-16.",
        "MEDIA-TYPE",
        sent_body=Around(lambda true: lambda operation, status, body: body.decode().encode("utf-16")),
    ),
    plant(
        "ends-arrays-with-a-comma",
        "The last row of a page has a comma after it.",
        "MEDIA-TYPE",
        subtle="one operation",
        on=("list_campaigns",),
        sent_body=Around(
            lambda true: (
                lambda operation, status, body: (
                    body.replace(b'}],"pagination"', b'},],"pagination"') if operation == "list_campaigns" else body
                )
            )
        ),
    ),
)
