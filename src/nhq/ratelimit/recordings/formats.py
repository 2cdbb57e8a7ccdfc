"""The recordings that can be read, and how each is recognised by its first line."""

import json
from enum import StrEnum

from nhq.errors import HistoryError


class Format(StrEnum):
    """Who wrote a recording. `nhq` stands for our own columns, in Arrow, CSV or JSON Lines."""

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
_CSV_SIGNS: tuple[tuple[Format, frozenset[str]], ...] = (
    (Format.K6, frozenset({"metric_name", "timestamp", "metric_value"})),
    (Format.JMETER, frozenset({"timeStamp", "elapsed", "responseCode"})),
    (Format.HEY, frozenset({"response-time", "status-code", "offset"})),
    (Format.OHA, frozenset({"request-start", "request-duration", "status"})),
    (Format.LOCUST, frozenset({"Requests/s", "Failures/s"})),
    (Format.LOCUST, frozenset({"Method", "Name", "Error", "Occurrences"})),
    (Format.LOCUST, frozenset({"Count", "Message", "Traceback", "Nodes"})),
)
_JSON_SIGNS: tuple[tuple[Format, frozenset[str]], ...] = (
    (Format.HAR, frozenset({"log"})),
    (Format.VEGETA, frozenset({"attack", "seq", "code", "timestamp", "latency"})),
    (Format.K6, frozenset({"metric", "type", "data"})),
)


def guess_format(first: str) -> Format:
    """Whose recording begins with this line, where that is certain; else our own columns are assumed."""
    line = first.lstrip("\ufeff").strip()
    if line.startswith("{"):
        return _guess_json(line)
    cells = [cell.strip().strip('"') for cell in line.split(",")]
    if len(cells) == 12 and cells[0].isdigit() and cells[1].isdigit() and cells[2].isdigit():
        return Format.VEGETA
    return next((form for form, signs in _CSV_SIGNS if signs <= set(cells)), Format.NHQ)


def _guess_json(line: str) -> Format:
    try:
        members = set(json.loads(line))
    except (ValueError, RecursionError):
        return Format.HAR if line == "{" or line.replace(" ", "").startswith('{"log":') else Format.NHQ
    found = next((form for form, signs in _JSON_SIGNS if signs <= members), None)
    if found is not None:
        return found
    return Format.NGINX if "status" in members and "request_time" in members and "sent" not in members else Format.NHQ


def refuse_statistics(name: str) -> HistoryError:
    """What is said of Locust's own CSV files, which hold sums instead of requests."""
    return HistoryError(
        f"{name}: Locust's CSV holds statistics, no single requests, so it can't be judged; run the load by "
        "`nhq load PROFILE` or `locust -f load/locustfile.py --nhq-out FOLDER`, then `nhq check FOLDER`"
    )
