"""Judge the limiter by the answers of windows that are filled on purpose.

Not convicted: requests of other clients with the key, and requests that got no answer.
"""

from collections.abc import Sequence

from nhq.checks.rate_headers import rate_headers
from nhq.client.window_counts import Filled
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange
from nhq.scenarios.judge import Judge
from nhq.scenarios.window_probe import OperationCall, WindowProbe, window_is_unshared

TOLD_BEFORE_429 = frozenset({400, 404, 409})  # statuses that may come before 429 (order-of-checks)
AWAY_BEFORE_429 = frozenset({502, 503})  # a service behind the server is away; such requests aren't repeated


def report_left_out(judge: Judge, meter: WindowProbe, *rules: str) -> None:
    """Report operations whose answers don't show whether they count; other rules report what is wrong with them."""
    for operation, cause in meter.left_out.items():
        for rule in rules:
            judge.unknown(rule, f"not among the requests that fill a window: {cause}", operation)


def send_beyond(meter: WindowProbe, calls: list[OperationCall]) -> list[Exchange]:
    """Send each call in a full window, and twice more those whose answer reported another problem first."""
    answers = [meter.call(call) for call in calls]
    told = [call for call, answer in zip(calls, answers, strict=True) if answer.status in TOLD_BEFORE_429]
    return answers + [meter.call(call) for call in told * 2]


def judge_beyond(judge: Judge, meter: WindowProbe, burst: list[Exchange], answers: list[Exchange]) -> None:
    """Requests in a full window: 429 to each.

    If a request is answered 400 first and 429 from then on, the first was admitted: a server that checks the request
    first does so each time.
    """
    for place, answer in enumerate(answers):
        later = [other for other in answers[place + 1 :] if is_same_request(other, answer)]
        refused = len(later) > 1 and all(o.status == 429 and meter.same(answer, o) for o in later)
        judge_exceeding(judge, meter, burst, answer, later[:1] if refused else [])


def judge_first_beyond(judge: Judge, meter: WindowProbe, full: Filled, answer: Exchange) -> None:
    """The first valid request in a window that has admitted its limit of our requests."""
    if answer.status is not None and (answer.status < 500 or meter.exclusive_keys):
        expected = f"429 beyond {meter.limit} requests in one window"
        proof = [full.first, full.last, answer]
        judge("RL-EXCEEDED", answer.status == 429, proof, expected=expected, actual=f"{answer.status}", where="status")


def is_same_request(one: Exchange, other: Exchange) -> bool:
    """Are two exchanges repetitions of one request?"""
    return (one.method, one.path, one.request_body) == (other.method, other.path, other.request_body)


def judge_admitted(judge: Judge, rule: str, meter: WindowProbe, burst: list[Exchange], expected: str) -> None:
    """No 429 among a window's first sixty. One that came early convicts only if nobody else can have used the key.

    Requests of ours that got no answer may have been counted.
    """
    for place, answer in enumerate(burst, 1):
        early = answer.status == 429
        if early and place + meter.lost(burst[0], answer) > meter.limit:
            judge.unknown(rule, "requests in this window got no answer, and may have been counted", answer.operation)
            return
        if early and not meter.exclusive_keys and (place == 1 or not window_is_unshared(burst[:place])):
            judge.unknown(rule, "another client may use the key, or another clock than Date's count", answer.operation)
            return
        judge(rule, not early, [burst[0], answer], expected=expected, actual=f"429 on request {place}", where="status")


def judge_exceeding(
    judge: Judge, meter: WindowProbe, burst: list[Exchange], answer: Exchange, later: Sequence[Exchange] = ()
) -> None:
    """A request in a full window: 429. A window is full that has admitted sixty of ours, or has refused one before.

    A server may report another problem of a request first (order-of-checks), which shows nothing, unless the same
    request was answered 429 `later`.
    """
    admitted = sum(other.status != 429 for other in burst)
    refused = admitted < len(burst) and (answer.status == 429 or meter.exclusive_keys)
    if not meter.same(burst[0], answer) or not (admitted >= meter.limit or refused):
        judge.unknown("RL-EXCEEDED", "the window was not full", answer.operation)
    elif flaw := meter.out_of_order(answer.operation or ""):
        judge.unknown("RL-EXCEEDED", flaw, answer.operation)
    elif answer.status in TOLD_BEFORE_429 | AWAY_BEFORE_429 and not later:
        judge.unknown("RL-EXCEEDED", f"the target reported another problem first: {answer.status}", answer.operation)
    elif answer.status is not None and (answer.status < 500 or meter.exclusive_keys):
        expected = f"429 beyond {meter.limit} requests in one window"
        proof = [burst[0], burst[-1], *later, answer]
        actual = f"{answer.status}, and 429 to the same request afterwards" if later else f"{answer.status}"
        judge("RL-EXCEEDED", answer.status == 429, proof, expected=expected, actual=actual, where="status")


def exhaust_key(judge: Judge, meter: WindowProbe) -> Exchange:
    """A 429 of a full window to a valid request.

    Raises PreconditionNotMet if none comes.
    """
    full = meter.drain()
    answer = meter.call(meter.look())
    if full is not None and full.holds(answer) and full.count >= meter.limit:
        judge_first_beyond(judge, meter, full, answer)
    if answer.status != 429:
        raise PreconditionNotMet("the key could not be exhausted")
    return answer


def use_late(meter: WindowProbe, most: int, judge: Judge) -> bool:
    """Use half of `most` at a window's end, be refused once if that is the limit, and wait until the window is over.

    If it is less than the limit, a window that has begun already is used, without waiting for a new one.
    """
    for _ in range(3):
        burst = meter.fill(most // 2) if most == meter.limit else [meter.call()]
        meter.wait_before(burst[0], min(3.0, meter.window / 10))
        meter.more(burst, most)
        if meter.same(burst[0], burst[-1]):
            break
    if most == meter.limit:
        judge_exceeding(judge, meter, burst, meter.call(meter.look()))
    meter.wait_past(burst[0])
    return len(burst) == most and meter.same(burst[0], burst[-1])


def remaining_of(answer: Exchange) -> int:
    """Remaining by an answer's header. Raises PreconditionNotMet if it is no number."""
    left = rate_headers(answer).remaining
    if left is None:
        raise PreconditionNotMet("X-RateLimit-Remaining is no whole number")
    return left
