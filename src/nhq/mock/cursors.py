"""Opaque cursors: the row of the last item shown, signed for the list that they belong to.

A position, not an offset: creating or moving things between two pages shifts nothing.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import blake2b

import msgspec

from nhq.mock.store import Row

LONGEST = 8192  # characters; a cursor of ours has a hundred or two, and forgeries must not fill the cache
_Cursor = tuple[str, float, int, str]
_decoder = msgspec.json.Decoder(_Cursor)


@lru_cache(1024)
def encode_cursor(place: str, row: Row) -> str:
    """The cursor after `row` in the list `place`."""
    payload = msgspec.json.encode((place, *row))
    return urlsafe_b64encode(_checksum(payload) + payload).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[str, Row] | None:
    """The list and the row in a cursor; None if we didn't issue it."""
    if len(cursor) > LONGEST:
        return None
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        place, rank, number, ident = _decoder.decode(raw[6:])
    except (ValueError, UnicodeEncodeError, msgspec.DecodeError):
        return None
    row = (rank, number, ident)
    return (place, row) if encode_cursor(place, row) == cursor else None


def _checksum(payload: bytes) -> bytes:
    return blake2b(payload, digest_size=6, key=b"nhq mock cursor").digest()
