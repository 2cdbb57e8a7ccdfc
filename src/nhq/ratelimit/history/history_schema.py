"""The columns of a recorded history, and its metadata: the one definition of a history file.

A worker writes an Arrow IPC *stream* (`.arrows`: every batch is readable as soon as it is written); a finished history
may also be an Arrow IPC *file* (`.arrow`). Both hold one row for each request sent:

    id              int64       unique within the file, ascending as recorded
    key             dictionary  label of the API key, never the key itself
    operation       dictionary  operation id, "" when unknown
    intended        float64     when the schedule wanted it sent      } seconds on the worker's monotonic clock
    sent            float64     immediately before the first byte     } (files of one `host` share that clock)
    received        float64     reply complete, or given up waiting   }
    intended_wall, sent_wall, received_wall   float64   the same instants in Unix seconds
    status          int16       null: no reply
    limit, remaining, reset     float64   the three headers as numbers, null when absent or unreadable
    malformed       uint8       bits 1, 2, 4: limit, remaining, reset was there, but not a number
    unread          string      what such headers said: lines of "limit=…", "remaining=…", "reset=…", cut; else null

Schema metadata (bytes): `nhq.version` "1", `nhq.limit`, `nhq.window`, `nhq.fresh` ("true": no key was used in the
window before), `nhq.alone` ("true": nobody else used the keys meanwhile), `nhq.worker` (unique for each file),
`nhq.host` (whose monotonic clock; "" when unknown).

CSV (with a header line) and JSON Lines use the same names. Required are sent, received (or duration, in seconds, or
duration_ms) and status (empty or null: no reply); header values may be any text as received. A question that needs a
missing column stays unknown: without `key` counting isn't judged, without a header's column that header isn't. Times
may be ISO 8601, Unix seconds, milliseconds, microseconds or nanoseconds. Without `sent_wall`, times after 2001 are
taken as wall time of a clock that didn't step. Times that are all whole multiples of 1, 0.1, 0.01 or 0.001 s are taken
as rounded to that. A JSON line, or a CSV comment `# {...}`, that has the member "nhq" carries the metadata:
{"nhq": 1, "limit": 60, "window": 60}.
"""

import re
from functools import lru_cache
from typing import Any

import pyarrow as pa

from nhq.errors import HistoryError
from nhq.ratelimit.history.history import Meta

VERSION = 1
LIMIT_BIT, REMAINING_BIT, RESET_BIT = 1, 2, 4
REQUIRED = ("sent", "received", "status")
LABEL = pa.dictionary(pa.int32(), pa.string())

FIELDS: tuple[tuple[str, pa.DataType], ...] = (
    ("id", pa.int64()),
    ("key", LABEL),
    ("operation", LABEL),
    ("intended", pa.float64()),
    ("sent", pa.float64()),
    ("received", pa.float64()),
    ("intended_wall", pa.float64()),
    ("sent_wall", pa.float64()),
    ("received_wall", pa.float64()),
    ("status", pa.int16()),
    ("limit", pa.float64()),
    ("remaining", pa.float64()),
    ("reset", pa.float64()),
    ("malformed", pa.uint8()),
    ("unread", pa.string()),
)

_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,9})?")


def history_arrow_schema(meta: Meta) -> pa.Schema:
    """The Arrow schema with `meta` as its metadata."""
    facts = {
        "version": str(VERSION),
        "limit": str(meta.limit),
        "window": repr(float(meta.window)),
        "fresh": "true" if meta.fresh else "false",
        "alone": "true" if meta.alone else "false",
        "worker": meta.worker,
        "host": meta.host,
    }
    return pa.schema([pa.field(name, kind) for name, kind in FIELDS], {f"nhq.{k}": v for k, v in facts.items()})


def meta_of(facts: dict[str, Any], name: str) -> Meta:
    """Metadata from a schema or a text file's line. Raises HistoryError for another version or nonsense."""
    try:
        meta = Meta(
            limit=int(facts.get("limit", 0)),
            window=float(facts.get("window", 0.0)),
            fresh=str(facts.get("fresh", "false")).lower() == "true",
            alone=str(facts.get("alone", "false")).lower() == "true",
            worker=str(facts.get("worker", "")),
            host=str(facts.get("host", "")),
            version=int(facts.get("version", facts.get("nhq", VERSION))),
        )
    except (TypeError, ValueError):
        raise HistoryError(f"{name}: metadata is not readable") from None
    if meta.version != VERSION:
        raise HistoryError(f"{name}: history version {meta.version}, this program reads {VERSION}")
    return meta


@lru_cache(maxsize=4096)  # limits and resets repeat, and this runs for each request of a load test
def header_number(text: str | None) -> tuple[float | None, bool]:
    """A header's value as a number, and whether it was there but malformed."""
    if text is None:
        return None, False
    text = text.strip()
    return (float(text), False) if _NUMBER.fullmatch(text) else (None, True)


@lru_cache(maxsize=4096)
def written_number(text: str | None) -> tuple[float | None, bool]:
    """The same for a header exactly as it was sent: a whole number with a fraction or a plus is malformed.

    Other tools write numbers in their own way (60.0), so this is for what we recorded ourselves.
    """
    value, malformed = header_number(text)
    if text is None or value is None or not value.is_integer() or text.strip().lstrip("-").isdecimal():
        return value, malformed
    return None, True
