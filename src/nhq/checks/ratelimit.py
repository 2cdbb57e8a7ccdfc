"""The three rate-limit headers of one answer, judged. How they move from answer to answer is in `header_sequence`."""

from collections.abc import Iterator

from nhq.checks.context import CheckContext, judges
from nhq.checks.rate_headers import RATE_HEADERS, REMAINING, rate_headers
from nhq.checks.value_description import describe_header_value
from nhq.model import Exchange, Observation


def is_counted(exchange: Exchange) -> bool:
    """Does this answer belong to a key's window? Without a valid key there is nothing to count."""
    return exchange.identity is not None and exchange.status != 401


@judges("RL-HEADERS")
def headers_present(seen: CheckContext) -> Iterator[Observation]:
    """«Every response includes …»: 401s too, where only the presence is judged."""
    missing = [name for name in RATE_HEADERS if name not in seen.exchange.headers]
    yield seen.judged(
        "RL-HEADERS", not missing, "all three X-RateLimit headers", f"missing: {', '.join(missing)}", "headers"
    )


@judges("RL-VALUES", "RL-EXCEEDED-REMAINING")
def header_values(seen: CheckContext) -> Iterator[Observation]:
    """Whole numbers, Remaining between 0 and Limit, and 0 on a 429."""
    exchange = seen.exchange
    if not is_counted(exchange) or not all(name in exchange.headers for name in RATE_HEADERS):
        return
    told = rate_headers(exchange)
    fits = told.whole and (told.remaining or 0) <= (told.limit or 0)
    came = ", ".join(
        f"{name.rpartition('-')[2]} {describe_header_value(exchange.headers[name])}" for name in RATE_HEADERS
    )
    yield seen.judged("RL-VALUES", fits, "whole numbers, 0 <= Remaining <= Limit", came, "headers")
    if seen.status == 429 and told.remaining is not None:
        yield seen.judged(
            "RL-EXCEEDED-REMAINING", told.remaining == 0, "Remaining 0 on a 429", f"{told.remaining}", REMAINING
        )
