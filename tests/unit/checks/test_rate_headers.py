"""What the three headers of one answer say, and which window they name."""

from collections.abc import Callable

import pytest

from nhq.checks.rate_headers import RateHeaders, in_counted_order, rate_headers
from nhq.model import Exchange

START = 1_760_000_000


def told(reset: int | None) -> RateHeaders:
    return RateHeaders(60, 59, reset)


@pytest.mark.parametrize(("moved", "one"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_resets_a_second_apart_name_one_window(moved: int, one: bool) -> None:
    """Rounding moves a Reset by one second, never by two."""
    assert told(START).same_window(told(START + moved)) is one


@pytest.mark.parametrize(("moved", "renewed"), [(57, False), (58, False), (59, True), (61, True), (-60, False)])
def test_a_window_that_follows_ends_a_window_later(moved: int, renewed: bool) -> None:
    """Two seconds are for the rounding of both Resets."""
    assert told(START).renewed_by(told(START + moved), 60.0) is renewed


def test_without_a_reset_no_window_is_named() -> None:
    """It is neither the same as another nor a later one."""
    assert not told(None).same_window(told(None))
    assert not told(None).renewed_by(told(START), 60.0)


@pytest.mark.parametrize("text", ["", "-1", "4.0", "1" * 16, "soon"])
def test_what_is_no_whole_number_counts_as_missing(text: str, exchange: Callable[..., Exchange]) -> None:
    """So nothing is read into it."""
    headers = {"x-ratelimit-limit": " 60 ", "x-ratelimit-remaining": text, "x-ratelimit-reset": str(START)}
    read = rate_headers(exchange(headers=headers))
    assert (read, read.whole, read.dated) == (RateHeaders(60, None, START), False, True)


def test_answers_of_one_instant_are_ordered_by_what_they_left(exchange: Callable[..., Exchange]) -> None:
    """The first that was counted left most."""
    answers = [exchange(n, headers={"x-ratelimit-remaining": str(left)}) for n, left in enumerate([3, 5, 4])]
    assert [answer.id for answer in in_counted_order(answers)] == [1, 2, 0]
