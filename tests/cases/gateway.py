"""A gateway that wants a header of its own: `python tests/cases/gateway.py PORT BACKEND HEADER VALUE [STATUS]`.

Without the header every answer is STATUS (403), JSON that isn't the API's.
"""

import sys
from dataclasses import replace

from answers import Answer, Headers
from proxy import Proxy

BODY = b'{"message":"Missing Authentication Token"}'
OWN = (("Content-Type", "application/json"), ("x-amzn-ErrorType", "ForbiddenException"))


class Gateway(Proxy):
    """Hands on what has the header, and answers the rest itself."""

    def __init__(self, backend: int, header: tuple[str, str], status: int = 403, port: int = 0) -> None:
        super().__init__(backend, lambda answer: answer, port)
        self._wanted, self._status = (header[0].lower(), header[1]), status

    async def _ask(self, first: str, headers: Headers, body: bytes) -> Answer:
        answer = await super()._ask(first, headers, body)
        if self._wanted in {(name.lower(), value) for name, value in headers}:
            return answer
        return replace(answer, status=self._status, reason="Forbidden", headers=OWN, body=BODY)


if __name__ == "__main__":
    port, backend, name, value, *status = sys.argv[1:]
    with Gateway(int(backend), (name, value), int(status[0]) if status else 403, int(port)) as standing:
        standing.wait()
