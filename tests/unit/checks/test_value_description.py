"""A finding shows what came, and never a text or a long number of a person's."""

import pytest

from nhq.checks.value_description import describe_header_value, describe_no_json, describe_value


@pytest.mark.parametrize(
    ("value", "name", "shown"),
    [
        (None, "name", "null"),
        (True, "name", "true"),
        (7, "lead_count", "7"),
        (2.5, "lead_count", "2.5"),
        ("7", "lead_count", '"7"'),
        ("2026-02-30T00:00:00Z", "created_at", '"2026-02-30T00:00:00Z"'),
        ("2026-01-01 00:00:00", "createdAt", '"2026-01-01 00:00:00"'),
        ([1, 2], "data", "an array of 2"),
        ({"name": "Ada"}, "data", "an object"),
    ],
)
def test_what_is_nobodys_is_shown(value, name, shown):
    """Literals, small numbers, instants where instants are due; of arrays the length."""
    assert describe_value(value, name) == shown


@pytest.mark.parametrize(
    ("value", "name"),
    [("Ada", "name"), ("1999-01-01", "date_of_birth"), (491701234567, "phone"), ("491701234567", "phone")],
)
def test_what_may_be_a_persons_is_told_by_its_size(value, name):
    """A name, a birthday and a telephone number are none of a report's business."""
    assert (
        describe_value(value, name)
        == f"a {'text' if isinstance(value, str) else 'number'} of {len(str(value))} characters"
    )


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "none"), ("60, 60;w=60", "60, 60;w=60"), ("sch\u00fcss", "a text of 6 characters")]
)
def test_a_header_of_numbers_is_shown(value, shown):
    """Numbers and instants as they came."""
    assert describe_header_value(value) == shown


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "0 bytes"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        ("{}".encode("utf-16"), "byte order mark"),
        (b'{"a":"\xfc"}', "not UTF-8"),
        (b" <html>", "a page of markup"),
        (b'{"a":[1', "cut off"),
        (b'{"a":NaN}', "NaN or Infinity"),
        (b"hello", "no JSON"),
    ],
)
def test_why_a_body_is_no_json_is_told(body, why):
    """The cause stands beside the size."""
    assert why in describe_no_json(body)


@pytest.mark.parametrize(
    ("value", "name", "shown"),
    [
        (999999999, "n", "999999999"),
        (1234567890, "n", "a number of 10 characters"),
        (-999999999, "n", "-999999999"),
        (0.123456, "n", "0.123456"),
        (0.1234567, "n", "a number of 9 characters"),
        ("1" * 40, "at_at", '"' + "1" * 40 + '"'),
        ("1" * 41, "at_at", "a text of 41 characters"),
        ("", "created_at", "a text of 0 characters"),
        ([], "data", "an array of 0"),
    ],
)
def test_how_long_a_number_or_an_instant_may_be(value, name, shown):
    """Nine digits and six decimals are no telephone number; forty characters are an instant with an offset."""
    assert describe_value(value, name) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("limit=60, remaining=12345678", "limit=60, remaining=12345678"),
        ("123456789", "a text of 9 characters"),
        ("1234 56789", "a text of 10 characters"),
        ("60" + ";w=1" * 15, "a text of 62 characters"),
    ],
)
def test_a_header_with_a_long_number_may_be_a_persons(value, shown):
    """Eight digits are shown, nine, even with blanks between, may be a telephone number."""
    assert describe_header_value(value) == shown
