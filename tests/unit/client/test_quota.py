"""The scheduler over keys: windows as the server tells them, by its own clock, whoever else uses them."""

from email.utils import formatdate

import pytest

from nhq.client.pacing import Pacer
from nhq.client.quota import Allowance, ServerClock, Window
from nhq.clock import ManualClock
from nhq.model import Identity

KEYS = [Identity(label, "alpha", frozenset({"leads:read"}), f"secret-{label}") for label in ("full", "narrow")]


class Limited:
    """A scripted server: fixed windows of its own length, on a clock that is `skew` seconds ahead of ours."""

    def __init__(self, clock, answered, skew=0.0, window=60.0, limit=60, down=False):
        self.clock, self.answered, self.skew, self.window, self.limit = clock, answered, skew, window, limit
        self.down, self.windows, self.refusals, self.used = down, {}, 0, []

    def now(self):
        return self.clock.now() + self.skew

    def take(self, key, count=1):
        """Somebody else uses the key."""
        start, used = self.windows.get(key, (None, 0))
        if start is None or self.now() >= start + self.window:
            start, used = self.now(), 0
        self.windows[key] = start, used + count
        return start, used + count

    def __call__(self, request):
        self.clock.advance(0.05)
        start, used = self.take(request.headers["Authorization"])
        self.refusals += used > self.limit
        self.used.append(request.headers["Authorization"].removeprefix("Bearer secret-"))
        end = start + self.window
        headers = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - used)),
            "X-RateLimit-Reset": str(int(end) if self.down else int(end) + (end % 1 > 0)),
            "Date": formatdate(int(self.now()), usegmt=True),
        }
        return self.answered(429 if used > self.limit else 200, headers)


@pytest.fixture
def drive(clock, target, request_to, wire, answered):
    """Sends `count` requests, each with the best key, to a scripted server."""

    def run(count, server, keys=KEYS):
        budget = Pacer(target, clock, wire(server))
        for _ in range(count):
            budget.send(request_to("/leads", key=budget.best(keys).secret))
        return budget

    return run


def test_every_window_of_every_key_is_used_to_the_edge(clock, answered, drive):
    """240 requests with two keys take one wait, and no request is refused."""
    server = Limited(clock, answered)
    start = clock.now()
    budget = drive(240, server)
    assert server.refusals == 0
    assert (server.used.count("full"), server.used.count("narrow")) == (120, 120)
    assert budget.spent.waits <= 2
    assert clock.now() - start < 60 + 240 * 0.05 + 2


@pytest.mark.parametrize("skew", [-600.0, -61.0, -0.4, 0.4, 61.0, 600.0])
def test_a_clock_that_is_minutes_off_costs_nothing(clock, answered, drive, skew):
    """Reset is read by the server's clock, so that neither a 429 comes nor a window is slept through."""
    server = Limited(clock, answered, skew=skew)
    start = clock.now()
    budget = drive(240, server)
    assert (server.refusals, budget.spent.unplanned_429) == (0, 0)
    assert clock.now() - start < 60 + 240 * 0.05 + 2


@pytest.mark.parametrize("window", [10.0, 45.0, 90.0, 180.0])
def test_windows_shorter_or_longer_than_said(clock, answered, drive, window):
    """The headers count, not the target file: a window of another length is used as it is."""
    server = Limited(clock, answered, window=window)
    start = clock.now()
    budget = drive(240, server)
    assert (server.refusals, budget.spent.unplanned_429) == (0, 0)
    assert clock.now() - start < window + 240 * 0.05 + 2


def test_a_reset_rounded_down_is_learned_once(clock, answered, drive):
    """A window that ends within the second after Reset costs one refused request, and it isn't called unplanned."""
    server = Limited(clock, answered, skew=0.5, down=True)
    budget = drive(600, server)
    assert server.refusals <= 1
    assert budget.spent.unplanned_429 == 0


def test_a_reset_rounded_anew_for_each_answer_is_rounding_too():
    """A 429 just after the Reset that was told, which itself tells the next second, is no surprise."""
    allowance = Allowance(60, 60, ServerClock(exact=True), {"full": Window(0, 1100.0, 60)})
    before = allowance.windows["full"]
    told = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1101"}
    allowance.learn("full", told, 1100.1, 1100.1)
    assert allowance.refused("full", 1100.1, before)
    assert allowance.wait("full", 1100.1) > 0.9


def test_another_client_that_eats_is_seen_in_remaining(clock, target, request_to, wire, answered):
    """Remaining falls faster than we send: we stop with it, not after sixty of our own."""
    server = Limited(clock, answered)
    budget = Pacer(target, clock, wire(server))
    for _ in range(40):
        server.take("Bearer secret-full", 2)
        budget.send(request_to("/leads"))
    assert server.refusals == 0
    assert budget.spent.waits == 1


def test_another_client_that_took_the_last_is_waited_out_and_counted(clock, target, request_to, wire, answered):
    """We knew of allowance and it was gone: the request is sent again after Reset, and the 429 is told."""
    server = Limited(clock, answered)
    budget = Pacer(target, clock, wire(server))
    budget.send(request_to("/leads"))
    server.take("Bearer secret-full", 59)
    assert budget.send(request_to("/leads")).status_code == 200
    assert (server.refusals, budget.spent.unplanned_429, budget.spent.waits) == (1, 1, 1)


