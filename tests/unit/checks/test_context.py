"""An exchange made ready: what checks look at is what was sent and what came."""

import pytest
from known_contract import CONTRACT

from nhq.checks.context import make_context
from nhq.model import Exchange


@pytest.mark.parametrize(
    ("query", "read"),
    [("?search=&limit=2", {"search": "", "limit": "2"}), ("?limit=1&limit=2", {"limit": "2"}), ("", {})],
)
def test_a_query_is_read_whole(query: str, read: dict[str, str]) -> None:
    """An empty parameter was sent, too; of one that was sent twice the last counts."""
    seen = make_context(Exchange(1, None, "GET", f"/leads{query}", {}, b"", None, 200, {}, b"{}", 0.0, 0.0), CONTRACT)
    assert seen is not None
    assert seen.query == read
