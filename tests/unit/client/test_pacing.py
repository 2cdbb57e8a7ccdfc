"""The budget paces every key by the server's own headers."""

from dataclasses import replace

from nhq.client.pacing import Pacer
from nhq.client.running_test import Running


def rate(remaining: int, reset: float) -> dict[str, str]:
    return {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": str(remaining), "X-RateLimit-Reset": str(int(reset))}


def test_waits_until_reset_when_the_window_is_used_up(clock, target, request_to, wire, answered):
    """A key with nothing remaining is not used before the instant that Reset names."""
    start = clock.now()
    budget = Pacer(target, clock, wire(lambda request: answered(headers=rate(0, start + 30))))
    budget.send(request_to("/leads"))
    budget.send(request_to("/leads"))
    assert clock.now() == start + 30
    assert budget.spent.waits == 1


def test_what_other_keys_could_have_sent_meanwhile_is_counted(clock, target, request_to, wire, answered):
    """A wait while another wide key has allowance wastes it; a key that a test has claimed is not there to be used."""
    more = replace(target, keys=(*target.keys, replace(target.keys[0], label="full_2", secret="secret-full-2")))
    for claimed, unused in ((set(), 60), ({"full_2"}, 0)):
        running = Running()
        running.begin("waits")
        running.present.claimed.update(claimed)
        running.put_aside()
        running.begin("sends")
        limiter = wire(lambda request: answered(headers=rate(0, clock.now() + 30)))
        budget = Pacer(more, clock, limiter, running=running)
        budget.send(request_to("/leads"))
        budget.send(request_to("/leads"))
        assert budget.spent.unused == unused


def test_does_not_wait_while_something_remains(clock, target, request_to, wire, answered):
    """A key with allowance left is used at once."""
    start = clock.now()
    budget = Pacer(target, clock, wire(lambda request: answered(headers=rate(1, start + 30))))
    budget.send(request_to("/leads"))
    budget.send(request_to("/leads"))
    assert clock.now() == start


def test_keys_are_paced_apart(clock, target, request_to, wire, answered):
    """One key's empty window doesn't hold another key back."""
    start = clock.now()
    budget = Pacer(target, clock, wire(lambda request: answered(headers=rate(0, start + 30))))
    budget.send(request_to("/leads", key="secret-full"))
    budget.send(request_to("/leads", key="secret-narrow"))
    assert clock.now() == start


def test_counts_itself_where_headers_are_missing(clock, target, request_to, wire, answered):
    """Without headers the contract's own limit and window pace the key."""
    start = clock.now()
    budget = Pacer(target, clock, wire(lambda request: answered()))
    for _ in range(61):
        budget.send(request_to("/leads"))
    assert clock.now() == start + 60


def test_a_lying_reset_never_stalls_for_more_than_a_window(clock, target, request_to, wire, answered):
    """A Reset in the year 5000 costs one window, not the run."""
    start = clock.now()
    budget = Pacer(target, clock, wire(lambda request: answered(headers=rate(0, 95_000_000_000))))
    budget.send(request_to("/leads"))
    budget.send(request_to("/leads"))
    assert clock.now() <= start + 61


def test_an_unplanned_429_is_waited_out_sent_again_and_counted(clock, target, request_to, wire, answered):
    """A 429 that no test asked for is ours: it is counted, and the request is made again after Reset."""
    start = clock.now()
    answers = [
        answered(200, rate(9, start + 20)),
        answered(429, rate(0, start + 20)),
        answered(200, rate(59, start + 80)),
    ]
    budget = Pacer(target, clock, wire(lambda request: answers.pop(0)))
    budget.send(request_to("/leads"))
    assert budget.send(request_to("/leads")).status_code == 200
    assert clock.now() == start + 20
    assert budget.spent.unplanned_429 == 1


def test_within_unpaced_a_429_is_an_answer(clock, target, request_to, wire, answered):
    """A test of the limiter gets its 429 at once, and nobody counts it as unplanned."""
    start = clock.now()
    budget = Pacer(target, clock, wire(lambda request: answered(429, rate(0, start + 20))))
    with budget.unpaced():
        assert budget.send(request_to("/leads")).status_code == 429
    assert clock.now() == start
    assert budget.spent.unplanned_429 == 0


def test_forgets_when_the_server_was_put_back(clock, target, request_to, wire, answered):
    """After a restored snapshot the old window says nothing."""
    start = clock.now()
    budget = Pacer(target, clock, wire(lambda request: answered(headers=rate(0, start + 30))))
    budget.send(request_to("/leads"))
    budget.forget()
    budget.send(request_to("/leads"))
    assert clock.now() == start


def test_fresh_window_waits_for_the_end_of_the_present_one(clock, target, request_to, wire, answered):
    """A test that needs a whole window gets one."""
    start = clock.now()
    budget = Pacer(target, clock, wire(lambda request: answered(headers=rate(40, start + 30))))
    budget.send(request_to("/leads"))
    budget.fresh_window("full")
    assert clock.now() == start + 30


def test_what_a_caller_without_a_valid_key_is_told_is_nobodys_window(clock, target, request_to, wire, answered):
    """A 401 may say that nothing is left: there is no allowance to be waited for."""
    start = clock.now()
    budget = Pacer(target, clock, wire(lambda request: answered(401, headers=rate(0, start + 30))))
    for key in ("unknown", "secret-gone"):
        budget.send(request_to("/leads", key=key))
        budget.send(request_to("/leads", key=key))
    assert clock.now() == start
