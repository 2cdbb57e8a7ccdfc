"""JSON pointers (RFC 6901) into plain JSON values."""

import json
from collections.abc import Iterable
from typing import Any


def make_pointer(tokens: Iterable[str | int]) -> str:
    """The pointer that these keys and indexes spell."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def pointer_tokens(text: str) -> list[str]:
    """The keys of a pointer. Raises ValueError for text that is no pointer."""
    if text and not text.startswith("/"):
        raise ValueError(f"{text!r} is no JSON pointer")
    return [token.replace("~1", "/").replace("~0", "~") for token in text.split("/")[1:]]


def child_value(value: Any, token: str | int) -> Any:
    """A member of an object or an item of an array. Raises LookupError where there is none."""
    if isinstance(value, list):
        if not str(token).isdecimal():
            raise KeyError(token)
        return value[int(token)]
    if not isinstance(value, dict):
        raise KeyError(token)
    return value[str(token)]


def resolve_pointer(document: Any, text: str) -> Any:
    """The value at a pointer. Raises LookupError where there is none, ValueError where the text is no pointer."""
    value = document
    for token in pointer_tokens(text):
        value = child_value(value, token)
    return value


def quotable_text(value: Any) -> str:
    """A value as quotes see it: text as it is, anything else as compact JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
