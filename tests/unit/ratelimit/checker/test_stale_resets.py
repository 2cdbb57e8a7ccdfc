"""Resets that lag behind: what is said of limits so small that the answer that opens a window has nothing left."""

from types import ModuleType

import pytest

from nhq.ratelimit import Name, check_history


@pytest.mark.parametrize(
    ("text", "names"),
    [("0+0@60 30x0@30", {Name.RESET_INCONSISTENT}), ("0+0@60 30x0@61 31x0@62", {Name.RESET_DRIFTING})],
)
def test_a_limit_of_one_is_judged_like_any_other(notation: ModuleType, text: str, names: set[Name]) -> None:
    """A window without an answer that could lag has no lag, although 0 is all that the limit leaves at its opening."""
    assert check_history(notation.parse(text, 1), 1, 60.0).names == names


@pytest.mark.parametrize(
    ("limit", "first", "lags"),
    [(9, 8, True), (9, 7, False), (10, 9, True), (10, 8, True), (10, 7, False), (20, 17, True), (20, 16, False)],
)
def test_the_answer_that_opens_a_window_has_nearly_all_left(
    notation: ModuleType, limit: int, first: int, lags: bool
) -> None:
    """All but itself and a tenth of the limit, which others may have taken: else it is another fault than a lag."""
    old = " ".join(f"{number}+{limit - 1 - number}@60" for number in range(limit))
    new = " ".join(f"{62 + number}+{first - 1 - number}@121" for number in range(3))
    verdicts = check_history(notation.parse(f"{old} 61+{first}@60 {new}", limit), limit, 60.0, fresh=True)
    told = [one.expected for one in verdicts.findings if one.name is Name.RESET_IN_PAST]
    assert ("Reset is the end of the window that counted the request" in told) is lags
