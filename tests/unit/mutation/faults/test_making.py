"""How faults are made that many operations or members share."""

from typing import Any

import pytest

from nhq.mutation.faults.handlers import at_operation
from nhq.mutation.faults.shapes import GONE, alter_at

BODY = {"data": [{"id": 1, "lead": {"name": "x"}}, {"id": 2, "lead": None}], "more": None}


@pytest.mark.parametrize(
    ("way", "alter", "expected"),
    [
        ("more", lambda told: 7, {**BODY, "more": 7}),
        ("more", lambda told: GONE, {"data": BODY["data"]}),
        ("data.*.id", str, {**BODY, "data": [{"id": "1", "lead": {"name": "x"}}, {"id": "2", "lead": None}]}),
        ("data.*.lead.name", lambda told: GONE, {**BODY, "data": [{"id": 1, "lead": {}}, {"id": 2, "lead": None}]}),
        ("data.*.lead.name.first", str, BODY),
        ("nothing.here", str, BODY),
        ("more.*", str, BODY),
    ],
)
def test_one_member_is_bent(way: str, alter: Any, expected: Any) -> None:
    """What stands at the end of a way is altered, in each row; where the way ends early nothing is."""
    assert alter_at(BODY, way.split("."), alter) == expected


def test_one_operation_lies() -> None:
    """The others decide as before."""
    lie = at_operation("get_lead", lambda asked, count: -1).make(lambda operation, count: count)
    assert [lie("get_lead", 5), lie("list_leads", 5)] == [-1, 5]
