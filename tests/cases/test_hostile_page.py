"""reports/HOSTILE.md is of today's kinds, and a kind that is run alone replaces its row alone."""

import sys

import pytest

from nhq import paths

sys.path.append(str(paths.data_root()))
from benchmarks.hostile import PAGE, WRONG, Ended, kinds, row, table

SOME = list(kinds())[:3]


def test_the_page_has_a_row_for_every_kind_and_none_ends_wrongly() -> None:
    """`python -m benchmarks.hostile --only KIND --write` puts a new one in."""
    page = PAGE.read_text("utf-8")
    told = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| ")][1:]
    assert told == [kind.name for kind in kinds()]
    assert WRONG not in page


@pytest.mark.parametrize(("code", "wrong"), [(0, False), (1, True)])
def test_one_kind_replaces_its_row_alone(code: int, wrong: bool) -> None:
    """The others' rows stay as they stand, in the order of the kinds."""
    former = table(SOME, {kind.name: row(kind, Ended(0, (), (), "")) for kind in SOME})
    new = table(SOME, {SOME[1].name: row(SOME[1], Ended(code, (), (), "anew"))}, former)
    before, after = (text.splitlines()[-3:] for text in (former, new))
    assert (after[0], after[2]) == (before[0], before[2])
    assert "anew" in after[1]
    assert (WRONG in after[1]) == wrong
