"""Cursors: opaque, exact, and only our own."""

from hypothesis import given
from hypothesis import strategies as st

from nhq.mock.cursors import decode_cursor, encode_cursor

ROWS = st.tuples(st.floats(-4e9, 4e9), st.integers(-(2**53), 2**53), st.text(max_size=30))


@given(place=st.text(max_size=40), row=ROWS)
def test_round_trip(place: str, row: tuple[float, int, str]) -> None:
    """A cursor gives back exactly the place and the row it was made from."""
    assert decode_cursor(encode_cursor(place, row)) == (place, row)


@given(text=st.text(max_size=80))
def test_foreign_text(text: str) -> None:
    """Text that we never issued is refused, whatever it is."""
    assert decode_cursor(text) is None


@given(row=ROWS, position=st.integers(0, 200), letter=st.sampled_from("AQgwz09-_"))
def test_tampering(row: tuple[float, int, str], position: int, letter: str) -> None:
    """A cursor with one letter changed is refused."""
    cursor = encode_cursor("list_leads alpha", row)
    position %= len(cursor)
    changed = cursor[:position] + letter + cursor[position + 1 :]
    assert changed == cursor or decode_cursor(changed) is None
