"""How the rate-limit headers move from answer to answer of one key: one client, one request after the other.

`rate_headers` decides which answers belong to one window. Windows of a correct server end at least one window
apart, wherever they are anchored; so Resets of different windows differ by more than `window` − 2 seconds, and
nothing lies between. Windows shorter than three seconds can't be told from rounding and are not judged.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nhq.checks.context import judges
from nhq.checks.rate_headers import LIMIT, REMAINING, RESET, RateHeaders, in_counted_order, rate_headers
from nhq.checks.ratelimit import is_counted
from nhq.checks.values import http_date
from nhq.model import Exchange, Finding, Observation, holds, violated

#: Shorter windows (seconds) can't be told from the rounding of their Resets.
SHORTEST_JUDGED = 3.0
#: Seconds by which a Date header may be wrong beside its cut: servers cache it, proxies stamp their own.
DATE_SLACK = 2.0
#: Seconds that clocks of servers, proxies and our own may be apart.
CLOCKS_APART = 900.0
#: Seconds that must pass before an unmoved Reset says anything.
LAPSE = 2.0


@dataclass(frozen=True, slots=True)
class Step:
    """One answer of a key. `lost`: unanswered requests just before it, which the server may or may not have counted."""

    exchange: Exchange
    told: RateHeaders
    lost: int = 0

    @property
    def remaining(self) -> int | None:
        return self.told.remaining

    @property
    def reset(self) -> int:
        """Unix seconds; 0 if there is none that could be read."""
        return self.told.reset or 0


Run = Sequence[Step]


def check_sequence(
    exchanges: Sequence[Exchange], limit: int, window: float, exclusive_keys: bool = False
) -> Iterator[Observation]:
    """Observations of the limiter from the answers to one client's requests, oldest first.

    `limit` requests in `window` seconds are promised to each key. `exclusive_keys`: nobody else uses them; if that
    isn't known, a Remaining that fell too far shows nothing, because another client may have used the difference.
    """
    exchanges = as_served(exchanges)
    for run in usable_runs(exchanges, lambda step: step.told.limit is not None):
        yield from limit_is(run, limit)
    for run in usable_runs(exchanges, lambda step: step.told.whole):
        yield from reset_is_time(run, window, exclusive_keys)
    if window < SHORTEST_JUDGED:
        return
    timed = usable_runs(exchanges, lambda step: step.told.whole and step.told.dated)
    for run in timed:
        yield from reset_steady(run, window)
        yield from remaining_counts(run, limit, window, exclusive_keys)
        yield from first_admitted(run, limit, window) if exclusive_keys else ()
    told = {_owner(run) for run in timed}
    for run in usable_runs(exchanges, lambda step: step.remaining is not None):
        if exclusive_keys and _owner(run) not in told:
            yield from remaining_falls(run, limit)


def _owner(run: Run) -> tuple[int, str]:
    """Whose answers they are: the epoch and the key."""
    exchange = run[0].exchange
    return exchange.epoch, exchange.identity.label if exchange.identity else ""


def as_served(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Simultaneous requests in the order in which they were counted, by Remaining; the others stay in place."""
    groups: list[list[Exchange]] = []
    for exchange in exchanges:
        if groups and exchange.sent < groups[-1][-1].received:
            groups[-1].append(exchange)
        else:
            groups.append([exchange])
    return [one for group in groups for one in in_counted_order(group)]


def usable_runs(exchanges: Sequence[Exchange], usable: Callable[[Step], bool]) -> list[Run]:
    """The usable answers of each key in each epoch, in order; requests between them may have been counted.

    An invalid key has no allowance.
    """
    found: dict[tuple[int, str], list[Step]] = {}
    lost: dict[tuple[int, str], int] = {}
    for exchange in exchanges:
        if exchange.identity is None or exchange.identity.revoked:
            continue
        key = (exchange.epoch, exchange.identity.label)
        step = _step(exchange, lost.get(key, 0))
        if usable(step):
            found.setdefault(key, []).append(step)
            lost[key] = 0
        else:
            lost[key] = step.lost + 1
    return list(found.values())


