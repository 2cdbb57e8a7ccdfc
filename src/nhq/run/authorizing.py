"""An Authorization header as a shell writes it: keys are variables, and what a test made of a key is made of them."""

from base64 import b64encode

from nhq.drive.redact import variable
from nhq.drive.target import Target
from nhq.model import Identity

_ALIKE = 6


def header(value: str, target: Target) -> str | None:
    """The header in a shell's double quotes, whose value has the key as a variable; None where that can't be."""
    for key in sorted(target.keys, key=lambda key: -len(key.secret)):
        made = _made_of(value, key)
        if made is not None:
            return None if _tells(made, target) else f'"Authorization: {made}"'
    return None if _tells(value, target) else f'"Authorization: {_quoted(value)}"'


def _made_of(value: str, key: Identity) -> str | None:
    """The value by means of the key's variable; None where it has nothing of the key."""
    secret, name = key.secret, variable(key)
    packed = b64encode(f"{secret}:".encode()).decode()
    if secret in value:
        return _variable(name, value.split(secret)).join(map(_quoted, value.split(secret)))
    if packed in value:
        return f"$(printf '%s:' \"${name}\" | base64 | tr -d '\\n')".join(map(_quoted, value.split(packed)))
    *scheme, token = value.split(" ")
    before = " ".join([*scheme, ""])
    if token == secret.swapcase():
        return f"{_quoted(before)}$(printf %s \"${name}\" | tr 'A-Za-z' 'a-zA-Z')"
    same = next(
        (n for n, (a, b) in enumerate(zip(token, secret, strict=False)) if a != b), min(len(token), len(secret))
    )
    if same < _ALIKE:
        return None
    return f"{_quoted(before)}${{{name}%{'?' * (len(secret) - same)}}}{_quoted(token[same:])}"


def _variable(name: str, around: list[str]) -> str:
    """`$NAME` where a blank or the end follows, else `${NAME}`."""
    return f"${name}" if all(rest[:1] in ("", " ") for rest in around[1:]) else f"${{{name}}}"


def _quoted(text: str) -> str:
    """Text between a shell's double quotes."""
    return "".join(f"\\{sign}" if sign in '\\"$`' else sign for sign in text)


def _tells(made: str, target: Target) -> bool:
    """Does a part of any key still show?"""
    secrets = [key.secret for key in target.keys]
    return any(secret[at : at + _ALIKE] in made for secret in secrets for at in range(len(secret) - _ALIKE + 1))
