"""The three rate-limit headers of one answer. How they move from answer to answer is in `sequence`."""

import re
from collections.abc import Iterator

from nhq.checks.context import CheckContext, judges
from nhq.checks.value_description import told_header
from nhq.model import Exchange, Observation

LIMIT, REMAINING, RESET = "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"
_NAMES = (LIMIT, REMAINING, RESET)
_WHOLE = re.compile(r"\d{1,15}")


def whole_header(exchange: Exchange, name: str) -> int | None:
    """A header as a whole number, or None."""
    text = exchange.headers.get(name, "").strip()
    return int(text) if _WHOLE.fullmatch(text) else None


def is_counted(exchange: Exchange) -> bool:
    """Does this answer speak of a key's window? Without a valid key there is nothing to count."""
    return exchange.identity is not None and exchange.status != 401


@judges("RL-HEADERS")
def headers_present(seen: CheckContext) -> Iterator[Observation]:
    """«Every response includes …»: 401s too, where only the presence is judged."""
    missing = [name for name in _NAMES if name not in seen.exchange.headers]
    yield seen.judged(
        "RL-HEADERS", not missing, "all three X-RateLimit headers", f"missing: {', '.join(missing)}", "headers"
    )


@judges("RL-VALUES", "RL-EXCEEDED-REMAINING")
def header_values(seen: CheckContext) -> Iterator[Observation]:
    """Whole numbers, Remaining between 0 and Limit, and 0 on a 429."""
    exchange = seen.exchange
    if not is_counted(exchange) or not all(name in exchange.headers for name in _NAMES):
        return
    limit, remaining, reset = (whole_header(exchange, name) for name in _NAMES)
    whole = None not in (limit, remaining, reset)
    fits = limit is not None and remaining is not None and remaining <= limit
    came = ", ".join(f"{name.rpartition('-')[2]} {told_header(exchange.headers[name])}" for name in _NAMES)
    yield seen.judged("RL-VALUES", whole and fits, "whole numbers, 0 <= Remaining <= Limit", came, "headers")
    if seen.status == 429 and remaining is not None:
        yield seen.judged("RL-EXCEEDED-REMAINING", remaining == 0, "Remaining 0 on a 429", f"{remaining}", REMAINING)
