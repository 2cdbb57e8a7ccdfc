"""Faults of the three rate-limit headers."""

from collections.abc import Callable
from email.utils import formatdate
from typing import Any

from nhq.mutation.faults.fault import Around, Fault, faults_of_family
from nhq.mutation.faults.handlers import at_operation

plant = faults_of_family("headers")

LIMIT, REMAINING, RESET = b"x-ratelimit-limit", b"x-ratelimit-remaining", b"x-ratelimit-reset"
Quoted = tuple[tuple[bytes, bytes], ...]


def _bare(where: Callable[[str, int], bool]) -> Around:
    """No headers at all on some answers."""
    return Around(
        lambda true: lambda operation, status, quota: () if where(operation, status) else true(operation, status, quota)
    )


def _written(name: bytes, change: Callable[[int], bytes]) -> Around:
    """One header written otherwise."""
    return Around(
        lambda true: (
            lambda *given: tuple((key, change(int(value)) if key == name else value) for key, value in true(*given))
        )
    )


def _missing(name: bytes, where: Callable[[str, int], bool]) -> Around:
    """One header missing on some answers."""

    def make(true: Any) -> Any:
        def lie(operation: str, status: int, quota: Any) -> Quoted:
            told: Quoted = true(operation, status, quota)
            return tuple(pair for pair in told if pair[0] != name or not where(operation, status))

        return lie

    return Around(make)


def _silent(
    ident: str, sentence: str, where: Callable[[str, int], bool], *near: str, subtle: str = "one state"
) -> Fault:
    return plant(ident, sentence, "RL-HEADERS", subtle=subtle, near=near, quota_headers=_bare(where))


def _quoted(limit: int, remaining: int, reset: int) -> Quoted:
    return (LIMIT, b"%d" % limit), (REMAINING, b"%d" % remaining), (RESET, b"%d" % reset)


