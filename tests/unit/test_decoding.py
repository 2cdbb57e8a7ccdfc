"""Documents as JSON or YAML, made into JSON's values."""

from typing import Any

import pytest

from nhq.decoding import decode_document
from nhq.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010", 10),
        ("1e3", 1000.0),
        ("0x1F", 31),
        ("0o17", 15),
        ("12:30", "12:30"),
        ("1_0", "1_0"),
        ("=", "="),
        ("no", "no"),
        ("2026-01-01", "2026-01-01"),
        (".5", 0.5),
        ("-3", -3),
    ],
)
def test_a_plain_word_of_yaml_is_read_as_version_1_2_does(text: str, value: Any) -> None:
    """Numbers, times and words come out as the core schema has them."""
    found = decode_document(f"a: {text}\n".encode(), "made")["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", "200: {}\n'200': {}\n", "- {a: 1, a: 2}\n"])
def test_a_key_that_is_there_twice_is_refused(text: str) -> None:
    """Which of the two would be read is nobody's promise; the line says which key."""
    with pytest.raises(ConfigError, match=r"^made: [^\n]*key (a|200) twice[^\n]*$"):
        decode_document(text.encode(), "made")


def test_a_key_overrides_what_is_merged() -> None:
    """`<<` brings defaults, which aren't keys written twice."""
    assert decode_document(b"a: &a {x: 1, y: 1}\nb: {<<: *a, x: 2}\n", "made")["b"] == {"x": 2, "y": 1}
