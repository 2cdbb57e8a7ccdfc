"""The limiter counts «per API key»: what one key uses is not taken from another.

Not convicted: a second key that others use meanwhile, and requests without an answer that may have counted.
"""

import random
from collections.abc import Sequence

import pytest

from nhq.scenarios import (
    REMAINING,
    TWIN,
    Api,
    Exchange,
    Identity,
    Judge,
    OperationCall,
    PreconditionNotMet,
    WindowProbe,
    exhaust_key,
    one_call_each,
    remaining_of,
    report_left_out,
    widest_keys,
)

STEPS = (0, 1, 2, 3, 0, 2)  # requests of one key between two of another


@pytest.mark.scenario("ratelimit/keys-have-their-own-allowance")
@pytest.mark.patient
@pytest.mark.follows("test_sixty_are_admitted_and_no_more")
@pytest.mark.rule("RL-PER-KEY", "RL-EXCEEDED")
def test_keys_have_their_own_allowance(api: Api, judge: Judge, exhausted: list[WindowProbe]) -> None:
    """«per API key»: while one key is exhausted, another of the same workspace is served by every operation."""
    if len(widest_keys(api)) < 2:
        raise PreconditionNotMet("the target file has no second key as wide as the first", TWIN)
    for meter in exhausted:
        other = WindowProbe(api, next(key for key in others(api) if key != meter.key), meter.wanted)
        first = other.call() if lasts_for(api, other, len(one_call_each(other)) + 1) else other.begin()
        full = exhaust_key(judge, meter)
        for call in one_call_each(other):
            judge_served(judge, other, full, first, other.call(call))
        report_left_out(judge, other, "RL-PER-KEY")


def lasts_for(api: Api, meter: WindowProbe, count: int) -> bool:
    """Where nothing is put back: has a key so many requests left that no window need be begun for them?"""
    left = api.session.budget.allowance.left(meter.key.label, api.session.clock.now())
    return not meter.exclusive_keys and left >= count


def others(api: Api) -> list[Identity]:
    """Keys to hold against an exhausted one: the first where the last is filled, else one with a whole window."""
    return widest_keys(api) if api.target.restorable else widest_keys(api)[::-1]


def judge_served(judge: Judge, other: WindowProbe, spent: Exchange, first: Exchange, answer: Exchange) -> None:
    """A key with allowance is served; whether it has some is known only where nobody else uses it."""
    if answer.status == 429 and (not other.exclusive_keys or other.lost(first, answer)):
        judge.unknown("RL-PER-KEY", "another client may use the second key, or lost requests count", answer.operation)
        return
    expected = "a key is served while another is exhausted"
    judge("RL-PER-KEY", answer.status != 429, [spent, answer], expected=expected, actual="429", where="status")


@pytest.mark.scenario("ratelimit/keys-are-counted-apart")
@pytest.mark.rule("RL-PER-KEY")
def test_keys_are_counted_apart(api: Api, judge: Judge, calls: list[OperationCall], rng: random.Random) -> None:
    """«per API key»: what one key sends doesn't move another's Remaining, whoever else uses both.

    Others may use the second key meanwhile: it is shared when its Remaining falls by just as much as the first one
    sends, in steps of many sizes, twice.
    """
    keys = widest_keys(api)[-2:]
    if len(keys) < 2:
        raise PreconditionNotMet("the target file has no second key as wide as the first", TWIN)
    one, other = (WindowProbe(api, key, calls) for key in keys)
    for _ in range(2):
        steps, proof = moved(one, other, rng.sample(STEPS, len(STEPS)))
        if any(extra < sent for sent, extra in steps):
            judge("RL-PER-KEY", True, proof, expected="a key's Remaining moves by its own requests alone")
            return
        if any(extra != sent for sent, extra in steps):
            raise PreconditionNotMet("no second key that others leave alone for a moment")
    expected, actual = "a key's Remaining moves by its own requests alone", "by those of another key, each time"
    judge("RL-PER-KEY", False, proof, expected=expected, actual=actual, where=REMAINING)


def moved(one: WindowProbe, other: WindowProbe, sizes: Sequence[int]) -> tuple[list[tuple[int, int]], list[Exchange]]:
    """How many requests one key sent, and by how much another's Remaining fell beside its own request, step by step."""
    for _ in range(3):
        proof = [other.call(other.look())]
        sent, steps = list[Exchange](), list[tuple[int, int]]()
        for size in sizes:
            sent += [one.call(one.look()) for _ in range(size)]
            proof.append(other.call(other.look()))
            steps.append((size, remaining_of(proof[-2]) - remaining_of(proof[-1]) - 1))
        if other.same(proof[0], proof[-1]) and all(answer.status not in {401, 429} for answer in [*sent, *proof]):
            return steps, [*sent, *proof]
        other.begin()
        one.begin()
    raise PreconditionNotMet("no two keys that have allowance for a while")