def _step(exchange: Exchange, lost: int) -> Step:
    if exchange.operation is None or exchange.status is None or not is_counted(exchange):
        return Step(exchange, RateHeaders(), lost)
    return Step(exchange, rate_headers(exchange), lost)


@judges("RL-LIMIT")
def limit_is(run: Run, limit: int) -> Iterator[Observation]:
    """«capped at 60 per minute per API key»: the header names that limit."""
    for step in run:
        yield _judged("RL-LIMIT", step.told.limit == limit, [step], f"{LIMIT} {limit}", f"{step.told.limit}", LIMIT)


@judges("RL-RESET-EPOCH")
def reset_is_time(run: Run, window: float, exclusive_keys: bool = False) -> Iterator[Observation]:
    """«a Unix timestamp in seconds»: of an instant that isn't past, and at most one window ahead.

    On a server that isn't ours, the Reset may follow neither Date nor our clock: a proxy stamps its own Date. Either
    clock alone can acquit; a violation needs both, and a Reset further off than clocks differ.
    """
    for step in run:
        reset = step.reset
        if not step.told.dated:
            actual = f"{reset}: {reset_unit(reset, window)}"
            yield _judged("RL-RESET-EPOCH", False, [step], "a Unix timestamp in seconds", actual, RESET)
            continue
        moments = [our_decision_time(step.exchange)] if exclusive_keys else decision_clocks(step.exchange)
        ok = any(_fits(reset, moment, window) for moment in moments)
        certain = exclusive_keys or (
            len(moments) > 1 and not any(_fits(reset, m, window, CLOCKS_APART) for m in moments)
        )
        if ok or certain:
            expected, told = "Reset not past, and at most one window ahead", f"{reset - moments[0][0]:.0f} s from now"
            yield _judged("RL-RESET-EPOCH", ok, [step], expected, told, RESET)


def reset_unit(reset: int, window: float) -> str:
    """The unit in words of a Reset that is no Unix timestamp in seconds."""
    if reset <= window + 1:
        return "seconds from now, it seems"
    units = {3: "milliseconds", 6: "microseconds", 9: "nanoseconds"}
    name = units.get(len(f"{reset}") - 10)
    return f"a Unix timestamp in {name}, it seems" if name else "no time that we know"


def _fits(reset: int, moment: tuple[float, float], window: float, slack: float = 0.0) -> bool:
    """Does a Reset lie between the moment it was sent and one window later?"""
    return moment[0] - 1 - slack < reset < moment[1] + window + 1 + slack


def decision_clocks(exchange: Exchange) -> list[tuple[float, float]]:
    """When the server decided, not before and not after: by the answer's Date, where there is one, and by our clock."""
    dated = dated_decision_time(exchange)
    return [our_decision_time(exchange)] if dated is None else [dated, our_decision_time(exchange)]


def our_decision_time(exchange: Exchange) -> tuple[float, float]:
    """Seconds (earliest, latest) when the server decided, by our clock."""
    return exchange.sent - DATE_SLACK, exchange.received + DATE_SLACK


def dated_decision_time(exchange: Exchange) -> tuple[float, float] | None:
    """Seconds (earliest, latest) when the server decided, by the answer's Date; None without one.

    A proxy may have stamped it by a clock of its own: then it proves nothing about a Reset that another clock set.
    """
    date = http_date(exchange.headers.get("date"))
    if date is None:
        return None
    return date - (exchange.received - exchange.sent) - DATE_SLACK, date + 1 + DATE_SLACK


@judges("RL-RESET-STEADY")
def reset_steady(run: Run, window: float) -> Iterator[Observation]:
    """«using a fixed window»: Reset is constant until it jumps by a whole window or more."""
    first = run[0]
    for step in run[1:]:
        if first.told.renewed_by(step.told, window):
            first = step
        elif step.told.renewed_by(first.told, window) and step.exchange.sent < first.exchange.received:
            continue  # it was under way when the other was, and was counted in the window before
        elif not first.told.same_window(step.told):
            moved = f"moved by {step.reset - first.reset} s"
            yield _judged("RL-RESET-STEADY", False, [first, step], "one Reset in a window", moved, RESET)
            first = step
        elif step.exchange.received - first.exchange.sent >= LAPSE:
            yield _judged("RL-RESET-STEADY", True, [first, step], "one Reset in a window", "", RESET)


