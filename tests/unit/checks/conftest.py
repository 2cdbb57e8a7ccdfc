"""One answer made by hand, and what the universal checks say of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from known_contract import CONTRACT

from nhq.checks.exchange import CHECKS, check_exchange
from nhq.model import Exchange, Identity, Verdict

Judged = Callable[..., dict[str, Verdict]]


@pytest.fixture(scope="session")
def judged() -> Judged:
    """Gives the verdict of each rule that the checks speak of, for one request and its answer; schemas left aside."""
    checks = tuple(check for check in CHECKS if not check.__module__.endswith("responses"))
    contract, key = CONTRACT, Identity("full", "alpha", frozenset(), "secret")

    def judge(
        path: str, body: Any, *, method: str = "GET", status: int = 200, request: Any = None
    ) -> dict[str, Verdict]:
        sent = request if isinstance(request, bytes) else b"" if request is None else json.dumps(request).encode()
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        exchange = Exchange(1, None, method, path, {}, sent, key, status, {}, raw, 0.0, 0.0)
        found: dict[str, Verdict] = {}
        for look in check_exchange(exchange, contract, checks):
            found[look.rule] = max(found.get(look.rule, look.verdict), look.verdict, key=list(Verdict).index)
        return found

    return judge
