"""Every universal check over one exchange. Adding a check is a function in one of these modules, bound by `@judges`."""

from collections.abc import Iterator
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
from nhq.model import Exchange, Observation, unknown

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
        try:
            yield from list(check(seen))
        except Exception as crash:
            cause = f"the check {getattr(check, '__name__', '?')} crashed: {type(crash).__name__}"
            for rule in getattr(check, "rules", ()):
                yield unknown(rule, seen.operation.id, cause)
