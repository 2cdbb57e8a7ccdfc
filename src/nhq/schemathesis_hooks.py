"""Our universal checks for Schemathesis' command: `SCHEMATHESIS_HOOKS=nhq.schemathesis_hooks st run openapi.json …`.

The document is judged as the gate judges it, with its overlays, so that a correct server's run is clean. Each
universal check is one of Schemathesis' checks, `nhq_<area>_<what>`; `schemathesis.toml` may switch it off as any other.
Failures of Schemathesis' own checks are dropped where the contract leaves the answer open.
"""

from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit
from warnings import warn

import schemathesis
from schemathesis import CheckContext, HookContext, Response

from nhq import paths
from nhq.checks.attribution import network_cause
from nhq.checks.context import Check
from nhq.checks.exchange import CHECKS, check_exchange
from nhq.clock import SystemClock
from nhq.contract import Contract, Operation, load_contract
from nhq.contract.ambiguities import load_excluded
from nhq.model import Effect, Exchange, Finding, Identity, Level, Verdict

#: Whoever runs `st` says with which key: what its scopes are, and whether it is known there, nobody tells.
_UNASKED = frozenset({"auth"})
_CLOCK = SystemClock()
_Case = schemathesis.Case[Any]
_KEY = Identity("key", "", frozenset(), "")


@cache
def contract() -> Contract:
    """The contract of the root, read once."""
    return load_contract()


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, object]) -> None:
    """Judge our own document with its overlays; one that isn't ours is left as it is, and no check of ours runs."""
    if raw_schema == contract().document:
        raw_schema.clear()
        raw_schema.update(contract().assumed)


@schemathesis.hook
def filter_failure(context: HookContext, failure: Exception, case: _Case, response: Response) -> bool:
    """Does a failure of a check of Schemathesis' own count? Not where the contract leaves the answer open."""
    match type(failure).__name__:
        case "AcceptedNegativeData":
            return not _excluded(case)
        case "RejectedPositiveData":
            return not (response.status_code == 400 and _depends_on_state(case, response))
        case "ServerError":
            return response.status_code not in _documented(case)
    return True


def _operation(case: _Case) -> Operation | None:
    rows = contract().operations.values()
    return next((row for row in rows if f"{row.method} {row.template}" == case.operation.label), None)


def _excluded(case: _Case) -> bool:
    """Is acceptance of negative data promised here, by the prose? (`[[excluded]]` in contracts/ambiguities.toml)"""
    row = _operation(case)
    excluded = load_excluded(paths.contracts_folder() / "ambiguities.toml")
    return row is not None and any(one.operation == row.id for one in excluded)


def _depends_on_state(case: _Case, response: Response) -> bool:
    """Does more than the schema decide: whether a cursor was issued, or what state a thing that is written is in?"""
    row = _operation(case)
    cursor = "cursor" in parse_qs(urlsplit(response.request.url or "").query, keep_blank_values=True)
    return cursor or (row is not None and row.effect is not Effect.READ)


def _documented(case: _Case) -> frozenset[int]:
    row = _operation(case)
    return frozenset(row.statuses) if row is not None else frozenset()


def exchange_of(case: _Case, response: Response) -> Exchange | None:
    """What was sent and came back, as our checks read it; None where the answer is a gateway's, or cut short."""
    request = response.request
    headers = {name: ", ".join(values) for name, values in response.headers.items()}
    if response.content_size != len(response.content or b"") or network_cause(
        response.status_code, headers, response.content or b""
    ):
        return None
    body = request.body or b""
    now, row = _CLOCK.now(), _operation(case)
    sent_headers = {name.lower(): str(value) for name, value in request.headers.items()}
    return Exchange(
        id=1,
        operation=row.id if row is not None else None,
        method=request.method or "",
        path=(request.url or "").removeprefix((case.operation.base_url or "").rstrip("/")) or "/",
        request_headers=sent_headers,
        request_body=body if isinstance(body, bytes) else str(body).encode("utf-8", "surrogatepass"),
        identity=_KEY if sent_headers.get("authorization") else None,
        status=response.status_code,
        headers=headers,
        body=response.content or b"",
        sent=now - response.elapsed,
        received=now,
    )


def as_schemathesis_check(check: Check) -> Callable[[CheckContext, Response, _Case], None]:
    """One of our checks as one of Schemathesis': it raises AssertionError for a broken `must`, with its sentence.

    A check that crashes is our trouble: it warns and fails nobody.
    """

    def judge(context: CheckContext, response: Response, case: _Case) -> None:
        exchange = exchange_of(case, response) if _operation(case) is not None else None
        for seen in check_exchange(exchange, contract(), (check,)) if exchange is not None else ():
            if seen.crash:
                warn(f"nhq: {seen.cause}", stacklevel=2)
            if seen.finding is not None and seen.verdict is Verdict.VIOLATED and _binds(seen.finding):
                raise AssertionError(_said(seen.finding))

    judge.__name__ = judge.__qualname__ = f"nhq_{area_of(check)}_{getattr(check, '__name__', 'check')}"
    judge.__doc__ = check.__doc__
    return judge


def area_of(check: Check) -> str:
    """The area of a check: the module of `nhq.checks` that it stands in."""
    return str(check.__module__).rpartition(".")[2]


def _binds(finding: Finding) -> bool:
    return contract().rules[finding.rule].level is Level.MUST


def _said(finding: Finding) -> str:
    rule = contract().rules[finding.rule]
    where = f" at {finding.where}" if finding.where else ""
    return f"{finding.rule}: “{rule.quote or rule.title}”: expected {finding.expected}, got {finding.actual}{where}"


for _check in CHECKS:
    if area_of(_check) not in _UNASKED:
        schemathesis.check(as_schemathesis_check(_check))
