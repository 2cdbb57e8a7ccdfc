"""A Locust worker's files: one history, flushed every second, and a journal of requests sent."""

import hashlib
import os
import socket
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nhq.errors import ConfigError
from nhq.load.sent_log import JOURNAL, SentLog
from nhq.ratelimit.history.history import Meta
from nhq.ratelimit.history.write_history import HistoryWriter

FLUSH_SECONDS = 1.0


def host_mark() -> str:
    """Names the machine whose monotonic clock is used, without saying which it is."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        boot = ""
    return hashlib.sha256(f"{socket.gethostname()} {boot}".encode()).hexdigest()[:12]


class HistoryRecorder:
    """One worker's history in `folder`, and its journal. Raises ConfigError when the folder cannot be written to."""

    def __init__(self, folder: Path, worker: int, labels: Sequence[str], promise: Meta) -> None:
        name = f"worker-{worker}-{host_mark()[:4]}-{os.getpid()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._journal = SentLog(folder / f"{name}{JOURNAL}", labels)
        except OSError as problem:
            raise ConfigError(f"cannot write histories to {folder}: {problem.strerror}") from None
        meta = replace(promise, worker=name, host=host_mark())
        self.path = folder / f"{name}.arrows"
        self._writer = HistoryWriter(self.path, meta)
        self._open = True
        self.note, self.record = self._journal.note, self._writer.record

    @property
    def sent(self) -> int:
        """The number of requests noted."""
        return self._journal.count

    def flush(self) -> None:
        """Write the buffered rows."""
        if self._open:
            self._writer.flush()

    def close(self) -> None:
        """Write the rest and the end mark; the journal has done its duty. May be called twice."""
        if self._open:
            self._open = False
            self._writer.close()
            if not self._journal.count:
                self.path.unlink()  # a process that had no key
            self._journal.discard()
