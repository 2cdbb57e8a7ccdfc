"""A known secret is found however it is spelt, and nothing else is touched."""

import io
import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhq.masking import MASK, MaskedStream, Masker, learn_secrets, mark_unmaskable, masked_output, unmaskable_variables

KEY = 'sk_live/Ab+9"c\\d_é81'
RAW = KEY.encode()
MASKER = Masker([KEY, "Basic dXNlcjpwd3ch"])
SPELT = {
    "plain": KEY,
    "capitals": KEY.upper(),
    "in a URL": quote(KEY, safe=""),
    "each byte in a URL": "".join(f"%{byte:02X}" for byte in RAW),
    "twice in a URL": quote(quote(KEY, safe=""), safe=""),
    "in JSON": json.dumps(KEY)[1:-1],
    "in JSON as it is": json.dumps(KEY, ensure_ascii=False)[1:-1],
    "in JSON within JSON": json.dumps(json.dumps(KEY))[1:-1].strip('\\"'),
    "in HTML": "".join(f"&#{ord(sign)};" for sign in KEY),
    "in Base64": b64encode(RAW).decode(),
    "in a URL's Base64": urlsafe_b64encode(RAW).decode().rstrip("="),
    "after one byte": b64encode(b"x" + RAW).decode(),
    "after two bytes": b64encode(b"xy" + RAW + b"z").decode(),
    "with its scheme in Base64": b64encode(b"Bearer " + RAW).decode(),
    "in hexadecimal": RAW.hex(),
}


@pytest.mark.parametrize("spelt", SPELT.values(), ids=SPELT)
def test_a_secret_is_masked_however_it_is_spelt(spelt: str) -> None:
    """Case, URL, JSON, HTML, Base64 at any alignment, hexadecimal."""
    assert MASKER.text(f"<{spelt}> and <{spelt}>") == f"<{MASK}> and <{MASK}>"


def test_a_word_of_a_secret_is_one() -> None:
    """Credentials are secret without their scheme, too."""
    assert MASKER.text("dXNlcjpwd3ch") == MASK


@given(st.text())
def test_what_holds_no_secret_stays(text: str) -> None:
    """Escapes are undone to look, and never in what is written."""
    assert MASKER.text(text) == text


@given(st.text(), st.text())
def test_no_text_hides_a_secret(before: str, after: str) -> None:
    """Whatever stands around it."""
    assert KEY not in MASKER.text(before + KEY + after)


def test_json_stays_json() -> None:
    """A mask takes no quote or backslash with it that belongs to the text around it."""
    text = json.dumps({"said": json.dumps({"key": KEY}), "n": [1, KEY]})
    assert json.loads(json.loads(MASKER.text(text))["said"]) == {"key": MASK}


def test_a_short_secret_is_not_looked_for() -> None:
    """A key such as `test` would take the word out of every report, and be told by that."""
    assert Masker(["test"]).text("a test") == "a test"


def test_a_value_keeps_its_shape() -> None:
    """Texts of a record are masked, at any depth; numbers and the names of members are our own."""
    assert MASKER.value({"a": [KEY, 7, None, True], "b": {"c": f"x{KEY}"}}) == {
        "a": [MASK, 7, None, True],
        "b": {"c": f"x{MASK}"},
    }


def test_a_stream_shows_nothing_that_was_learnt() -> None:
    """Though it comes in pieces: a line is held until it is whole."""
    learn_secrets(["learnt-secret-81"])
    out = io.StringIO()
    stream = MaskedStream(out)
    for piece in ("x learnt-", "secret-81 y", "\nrest"):
        stream.write(piece)
    stream.flush()
    assert out.getvalue() == f"x {MASK} y\nrest"


def test_what_is_not_masked_is_named() -> None:
    """By its variable, in the process that reads it; another command begins with nothing learnt."""
    with masked_output():
        mark_unmaskable(["SHORT_KEY"])
        assert unmaskable_variables() == ["SHORT_KEY"]
    with masked_output():
        assert unmaskable_variables() == []
