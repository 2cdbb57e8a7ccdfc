"""Run every universal check on one exchange. To add one, write a function in one of these modules with `@judges`."""

from collections.abc import Iterator, Sequence
from functools import partial
from types import ModuleType

from nhq.checks import (
    auth,
    conversations,
    enrichment,
    imports,
    leads,
    lifecycle,
    lists,
    overrides,
    pagination,
    ratelimit,
    responses,
    search,
    timestamps,
)
from nhq.checks.context import Check, make_context
from nhq.contract import Contract
from nhq.errors import NhqError, crash_place, crash_trace
from nhq.model import Exchange, Observation, Verdict

MODULES: tuple[ModuleType, ...] = (
    responses,
    auth,
    conversations,
    enrichment,
    imports,
    leads,
    lifecycle,
    lists,
    overrides,
    pagination,
    timestamps,
    ratelimit,
    search,
)
# Its own functions only: a check that one module imports from another must not run twice.
CHECKS: tuple[Check, ...] = tuple(
    f for m in MODULES for f in vars(m).values() if hasattr(f, "rules") and f.__module__ == m.__name__
)


def check_exchange(exchange: Exchange, contract: Contract, checks: tuple[Check, ...] = CHECKS) -> Iterator[Observation]:
    """Observe the universal rules on one exchange. A check that crashes makes its rules `unknown`, never `holds`."""
    seen = make_context(exchange, contract)
    if seen is None:
        return
    for check in checks:
        yield from run_guarded(partial(check, seen), exchange, getattr(check, "rules", ()))


def run_guarded(
    check: partial[Iterator[Observation]], exchange: Exchange | None, rules: Sequence[str] = ()
) -> Iterator[Observation]:
    """A check's observations. If it crashes, its rules are `unknown`, with the traceback: trouble on our side.

    `exchange` is the last one it looked at. A check that binds no rules judges schemas: SCHEMA-BODY stands for it.
    """
    try:
        yield from list(check())
    except Exception as crash:
        yield from _crashed(check.func.__name__, rules or ("SCHEMA-BODY",), exchange, crash)


def _crashed(name: str, rules: Sequence[str], exchange: Exchange | None, crash: Exception) -> Iterator[Observation]:
    operation, number = (exchange.operation, exchange.id) if exchange is not None else (None, None)
    how = f"could not judge: {crash}" if isinstance(crash, NhqError) else f"crashed: {crash_place(crash)}"
    cause = f"the check {name} of {', '.join(rules)} {how}"
    told = crash_trace(crash)
    for rule in rules:
        yield Observation(rule, operation, Verdict.UNKNOWN, cause=cause, exchange=number, crash=told)
