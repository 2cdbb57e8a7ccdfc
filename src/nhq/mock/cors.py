"""Cross-origin requests (https://fetch.spec.whatwg.org/#http-cors-protocol): pages of any origin may call the mock.

Keys travel in a header that a page sets itself, never in cookies, so credentials are not allowed.
"""

import re
from collections.abc import Mapping

Headers = list[tuple[bytes, bytes]]

ANY_ORIGIN = (b"access-control-allow-origin", b"*")
READABLE = (b"access-control-expose-headers", b"X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Date")
KEPT = (b"access-control-max-age", b"600")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def is_preflight(method: str, headers: Mapping[bytes, bytes]) -> bool:
    """Is this a preflight request? An OPTIONS of another kind is treated like any other method."""
    return method == "OPTIONS" and b"origin" in headers and b"access-control-request-method" in headers


def preflight_headers(methods: bytes, headers: Mapping[bytes, bytes]) -> Headers:
    """The headers that permit a preflight's request: the methods of its path, and every header that it names."""
    names = _NAME.findall(headers.get(b"access-control-request-headers", b""))
    return [
        ANY_ORIGIN,
        (b"access-control-allow-methods", methods),
        (b"access-control-allow-headers", b", ".join(names) or b"Authorization, Content-Type"),
        KEPT,
    ]
