"""A request beyond the limit: refused until Reset, and without effect.

Not convicted: a window that ends meanwhile, and a clock behind Reset that is not that of Date.
"""

import random
from contextlib import suppress

import pytest

from nhq.scenarios import (
    Api,
    Attempt,
    Contract,
    Effort,
    Exchange,
    Identity,
    Inventory,
    Judge,
    OperationCall,
    PreconditionNotMet,
    Unread,
    WindowProbe,
    exhaust_key,
    forbidden_write,
    is_allowed,
    judge_exceeding,
    judge_untouched,
    path_values,
    unique_word,
    valid_body,
)


@pytest.mark.scenario("ratelimit/limited-request-changes-nothing")
@pytest.mark.follows("test_sixty_are_admitted_and_no_more")
@pytest.mark.rule("RL-EXCEEDED-NO-EFFECT", "RL-EXCEEDED")
def test_limited_request_changes_nothing(
    api: Api,
    world: Inventory,
    contract: Contract,
    judge: Judge,
    exhausted: list[WindowProbe],
    rng: random.Random,
    effort: Effort,
) -> None:
    """A write that has nothing wrong with it but that the key is exhausted is answered 429, and has not happened."""
    names, meter = contract.rules["RL-EXCEEDED-NO-EFFECT"].operations, exhausted[0]
    allowed = [name for name in names if is_allowed(api, meter.key, name)]
    for name in set(names) - set(allowed):
        judge.unknown("RL-EXCEEDED-NO-EFFECT", "neither target file nor key allow it", name)
    writes, missing = attempts(api, world, allowed, rng)
    for name, problem in missing.items():
        judge.unknown("RL-EXCEEDED-NO-EFFECT", str(problem), name)
    unseen = [] if effort.no_repeats else overriding(api, world, meter.key, rng)
    full = exhaust_key(judge, WindowProbe(api, meter.key, [meter.look()]))

    def again(write: Attempt) -> Exchange:
        return meter.call(OperationCall(write.operation, write.options))

    answers = [again(write) for write in writes]
    for write, answer in zip(writes, answers, strict=True):
        judge_exceeding(judge, meter, [full], answer)
        judge_untouched(judge, "RL-EXCEEDED-NO-EFFECT", write, answer, 429, again)
    for call in unseen:
        judge_exceeding(judge, meter, [full], meter.call(call))
    for problem in missing.values():
        if not isinstance(problem, Unread):  # that is told as a finding; what is missing, at the run's end
            raise problem


def attempts(
    api: Api, world: Inventory, names: list[str], rng: random.Random
) -> tuple[list[Attempt], dict[str, PreconditionNotMet]]:
    """Writes that would succeed; by operation, why there are none to the others."""
    found, missing = list[Attempt](), dict[str, PreconditionNotMet]()
    for name in names:
        try:
            found.append(forbidden_write(api, world, name, rng))
        except PreconditionNotMet as problem:
            missing[name] = problem
    return found, missing


def overriding(api: Api, world: Inventory, key: Identity, rng: random.Random) -> list[OperationCall]:
    """A write with nothing wrong that no read shows afterwards."""
    name = "save_message_overrides"
    if not is_allowed(api, key, name):
        return []
    with suppress(PreconditionNotMet):
        return [
            OperationCall(
                name, {"path": path_values(name, api, world, rng), "json": valid_body(name, unique_word(rng))}
            )
        ]
    return []


@pytest.mark.scenario("ratelimit/exhausted-until-reset")
@pytest.mark.patient
@pytest.mark.follows("test_sixty_are_admitted_and_no_more")
@pytest.mark.rule("RL-REFUSED-UNTIL-RESET", "RL-EXCEEDED")
def test_exhausted_until_reset(api: Api, judge: Judge, exhausted: list[WindowProbe]) -> None:
    """«using a fixed window»: no allowance trickles back before the instant that Reset names."""
    meter = exhausted[0]
    if api.target.restorable:
        meter.wait_past(meter.call())  # so that the window met isn't nearly over
    full = exhaust_key(judge, meter)
    for before in (meter.window / 2, 0.0):
        meter.wait_before(full, before)
        answer = meter.call(meter.look())
        if not meter.inside(full, answer):
            raise PreconditionNotMet("the window ended before the key could be tried again")
        if answer.status != 429 and not meter.exact and meter.renewed(full, answer):
            raise PreconditionNotMet(
                "by the answer's own Reset its window had ended: the clock behind Reset is not that of Date"
            )
        left = meter.reset(full) - answer.sent
        expected, actual = "429 until Reset", f"{answer.status} {left:.0f} s before Reset"
        judge(
            "RL-REFUSED-UNTIL-RESET",
            answer.status == 429,
            [full, answer],
            expected=expected,
            actual=actual,
            where="status",
            operation="list_leads",
        )
