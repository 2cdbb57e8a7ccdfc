"""Every universal check over one exchange. Adding a check is a function in one of these modules, bound by `@judges`."""

import traceback
from collections.abc import Iterator, Sequence
from functools import partial
from types import ModuleType

from nhq.checks import (
    answers,
    auth,
    conversations,
    enrichment,
    importing,
    leads,
    lifecycle,
    lists,
    overrides,
    pagination,
    present,
    ratelimit,
    search,
)
from nhq.checks.seen import Check, see
from nhq.contract import Contract
from nhq.errors import NhqError, crash_place
from nhq.model import Exchange, Observation, Verdict

MODULES: tuple[ModuleType, ...] = (
    answers,
    auth,
    conversations,
    enrichment,
    importing,
    leads,
    lifecycle,
    lists,
    overrides,
    pagination,
    present,
    ratelimit,
    search,
)
# Its own functions only: a check that one module borrows from another must not run twice.
CHECKS: tuple[Check, ...] = tuple(
    f for m in MODULES for f in vars(m).values() if hasattr(f, "rules") and f.__module__ == m.__name__
)


def check_exchange(exchange: Exchange, contract: Contract, checks: tuple[Check, ...] = CHECKS) -> Iterator[Observation]:
    """What one exchange shows of the universal rules. A crash of a check is `unknown` for its rules, never `holds`."""
    seen = see(exchange, contract)
    if seen is None:
        return
    for check in checks:
        yield from guarded(partial(check, seen), exchange, getattr(check, "rules", ()))


def guarded(
    check: partial[Iterator[Observation]], exchange: Exchange | None, rules: Sequence[str] = ()
) -> Iterator[Observation]:
    """What a check sees. One that crashes makes its rules `unknown`, and carries its traceback: trouble of ours.

    `exchange` is the one that it looked at last. A check that binds no rules judges schemas: SCHEMA-BODY stands for it.
    """
    try:
        yield from list(check())
    except Exception as crash:
        yield from _crashed(check.func.__name__, rules or ("SCHEMA-BODY",), exchange, crash)


def _crashed(name: str, rules: Sequence[str], exchange: Exchange | None, crash: Exception) -> Iterator[Observation]:
    operation, number = (exchange.operation, exchange.id) if exchange is not None else (None, None)
    how = f"could not judge: {crash}" if isinstance(crash, NhqError) else f"crashed: {crash_place(crash)}"
    cause = f"the check {name} of {', '.join(rules)} {how}"
    told = "".join(traceback.format_exception(crash))
    for rule in rules:
        yield Observation(rule, operation, Verdict.UNKNOWN, cause=cause, exchange=number, crash=told)
