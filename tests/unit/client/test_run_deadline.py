"""No run without end: its time, and waits for allowance that are in vain."""

from contextlib import suppress

import pytest

from nhq.client.pacing import Pacer
from nhq.client.run_deadline import VAIN_MOST, RunDeadline
from nhq.clock import ManualClock
from nhq.errors import PreconditionNotMet, RunOver


def rate(left: int, reset: float) -> dict[str, str]:
    return {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": str(left), "X-RateLimit-Reset": str(int(reset))}


@pytest.fixture
def ask(target, clock: ManualClock, wire, answered, request_to):
    """Sends one request through a budget; every answer says so much is left, with that status."""

    def make(course: RunDeadline, status: int, left: int):
        budget = Pacer(target, clock, wire(lambda request: answered(status, rate(left, clock.now() + 60))), course)
        return lambda: budget.send(request_to("/leads"))

    return make


@pytest.mark.parametrize(("status", "left"), [(429, 0), (200, 0)], ids=["only 429", "never anything left"])
def test_a_target_that_refuses_everything_ends_the_run_after_a_few_windows(ask, clock, status, left):
    """Reset moves on each time; the cause is told, and nothing more is waited for or sent."""
    began, send = clock.now(), ask(RunDeadline(clock=clock), status, left)
    with pytest.raises(RunOver, match="kept refusing: 4 times in a row") as over:
        for _ in range(10):
            send()
    assert not over.value.time_up
    assert clock.now() - began <= VAIN_MOST * 62
    before = clock.now()
    with pytest.raises(RunOver):
        send()
    assert clock.now() == before


def test_where_nobody_else_uses_the_keys_refusals_are_answers(ask, clock):
    """Nothing is waited for any more; tests of the limiter itself go on to say what the server does."""
    began, course = clock.now(), RunDeadline(clock=clock, exclusive_keys=True)
    send = ask(course, 429, 0)
    for _ in range(10):
        with suppress(PreconditionNotMet):
            send()
    with pytest.raises(PreconditionNotMet, match="every key is answered 429"):
        send()
    course.check()
    assert clock.now() - began <= VAIN_MOST * 62


def test_waits_that_bring_something_are_no_end(ask, clock, target, wire, answered, request_to):
    """A run of many windows goes on as long as it gets on."""
    left = iter(range(1000, 0, -1))
    answers = wire(lambda request: answered(headers=rate(next(left) % 3, clock.now() + 60)))
    budget = Pacer(target, clock, answers, RunDeadline(clock=clock))
    for _ in range(60):
        budget.send(request_to("/leads"))
    assert budget.spent.waits > 2 * VAIN_MOST


def test_the_time_of_a_run_is_its_end(ask, clock):
    """Nothing is sent after it, and no wait is begun that would outlast it; the option is named."""
    course = RunDeadline(seconds=90, clock=clock)
    send = ask(course, 429, 0)
    began = clock.now()
    with pytest.raises(
        RunOver, match=r"waiting 6\d s for allowance of key full would have outlasted .*--max-minutes 1.5"
    ):
        send()
    assert clock.now() - began < 90
    with pytest.raises(RunOver, match="outlasted"):
        course.check()


def test_a_run_ends_between_two_requests_too(clock):
    """Not only where it waits."""
    course = RunDeadline(seconds=90, clock=clock)
    course.check()
    clock.sleep(90)
    with pytest.raises(RunOver, match=r"the run's time was up \(--max-minutes 1.5\)") as over:
        course.check()
    assert over.value.time_up


def test_what_bounds_a_run_is_named_as_it_was_asked_for(clock):
    """A round of a night is bounded by the night's minutes: nobody looks for an option that wasn't given."""
    course = RunDeadline(seconds=90, asked="--minutes 30", clock=clock)
    clock.sleep(90)
    with pytest.raises(RunOver, match=r"the run's time was up \(--minutes 30\)"):
        course.check()


def test_what_is_waited_for_is_told(ask, clock):
    """What, and until when; a wait of a moment is nobody's news."""
    told = []
    course = RunDeadline(clock=clock, waiting=[lambda what, until: told.append((what, until - clock.now()))])
    course.wait(1.0, "nothing worth telling")
    course.wait(30.0, "allowance of key full")
    assert told == [("allowance of key full", 30.0)]
