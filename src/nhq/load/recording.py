"""What a Locust worker writes: one history file, flushed every second."""

import hashlib
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from nhq.errors import ConfigError
from nhq.ratelimit.history import Meta
from nhq.ratelimit.writing import HistoryWriter, Instant

FLUSH_SECONDS = 1.0


def host_mark() -> str:
    """Names the machine whose monotonic clock is used, without saying which it is."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        boot = ""
    return hashlib.sha256(f"{socket.gethostname()} {boot}".encode()).hexdigest()[:12]


class Recording:
    """One worker's history in `folder`. Raises ConfigError when the folder cannot be written to."""

    def __init__(self, folder: Path, worker: int, limit: int, window: float, fresh: bool) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise ConfigError(f"cannot write histories to {folder}: {problem.strerror}") from None
        name = f"worker-{worker}-{host_mark()[:4]}-{os.getpid()}"
        self.path = folder / f"{name}.arrows"
        self._writer = HistoryWriter(self.path, Meta(limit, window, fresh, worker=name, host=host_mark()))
        self.events = 0
        self._open = True

    def record(
        self,
        key: str,
        intended: Instant,
        sent: Instant,
        received: Instant,
        status: int | None,
        headers: Mapping[str, str],
        operation: str,
    ) -> None:
        """One request and its answer; `status` None: no reply."""
        if self._open:
            self._writer.record(key, intended, sent, received, status, headers, operation)
            self.events += 1

    def flush(self) -> None:
        """Write what is held back."""
        if self._open:
            self._writer.flush()

    def close(self) -> None:
        """Write the rest and the end mark. May be called twice."""
        if self._open:
            self._open = False
            self._writer.close()
