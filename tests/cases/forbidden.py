"""What HTTP or the contract forbid: `FORBIDDEN` names each, with the rules of which one must be found broken."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from answers import Answer, leaves, limits, plus, texts, times, whole_numbers, with_header
from permitted import COUNTED

Alter = Callable[[Answer], Answer]
RESET = "x-ratelimit-reset"
TEXTS = ("name", "message", "first_name")
FEW = (("X-RateLimit-Limit", "1000"), ("X-RateLimit-Remaining", "999"), ("X-RateLimit-Reset", "1999999999"))
_SCORES = re.compile(rb'("(?:totalLeads|lead_count|lead_heat_raw_score|connection_count)":)-?[\d.]+')


@dataclass(frozen=True, slots=True)
class Forbidden:
    """An alteration, and the rules that forbid it."""

    alter: Alter
    rules: tuple[str, ...]


def _where(condition: Callable[[Answer], Any], alter: Alter) -> Alter:
    return lambda answer: alter(answer) if condition(answer) else answer


def _typed(kind: str | None) -> Alter:
    return lambda answer: with_header(answer, "Content-Type", kind) if answer.body else answer


def _body(change: Callable[[bytes], bytes]) -> Alter:
    return lambda answer: replace(answer, body=change(answer.body)) if answer.body else answer


def _latin1(answer: Answer) -> Answer:
    umlauts = texts(answer, TEXTS, lambda x: x + "ü")
    return replace(umlauts, body=umlauts.body.decode().encode("latin-1", "replace"))


def _iso(value: str) -> str:
    return datetime.fromtimestamp(int(value), UTC).isoformat()


def _to_go(answer: Answer) -> Answer:
    """Seconds to go, where an instant is promised."""
    return limits(answer, lambda value: str(int(value) % 60), RESET)


def _control(answer: Answer) -> Answer:
    """A number where a word is promised, and a control character in a header."""
    return plus(leaves(answer, lambda name, x: 7 if name == "status" else x), ("X-Odd", "a\x12b"))


def _surrogate(answer: Answer) -> Answer:
    return texts(answer, TEXTS, lambda x: "\ud800" + x, ensure_ascii=True)


def _succeeded(answer: Answer) -> bool:
    return answer.succeeded


def _written(answer: Answer) -> bool:
    return answer.succeeded and answer.asked.method != "GET"


def _one_lead(answer: Answer) -> bool:
    return answer.succeeded and answer.asked.method == "GET" and "/leads/" in answer.asked.target


def _conversations(answer: Answer) -> bool:
    return answer.succeeded and answer.asked.path == "/conversations"


def _asks_conversations(answer: Answer) -> bool:
    """Whatever was answered: a 429 too."""
    return answer.asked.path == "/conversations" and answer.asked.method == "GET"


def _crashes(answer: Answer) -> Answer:
    return replace(answer, status=500, headers=(("Content-Type", "text/plain"),), body=b"Internal Server Error")


def _sends_away(answer: Answer) -> Answer:
    return replace(answer, status=302, headers=(("Location", "/login"),), body=b"")


def _says_nothing(answer: Answer) -> Answer:
    return replace(answer, status=204, body=b"")


def _page(answer: Answer) -> Answer:
    return replace(with_header(answer, "Content-Type", "text/html"), body=b"<!doctype html><title>App</title>")


_EMPTY = _body(lambda body: b"")
_TYPE, _STATUS, _SCHEMA, _TIME = ("MEDIA-TYPE",), ("STATUS-DOCUMENTED",), ("SCHEMA-BODY",), ("SCHEMA-DATE-TIME",)
_VALUES, _EPOCH = ("RL-VALUES",), ("RL-RESET-EPOCH",)
FORBIDDEN: Mapping[str, Forbidden] = {
    "textjson": Forbidden(_typed("text/json"), _TYPE),
    "problem": Forbidden(_where(lambda a: a.status >= 400, _typed("application/problem+json")), _TYPE),
    "plusjson": Forbidden(_typed("application/vnd.api+json"), _TYPE),
    "notype": Forbidden(_typed(None), _TYPE),
    "bom": Forbidden(_body(lambda body: b"\xef\xbb\xbf" + body), _TYPE),
    "utf16": Forbidden(_body(lambda body: body.decode().encode("utf-16")), _TYPE),
    "latin1": Forbidden(_latin1, _TYPE),
    "nan": Forbidden(_body(lambda body: _SCORES.sub(rb"\1NaN", body)), _TYPE),
    "huge": Forbidden(_body(lambda body: COUNTED.sub(rb"\g<1>1e400", body)), (*_TYPE, *_SCHEMA)),
    "strint": Forbidden(lambda a: whole_numbers(a, str), _SCHEMA),
    "half": Forbidden(lambda a: whole_numbers(a, lambda x: x + 0.5), _SCHEMA),
    "control": Forbidden(_control, _SCHEMA),
    "surrogate": Forbidden(_surrogate, ("LIST-NAME-KEPT", "IMPORT-FIELDS-KEPT")),
    "space": Forbidden(lambda a: times(a, lambda x: x.replace("T", " ")), _TIME),
    "nooffset": Forbidden(lambda a: times(a, lambda x: x.replace("Z", "")), _TIME),
    "basicoff": Forbidden(lambda a: times(a, lambda x: x.replace("Z", "+0000")), _TIME),
    "hour24": Forbidden(lambda a: times(a, lambda x: re.sub(r"T\d\d:\d\d:\d\d", "T24:00:00", x)), _TIME),
    "off24": Forbidden(lambda a: times(a, lambda x: x.replace("Z", "+24:00")), _TIME),
    "badleap": Forbidden(lambda a: times(a, lambda x: re.sub(r":\d\d(\.\d+)?Z", ":60Z", x)), _TIME),
    "arabic": Forbidden(lambda a: times(a, lambda x: x.replace("1", "١")), _TIME),
    "feb30": Forbidden(lambda a: times(a, lambda x: re.sub(r"-\d\d-\d\dT", "-02-30T", x)), _TIME),
    "resetms": Forbidden(lambda a: limits(a, lambda value: value + "000", RESET), _EPOCH),
    "resetdelta": Forbidden(_to_go, _EPOCH),
    "resetfloat": Forbidden(lambda a: limits(a, lambda value: value + ".5", RESET), _VALUES),
    "resetiso": Forbidden(lambda a: limits(a, _iso, RESET), _VALUES),
    "draftlimit": Forbidden(lambda a: limits(a, lambda value: "60, 60;w=60", "x-ratelimit-limit"), _VALUES),
    "joined": Forbidden(lambda a: plus(a, *FEW), _VALUES),
    "joinedfirst": Forbidden(lambda a: replace(a, headers=(*FEW, *a.headers)), _VALUES),
    "samejoined": Forbidden(lambda a: limits(a, lambda value: f"{value}, {value}"), _VALUES),
    "dupsame": Forbidden(
        lambda a: plus(a, *(pair for pair in a.headers if pair[0].lower().startswith("x-ratelimit"))), _VALUES
    ),
    "convs500": Forbidden(_where(_asks_conversations, _crashes), _STATUS),
    "convs302": Forbidden(_where(_asks_conversations, _sends_away), _STATUS),
    "204": Forbidden(_where(_succeeded, _says_nothing), _STATUS),
    "empty200": Forbidden(_where(_succeeded, _EMPTY), _TYPE),
    "html200": Forbidden(_where(_succeeded, _page), _TYPE),
    "cut200": Forbidden(_where(_succeeded, _body(lambda body: body[:-7])), _TYPE),
    "list200": Forbidden(_where(_succeeded, _body(lambda body: b"[]")), _SCHEMA),
    "null200": Forbidden(_where(_succeeded, _body(lambda body: b"null")), _SCHEMA),
    "post204": Forbidden(_where(_written, _says_nothing), _STATUS),
    "postempty": Forbidden(_where(_written, _EMPTY), _TYPE),
    "leademail": Forbidden(_where(_one_lead, _says_nothing), _STATUS),
    "convs204": Forbidden(_where(_conversations, _says_nothing), _STATUS),
}
#: A success without the JSON that it promises: one finding an operation, and no test may crash.
WITHOUT_JSON = tuple(list(FORBIDDEN)[list(FORBIDDEN).index("204") :])
