"""An answer on its way through the altering proxy, and how parts of it are changed. Pure; nothing is judged here."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

Headers = tuple[tuple[str, str], ...]
Leaf = Callable[[str, Any], Any]
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z")
_DATE = "%a, %d %b %Y %H:%M:%S GMT"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: the method, the path with its query, and the Authorization header ("" without one)."""

    method: str
    target: str
    authorization: str = ""

    @property
    def path(self) -> str:
        return self.target.split("?")[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the good server said, or what is made of it. `framing` is length, chunked or eof; `before` goes out first.

    `chance` is the connection's own, seeded; `close` ends the connection after it, whatever the headers say.
    """

    asked: Asked
    status: int
    reason: str
    headers: Headers
    body: bytes
    chance: Random = field(default_factory=Random)
    version: str = "HTTP/1.1"
    framing: str = "length"
    close: bool = False
    before: bytes = b""

    def get(self, name: str) -> str | None:
        """A header's first value."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)

    @property
    def succeeded(self) -> bool:
        return self.status in (200, 201)


def with_header(answer: Answer, name: str, value: str | None) -> Answer:
    """With one value for a header; without it for None."""
    kept = tuple(pair for pair in answer.headers if pair[0].lower() != name.lower())
    return replace(answer, headers=kept if value is None else (*kept, (name, value)))


def plus(answer: Answer, *pairs: tuple[str, str]) -> Answer:
    """With more headers after its own."""
    return replace(answer, headers=(*answer.headers, *pairs))


def limits(answer: Answer, change: Callable[[str], str], name: str = "x-ratelimit") -> Answer:
    """With other values in the rate-limit headers whose name begins so."""
    pairs = tuple((n, change(v) if n.lower().startswith(name) else v) for n, v in answer.headers)
    return replace(answer, headers=pairs)


def rewritten(answer: Answer, change: Callable[[Any], Any], **style: Any) -> Answer:
    """With its JSON changed and spelt anew, UTF-8 and compact unless `style` (for json.dumps) says otherwise."""
    try:
        value = json.loads(answer.body)
    except ValueError:
        return answer
    spelling: dict[str, Any] = {"ensure_ascii": False, "separators": (",", ":")}
    text = json.dumps(change(value), **(spelling | style))
    return replace(answer, body=text.encode("utf-8", "surrogatepass"))


def walked(value: Any, change: Leaf, name: str = "") -> Any:
    """A value whose texts, numbers and literals are changed, each by the name of the member that holds it."""
    if isinstance(value, dict):
        return {key: walked(inner, change, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [walked(inner, change, name) for inner in value]
    return change(name, value)


def leaves(answer: Answer, change: Leaf, **style: Any) -> Answer:
    """With every text, number and literal of its JSON changed."""
    return rewritten(answer, lambda value: walked(value, change), **style)


def texts(answer: Answer, names: Sequence[str], change: Callable[[str], str], **style: Any) -> Answer:
    """With the texts of these members changed."""
    return leaves(answer, lambda name, x: change(x) if name in names and isinstance(x, str) else x, **style)


def whole_numbers(answer: Answer, change: Callable[[int], Any]) -> Answer:
    """With every whole number of its JSON changed."""
    return leaves(answer, lambda _, x: change(x) if isinstance(x, int) and not isinstance(x, bool) else x)


def times(answer: Answer, change: Callable[[str], str]) -> Answer:
    """With every instant of its JSON spelt otherwise."""
    return leaves(answer, lambda _, x: change(x) if isinstance(x, str) and _TIME.fullmatch(x) else x)


def decimals(text: str, digits: int) -> str:
    """An instant with so many more zeros behind the point."""
    return _TIME.sub(lambda m: f"{m[1]}T{m[2]}{(m[3] or '.').ljust(digits, '0')}Z", text)


def moved(text: str, hours: float) -> str:
    """The same instant by a clock so many hours ahead of UTC."""
    there = datetime.fromisoformat(text) + timedelta(hours=hours)
    sign, minutes = "+-"[hours < 0], round(abs(hours) * 60)
    return f"{there:%Y-%m-%dT%H:%M:%S}.{there.microsecond // 1000:03}{sign}{minutes // 60:02}:{minutes % 60:02}"


def dated(answer: Answer, seconds: float) -> Answer:
    """With a Date so many seconds later."""
    said = answer.get("Date")
    if said is None:
        return answer
    return with_header(answer, "Date", (datetime.strptime(said, _DATE) + timedelta(seconds=seconds)).strftime(_DATE))
