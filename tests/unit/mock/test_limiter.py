"""The fixed window: admissions, headers, both anchors, independent keys."""

from dataclasses import replace
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhq.mock.limiter import Limiter
from nhq.mock.policies import Policies

RULES = Policies()


def quota(answer) -> tuple[int, int, int]:
    """The three headers."""
    return tuple(int(answer.headers[f"x-ratelimit-{name}"]) for name in ("limit", "remaining", "reset"))


def test_sixty_then_429(make) -> None:
    """60 requests are admitted while Remaining counts down to 0, the 61st is 429, and Reset never moves."""
    mock = make(limit=60)
    seen = [mock.get("/campaigns") for _ in range(61)]
    assert [answer.status for answer in seen] == [200] * 60 + [429]
    assert [quota(answer)[1] for answer in seen] == [*range(59, -1, -1), 0]
    assert {quota(answer)[2] for answer in seen} == {ceil(mock.clock.now() + 60)}


def test_a_new_window_after_reset(make) -> None:
    """Just before Reset it is still 429; at Reset a new window begins."""
    mock = make(limit=1, window=60)
    reset = quota(mock.get("/campaigns"))[2]
    mock.clock.set(reset - 0.001)
    assert mock.get("/campaigns").status == 429
    mock.clock.set(float(reset))
    fresh = mock.get("/campaigns")
    assert (fresh.status, quota(fresh)) == (200, (1, 0, reset + 60))


def test_every_answer_counts_unless_a_policy_gives_it_back(make) -> None:
    """A refusal costs as much as a success; given back, it is as if it had not been asked."""
    for policies, left in ((RULES, 57), (replace(RULES, refunds=lambda operation, status: status == 404), 58)):
        mock = make(limit=60, policies=policies)
        seen = [mock.get(path) for path in ("/leads?limit=1", "/leads/nobody", "/leads?limit=1")]
        assert [answer.status for answer in seen] == [200, 404, 200]
        assert quota(seen[-1])[1] == left


def test_keys_are_independent(make) -> None:
    """One key's exhaustion leaves another's allowance whole, of the same workspace and of another."""
    mock = make(limit=1)
    assert [mock.get("/campaigns", key=key).status for key in ("full", "full", "full_2", "beta_full")] == [
        200,
        429,
        200,
        200,
    ]


def test_errors_count(make) -> None:
    """403, 404, 405 and 400 use up the allowance; 401 does not."""
    mock = make(limit=10)
    for method, path, expected in (("GET", "/leads/x", 404), ("GET", "/leads?limit=0", 400), ("PUT", "/leads", 405)):
        before = quota(mock.get("/campaigns"))[1]
        answer = mock.call(method, path)
        assert (answer.status, quota(answer)[1]) == (expected, before - 1)
    before = quota(mock.get("/campaigns"))[1]
    assert mock.get("/campaigns", key=None).status == 401
    assert quota(mock.get("/campaigns"))[1] == before - 1


@pytest.mark.parametrize(("method", "path"), [("GET", "/campaigns"), ("GET", "/nothing"), ("DELETE", "/leads")])
@pytest.mark.parametrize("key", ["full", "none", "revoked", None])
def test_headers_on_every_response(mock, method: str, path: str, key: str | None) -> None:
    """All three headers are integers on 200, 401, 403, 404 and 405 alike, and Reset lies ahead."""
    limit, remaining, reset = quota(mock.call(method, path, key=key))
    assert 0 <= remaining <= limit
    assert mock.clock.now() < reset <= mock.clock.now() + 61


class Model:
    """A fixed window, written down independently: the windows are remembered, not a counter."""

    def __init__(self, limit: int, window: float, anchor: str) -> None:
        self.limit, self.window, self.anchor = limit, window, anchor
        self.starts: list[float] = []
        self.admissions: list[float] = []

    def ask(self, now: float) -> bool:
        if self.anchor == "clock":
            start = floor(now / self.window) * self.window
        else:
            if not self.starts or now - self.starts[-1] >= self.window:
                self.starts.append(now)
            start = self.starts[-1]
        inside = sum(start <= at < start + self.window for at in self.admissions)
        if inside < self.limit:
            self.admissions.append(now)
        return inside < self.limit


@settings(max_examples=150, deadline=None)
@given(
    steps=st.lists(st.integers(0, 40), min_size=1, max_size=60),
    limit=st.integers(1, 8),
    window=st.sampled_from([5, 8, 64]),
    anchor=st.sampled_from(["first", "clock"]),
)
def test_agrees_with_the_model(steps: list[int], limit: int, window: int, anchor: str) -> None:
    """For any arrivals, admissions are those of a fixed window, Remaining is what is left and Reset its true end."""
    limiter, model, now = Limiter(limit, window, anchor, {}), Model(limit, window, anchor), 1_000_000.0
    for step in steps:
        now += step / 8
        counter = limiter.look(RULES, "k", "k", now)
        admitted, shown = limiter.judge(RULES, "op", "k", "k", counter, now)
        assert admitted == model.ask(now)
        assert now < shown.reset <= ceil(now + window)
        assert 0 <= shown.remaining < limit
        assert admitted or shown.remaining == 0


@settings(max_examples=100, deadline=None)
@given(now=st.floats(1e9, 2e9), window=st.floats(0.5, 3600))
def test_reset_is_never_early(now: float, window: float) -> None:
    """Reset is an integer at or after the true end of the window, by less than a second."""
    shown = RULES.reset_at(now, window, now)
    assert isinstance(shown, int)
    assert 0 <= shown - (now + window) < 1
