"""Choices about how an answer travels: headers, their spelling, framing, time."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from nhq.mutation.faults.fault import Around
from nhq.mutation.variants.variant import variants_of_area

take = variants_of_area("transport", "errors", "ratelimit")

Headers = list[tuple[bytes, bytes]]


def _headers(change: Callable[[int, Headers], Headers]) -> Around:
    """For `sent_headers`: what is sent, changed at last."""
    return Around(lambda true: lambda operation, status, headers: change(status, true(operation, status, headers)))


def _many(status: int, headers: Headers) -> Headers:
    """All that servers like to say besides."""
    more: Headers = [
        (b"cache-control", b"no-store"),
        (b"etag", b'W/"5-abc"'),
        (b"server", b"nhq"),
        (b"set-cookie", b"a=1; Path=/"),
        (b"set-cookie", b"b=2; Path=/"),
        (b"vary", b"Accept, Authorization"),
        (b"x-request-id", b"0f2c"),
        (b"ratelimit-policy", b'"default";q=60;w=60'),
    ]
    if status == 401:
        more.append((b"www-authenticate", b'Bearer realm="nhq"'))
    if status in {429, 503}:
        more.append((b"retry-after", b"17"))
    return headers + more


def _without(*names: bytes) -> Around:
    return _headers(lambda status, headers: [pair for pair in headers if pair[0] not in names])


def _stale_date(status: int, headers: Headers) -> Headers:
    """A Date of the second before, as a server says that writes it once a second."""
    return _dated(headers, 1)


def _dated(headers: Headers, late: int) -> Headers:
    """The headers with a Date that is so many seconds late."""
    return [(name, _earlier(value, late) if name == b"date" else value) for name, value in headers]


def _earlier(date: bytes, seconds: int) -> bytes:
    moment = datetime.strptime(date.decode(), "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    return format_datetime(datetime.fromtimestamp(moment.timestamp() - seconds, UTC), usegmt=True).encode()


def _lazy(true: Any) -> Any:
    """A millisecond or two now and then; by chance, of a seed that stands here."""
    chance = random.Random(11)
    return lambda operation: chance.choice((0.0, 0.0, 0.0005, 0.002))


VARIANTS = (
    take(
        "spells-headers-in-capitals",
        "Names of headers are written with capital letters.",
        "header-form",
        "names in any letter case",
        sent_headers=_headers(lambda status, headers: [(name.upper(), value) for name, value in headers]),
    ),
    take(
        "pads-header-values",
        "Values of headers have blanks around them.",
        "header-form",
        "blanks around values",
        sent_headers=_headers(lambda status, headers: [(name, b"  " + value + b" \t") for name, value in headers]),
    ),
    take(
        "sends-many-more-headers",
        "Retry-After, WWW-Authenticate, cookies, ETag and others are sent, too.",
        "response-headers",
        "present",
        sent_headers=_headers(_many),
    ),
    take(
        "sends-no-allow",
        "A 405 comes without Allow.",
        "response-headers",
        "absent",
        sent_headers=_without(b"allow"),
    ),
    take(
        "sends-no-date",
        "Answers have no Date.",
        "date-header",
        "absent",
        sent_headers=_without(b"date"),
    ),
    take(
        "sends-the-date-of-the-second-before",
        "Date is written once a second, and a second late.",
        "date-header",
        "a second late",
        sent_headers=_headers(_stale_date),
    ),
    take(
        "dates-answers-by-a-proxys-clock",
        "A proxy dates the answers, by a clock that is four minutes behind.",
        "date-header",
        "a proxy's, minutes off",
        sent_headers=_headers(lambda status, headers: _dated(headers, 240)),
    ),
    take(
        "closes-after-each-answer",
        "No connection is kept for another request.",
        "body-framing",
        "the connection closed after an answer",
        sent_headers=_headers(lambda status, headers: [*headers, (b"connection", b"close")]),
    ),
    take(
        "sends-bodies-in-chunks",
        "The length of a body isn't announced: it comes in chunks.",
        "body-framing",
        "chunks",
        sent_length=lambda operation, status, length: None,
    ),
    take(
        "says-charset",
        "Answers are `application/json; charset=utf-8`.",
        "media-type-form",
        "application/json with a parameter",
        media_type=lambda operation, status: b"application/json; charset=utf-8",
    ),
    take(
        "spells-the-media-type-in-capitals",
        "Answers are `Application/JSON;charset=UTF-8`.",
        "media-type-form",
        "in any letter case",
        media_type=lambda operation, status: b"Application/JSON;charset=UTF-8",
    ),
    take(
        "answers-late-now-and-then",
        "Some answers take a millisecond or two.",
        "latency",
        "any",
        delay=Around(_lazy),
    ),
)
