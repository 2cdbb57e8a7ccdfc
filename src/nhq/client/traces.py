"""Trace ids by which a server's own telemetry finds the requests of one test (W3C Trace Context, `traceparent`)."""

import hashlib
import secrets
from itertools import count


class Traces:
    """One trace a test, one span a request. Without a root, a new one each run; with it, the same in equal runs."""

    def __init__(self, root: str = "") -> None:
        self._root = root or secrets.token_hex(16)
        self._numbers = count(1)

    def trace_of(self, test: str) -> str:
        """The trace id of a test's requests: 32 hexadecimal digits."""
        return self._digits(f"trace {test}", 32)

    def headers(self, test: str) -> dict[str, str]:
        """The traceparent of a test's next request: version 00, the trace, a new span, sampled."""
        span = self._digits(f"span {test} {next(self._numbers)}", 16)
        return {"traceparent": f"00-{self.trace_of(test)}-{span}-01"}

    def _digits(self, what: str, most: int) -> str:
        return hashlib.sha256(f"{self._root} {what}".encode()).hexdigest()[:most]
