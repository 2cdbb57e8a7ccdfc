"""An Authorization header as a shell writes it: keys are variables, and what a test made of a key is made of them."""

from base64 import b64encode

from nhq.client.redact import key_variable
from nhq.client.target import Target
from nhq.model import Identity
from nhq.run.echoed_data import common_prefix_length

_ALIKE = 6


def shell_header(value: str, target: Target) -> str | None:
    """The header in a shell's double quotes, whose value has the key as a variable; None where that can't be."""
    token = value.split(" ")[-1]
    nearest = sorted(target.keys, key=lambda key: (key.secret not in value, -common_prefix_length(token, key.secret)))
    made = next((made for key in nearest if (made := _made_of(value, key)) is not None), _quoted(value))
    return None if _tells(made, target) else f'"Authorization: {made}"'


def _made_of(value: str, key: Identity) -> str | None:
    """The value by means of the key's variable; None where it has nothing of the key."""
    secret, name = key.secret, key_variable(key)
    packed = b64encode(f"{secret}:".encode()).decode()
    if secret in value:
        return _variable(name, value.split(secret)).join(map(_quoted, value.split(secret)))
    if packed in value:
        return f"$(printf '%s:' \"${name}\" | base64 | tr -d '\\n')".join(map(_quoted, value.split(packed)))
    *scheme, token = value.split(" ")
    before, same = _quoted(" ".join([*scheme, ""])), common_prefix_length(token, secret)
    if token == secret.swapcase():
        return f"{before}$(printf %s \"${name}\" | tr 'A-Za-z' 'a-zA-Z')"
    return f"{before}${{{name}%{'?' * (len(secret) - same)}}}{_quoted(token[same:])}" if same >= _ALIKE else None


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
