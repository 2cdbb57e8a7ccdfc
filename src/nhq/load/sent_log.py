"""A worker's journal of every request before it is sent, in a memory-mapped ring: it outlives the process.

If a worker is killed, the answers that it had not written yet are lost, and so is the fact that it had sent the
requests. The server has counted them, so a history without them would accuse it. The journal restores them: requests
sent at a known instant, without a known answer.
"""

import json
import mmap
import os
import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nhq.errors import HistoryError
from nhq.files import create_new
from nhq.ratelimit.history.write_history import ClockPair

#: The suffix of a journal, beside the history of the same name.
JOURNAL = ".sent"
MAGIC = b"NHQSENT1"
#: Entries kept: more than a process can have open or unwritten at once.
CAPACITY = 1 << 18
_HEAD = struct.Struct("<8sIIQ")  # magic, capacity, length of the labels' JSON, entries written so far
_COUNT = struct.Struct("<Q")
_COUNT_AT = 16
_ENTRY = struct.Struct("<Qdd")  # key, sent (monotonic, wall)


@dataclass(frozen=True, slots=True)
class Sent:
    """One request noted before it was sent: the key's label, and the instant."""

    key: str
    at: ClockPair


class SentLog:
    """Writes. Raises OSError when the file cannot be made."""

    def __init__(self, path: Path, labels: Sequence[str], capacity: int = CAPACITY) -> None:
        names = json.dumps(list(labels)).encode()
        self._path, self._capacity, self.count = path, capacity, 0
        self._number = {label: number for number, label in enumerate(labels)}
        self._start = _HEAD.size + len(names)
        size = self._start + capacity * _ENTRY.size
        with os.fdopen(create_new(path), "w+b") as file:
            file.truncate(size)
            self._map = mmap.mmap(file.fileno(), size)
        self._map[_HEAD.size : self._start] = names
        _HEAD.pack_into(self._map, 0, MAGIC, capacity, len(names), 0)

    def note(self, label: str, at: ClockPair) -> None:
        """Note that a request with this key is about to be sent."""
        place = self._start + self.count % self._capacity * _ENTRY.size
        _ENTRY.pack_into(self._map, place, self._number[label], at.monotonic, at.wall)
        self.count += 1
        _COUNT.pack_into(self._map, _COUNT_AT, self.count)

    def discard(self) -> None:
        """The history is complete: the journal has nothing to add."""
        self._map.close()
        self._path.unlink(missing_ok=True)


def read_journal(path: Path) -> list[Sent]:
    """What a journal holds, oldest first. Raises HistoryError for a file that is no journal, or cannot be read."""
    try:
        raw = path.read_bytes()
        magic, capacity, length, count = _HEAD.unpack_from(raw)
        labels = json.loads(raw[_HEAD.size : _HEAD.size + length])
        if magic != MAGIC or len(raw) != _HEAD.size + length + capacity * _ENTRY.size:
            raise ValueError("another file")
        start = _HEAD.size + length
        places = range(max(0, count - capacity), count)
        entries = [_ENTRY.unpack_from(raw, start + place % capacity * _ENTRY.size) for place in places]
        return [Sent(str(labels[key]), ClockPair(sent, wall)) for key, sent, wall in entries]
    except (OSError, ValueError, IndexError, struct.error) as problem:
        raise HistoryError(f"{path.name}: not a journal of sent requests ({type(problem).__name__})") from None


def unanswered_requests(sent: Sequence[Sent], recorded: Sequence[tuple[str, float]]) -> list[Sent]:
    """Those of the noted requests that a history (label and monotonic instant of each row) doesn't hold."""
    known = Counter(recorded)
    missing = []
    for one in sent:
        if known[one.key, one.at.monotonic] > 0:
            known[one.key, one.at.monotonic] -= 1
        else:
            missing.append(one)
    return missing
