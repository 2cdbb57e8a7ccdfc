"""A server that reads, waits and then writes: its writes are based on what it read before others wrote.

No correct server does so; the mock does if a policy says so, for faults that only simultaneous requests show.
"""

import asyncio
from bisect import insort
from collections.abc import Callable
from contextlib import suppress

from nhq.mock.call import MockCall, MockReply
from nhq.mock.policies.access import Race
from nhq.mock.store import Row, Store


class Races:
    """Requests to one operation that have read but not written yet wait for each other, by operation."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Event] = {}

    async def answer(self, call: MockCall, race: Race, judge: Callable[[MockCall], MockReply]) -> MockReply:
        """Answer by the store as it was when the request came; then write the changes into the store."""
        seen = call.store.copy()
        await self._meet(call.operation.id, race.seconds)
        kept = call.engine.store
        worked = seen.copy()
        worked.number_on(kept.number)
        call.work_on(worked)
        reply = judge(call)
        write(seen, worked, kept, race.over)
        call.engine.views.stale()
        return reply

    async def _meet(self, operation: str, seconds: float) -> None:
        """Wait until another request to the operation has come, or so many seconds."""
        other = self._waiting.pop(operation, None)
        if other is not None:
            other.set()
            return
        mine = self._waiting[operation] = asyncio.Event()
        with suppress(TimeoutError):
            await asyncio.wait_for(mine.wait(), seconds)
        if self._waiting.get(operation) is mine:
            del self._waiting[operation]


def write(seen: Store, worked: Store, kept: Store, over: bool) -> None:
    """Apply to `kept` what changed from `seen` to `worked`; the last to write a value wins.

    `over`: lists are overwritten, so that rows which another request has added meanwhile are lost.
    """
    for name, before in vars(seen).items():
        after, now = getattr(worked, name), getattr(kept, name)
        if name == "rows":
            _write_rows(before, after, now, over)
        elif name == "list_names":
            for workspace, names in after.items():
                now.setdefault(workspace, set()).update(names)
        elif isinstance(after, dict):
            now.update({key: value for key, value in after.items() if before.get(key) != value})
    kept.number_on(worked.number)
    kept.hold_pending((*kept.pending, *(entry for entry in worked.pending if entry not in seen.pending)))


Rows = dict[tuple[str, str], list[Row]]


def _write_rows(before: Rows, after: Rows, now: Rows, over: bool) -> None:
    for place, rows in after.items():
        old = before.get(place, [])
        if rows == old:
            continue
        listed = now.setdefault(place, [])
        if over:
            listed[:] = rows
            continue
        for row in set(old) - set(rows):
            if row in listed:
                listed.remove(row)
        for row in sorted(set(rows) - set(old)):
            insort(listed, row)
