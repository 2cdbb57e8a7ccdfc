"""The limiter, met by one client: sixty requests a minute and key are admitted and counted.

Each test of these files fills windows of its own key on purpose; how Limit, Remaining and Reset move is judged on every
answer beside.

Not convicted: requests of other clients with the key, Reset rounded either way, clocks that differ, and 401s that no
key counts for.
"""

from collections.abc import Collection
from urllib.parse import parse_qsl, urlsplit

import pytest

from nhq.scenarios import (
    LAPSE,
    Api,
    Breach,
    Contract,
    Effort,
    Exchange,
    Inventory,
    Judge,
    PreconditionNotMet,
    WindowProbe,
    judge_admitted,
    judge_beyond,
    judge_query,
    lasting_filters,
    one_call_each,
    rate_headers,
    remaining_of,
    report_left_out,
    send_beyond,
    use_late,
)

AT_THE_EDGE = 3  # requests at one instant where one is left
TOGETHER = 4  # requests at one instant
LATE = 4  # requests at a window's end that a limiter which looks back further than Reset would still count


@pytest.mark.scenario("ratelimit/sixty-are-admitted-and-no-more")
@pytest.mark.patient
@pytest.mark.rule(
    "RL-LIMIT-ADMITTED",
    "RL-EXCEEDED",
    "RL-LIMIT",
    "RL-REMAINING-COUNTS",
    "RL-RESET-STEADY",
    "RL-RESET-EPOCH",
    "RL-EXCEEDED-REMAINING",
    "RL-RENEWED-AT-RESET",
    "REQUEST-VALID",
    "PAGE-LIMIT-ACCEPTED",
    "PAGE-LIMIT-400",
    "PAGE-LIMIT-SAFE",
)
def test_sixty_are_admitted_and_no_more(
    contract: Contract, judge: Judge, meters: list[WindowProbe], world: Inventory, effort: Effort, api: Api
) -> None:
    """«capped at 60 per minute per API key»: sixty, to whatever operations, and then each operation answers 429.

    In the live profile the window is one that follows a window used late, which shows that it renews.
    """
    for meter in meters:
        for _ in range(3):
            late = use_late(meter, LATE, judge) if effort.no_repeats else False
            burst = meter.fill(meter.limit - 1, lapse=min(LAPSE, meter.window / 4))
            last = meter.at_once([meter.look()] * AT_THE_EDGE)
            beyond = send_beyond(meter, [meter.look(), *one_call_each(meter)])
            if meter.same(burst[0], beyond[-1]):
                break
        judge_last(judge, meter, burst, last)
        burst.append(last[0])
        judge_admitted(judge, "RL-LIMIT-ADMITTED", meter, burst, f"{meter.limit} requests admitted in one window")
        report_left_out(judge, meter, "RL-LIMIT-ADMITTED", "RL-EXCEEDED")
        if late:
            judge_admitted(judge, "RL-RENEWED-AT-RESET", meter, burst, f"{meter.limit} requests admitted from Reset on")
        judge_beyond(judge, meter, burst, beyond)
        judge_reads(
            contract, judge, [answer for answer in burst if answer.status != 429], lasting_filters(api.session, world)
        )


def judge_last(judge: Judge, meter: WindowProbe, burst: list[Exchange], last: list[Exchange]) -> None:
    """Requests at one instant in a window that has admitted all but one of what it may: at most one is admitted."""
    admitted = [answer for answer in last if answer.status not in {401, 429}]
    if not all(meter.same(burst[0], answer) for answer in last) or any(e.status == 429 for e in burst):
        judge.unknown("RL-EXCEEDED", "the window had not one request left", last[-1].operation)
    elif all(answer.status is not None and (answer.status < 500 or meter.exclusive_keys) for answer in last):
        expected, actual = f"1 of {len(last)} at one instant admitted, with 1 left", f"{len(admitted)}"
        proof, options = [burst[0], burst[-1], *last], {"where": "status", "code": Breach.ACCEPTED}
        judge("RL-EXCEEDED", len(admitted) <= 1, proof, expected=expected, actual=actual, **options)


def judge_reads(contract: Contract, judge: Judge, answers: list[Exchange], known: Collection[str]) -> None:
    """What the answers to lists, asked with parameters of every kind, show of those; filters may name the known ids."""
    for answer in answers:
        row = contract.operations[answer.operation or ""]
        query = parse_qsl(urlsplit(answer.path).query, keep_blank_values=True)
        for said in judge_query(contract, row.id, query, answer, known) if row.paginated else ():
            told = {"expected": said.expected, "actual": said.actual, "where": said.where, "code": said.code}
            judge(said.rule, said.ok, answer, **told)


@pytest.mark.scenario("ratelimit/counted-at-one-instant")
@pytest.mark.rule("RL-REMAINING-COUNTS")
def test_counted_at_one_instant(judge: Judge, meter: WindowProbe) -> None:
    """`X-RateLimit-Remaining`: requests that come together are each counted, whoever else uses the key."""
    for _ in range(2):
        before = meter.call(meter.look())
        if (rate_headers(before).remaining or 0) < TOGETHER + 2:
            before = meter.begin()
        answers = meter.at_once([meter.look()] * TOGETHER)
        after = meter.call(meter.look())
        if meter.same(before, after):
            break
    served = sum(answer.status not in {401, 429} for answer in answers)
    if not meter.same(before, after) or after.status == 429:
        raise PreconditionNotMet("no window that tells of requests at one instant")
    if remaining_of(after) >= remaining_of(before) - served:  # what one node counted, another may tell a moment later
        after = meter.call(meter.look())
        served += 1
    had, left = remaining_of(before), remaining_of(after)
    expected, actual = f"at most {had - served - 1} left, after {had} and {served} more", f"{left}"
    judge("RL-REMAINING-COUNTS", left < had - served, [before, *answers, after], expected=expected, actual=actual)
