"""What HTTP and the contract permit: a server may answer so, and nothing may be found. `PERMITTED` names each."""

import gzip
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from answers import Answer, dated, decimals, leaves, limits, moved, plus, rewritten, times, with_header

Alter = Callable[[Answer], Answer]
COUNTED = re.compile(rb'("(?:totalLeads|lead_count|connection_count)":)\d+')
KINDS = (
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
    'Application/JSON; Charset="UTF-8"',
    "application/json ; profile=x",
)
OTHERS = (
    ("Via", "1.1 gw"),
    ("Server-Timing", "a;dur=1"),
    ("RateLimit", '"default";r=50;t=30'),
    ("RateLimit-Policy", '"default";q=100;w=60'),
    ("X-RateLimit-Limit-Minute", "1000"),
    ("Strict-Transport-Security", "max-age=1"),
    ("Vary", "Origin"),
    ("Vary", "Accept"),
    ("Cache-Control", "no-store"),
    ("X-Empty", ""),
)


def _any_case(answer: Answer) -> Answer:
    spellings: tuple[Callable[[str], str], ...] = (str.upper, str.lower, str.title)
    return replace(answer, headers=tuple((answer.chance.choice(spellings)(n), v) for n, v in answer.headers))


def _any_charset(answer: Answer) -> Answer:
    return with_header(answer, "Content-Type", answer.chance.choice(KINDS)) if answer.body else answer


def _packed(answer: Answer, coding: str, pack: Callable[[bytes], bytes]) -> Answer:
    if not answer.body:
        return answer
    return replace(with_header(answer, "Content-Encoding", coding), body=pack(answer.body))


def _more_members(value: Any, name: str = "") -> Any:
    """A member that no schema knows in every object, but for those whose names are data."""
    if isinstance(value, list):
        return [_more_members(inner, name) for inner in value]
    if not isinstance(value, dict):
        return value
    whole = {key: _more_members(inner, key) for key, inner in value.items()}
    new = {"x_new_member": {"deep": [1, None, "ü"]}}
    return whole if name in ("current_state", "metadata") else whole | new


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _backwards(value[key]) for key in reversed(value)}
    return [_backwards(inner) for inner in value] if isinstance(value, list) else value


def _escaped(answer: Answer) -> Answer:
    plain = rewritten(answer, lambda value: value, ensure_ascii=True)
    return replace(plain, body=plain.body.replace(b"/", b"\\/"))


def _escaped_in_capitals(answer: Answer) -> Answer:
    plain = rewritten(answer, lambda value: value, ensure_ascii=True)
    return replace(plain, body=re.sub(rb"\\u([0-9a-f]{4})", lambda m: b"\\u" + m[1].upper(), plain.body))


def _pretty(answer: Answer) -> Answer:
    spaced = rewritten(answer, lambda value: value, indent="\t", separators=(" ,", " : "))
    return replace(spaced, body=b"\r\n " + spaced.body + b"\r\n") if spaced.body else spaced


def _exponents(answer: Answer) -> Answer:
    return replace(answer, body=re.sub(rb'(":)(\d+)([,}\]])', rb"\1\2e0\3", answer.body))


def _echo(answer: Answer) -> Answer:
    """The key comes back, in a header and in a member that no schema forbids."""
    key = answer.asked.authorization.removeprefix("Bearer ")
    if not key:
        return answer
    told = {"debug": {"key": key, "url": f"https://x.example/?api_key={key}"}}
    shown = rewritten(answer, lambda value: value | told if isinstance(value, dict) else value)
    return plus(shown, ("X-Debug-Key", key))


def _cookies(answer: Answer) -> Answer:
    word = sum(answer.asked.authorization.encode()) % 10**8
    return plus(answer, ("Set-Cookie", f"sid={word}; Path=/"), ("Set-Cookie", "lb=node1; Path=/; HttpOnly"))


def _floats(answer: Answer) -> Answer:
    return leaves(answer, lambda _, x: float(x) if isinstance(x, int) and not isinstance(x, bool) else x)


PERMITTED: Mapping[str, Alter] = {
    "none": lambda a: a,
    "case": _any_case,
    "charset": _any_charset,
    "gzip": lambda a: _packed(a, "gzip", gzip.compress),
    "deflate": lambda a: _packed(a, "deflate", zlib.compress),
    "chunked": lambda a: replace(a, framing="chunked"),
    "eof": lambda a: replace(a, framing="eof", version="HTTP/1.0"),
    "hangup": lambda a: replace(a, close=True),  # closes after each answer without having said so
    "close": lambda a: replace(with_header(a, "Connection", "close"), close=True),
    "lowerz": lambda a: times(a, lambda x: x.replace("Z", "z")),
    "lowert": lambda a: times(a, str.lower),
    "plus00": lambda a: times(a, lambda x: x.replace("Z", "+00:00")),
    "minus00": lambda a: times(a, lambda x: x.replace("Z", "-00:00")),
    "plus02": lambda a: times(a, lambda x: moved(x, a.chance.choice((2, -7, 5.5, 14)))),
    "nano": lambda a: times(a, lambda x: decimals(x, 10)),
    "many": lambda a: times(a, lambda x: decimals(x, 24)),
    "extra": lambda a: rewritten(a, _more_members),
    "order": lambda a: rewritten(a, _backwards),
    "ascii": _escaped,
    "upperescape": _escaped_in_capitals,
    "pretty": _pretty,
    "float": _floats,
    "exp": _exponents,
    "others": lambda a: plus(a, *OTHERS),
    "cookie": _cookies,
    "echo": _echo,
    "early": lambda a: replace(a, before=b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n"),
    "noreason": lambda a: replace(a, reason=""),
    "oddreason": lambda a: replace(a, reason="Alles prima ü".encode().decode("latin-1")),
    "nodate": lambda a: with_header(a, "Date", None),
    "dateahead": lambda a: dated(a, 2),
    "datebehind": lambda a: dated(a, -2),
    "ows": lambda a: replace(a, headers=tuple((name, f"  {value}\t ") for name, value in a.headers)),
    "retry": lambda a: with_header(a, "Retry-After", "Wed, 21 Oct 2037 07:28:00 GMT") if a.status == 429 else a,
    "zeros": lambda a: limits(a, lambda value: value.zfill(12)),
    # No sentence forbids these: a name twice in an object, and whole numbers of any size.
    "dupkey": lambda a: replace(a, body=re.sub(rb'^\{"', b'{"data":[],"', a.body, count=1)),
    "dupid": lambda a: replace(a, body=re.sub(rb'\{"id":"', b'{"id":"other-id","id":"', a.body)),
    "big": lambda a: replace(a, body=COUNTED.sub(rb"\g<1>" + b"9" * 400, a.body)),
}
