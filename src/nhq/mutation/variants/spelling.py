"""Choices about how values are written: ids, times, JSON itself."""

import json
import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import cache
from hashlib import blake2b
from itertools import count
from typing import Any

import msgspec

from nhq.mutation.faults.fault import Around
from nhq.mutation.variants.variant import variants_of_area

take = variants_of_area("spelling", "schema", "workspaces", "leads")

KINDS = ("acc", "act", "camp", "clead", "conv", "lead", "list", "msg", "ovr")
_OWN = re.compile(rb"\b(%s)_([0-9a-f]{20})\b" % "|".join(KINDS).encode())
_TIME = re.compile(rb'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{3})Z"')
_AWAY = timezone(timedelta(hours=5, minutes=30))

_SHORT: dict[str, str] = {}  # the inverse of a function, as far as it has been needed
_COUNTED: dict[tuple[str, str], dict[str, str]] = {}  # by workspace and kind: the store's ids by their numbers

Spell = Callable[[str, str], str]  # kind and digits of an id, as the wire has it
Read = Callable[[str], str]  # the store's id, or the text itself where it is none of ours
Spelt = Callable[[bytes, bool, str, str], bytes]  # the policy `spelt_ids`


def _ids(spell: Spell, read: Read) -> Spelt:
    """For `spelt_ids`: every id of an answer spelt anew, and ids of a request, joined by commas, read back."""

    def spelt(text: bytes, outgoing: bool, workspace: str, kind: str) -> bytes:
        if outgoing:
            return _OWN.sub(lambda found: spell(found[1].decode(), found[2].decode()).encode(), text)
        return ",".join(read(ident) for ident in text.decode("utf-8", "surrogateescape").split(",")).encode(
            "utf-8", "surrogateescape"
        )

    return spelt


def _counted(text: bytes, outgoing: bool, workspace: str, kind: str) -> bytes:
    """For `spelt_ids`: in each workspace and of each kind, ids count from one, so that they are shared by many."""
    if outgoing:
        return _OWN.sub(lambda found: _place(workspace, found[1].decode(), found[0].decode()).encode(), text)
    known = _COUNTED.get((workspace, kind), {})
    asked = text.decode("utf-8", "surrogateescape").split(",")
    return ",".join(known.get(ident, ident) for ident in asked).encode("utf-8", "surrogateescape")


@cache
def _place(workspace: str, kind: str, ident: str) -> str:
    known = _COUNTED.setdefault((workspace, kind), {})
    number = str(len(known) + 1)
    known[number] = ident
    return number


def _uuid(kind: str, digits: str) -> str:
    check = blake2b(f"{kind}{digits}".encode(), digest_size=5).hexdigest()[:9]
    node = f"{KINDS.index(kind)}{digits[18:]}{check}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-8{digits[15:18]}-{node}"


def _of_uuid(text: str) -> str:
    found = re.fullmatch(r"([0-9a-f]{8})-([0-9a-f]{4})-4([0-9a-f]{3})-8([0-9a-f]{3})-([0-8])([0-9a-f]{2})\w{9}", text)
    if found is None:
        return text
    kind, digits = KINDS[int(found[5])], found[1] + found[2] + found[3] + found[4] + found[6]
    return f"{kind}_{digits}" if _uuid(kind, digits) == text else text


def _number(kind: str, digits: str) -> str:
    return f"{KINDS.index(kind) + 1}{int(digits, 16):025d}"