def test_a_key_found_exhausted_is_no_surprise(clock, target, request_to, wire, answered):
    """Nothing was known of the key, and another process had used it up: waited out, not counted."""
    server = Limited(clock, answered)
    server.take("Bearer secret-full", 60)
    budget = Pacer(target, clock, wire(server))
    assert budget.send(request_to("/leads")).status_code == 200
    assert budget.spent.unplanned_429 == 0


def test_two_processes_on_one_key_both_get_through(clock, target, request_to, wire, answered):
    """Each learns from its own answers; every request is answered at last, and each window admits sixty."""
    server = Limited(clock, answered)
    first, second = (Pacer(target, clock, wire(server)) for _ in range(2))
    statuses = [budget.send(request_to("/leads")).status_code for _ in range(100) for budget in (first, second)]
    assert set(statuses) == {200}
    assert server.refusals <= 4


@pytest.fixture
def allowance() -> Allowance:
    return Allowance(60, 60.0)


def told(left: int, reset: float) -> dict[str, str]:
    return {"X-RateLimit-Remaining": str(left), "X-RateLimit-Reset": str(int(reset))}


def test_a_running_window_is_used_before_another_is_begun(allowance):
    """Whole windows stay for tests that need one."""
    allowance.learn("narrow", told(20, 1060), 1000, 1000)
    assert allowance.best(KEYS, 1001).label == "narrow"


def test_a_crawl_takes_a_key_that_lasts(allowance):
    """Not one that would run dry in its midst, though its window runs."""
    allowance.learn("narrow", told(3, 1060), 1000, 1000)
    assert allowance.best(KEYS, 1001, need=6).label == "full"


def test_of_two_running_windows_the_fuller_is_used(allowance):
    """Most allowance left."""
    allowance.learn("full", told(9, 1060), 1000, 1000)
    allowance.learn("narrow", told(30, 1060), 1000, 1000)
    assert allowance.best(KEYS, 1001).label == "narrow"


def test_when_all_are_used_up_the_first_to_renew_is_waited_for(allowance):
    """And no other."""
    allowance.learn("full", told(0, 1060), 1000, 1000)
    allowance.learn("narrow", told(0, 1030), 1000, 1000)
    assert allowance.best(KEYS, 1001).label == "narrow"


def test_an_untouched_window_is_handed_to_whoever_needs_a_whole_one(allowance):
    """Last in the order of freshness."""
    allowance.learn("full", told(59, 1060), 1000, 1000)
    assert [key.label for key in allowance.freshest(KEYS, 1001)] == ["full", "narrow"]


@pytest.mark.parametrize("reset", ["nan", "inf", "-1", "soon", "99999999999999"])
def test_a_reset_that_cannot_be_stalls_nothing(clock, target, request_to, wire, answered, reset):
    """At most a window and a second are waited for a word without sense."""
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    budget = Pacer(target, clock, wire(lambda request: answered(headers=headers)))
    start = clock.now()
    for _ in range(2):
        budget.send(request_to("/leads"))
    assert clock.now() - start <= 61


def test_bounds_of_the_servers_clock_close_in():
    """Each Date leaves a second open; several together leave less."""
    ours, server = ManualClock(1_700_000_000.0), ServerClock()
    for _ in range(20):
        ours.advance(1.07)
        server.learn(formatdate(int(ours.now() + 90.3), usegmt=True), ours.now(), ours.now())
    assert server.low <= 90.3 <= server.high
    assert server.high - server.low < 0.2


def test_a_clock_that_is_set_is_followed():
    """Bounds that contradict all earlier ones replace them."""
    server = ServerClock()
    for ahead in (0, 300):
        server.learn(formatdate(1_700_000_000 + ahead, usegmt=True), 1_700_000_000.2, 1_700_000_000.2)
    assert 299 <= server.low <= 300


@pytest.mark.parametrize("behind", [90, 150, 3600])
def test_a_proxy_whose_clock_is_behind_costs_no_more_than_a_window(behind, clock, answered):
    """Where the Dates say that a Reset is further ahead than a window, and our clock that it isn't, ours counts."""
    allowance = Allowance(limit=1, window=60.0)
    now = clock.now()
    date = formatdate(int(now) - behind, usegmt=True)
    told = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(now) + 60), "Date": date}
    allowance.learn("full", told, now, now)
    assert 59 <= allowance.wait("full", now) <= 61


def test_requests_on_their_way_count_as_sent(allowance):
    """Until their answers come: what an answer that left before them says doesn't take them into account."""
    allowance.learn("full", told(9, 1060), 1000, 1000)
    allowance.depart("full", 4)
    assert allowance.left("full", 1001) == 5


def test_an_answer_that_comes_late_gives_nothing_back(allowance):
    """Another one may have told since that less is left of the same window."""
    allowance.depart("full", 1)
    allowance.learn("full", told(7, 1060), 1000, 1000)
    allowance.land("full", told(8, 1060), 999, 1001, 200)
    assert allowance.left("full", 1001) == 7
