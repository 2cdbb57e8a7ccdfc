"""Faults on the wire: the server decides correctly, but sends something else."""

from collections.abc import Callable, Collection
from typing import Any

import msgspec

from nhq.mock.encoded_views import encode
from nhq.mutation.faults.fault import Around

Change = Callable[[Any], Any]


def changed_body(change: Change, *operations: str, statuses: Collection[int] = (200,)) -> Around:
    """For `sent_body`: the JSON of these operations and statuses (of all when none is named), as `change` makes it."""

    def make(true: Callable[[str, int, bytes], bytes]) -> Callable[[str, int, bytes], bytes]:
        def lie(operation: str, status: int, body: bytes) -> bytes:
            body = true(operation, status, body)
            if (operations and operation not in operations) or status not in statuses:
                return body
            return encode(change(msgspec.json.decode(body)))

        return lie

    return Around(make)


def status_for(wrong: dict[int, int], *operations: str) -> Callable[[str, int], int]:
    """For `error_status` and `sent_status`: some statuses replaced, on these operations (on all when none is named)."""
    return lambda operation, status: wrong.get(status, status) if not operations or operation in operations else status


def careless_json(operation: str, raw: bytes) -> Any:
    """For `parse_json`: a body parsed without a look at what may go wrong."""
    try:
        return msgspec.json.decode(raw)
    except msgspec.DecodeError as problem:
        raise KeyError(operation) from problem


def without_member(member: str) -> Change:
    """A body that lacks a member."""
    return lambda body: {name: value for name, value in body.items() if name != member}


def in_rows(change: Change) -> Change:
    """Each row of a page changed."""
    return lambda body: body | {"data": [change(row) for row in body["data"]]}


def in_data(change: Change) -> Change:
    """The one record of an answer changed."""
    return lambda body: body | {"data": change(body["data"])}
