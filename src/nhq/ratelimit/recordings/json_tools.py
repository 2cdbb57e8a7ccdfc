"""Read requests from JSON: HAR, nginx's access log, and the JSON forms of vegeta and k6."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from nhq.errors import HistoryError
from nhq.ratelimit.recordings.csv_tools import k6_request
from nhq.ratelimit.recordings.recorded_times import decision_interval, parse_duration, parse_time
from nhq.ratelimit.recordings.recording_rows import (
    LIMIT_HEADERS,
    KeyLabels,
    Line,
    Row,
    http_status,
    limit_headers,
    required_cell,
)

#: Common names of the fields we need in a log: `$msec`, `$time_iso8601` and others.
_ENDED = ("time", "msec", "time_iso8601", "timestamp", "@timestamp", "ts")
_KEY = ("key", "api_key", "http_authorization", "authorization")
_HEADER_NAMES = ("{}", "x_ratelimit_{}", "sent_http_x_ratelimit_{}", "upstream_http_x_ratelimit_{}", "ratelimit_{}")
#: nginx reads its clock once per round of events, so a time may be this old (seconds).
_NGINX_CLOCK = 2e-3


def json_rows(lines: Iterable[Line], name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """One JSON object per line. Raises HistoryError naming a line that is none."""
    for number, line in lines:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise HistoryError(f"{name}: line {number} is not a JSON object, so this is no history")
        yield number, row


def nginx_rows(lines: Iterable[Line], name: str) -> Iterator[Row]:
    """An access log in JSON lines: the end time of a request, `request_time`, `status`, and other fields.

    The combined format has no `request_time`: the start of a request can't be computed from it.
    """
    labels = KeyLabels()
    for number, row in json_rows(lines, name):
        where = f"{name}: line {number}"
        at, lasted = _first(row, _ENDED), row.get("request_time")
        if at is None or lasted is None:
            raise HistoryError(f"{where} lacks time or request_time; log both, as JSON (log_format … escape=json)")
        sent, received = decision_interval(parse_time(at, where), parse_duration(lasted, where), ended=True)
        told = {"sent": sent - _NGINX_CLOCK, "received": received, "status": http_status(row.get("status"))}
        secret = _first(row, _KEY)
        yield number, told | _logged_headers(row) | ({} if secret is None else {"key": labels.label(str(secret))})


def _first(row: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "", "-")), None)


def _logged_headers(row: Mapping[str, Any]) -> dict[str, str | None]:
    """The headers in this log, under any of the usual names; a dash or an empty value: the answer had none."""
    told: dict[str, str | None] = {}
    for column in ("limit", "remaining", "reset"):
        names = [form.format(column) for form in _HEADER_NAMES if form.format(column) in row]
        if names:
            value = _first(row, names)
            told[column] = None if value is None else str(value)
    return told


def vegeta_json_rows(lines: Iterable[Line], name: str) -> Iterator[Row]:
    """`vegeta encode` (JSON): the start of a request, its latency in nanoseconds, the answer's headers."""
    for number, row in json_rows(lines, name):
        where = f"{name}: line {number}"
        lasted = parse_duration(required_cell(row, "latency", where), where, 1e9)
        sent, received = decision_interval(
            parse_time(required_cell(row, "timestamp", where), where), lasted, ended=False
        )
        headers = _members(row, "headers", where).items()
        pairs = [(header, ", ".join(map(str, _listed(values)))) for header, values in headers]
        told = {"sent": sent, "received": received, "status": http_status(row.get("code"))}
        yield number, told | limit_headers(pairs)


def _members(row: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    """A member that is an object; {} where there is none. Raises HistoryError naming `where` for anything else."""
    found = row.get(name) or {}
    if not isinstance(found, dict):
        raise HistoryError(f"{where}: {name} is not a JSON object")
    return found


def _listed(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def k6_json_rows(lines: Iterable[Line], name: str) -> Iterator[Row]:
    """`k6 run --out json=FILE`: points of metrics; those of the duration are the requests."""
    for number, row in json_rows(lines, name):
        if row.get("type") != "Point" or row.get("metric") != "http_req_duration":
            continue
        where = f"{name}: line {number}"
        data = _members(row, "data", where)
        tags = _members(data, "tags", where)
        key = [str(tags["key"])] if "key" in tags else None
        yield number, k6_request(data.get("time"), data.get("value"), tags.get("status"), key, where)


def har_rows(text: str, name: str) -> Iterator[Row]:
    """HAR 1.2: the API's entries, their keys by the Authorization header, their answers' headers.

    A browser records whatever its page loads: if some host sent the three headers, entries of hosts that never did are
    left out.
    """
    try:
        entries = list(json.loads(text)["log"]["entries"])
    except (ValueError, RecursionError, KeyError, TypeError):
        raise HistoryError(f"{name}: not HAR, there are no log.entries in it") from None
    labels = KeyLabels()
    read = [
        (number, *_har_request(entry, labels, f"{name}: entry {number}")) for number, entry in enumerate(entries, 1)
    ]
    limited = {host for _, host, row in read if any(row[column] is not None for column in LIMIT_HEADERS.values())}
    yield from ((number, row) for number, host, row in read if not limited or host in limited)


def _har_request(entry: Any, labels: KeyLabels, where: str) -> tuple[str, dict[str, Any]]:
    """Its host, and the request in our columns."""
    try:
        lasted = parse_duration(max(0.0, float(entry.get("time") or 0.0)), where, 1e3)
        sent, ended = decision_interval(parse_time(entry["startedDateTime"], where), lasted, ended=False)
        asked, answer = _har_headers(entry["request"]), entry["response"]
        told: dict[str, Any] = {"sent": sent, "received": ended, "status": http_status(answer.get("status"))}
        told |= limit_headers(_har_headers(answer))
        host = urlsplit(str(entry["request"]["url"])).netloc
    except (KeyError, TypeError, ValueError, AttributeError):
        raise HistoryError(f"{where} is not an entry of HAR 1.2") from None
    secret = next((value for name, value in asked if name.lower() == "authorization"), None)
    return host, told | ({"key": labels.label(secret)} if secret is not None else {})


def _har_headers(message: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(str(header["name"]), str(header["value"])) for header in message.get("headers", ())]
