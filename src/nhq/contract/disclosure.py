"""What of a server's answer may be shown to anybody: by the member that holds it, and by the form of its value.

Allow-list, not block-list: a member that nobody thought of is hidden, and so is a name, an address, a number of a
telephone or a sentence where an id, a code or a cursor belongs. Hidden is not lost: its shape is shown.
"""

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any

from nhq.contract.public_words import only_public_words

_LONGEST = 256
_ID = re.compile(r"id|.*_ids?")
_WORDS = re.compile(
    r"status|type|result|code|field|action|node_type|message_stage|direction|content_type|priority|intent"
    r"|account_tier|lead_campaign_state|has_more"
)
_TIME = re.compile(r".*_at|.*At|scheduled_for")
_TIMES = re.compile(
    r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?( ?([Zz]|[+-]\d\d:?\d\d))?)?"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}"
    r"|[A-Z][a-z]{2,8}, \d\d?[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d ?([A-Z]{1,4}|[+-]\d{4})?"
)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_EPOCH = re.compile(r"(1[5-9]|2[01])\d{8}(\d{3})?")  # seconds or milliseconds from 2017 to 2039
#: Bytes that are text for certain: by chance hardly any run is so long.
_RUN = re.compile(rb"[ -~]{12,}")
_BASE64 = re.compile(r"[\w+/-]{8,}=*", re.ASCII)
_PLAIN_WORDS = re.compile(r"([A-Z]?[a-z]+|[A-Z]+)([_.=-]([A-Z]?[a-z]+|[A-Z]+))*\d{0,4}=*")
_LONG_NUMBER = re.compile(r"\d{7}")
_NUMBERS = r"-?\d{1,7}(\.\d{1,6})?(/(s|sec|second|m|min|minute|h|hour|d|day))?"
_KINDS = (
    r"(application/(json|problem\+json|xml|octet-stream|x-www-form-urlencoded|javascript|pdf|yaml)"
    r"|text/(plain|html|css|csv|xml|json|event-stream)|multipart/form-data|image/(png|jpeg)|\*/\*)"
    r"( ?; ?charset=\"?(utf-?8|utf-?16|iso-8859-15?|us-ascii|windows-125[0-9])\"?| ?; ?q=[01](\.\d{1,3})?)?"
)
_CODINGS = "(gzip|x-gzip|br|deflate|identity|zstd|compress|chunked)"
_METHODS = "(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT)"
_CHALLENGE = (
    r'(Bearer|Basic|Digest|Negotiate)( ?,? ?(error="?(invalid_request|invalid_token|insufficient_scope)"?'
    r'|scope="?[\w:]*:(read|write)"?))*'
)


def _listed(form: str) -> re.Pattern[str]:
    """One or more of these, parted by commas; in any case."""
    return re.compile(rf"({form})?( ?, ?({form}))*", re.IGNORECASE)


_RESET = rf"{_NUMBERS}|{_EPOCH.pattern}(\.\d{{1,6}})?|{_TIMES.pattern}"
_HEADERS = {
    "accept": _listed(_KINDS),
    "allow": _listed(_METHODS),
    "content-encoding": _listed(_CODINGS),
    "content-length": re.compile(r"\d{1,8}"),
    "content-type": _listed(_KINDS),
    "date": _listed(_TIMES.pattern),
    "prefer": re.compile(r"(code|return|wait|respond-async)(=\w{1,16})?"),
    "retry-after": _listed(rf"{_NUMBERS}|{_TIMES.pattern}"),
    "transfer-encoding": _listed(_CODINGS),
    "www-authenticate": re.compile(_CHALLENGE, re.IGNORECASE),
    "x-ratelimit-limit": _listed(_NUMBERS),
    "x-ratelimit-remaining": _listed(rf"{_NUMBERS}|none"),
    "x-ratelimit-reset": _listed(_RESET),
}
_NAME_AND_NUMBER = re.compile(r"([a-z]{3,}|[A-Z][a-z]{2,}|[A-Z]{3,})\d{1,4}")


def describe_length(value: str) -> str:
    """What may be told of a hidden text: how long it is."""
    return f"‹text {len(value)}›"


def may_be_shown(name: str, value: str) -> bool:
    """Is this a member known to hold neither names nor words, with a value of the form that belongs there?"""
    for names, form in _FORMS:
        if names.fullmatch(name):
            return len(value) <= _LONGEST and form(value)
    return False


def names_an_id(name: str) -> bool:
    """Does a member of this name hold an id, or several?"""
    return _ID.fullmatch(name) is not None


