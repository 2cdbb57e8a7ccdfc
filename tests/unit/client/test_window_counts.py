"""What a key's window has admitted, as the answers of a run tell it."""

from collections.abc import Sequence
from dataclasses import replace

from nhq.client.window_counts import Admitted, Filled
from nhq.model import Exchange, Identity

KEY = Identity("full", "alpha", frozenset({"leads:read"}), "secret")
RESET = 1_700_000_060


def answer(left: int, status: int = 200, reset: int = RESET) -> Exchange:
    headers = {"x-ratelimit-limit": "3", "x-ratelimit-remaining": str(left), "x-ratelimit-reset": str(reset)}
    return Exchange(1, "list_leads", "GET", "/leads", {}, b"", KEY, status, headers, b"{}", 0.0, 0.0)


def window(answers: Sequence[Exchange]) -> Filled | None:
    admitted = Admitted()
    for each in answers:
        admitted.hear(each)
    return admitted.window(KEY)


def count(answers: Sequence[Exchange]) -> int:
    found = window(answers)
    return 0 if found is None else found.count


def test_every_answer_of_a_window_counts_but_401_and_429() -> None:
    """«60 per minute per API key»: 404s and 400s are counted, too."""
    assert count([answer(2), answer(1, 404), answer(1, 401), answer(0, 400, RESET + 1), answer(0, 429)]) == 3


def test_a_new_window_is_counted_from_its_first_answer() -> None:
    """Whatever the one before had admitted."""
    assert count([answer(2), answer(1), answer(2, reset=RESET + 60)]) == 1


def test_an_answer_that_shows_a_window_nobody_has_used_belongs_to_the_one_before() -> None:
    """The three headers may speak of the instant at which the answer left."""
    assert count([answer(2), answer(3, reset=RESET + 60), answer(2, reset=RESET + 60)]) == 1


def test_a_window_that_was_put_back_is_another() -> None:
    """A restored snapshot begins a new epoch with the same Reset."""
    assert count([answer(2), answer(1), replace(answer(2), epoch=1)]) == 1


def test_what_tells_no_window_is_passed_over() -> None:
    """A Reset that is no time, no Reset, or nobody's key."""
    odd = [answer(1, reset=30), replace(answer(1), headers={}), replace(answer(1), identity=None)]
    assert count([answer(2), *odd]) == 1


def test_a_window_that_only_refuses_is_not_known_to_be_full() -> None:
    """Others may have used it up."""
    assert window([answer(0, 429)]) is None
