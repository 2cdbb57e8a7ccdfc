"""One status of eleven is answered in a way of its own: as another medium, in other words, without a header."""

from collections.abc import Iterable, Iterator
from typing import Any

from nhq.mutation.faults.fault import Around, Fault, faults_of_family
from nhq.mutation.faults.handlers import at_operation

plant = faults_of_family("envelopes")

GOOD, BAD = (200, 201, 207), (400, 401, 403, 404, 409, 429, 502, 503)
NEAR = {
    200: "LEAD-SAME-ID",
    201: "LIST-STATUS-201",
    207: "LIST-STATUS-207",
    400: "REQUEST-TYPE",
    401: "AUTH-ABSENT",
    403: "SCOPE-MISSING",
    404: "WS-UNKNOWN-404",
    409: "OVR-NEITHER-409",
    429: "RL-EXCEEDED",
    502: "ENRICH-502",
    503: "SEND-503",
}
HEADERS = {"limit": b"x-ratelimit-limit", "remaining": b"x-ratelimit-remaining", "reset": b"x-ratelimit-reset"}


def _of_status(status: int, lie: Any) -> Around:
    """Another answer for one status. For policies that take operation and status first."""
    return Around(
        lambda true: (
            lambda operation, asked, *rest: (
                lie(true(operation, asked, *rest), *rest) if asked == status else true(operation, asked, *rest)
            )
        )
    )


def _each(
    ident: str, sentence: str, rule: str, on: Iterable[int], but: Iterable[int] = (), **lie: Any
) -> Iterator[Fault]:
    """A fault for each status; `but` are those that have this fault in another family already."""
    ((policy, told),) = lie.items()
    for status in on:
        if status not in but:
            replaced: dict[str, Any] = {policy: _of_status(status, told)}
            yield plant(
                ident.format(status), sentence.format(status), rule, subtle="one state", near=[NEAR[status]], **replaced
            )


def _lacking(name: str) -> Fault:
    """One header that never comes."""
    return plant(
        f"never-tells-{name}",
        f"X-RateLimit-{name.capitalize()} is missing everywhere.",
        "RL-HEADERS",
        quota_headers=Around(
            lambda true: lambda *given: tuple(pair for pair in true(*given) if pair[0] != HEADERS[name])
        ),
    )


def _unsaid(ident: str, sentence: str, name: bytes, value: bytes) -> Fault:
    """A header that is left out where it has a value that counts as nothing."""
    return plant(
        ident,
        sentence,
        "RL-HEADERS",
        subtle="exact boundary",
        near=["RL-EXCEEDED"],
        quota_headers=Around(lambda true: lambda *given: tuple(p for p in true(*given) if p != (name, value))),
    )


FAULTS = (
    *_each(
        "sends-no-headers-with-a-{}",
        "A {} comes without the rate-limit headers.",
        "RL-HEADERS",
        (*GOOD, *BAD),
        but=(207, 401, 404, 429, 502),
        quota_headers=lambda true, quota: (),
    ),
    *_each(
        "serves-a-{}-as-html",
        "A {} says that it is HTML.",
        "MEDIA-TYPE",
        (*GOOD, *BAD),
        but=(404,),
        media_type=lambda true: b"text/html",
    ),
    *_each(
        "sends-an-empty-{}",
        "A {} has no body.",
        "MEDIA-TYPE",
        (*GOOD, *BAD),
        but=(404,),
        sent_body=lambda true, body: b"",
    ),
    *_each(
        "tells-a-{}-in-other-words",
        "A {} has no error envelope.",
        "ERROR-BODY",
        BAD,
        but=(429,),
        error_body=lambda true, code, message: {"status": "error", "detail": message},
    ),
    *_each(
        "tells-a-{}-without-a-code",
        "The error of a {} has no code.",
        "ERROR-BODY",
        BAD,
        error_body=lambda true, code, message: {"error": {"message": message}},
    ),
    *_each(
        "tells-a-{}-with-a-null-message",
        "The message of a {} is null.",
        "ERROR-BODY",
        BAD,
        error_body=lambda true, code, message: {"error": {"code": code, "message": None}},
    ),
    _lacking("limit"),
    _lacking("remaining"),
    _lacking("reset"),
    _unsaid(
        "leaves-remaining-out-when-none-is-left",
        "X-RateLimit-Remaining is left out when it is 0.",
        HEADERS["remaining"],
        b"0",
    ),
    plant(
        "tells-a-list-of-errors",
        "Errors are a list of errors.",
        "ERROR-BODY",
        error_body=lambda operation, status, code, message: {"errors": [{"code": code, "message": message}]},
    ),
    plant(
        "tells-undocumented-refusals-in-other-words",
        "A 400 that the contract doesn't document has no error envelope.",
        "ERROR-BODY-UNDOCUMENTED",
        subtle="one state",
        on=("list_leads",),
        error_body=at_operation(
            "list_leads",
            lambda asked, status, code, message: (
                {"detail": message} if status == 400 else {"error": {"code": code, "message": message}}
            ),
        ),
    ),
    plant(
        "tells-wrong-methods-in-other-words",
        "A 405 has no error envelope.",
        "ERROR-BODY-UNDOCUMENTED",
        subtle="one state",
        error_body=at_operation("wrong_method", lambda asked, status, code, message: {"detail": message}),
    ),
    plant(
        "tells-unknown-paths-in-other-words",
        "A path that nobody knows is answered without the error envelope.",
        "ERROR-BODY-UNDOCUMENTED",
        subtle="one state",
        error_body=at_operation("unknown_path", lambda asked, status, code, message: {"detail": message}),
    ),
    *(
        plant(
            f"hides-a-{status}-behind-a-200",
            f"A {status} is sent as 200, with the error in its body.",
            NEAR[status],
            subtle="one state",
            sent_status=_of_status(status, lambda true: 200),
        )
        for status in BAD
    ),
    plant(
        "calls-json-text",
        "Answers are text/json.",
        "MEDIA-TYPE",
        subtle="near miss",
        media_type=lambda operation, status: b"text/json",
    ),
)