def disclose_value(name: str, value: Any) -> str:
    """A value as a finding may name it: itself where it may be shown, else its shape or its kind."""
    if isinstance(value, str):
        return value if may_be_shown(name, value) else describe_length(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(shown_number(value))
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else f"‹{type(value).__name__}›"


def shown_number(value: float) -> float | str:
    """A number; its shape if it is so long that it could be a telephone number."""
    digits = re.sub(r"\D", "", repr(value).partition(".")[0])
    return value if len(digits) < 9 or _EPOCH.fullmatch(digits) else f"‹number {len(digits)}›"


def round_long_number(text: str) -> str:
    """Rounds a number that could be a telephone number to its first digit; leaves other texts as they are."""
    digits = text.strip()
    return digits[0] + "0" * (len(digits) - 1) if _telephone(digits) else text


def shown_name(name: str) -> str:
    """A member's name if it consists of common words, else its shape."""
    return name if len(name) <= 64 and re.fullmatch(r"\w*", name) and only_public_words(name) else describe_length(name)


def shown_pointer(pointer: str) -> str:
    """A JSON pointer into an answer, the names of unusual members hidden."""
    return "/".join(step if step.isdecimal() else shown_name(step) for step in pointer.split("/"))


def looks_like_an_id(value: str) -> bool:
    """A number, a UUID, or a machine-made mix of letters and digits; not a name, an address or a telephone number."""
    if _UUID.fullmatch(value):
        return True
    return _is_machine_made(value) and _tells_nobody(value)


def looks_like_a_cursor(value: str) -> bool:
    """An id, or Base64 of what tells nothing of a person."""
    packed = _BASE64.fullmatch(value) is not None and not _PLAIN_WORDS.fullmatch(value)
    return looks_like_an_id(value) or (packed and _tells_nobody(value))


def is_known_header(name: str) -> bool:
    """Is this (in small letters) a header of which anything may be shown?"""
    return name in _HEADERS


def shown_header(name: str, value: str) -> str:
    """A known header's value where it has the form that belongs there, else its shape, behind a media type that has."""
    if header_may_be_shown(name, value):
        return value
    kind, semicolon, rest = value.partition(";")
    if semicolon and name == "content-type" and header_may_be_shown(name, kind):
        return f"{kind}; {describe_length(rest.strip())}"
    return describe_length(value)


def header_may_be_shown(name: str, value: str) -> bool:
    """Is this a header known to hold neither names nor words, with a value of the form that belongs there?"""
    form = _HEADERS.get(name)
    return form is not None and len(value) <= _LONGEST and form.fullmatch(value.strip()) is not None


def _is_machine_made(value: str) -> bool:
    if not re.fullmatch(r"[A-Za-z0-9_.:~=-]{1,128}", value) or not re.search(r"\d", value):
        return False
    parts = [part for part in re.split(r"[_.:~=-]+", value) if part]
    if any(_telephone(part) for part in ("".join(parts), *parts)):
        return False
    prefix = only_public_words(parts[0]) or (parts[0].isalpha() and len(parts[0]) <= 5 and len(value) >= 12)
    return all(_is_id_part(part) for part in parts[prefix:])


def _is_id_part(part: str) -> bool:
    """Digits, hexadecimal, letters among digits, or hardly a letter: no name, and no name with a number behind it."""
    if only_public_words(part) or re.fullmatch("[0-9a-f]+", part):
        return True
    return len(part) <= 3 if part.isalpha() else not _NAME_AND_NUMBER.fullmatch(part)


def _telephone(digits: str) -> bool:
    return digits.isdecimal() and 9 <= len(digits) <= 15 and not _EPOCH.fullmatch(digits)


def _tells_nobody(value: str) -> bool:
    """Is there no name, address or number of a telephone in what a Base64 text holds? True for other texts.

    A text that lost or got a letter on its way is still read behind that place, which begins at another offset.
    """
    if not _BASE64.fullmatch(value) or re.fullmatch(r"[0-9a-f]+|[0-9A-F]+", value):
        return True
    packed = value.rstrip("=").replace("+", "-").replace("/", "_")
    shifted = (run for start in (1, 2, 3) for run in _RUN.findall(_unpacked(packed[start:])))
    tokens = [*_tokens(_unpacked(packed)), *(token for run in shifted for token in _tokens(run))]
    return all(_is_plain(token) for token in tokens)


def _unpacked(packed: str) -> bytes:
    """The bytes of Base64 without padding; a last letter that belongs to nothing is left out."""
    whole = packed[: len(packed) - (len(packed) % 4 == 1)]
    return urlsafe_b64decode(whole + "=" * (-len(whole) % 4))


def _tokens(raw: bytes) -> list[str]:
    """What can be read in some bytes: all of it where they are text, else the longer runs of letters."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return re.findall(r"[A-Za-z]{5,}|[\w.-]+@[\w.-]+|\d{9,}", raw.decode("latin-1"), re.ASCII)
    return re.findall(r"[\w.+@-]{3,}", text)


def _is_plain(token: str) -> bool:
    return _is_machine_made(token) or (only_public_words(token) and not re.search(r"@|\d{9}", token))


_FORMS: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (_ID, looks_like_an_id),
    (re.compile("next_cursor"), looks_like_a_cursor),
    (_TIME, lambda value: _TIMES.fullmatch(value) is not None),
    (
        _WORDS,
        lambda value: (
            re.fullmatch(r"[\w.\[\]/ -]*", value) is not None
            and only_public_words(value)
            and not _LONG_NUMBER.search(value)
        ),
    ),
    (re.compile("openapi"), lambda value: re.fullmatch(r"\d{1,3}(\.\d{1,3}){0,2}", value) is not None),
)