def _of_number(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d{25}", text, re.ASCII):
        return text
    return f"{KINDS[int(text[0]) - 1]}_{int(text[1:]):020x}"


@cache
def _short_number(kind: str, digits: str) -> str:
    """A number that tells nothing of the id it stands for; which one that is, is kept beside."""
    number = str(int(digits[:8], 16))
    _SHORT[number] = f"{kind}_{digits}"
    return number


def _of_short_number(text: str) -> str:
    return _SHORT.get(text, text)


def _of_urn(text: str) -> str:
    found = re.fullmatch(r"urn:nhq:([a-z]+):([0-9a-f]{20})", text)
    return text if found is None else f"{found[1]}_{found[2]}"


def _of_base64(text: str) -> str:
    try:
        kind, _, digits = b64decode(text, validate=True).decode().partition(":")
    except (Error, ValueError):
        return text
    return f"{kind}_{digits}" if _OWN.fullmatch(f"{kind}_{digits}".encode()) else text


def _times(spell: Callable[[str, str], str]) -> Callable[[bytes], bytes]:
    """For `spelt_times`: every time of an answer, as `spell` makes it of the seconds and the milliseconds."""
    return lambda body: _TIME.sub(lambda found: b'"%s"' % spell(found[1].decode(), found[2].decode()).encode(), body)


def _elsewhere(seconds: str, decimals: str) -> str:
    return datetime.fromisoformat(f"{seconds}.{decimals}+00:00").astimezone(_AWAY).isoformat(timespec="milliseconds")


def _here_and_there() -> Callable[[bytes], bytes]:
    """For `spelt_times`: each time of a zone of its own, in turns."""
    turns = count()

    def told(match: re.Match[bytes]) -> bytes:
        zone = timezone(timedelta(minutes=(-330, 0, 45, 600)[next(turns) % 4]))
        moment = datetime.fromisoformat(f"{match[1].decode()}.{match[2].decode()}+00:00")
        return f'"{moment.astimezone(zone).isoformat(timespec="milliseconds")}"'.encode()

    return lambda body: _TIME.sub(told, body)


def _fractional(value: Any) -> Any:
    """The value with every whole number written with a fraction of nothing."""
    if isinstance(value, dict):
        return {name: _fractional(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_fractional(inner) for inner in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _turned(value: Any) -> Any:
    """The value with the members of every object the other way round."""
    if isinstance(value, dict):
        return {name: _turned(inner) for name, inner in reversed(value.items())}
    return [_turned(inner) for inner in value] if isinstance(value, list) else value


def _escaped(body: bytes) -> bytes:
    return json.dumps(json.loads(body), indent=2).replace("/", "\\/").encode()


VARIANTS = (
    take(
        "has-uuids-for-ids",
        "Ids are UUIDs.",
        "id-form",
        "any text",
        spelt_ids=_ids(_uuid, _of_uuid),
    ),
    take(
        "has-numbers-for-ids",
        "Ids are long numbers, as text.",
        "id-form",
        "any text",
        spelt_ids=_ids(_number, _of_number),
    ),
    take(
        "has-short-numbers-for-ids",
        "Ids are numbers, as text, of up to ten digits.",
        "id-form",
        "any text",
        spelt_ids=_ids(_short_number, _of_short_number),
    ),
    take(
        "counts-ids-within-workspace-and-kind",
        "Ids count from one in each workspace and for each kind: a lead and a list may share one, and two workspaces.",
        "id-form",
        "unique only within its workspace and kind",
        spelt_ids=_counted,
    ),
    take(
        "has-urns-for-ids",
        "Ids have colons in them.",
        "id-form",
        "any text",
        spelt_ids=_ids(lambda kind, digits: f"urn:nhq:{kind}:{digits}", _of_urn),
    ),
    take(
        "has-base64-for-ids",
        "Ids are base64, which ends in equals signs.",
        "id-form",
        "any text",
        spelt_ids=_ids(lambda kind, digits: b64encode(f"{kind}:{digits}".encode()).decode(), _of_base64),
    ),
    take(
        "tells-times-of-another-zone",
        "Times are of a zone five and a half hours ahead.",
        "timestamps-form",
        "any RFC 3339 date-time",
        spelt_times=_times(_elsewhere),
    ),
    take(
        "tells-each-time-of-a-zone-of-its-own",
        "Times are of different zones, the same instant now of one and now of another.",
        "timestamps-form",
        "any RFC 3339 date-time",
        spelt_times=Around(lambda true: _here_and_there()),
    ),
    take(
        "tells-times-in-whole-seconds",
        "Times have no fractions: what lies behind the second is cut off.",
        "timestamps-form",
        "any RFC 3339 date-time",
        spelt_times=_times(lambda seconds, decimals: f"{seconds}Z"),
    ),
    take(
        "tells-times-in-nanoseconds",
        "Times have nine decimals, and +00:00 for Z.",
        "timestamps-form",
        "any RFC 3339 date-time",
        spelt_times=_times(lambda seconds, decimals: f"{seconds}.{decimals}000000+00:00"),
    ),
    take(
        "tells-times-in-small-letters",
        "Times are written with t and z.",
        "timestamps-form",
        "any RFC 3339 date-time",
        spelt_times=_times(lambda seconds, decimals: f"{seconds}.{decimals}Z".lower()),
    ),
    take(
        "writes-json-for-people",
        "JSON is indented, and whatever can be escaped is.",
        "json-form",
        "any text of the same value",
        spelt_json=_escaped,
    ),
    take(
        "ends-json-with-a-line-end",
        "A line end and blanks stand around JSON.",
        "json-form",
        "any text of the same value",
        spelt_json=lambda body: b"\r\n " + body + b"\n",
    ),
    take(
        "turns-members-round",
        "Members of objects come in another order.",
        "json-form",
        "any text of the same value",
        spelt_json=lambda body: msgspec.json.encode(_turned(msgspec.json.decode(body))),
    ),
    take(
        "writes-whole-numbers-with-a-fraction",
        "Whole numbers are written as 100.0.",
        "json-form",
        "any text of the same value",
        spelt_json=lambda body: msgspec.json.encode(_fractional(msgspec.json.decode(body))),
    ),
)
