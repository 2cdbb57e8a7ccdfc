"""The parts of a trait that may be shown. A target's names, headers and codes may contain keys and personal data. Pure.

Traits are compared as received and redacted afterwards: a difference is reported even if its text may not be shown.
"""

from nhq.contract.disclosure import describe_length, may_be_shown, shown_header, shown_name
from nhq.contract.public_words import only_public_words
from nhq.nights.drift_features import KEPT_HEADERS

_OURS = frozenset({"member", "order", "of", "members", "at", "spelling", "type", "with", "by", "*", ""})
#: Words in names of usual headers, besides those that every API uses.
_HEADER_WORDS = """
    accept access age agent allow alive alt amz authenticate cache cf control cookie correlation cors credentials cross
    disposition encoding engine etag expires expose feature forwarded frame headers host hsts keep language length link
    location methods modified opener options origin permissions policy powered pragma proxy ratelimit ray referrer
    region remaining report reset robots runtime sec security served set strict svc timing trace traceparent transfer
    transport upgrade upstream vary via warning x xss
"""
_CONNECTION = ("close", "keep-alive", "upgrade")


def shown_subject(subject: str) -> str:
    """The subject of a trait with the names of unusual members and headers hidden."""
    if subject.startswith("header "):
        return f"header {_header_name(subject.removeprefix('header '))}"
    return subject if "/" not in subject else _members(subject)


def shown_value(subject: str, value: str) -> str:
    """The value of a trait: a code, a header or a member's name is shown only if it has the usual form."""
    kind, _, name = subject.partition(" ")
    if kind == "header":
        return _header(name, value)
    if subject == "headers":
        return " ".join(_header_name(header) for header in value.split())
    if subject == "error code":
        return value if may_be_shown("code", value) else describe_length(value)
    return _members(value) if subject.startswith("order of members") else value


def _header(name: str, value: str) -> str:
    ours = name not in KEPT_HEADERS or (name == "connection" and value.lower() in _CONNECTION)
    return value if ours else shown_header(name, value)


def _header_name(name: str) -> str:
    words = _HEADER_WORDS.split()
    usual = all(word in words or only_public_words(word) for word in name.lower().split("-"))
    return name if usual and not any(map(str.isdecimal, name.split("-"))) else describe_length(name)


def _members(text: str) -> str:
    """Paths and names, parted by blanks, between words of ours."""
    return " ".join("/".join(map(_step, word.split("/"))) for word in text.split(" "))


def _step(step: str) -> str:
    return step if step in _OURS else shown_name(step)
