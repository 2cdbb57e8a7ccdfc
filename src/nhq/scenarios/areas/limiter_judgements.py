"""What the answers of a window, filled on purpose, show of the limiter.

Not convicted: requests of other clients with the key, and requests that got no answer.
"""

from collections.abc import Sequence

from nhq.checks.rate_headers import rate_headers
from nhq.client.window_counts import Filled
from nhq.errors import PreconditionNotMet
from nhq.model import Exchange
from nhq.scenarios.judge import Judge
from nhq.scenarios.window_probe import OperationCall, WindowProbe, window_is_unshared

TOLD_BEFORE_429 = frozenset({400, 404, 409})  # what may be told before 429 (order-of-checks)
AWAY_BEFORE_429 = frozenset({502, 503})  # so may that what stands behind is away; that isn't asked for twice more


def report_left_out(judge: Judge, meter: WindowProbe, *rules: str) -> None:
    """Operations whose answers don't show whether they count: other rules have told what is wrong with them."""
    for operation, cause in meter.left_out.items():
        for rule in rules:
            judge.unknown(rule, f"not among the requests that fill a window: {cause}", operation)


def send_beyond(meter: WindowProbe, calls: list[OperationCall]) -> list[Exchange]:
    """What a full window answers: to each call, and twice more to those that were told first what else is wrong."""
    answers = [meter.call(call) for call in calls]
    told = [call for call, answer in zip(calls, answers, strict=True) if answer.status in TOLD_BEFORE_429]
    return answers + [meter.call(call) for call in told * 2]


def judge_beyond(judge: Judge, meter: WindowProbe, burst: list[Exchange], answers: list[Exchange]) -> None:
    """Requests in a full window: 429 to each. Of a request that is answered 400 first and 429 ever after, the first was
    admitted: a server that tells first what else is wrong does so each time."""
    for place, answer in enumerate(answers):
        later = [other for other in answers[place + 1 :] if is_same_request(other, answer)]
        refused = len(later) > 1 and all(o.status == 429 and meter.same(answer, o) for o in later)
        judge_exceeding(judge, meter, burst, answer, later[:1] if refused else [])


def judge_first_beyond(judge: Judge, meter: WindowProbe, full: Filled, answer: Exchange) -> None:
    """The first request, with nothing else wrong, in a window that has admitted as many of ours as it may."""
    if answer.status is not None and (answer.status < 500 or meter.exclusive_keys):
        expected = f"429 beyond {meter.limit} requests in one window"
        proof = [full.first, full.last, answer]
        judge("RL-EXCEEDED", answer.status == 429, proof, expected=expected, actual=f"{answer.status}", where="status")


def is_same_request(one: Exchange, other: Exchange) -> bool:
    """Were two answers given to one and the same request?"""
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
    """A request in a full window: 429. Full is one that has admitted sixty of ours, or has refused one before.

    What is wrong with a request besides may be told first (order-of-checks), and shows nothing; unless `later` the
    same request was answered 429.
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
    """A 429 of a full window, to a request that nothing else is wrong with.

    Raises PreconditionNotMet where none comes.
    """
    full = meter.drain()
    answer = meter.call(meter.look())
    if full is not None and full.holds(answer) and full.count >= meter.limit:
        judge_first_beyond(judge, meter, full, answer)
    if answer.status != 429:
        raise PreconditionNotMet("the key could not be exhausted")
    return answer


def use_late(meter: WindowProbe, most: int, judge: Judge) -> bool:
    """Use half of `most` at a window's end, be refused once if that is all, and wait until the window is over.

    Where that isn't all, any window will do that has been begun already: nothing is waited for to begin one.
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
    """What is left, by an answer's own word. Raises PreconditionNotMet where it tells none."""
    left = rate_headers(answer).remaining
    if left is None:
        raise PreconditionNotMet("X-RateLimit-Remaining is no whole number")
    return left
