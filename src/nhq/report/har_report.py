"""The exchanges that prove findings as an HTTP archive (HAR 1.2), redacted as every report is."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from nhq.record.judged_rows import ExchangeRow
from nhq.record.run_record import Record

_UNKNOWN = -1  # what HAR says of sizes that nobody has measured


def render_har(record: Record) -> str:
    """An archive of what proves the record's findings, oldest first; each entry's comment names them."""
    told: dict[int, list[str]] = {}
    for finding in record.findings:
        for number in finding.exchanges:
            told.setdefault(number, []).append(f"{finding.id} {finding.rule}")
    base = record.target.base_url if record.target is not None else ""
    shown = ((number, record.exchanges.get(str(number))) for number in sorted(told))
    entries = [_entry(row, base, ", ".join(told[number])) for number, row in shown if row is not None]
    creator = {"name": record.tool.name, "version": record.tool.version}
    return json.dumps({"log": {"version": "1.2", "creator": creator, "entries": entries}}, indent=1) + "\n"


def _entry(row: ExchangeRow, base: str, comment: str) -> dict[str, Any]:
    milliseconds = round(row.seconds * 1000, 3)
    return {
        "startedDateTime": datetime.fromtimestamp(row.at, UTC).isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": _request(row, base),
        "response": _response(row),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": comment,
        **({"_traceId": row.trace} if row.trace else {}),
    }


def _request(row: ExchangeRow, base: str) -> dict[str, Any]:
    query = parse_qsl(urlsplit(row.path).query, keep_blank_values=True)
    kind = row.request_headers.get("content-type", "")
    body = {"postData": {"mimeType": kind, "text": row.request_body}} if row.request_body else {}
    return {
        "method": row.method,
        "url": base + row.path,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": list(_headers(row.request_headers)),
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": _UNKNOWN,
        "bodySize": _UNKNOWN if row.request_body else 0,
        **body,
    }


def _response(row: ExchangeRow) -> dict[str, Any]:
    """The answer; status 0, as browsers write it, where none came, with the cause as its text."""
    return {
        "status": row.status or 0,
        "statusText": row.trouble if row.status is None else _phrase(row.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": list(_headers(row.headers)),
        "content": {"size": _UNKNOWN, "mimeType": row.headers.get("content-type", ""), "text": row.body},
        "redirectURL": "",
        "headersSize": _UNKNOWN,
        "bodySize": _UNKNOWN,
    }


def _headers(headers: Mapping[str, str]) -> Iterator[dict[str, str]]:
    yield from ({"name": name, "value": value} for name, value in headers.items())


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