FAULTS = (
    _silent(
        "no-headers-on-404", "A 404 comes without the rate-limit headers.", lambda operation, status: status == 404
    ),
    _silent(
        "no-headers-on-401", "A 401 comes without the headers.", lambda operation, status: status == 401, "AUTH-ABSENT"
    ),
    _silent(
        "no-headers-on-429", "A 429 comes without the headers.", lambda operation, status: status == 429, "RL-EXCEEDED"
    ),
    _silent(
        "no-headers-on-207",
        "A 207 comes without the headers.",
        lambda operation, status: status == 207,
        "LIST-STATUS-207",
    ),
    _silent(
        "no-headers-on-502", "A 502 comes without the headers.", lambda operation, status: status == 502, "ENRICH-502"
    ),
    _silent(
        "no-headers-on-one-operation",
        "GET /linkedin_accounts comes without the headers.",
        lambda operation, status: operation == "list_linkedin_accounts",
        subtle="one operation",
    ),
    plant(
        "no-reset-on-refusals",
        "Errors come without X-RateLimit-Reset.",
        "RL-HEADERS",
        subtle="one state",
        quota_headers=_missing(RESET, lambda operation, status: status >= 400),
    ),
    plant(
        "tells-remaining-as-a-word",
        "X-RateLimit-Remaining is a word when it is 0.",
        "RL-VALUES",
        subtle="exact boundary",
        quota_headers=_written(REMAINING, lambda left: b"%d" % left if left else b"none"),
    ),
    plant(
        "tells-the-limit-with-its-window",
        "X-RateLimit-Limit is written 60/min.",
        "RL-VALUES",
        quota_headers=_written(LIMIT, lambda limit: b"%d/min" % limit),
    ),
    plant(
        "tells-reset-as-a-fraction",
        "X-RateLimit-Reset is written with a fraction.",
        "RL-VALUES",
        quota_headers=_written(RESET, lambda reset: b"%d.0" % reset),
    ),
    plant(
        "tells-remaining-below-zero",
        "X-RateLimit-Remaining goes on below zero.",
        "RL-VALUES",
        "RL-EXCEEDED-REMAINING",
        subtle="exact boundary",
        remaining=lambda limit, count, admitted: limit - count - (not admitted),
    ),
    plant(
        "tells-another-limit",
        "X-RateLimit-Limit is 100.",
        "RL-LIMIT",
        shown_limit=lambda limit, admitted: 100,
    ),
    plant(
        "tells-no-limit-when-refusing",
        "X-RateLimit-Limit is 0 on a 429.",
        "RL-LIMIT",
        "RL-VALUES",
        subtle="one state",
        shown_limit=lambda limit, admitted: limit if admitted else 0,
    ),
    plant(
        "counts-down-after-the-answer",
        "X-RateLimit-Remaining doesn't count the request that it answers.",
        "RL-REMAINING-COUNTS",
        "RL-LIMIT-ADMITTED",
        subtle="exact boundary",
        remaining=lambda limit, count, admitted: max(0, limit - count + admitted),
    ),
    plant(
        "never-counts-down",
        "X-RateLimit-Remaining stays where it began.",
        "RL-REMAINING-COUNTS",
        remaining=lambda limit, count, admitted: limit - 1 if admitted else 0,
    ),
    plant(
        "tells-one-left-when-refusing",
        "X-RateLimit-Remaining is 1 on a 429.",
        "RL-EXCEEDED-REMAINING",
        subtle="exact boundary",
        remaining=lambda limit, count, admitted: max(0, limit - count) if admitted else 1,
    ),
    plant(
        "tells-seconds-to-reset",
        "X-RateLimit-Reset is the number of seconds left.",
        "RL-RESET-EPOCH",
        reset_at=lambda start, window, now: int(start + window - now),
    ),
    plant(
        "tells-reset-in-milliseconds",
        "X-RateLimit-Reset counts milliseconds.",
        "RL-RESET-EPOCH",
        reset_at=lambda start, window, now: int((start + window) * 1000),
    ),
    plant(
        "tells-when-the-window-began",
        "X-RateLimit-Reset is the beginning of the window.",
        "RL-RESET-EPOCH",
        subtle="near miss",
        reset_at=lambda start, window, now: int(start),
    ),
    plant(
        "tells-an-hour-too-late",
        "X-RateLimit-Reset is an hour ahead.",
        "RL-RESET-EPOCH",
        reset_at=lambda start, window, now: int(start + window + 3600),
    ),
    plant(
        "moves-reset-with-each-request",
        "X-RateLimit-Reset is always one window from now.",
        "RL-RESET-STEADY",
        subtle="repeated call",
        reset_at=lambda start, window, now: int(now + window),
    ),
    plant(
        "tells-more-left-than-the-limit",
        "X-RateLimit-Remaining begins above the limit.",
        "RL-VALUES",
        subtle="one value",
        remaining=lambda limit, count, admitted: max(0, limit + 10 - count),
    ),
    plant(
        "tells-remaining-as-a-fraction",
        "X-RateLimit-Remaining is a share of the limit.",
        "RL-VALUES",
        quota_headers=_written(REMAINING, lambda left: b"%.2f" % (left / 60)),
    ),
    plant(
        "tells-nothing-for-remaining",
        "X-RateLimit-Remaining is empty when it is 0.",
        "RL-VALUES",
        subtle="exact boundary",
        near=["RL-EXCEEDED"],
        quota_headers=_written(REMAINING, lambda left: b"%d" % left if left else b""),
    ),
    plant(
        "tells-reset-as-a-date",
        "X-RateLimit-Reset is a date as HTTP writes it.",
        "RL-VALUES",
        quota_headers=_written(RESET, lambda reset: formatdate(reset, usegmt=True).encode()),
    ),
    plant(
        "tells-the-end-of-the-next-window",
        "X-RateLimit-Reset is the end of the window after this one.",
        "RL-RESET-EPOCH",
        subtle="near miss",
        reset_at=lambda start, window, now: int(start + 2 * window),
    ),
    plant(
        "tells-when-it-answered",
        "X-RateLimit-Reset is the present.",
        "RL-RESET-STEADY",
        subtle="near miss",
        reset_at=lambda start, window, now: int(now) + 1,
    ),
    plant(
        "tells-everything-twice",
        "The headers are sent twice, by two limiters in a row.",
        "RL-VALUES",
        quota_headers=Around(lambda true: lambda *given: true(*given) * 2),
    ),
    plant(
        "tells-what-is-left-as-the-limit",
        "X-RateLimit-Limit is what is left of the limit.",
        "RL-LIMIT",
        subtle="repeated call",
        quota_headers=Around(
            lambda true: (
                lambda operation, status, quota: (
                    (LIMIT, true(operation, status, quota)[1][1]),
                    *true(operation, status, quota)[1:],
                )
            )
        ),
    ),
    plant(
        "tells-another-limit-on-one-operation",
        "GET /campaigns says that its limit is 600.",
        "RL-LIMIT",
        subtle="one operation",
        on=("list_campaigns",),
        quota_headers=at_operation(
            "list_campaigns", lambda asked, status, quota: _quoted(600, quota.remaining, quota.reset)
        ),
    ),
    plant(
        "wavers-about-reset",
        "X-RateLimit-Reset goes forth and back by some seconds.",
        "RL-RESET-STEADY",
        subtle="repeated call",
        reset_at=lambda start, window, now: int(start + window) + 3 * (int(now - start) % 2),
    ),
    plant(
        "tells-the-whole-allowance-when-refusing",
        "X-RateLimit-Remaining is 60 on a 429.",
        "RL-EXCEEDED-REMAINING",
        subtle="one state",
        remaining=lambda limit, count, admitted: max(0, limit - count) if admitted else limit,
    ),
    plant(
        "tells-the-old-reset-at-first",
        "The first answer of a window names the end of the one before.",
        "RL-REMAINING-COUNTS",
        "RL-RESET-STEADY",
        subtle="after a reset",
        reset_at=lambda start, window, now: int(start + window) if now > start else int(start),
    ),
)
