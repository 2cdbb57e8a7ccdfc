"""Describe a value for a finding: itself if it can't be personal (a name, a number, a text), else its kind and size."""

import json
import re
from typing import Any

from nhq.checks.attribution import is_cut_off
from nhq.contract.disclosure import header_may_be_shown
from nhq.contract.public_words import only_public_words

_INSTANT_FIELD = re.compile(r"\w*(_at|At)")
_INSTANT = re.compile(r"[-\d:TtZz.+ ]{1,40}")
_SMALL = re.compile(r"-?\d{1,9}(\.\d{1,6})?")
#: Parameters of the RateLimit fields (IETF draft-ietf-httpapi-ratelimit-headers): window, quota, remaining, reset.
_PARAMETERS = re.compile(r"(?<=;)[wqrt](?==\d)")
_COUNTERS = re.compile(r"[\w.,:;=+\- ]{1,60}", re.ASCII)


def describe_value(value: Any, name: str = "") -> str:
    """Describe the JSON value of a member `name` without any personal text or long number."""
    match value:
        case None | bool():
            return json.dumps(value)
        case int() | float():
            return str(value) if _SMALL.fullmatch(str(value)) else f"a number of {len(str(value))} characters"
        case str():
            harmless = _SMALL.fullmatch(value) or (_INSTANT_FIELD.fullmatch(name) and _INSTANT.fullmatch(value))
            return f'"{value}"' if harmless else f"a text of {len(value)} characters"
        case list():
            return f"an array of {len(value)}"
    return "an object"


def describe_header_value(value: str | None) -> str:
    """The value of a header that holds numbers or instants."""
    if value is None:
        return "none"
    if header_may_be_shown("x-ratelimit-reset", value) or header_may_be_shown("date", value):
        return value
    words = (
        _COUNTERS.fullmatch(value)
        and only_public_words(_PARAMETERS.sub("", value))
        and not re.search(r"\d{9}", value.replace(" ", ""))
    )
    return value if words else f"a text of {len(value)} characters"


def describe_no_json(body: bytes) -> str:
    """Why a body is no JSON text (RFC 8259: UTF-8, no byte order mark before it, no NaN), and its size."""
    return f"{len(body)} bytes{_flaw(body)}"


def _flaw(body: bytes) -> str:
    if not body.strip():
        return ""
    if body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return ": a byte order mark is before it"
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return ": not UTF-8"
    if text.lstrip().startswith("<"):
        return ": a page of markup"
    if is_cut_off(body):
        return ": JSON that is cut off"
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return ": no JSON"
    return ": NaN or Infinity, which JSON doesn't have"