@judges("RL-REMAINING-COUNTS")
def remaining_counts(run: Run, limit: int, window: float, exclusive_keys: bool) -> Iterator[Observation]:
    """`X-RateLimit-Remaining`: one less with each request, and one below the limit after a window's first."""
    for before, step in pairwise(run):
        most, left = _most(before, step, limit, window), step.remaining or 0
        if most is None:
            continue
        if most - step.lost <= left <= most:
            yield _judged("RL-REMAINING-COUNTS", True, [before, step], "Remaining falls by one", "", REMAINING)
        elif left > most or exclusive_keys:
            actual = f"{before.remaining} then {left}" + (
                "" if before.told.same_window(step.told) else ", in a new window"
            )
            yield _judged("RL-REMAINING-COUNTS", False, [before, step], "Remaining falls by one", actual, REMAINING)


@judges("RL-REMAINING-COUNTS")
def remaining_falls(run: Run, limit: int) -> Iterator[Observation]:
    """The same if Reset can't be read and nobody else uses the key: one less, or one below the limit again."""
    for before, step in pairwise(run):
        statuses = {before.exchange.status, step.exchange.status}
        if 429 in statuses or step.exchange.sent < before.exchange.received or not before.remaining:
            continue
        left, falls = step.remaining, range(before.remaining - 1 - step.lost, before.remaining)
        if left in falls:
            yield _judged("RL-REMAINING-COUNTS", True, [before, step], "Remaining falls by one", "", REMAINING)
        elif left not in range(limit - 1 - step.lost, limit):
            actual = f"{before.remaining} then {left}"
            yield _judged("RL-REMAINING-COUNTS", False, [before, step], "Remaining falls by one", actual, REMAINING)


@judges("RL-LIMIT-ADMITTED")
def first_admitted(run: Run, limit: int, window: float) -> Iterator[Observation]:
    """«60 per minute per API key»: a window's first request isn't refused. Judged only if nobody else uses the key."""
    for before, step in pairwise(run):
        fresh = before.told.renewed_by(step.told, window)
        if fresh and not step.lost and step.exchange.status == 429 and step.exchange.sent >= before.exchange.received:
            expected = f"{limit} requests admitted in a window"
            yield _judged(
                "RL-LIMIT-ADMITTED", False, [before, step], expected, "429 to a window's first request", "status"
            )


def _most(before: Step, step: Step, limit: int, window: float) -> int | None:
    """What Remaining must be if no other request came between; None if nothing can be said.

    A 429, and the answer after one, are not counted here: RL-EXCEEDED and RL-LIMIT-ADMITTED judge those. A new window
    counts from the promised limit, or from another one that the server names: RL-LIMIT judges that.
    """
    if step.exchange.status == 429 or step.exchange.sent < before.exchange.received:
        return None
    if not before.told.same_window(step.told):
        whole = limit - 1 if step.remaining == limit - 1 else (step.told.limit or 0) - 1
        return whole if before.told.renewed_by(step.told, window) else None
    return None if before.exchange.status == 429 or not before.remaining else before.remaining - 1


def _judged(rule: str, ok: bool, steps: Sequence[Step], expected: str, actual: str, where: str) -> Observation:
    last = steps[-1].exchange
    if ok:
        return holds(rule, last.operation, last.id)
    return violated(Finding(rule, last.operation, expected, actual, where, tuple(s.exchange.id for s in steps)))


_CHECKS = (limit_is, reset_is_time, reset_steady, remaining_counts, remaining_falls, first_admitted)
#: What `check_sequence` judges.
RULES: tuple[str, ...] = tuple(dict.fromkeys(rule for check in _CHECKS for rule in vars(check)["rules"]))
