"""The formats of recordings that can be read, each recognised by its first line."""

import json
from enum import StrEnum

from nhq.errors import HistoryError


class RecordingFormat(StrEnum):
    """The tool that wrote a recording. `nhq` stands for our own columns, in Arrow, CSV or JSON Lines."""

    NHQ = "nhq"
    K6 = "k6"
    VEGETA = "vegeta"
    HEY = "hey"
    OHA = "oha"
    JMETER = "jmeter"
    LOCUST = "locust"
    HAR = "har"
    NGINX = "nginx"


#: Columns that only this tool's CSV has together.
_CSV_SIGNS: tuple[tuple[RecordingFormat, frozenset[str]], ...] = (
    (RecordingFormat.K6, frozenset({"metric_name", "timestamp", "metric_value"})),
    (RecordingFormat.JMETER, frozenset({"timeStamp", "elapsed", "responseCode"})),
    (RecordingFormat.HEY, frozenset({"response-time", "status-code", "offset"})),
    (RecordingFormat.OHA, frozenset({"request-start", "request-duration", "status"})),
    (RecordingFormat.LOCUST, frozenset({"Requests/s", "Failures/s"})),
    (RecordingFormat.LOCUST, frozenset({"Method", "Name", "Error", "Occurrences"})),
    (RecordingFormat.LOCUST, frozenset({"Count", "Message", "Traceback", "Nodes"})),
)
_JSON_SIGNS: tuple[tuple[RecordingFormat, frozenset[str]], ...] = (
    (RecordingFormat.HAR, frozenset({"log"})),
    (RecordingFormat.VEGETA, frozenset({"attack", "seq", "code", "timestamp", "latency"})),
    (RecordingFormat.K6, frozenset({"metric", "type", "data"})),
)


def guess_format(first: str) -> RecordingFormat:
    """The format of a recording that begins with this line, if certain; else our own columns."""
    line = first.lstrip("\ufeff").strip()
    if line.startswith("{"):
        return _guess_json(line)
    cells = [cell.strip().strip('"') for cell in line.split(",")]
    if len(cells) == 12 and cells[0].isdigit() and cells[1].isdigit() and cells[2].isdigit():
        return RecordingFormat.VEGETA
    return next((form for form, signs in _CSV_SIGNS if signs <= set(cells)), RecordingFormat.NHQ)


def _guess_json(line: str) -> RecordingFormat:
    try:
        members = set(json.loads(line))
    except (ValueError, RecursionError):
        return (
            RecordingFormat.HAR if line == "{" or line.replace(" ", "").startswith('{"log":') else RecordingFormat.NHQ
        )
    found = next((form for form, signs in _JSON_SIGNS if signs <= members), None)
    if found is not None:
        return found
    return (
        RecordingFormat.NGINX
        if "status" in members and "request_time" in members and "sent" not in members
        else RecordingFormat.NHQ
    )


def refuse_statistics(name: str) -> HistoryError:
    """Refuse Locust's own CSV files, which hold sums instead of requests."""
    return HistoryError(
        f"{name}: Locust's CSV holds statistics, no single requests, so it can't be judged; run the load by "
        "`nhq load PROFILE` or `locust -f load/locustfile.py --nhq-out FOLDER`, then `nhq check FOLDER`"
    )
