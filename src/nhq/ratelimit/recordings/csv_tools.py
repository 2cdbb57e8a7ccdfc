"""Read requests from the CSV of load tools: k6, vegeta, hey, oha, JMeter.

Only vegeta records the answers' headers, and none records which key was used, unless configured: k6 by a tag `key`,
JMeter by a sample variable `key`.
"""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs

from nhq.errors import HistoryError
from nhq.ratelimit.recordings.recorded_times import GrainedInstant, decision_interval, parse_duration, parse_time
from nhq.ratelimit.recordings.recording_rows import (
    Line,
    Row,
    csv_rows,
    header_block,
    http_status,
    limit_headers,
    required_cell,
)

VEGETA_COLUMNS = [
    *("timestamp", "code", "latency", "bytes_out", "bytes_in", "error"),
    *("body", "attack", "seq", "method", "url", "headers"),
]
#: hey prints four decimals.
HEY_GRAIN = 1e-4


def k6_rows(lines: Iterable[Line], name: str) -> Iterator[Row]:
    """`k6 run --out csv=FILE`: one row per metric; the duration's rows are the requests, with their end time."""
    for number, row in csv_rows(lines, name):
        if row.get("metric_name") != "http_req_duration":
            continue
        where = f"{name}: line {number}"
        tags = parse_qs(str(row.get("extra_tags") or ""))
        yield number, k6_request(row["timestamp"], row["metric_value"], row.get("status"), tags.get("key"), where)


def k6_request(at: Any, milliseconds: Any, status: Any, key: list[str] | None, where: str) -> dict[str, Any]:
    """One request of k6. Its times may be cut to whole seconds; the interval then covers that second."""
    lasted = parse_duration(milliseconds, where, 1e3)
    sent, received = decision_interval(parse_time(at, where), lasted)
    row = {"sent": sent, "received": received, "status": http_status(status)}
    return row | ({"key": key[0]} if key else {})


def vegeta_rows(lines: Iterable[Line], name: str) -> Iterator[Row]:
    """`vegeta encode --to csv`: no header line; times in nanoseconds, the answer's headers in base64."""
    for number, row in csv_rows(lines, name, VEGETA_COLUMNS):
        where = f"{name}: line {number}"
        began = parse_time(required_cell(row, "timestamp", where), where)
        sent, received = decision_interval(
            began, parse_duration(required_cell(row, "latency", where), where, 1e9), ended=False
        )
        told = {"sent": sent, "received": received, "status": http_status(row.get("code"))}
        yield number, told | limit_headers(_vegeta_headers(row.get("headers"), where))


def _vegeta_headers(text: str | None, where: str) -> list[tuple[str, str]]:
    try:
        return header_block(b64decode(text or "", validate=True).decode("latin-1"))
    except (binascii.Error, ValueError):
        raise HistoryError(f"{where} has headers that are not base64") from None


def hey_rows(lines: Iterable[Line], name: str) -> Iterator[Row]:
    """`hey -o csv`: `offset` is when a request began, in seconds since the first; four decimals."""
    for number, row in csv_rows(lines, name):
        where = f"{name}: line {number}"
        began = parse_duration(required_cell(row, "offset", where), where)
        lasted = parse_duration(required_cell(row, "response-time", where), where)
        sent, received = decision_interval(GrainedInstant(began, 0.0), lasted, ended=False)
        told = {"sent": sent - HEY_GRAIN, "received": received + HEY_GRAIN}
        yield number, told | {"status": http_status(row.get("status-code"))}


def oha_rows(lines: Iterable[Line], name: str) -> Iterator[Row]:
    """`oha --output-format csv`: when a request began and how long it took, in seconds since the first."""
    for number, row in csv_rows(lines, name):
        where = f"{name}: line {number}"
        began = parse_duration(required_cell(row, "request-start", where), where)
        lasted = parse_duration(required_cell(row, "request-duration", where), where)
        yield number, {"sent": began, "received": began + lasted, "status": http_status(row.get("status"))}


def jmeter_rows(lines: Iterable[Line], name: str) -> Iterator[Row]:
    """A JMeter result file (`.jtl`, CSV): `timeStamp` is a request's begin or its end, as JMeter is set."""
    for number, row in csv_rows(lines, name):
        where = f"{name}: line {number}"
        lasted = parse_duration(required_cell(row, "elapsed", where), where, 1e3)
        sent, received = decision_interval(parse_time(required_cell(row, "timeStamp", where), where), lasted)
        told = {"sent": sent, "received": received + 1e-3, "status": http_status(row.get("responseCode"))}
        told["operation"] = row.get("label")
        yield number, told | ({"key": row["key"]} if row.get("key") else {})
