"""Read a request's body: at most MAX_BODY bytes, and nothing of one that is announced as larger."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, NamedTuple

MAX_BODY = (
    8 * 2**20
)  # bytes; docs/mock.md names it. The longest body with bounded texts, ten overrides, has one megabyte

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]


class Body(NamedTuple):
    """A body. `too_large`: it was not read, or not to its end, and `raw` is empty."""

    raw: bytes
    too_large: bool = False


TOO_LARGE = Body(b"", too_large=True)
NONE = Body(b"")


async def take_body(receive: Receive, headers: Mapping[bytes, bytes]) -> Body | None:
    """The body of a request; None when the client left before its end."""
    length = headers.get(b"content-length")
    if length is not None and int(length) > MAX_BODY:
        return TOO_LARGE
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        raw: bytes = message.get("body", b"")
        return Body(raw) if len(raw) <= MAX_BODY else TOO_LARGE
    return await _take_parts(receive, message)


async def _take_parts(receive: Receive, message: Message) -> Body | None:
    """A body that comes in several messages, of which `message` is the first."""
    parts = bytearray()
    while message["type"] == "http.request":
        parts += message.get("body", b"")
        if len(parts) > MAX_BODY:
            return TOO_LARGE
        if not message.get("more_body"):
            return Body(bytes(parts))
        message = await receive()
    return None
