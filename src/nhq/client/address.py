"""The address of a server: a URL checked before anything is sent, and normalised as `requests` sends it."""

import re
from urllib.parse import SplitResult, urlsplit

import requests

from nhq.errors import ConfigError

_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")


def clean_url(where: str, value: str) -> str:
    """A base URL as requests spells it: scheme and host in small letters, IDN in its ASCII form, no last slash.

    `where` names the field for the one line of ConfigError that anything unclear is: blanks, an invalid port, a
    broken IPv6 address, user and password, query or fragment. The value itself is in no message: it may hold a secret.
    """
    parts = split_url(where, value)
    if parts.username is not None or parts.password is not None:
        raise ConfigError(f"{where} must not hold a user and a password; keys go into [[key]], others into [headers]")
    if "?" in value or "#" in value:
        raise ConfigError(f"{where} must end with its path: it has a query or a fragment (? or #)")
    try:
        prepared = requests.Request("GET", value).prepare().url or ""
    except (requests.RequestException, UnicodeError):
        raise ConfigError(f"{where} has an invalid host") from None
    return prepared.rstrip("/")


def split_url(where: str, value: str) -> SplitResult:
    """The parts of an http or https URL with a valid host and port. Raises ConfigError in one line."""
    if _BLANK.search(value):
        raise ConfigError(f"{where} has a blank or a control character in it")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as problem:
        what = "an IPv6 address that is broken" if "IPv6" in str(problem) else "an invalid port"
        raise ConfigError(f"{where} has {what}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError(f"{where} must be an http or https URL")
    if port == 0:
        raise ConfigError(f"{where} has an invalid port")
    return parts
