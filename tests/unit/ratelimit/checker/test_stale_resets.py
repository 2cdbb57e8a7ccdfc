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
