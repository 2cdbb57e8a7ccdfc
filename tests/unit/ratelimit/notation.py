"""Histories as short strings: "0+2@60 1+1@60 2x0@60" is two admissions and a 429, with remaining and reset.

    [key:]sent[-received] what [remaining] [/limit] [@reset | @=reset] [*times]

`what` is + (200), x (429), ? (no reply), ! (503), u (401), n (404), g (504). Times are seconds; @reset is counted from
the origin, @= is the header's own value. A missing remaining, limit or reset is a missing header; the limit is there if
any other is.
"""

import re

from ratelimit_limiters import ORIGIN, Row, history  # type: ignore[import-not-found]

from nhq.ratelimit.history.history import History, Meta

STATUS = {"+": 200, "x": 429, "?": 0, "!": 503, "u": 401, "n": 404, "g": 504}
TOKEN = re.compile(
    r"(?:(?P<key>\w+):)?(?P<sent>[\d.]+)(?:-(?P<received>[\d.]+))?(?P<what>[+x?!ung])(?P<remaining>-?\d+)?"
    r"(?:/(?P<limit>\d+))?(?:@(?P<raw>=)?(?P<reset>-?[\d.]+))?(?:\*(?P<times>\d+))?"
)


def parse(text: str, limit: int = 3, **meta: object) -> History:
    """The history that `text` describes, for servers that declare `limit`; the recorder was alone, unless told."""
    rows = [row for token in text.split() for row in _rows(token, limit)]
    return history(rows, Meta(**{"alone": True, **meta}))


def _rows(token: str, limit: int) -> list[Row]:
    found = TOKEN.fullmatch(token)
    assert found, f"not in the notation: {token}"
    sent = float(found["sent"])
    received = float(found["received"] or sent)
    declared = found["remaining"] is not None or found["reset"] is not None
    own = int(found["limit"]) if found["limit"] else limit if declared else None
    left = int(found["remaining"]) if found["remaining"] else None
    reset = None if found["reset"] is None else float(found["reset"]) + (0 if found["raw"] else ORIGIN)
    row = Row(found["key"] or "a", sent, received, STATUS[found["what"]], own, left, reset)
    return [row] * int(found["times"] or 1)
