"""Recorded interactions for the diff: cassettes, HAR files, histories of requests."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nhq.diff.recorded_traffic import RecordedInteraction
from nhq.errors import ConfigError, HistoryError

_TAKEN = "--traffic takes a HAR file, a history (Arrow, CSV, JSON Lines), or a folder of these or of cassettes"


def read_traffic(path: Path) -> list[RecordedInteraction]:
    """The interactions of a HAR file or a history, or of a folder of these or of cassettes.

    Raises ConfigError for anything else.
    """
    from nhq.ratelimit.history.read_history import history_files

    if path.is_dir() and any(path.rglob("*.yaml")):
        return list(_cassettes(path))
    try:
        found = [one for file in history_files([path]) for one in _file(file)]
    except HistoryError as problem:
        raise ConfigError(f"{problem}; {_TAKEN}") from None
    if not found:
        raise ConfigError(f"{path}: no request names its operation, so no change can be counted")
    return found


def own_cassettes() -> list[RecordedInteraction]:
    """The interactions that travel with the suite; none where there are no cassettes."""
    from nhq.cassettes.cassette_library import cassettes_folder

    return read_traffic(cassettes_folder()) if cassettes_folder().is_dir() else []


def _cassettes(folder: Path) -> Iterator[RecordedInteraction]:
    from nhq.cassettes.cassette_library import read_all
    from nhq.cassettes.pseudonymizing import BASE, CONTROL

    for recorded in read_all(folder).values():
        for request, response in recorded.held.data:
            if not request.uri.startswith(CONTROL):
                yield RecordedInteraction(
                    method=request.method,
                    path=request.uri.removeprefix(BASE) or "/",
                    request_headers=dict(request.headers),
                    request_body=request.body or b"",
                    status=response["status"]["code"],
                    body=response["body"]["string"],
                )


def _file(path: Path) -> Iterator[RecordedInteraction]:
    """A HAR file is one JSON object that holds a log; anything else can be a history only."""
    try:
        raw = path.read_bytes()
    except OSError as problem:
        raise ConfigError(f"{path.name}: cannot be read ({problem.strerror})") from None
    try:
        content = json.loads(raw) if raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else None
    except (ValueError, RecursionError):
        content = None  # several objects, a line each
    log = content.get("log") if isinstance(content, dict) else None
    return _har(path.name, log["entries"]) if isinstance(log, dict) and "entries" in log else _history(path)


def _har(name: str, entries: Any) -> Iterator[RecordedInteraction]:
    if not isinstance(entries, list):
        raise ConfigError(f"{name}: the HAR entries are not a list")
    for number, entry in enumerate(entries, 1):
        try:
            yield _interaction(entry)
        except (KeyError, TypeError, AttributeError, ValueError) as problem:
            raise ConfigError(f"{name}: entry {number} is not a HAR entry ({problem})") from None


def _interaction(entry: dict[str, Any]) -> RecordedInteraction:
    request, response = entry["request"], entry["response"]
    content = response.get("content") or {}
    text = content.get("text") or ""
    body = base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()
    return RecordedInteraction(
        method=request["method"],
        path=request["url"],
        request_headers={row["name"]: row["value"] for row in request.get("headers", ())},
        request_body=((request.get("postData") or {}).get("text") or "").encode(),
        status=int(response["status"]) or None,
        body=body,
    )


def _history(path: Path) -> Iterator[RecordedInteraction]:
    """One interaction for all requests of an operation and status; those that name no operation are left out."""
    import numpy as np

    from nhq.ratelimit.history.read_history import read_history

    history = read_history(path)
    named = np.array([bool(name) for name in history.operations], bool)[history.operation]
    rows = np.stack([history.operation[named], history.status[named].astype(np.int32)], axis=1)
    titles = _own_titles()
    for (operation, status), times in zip(*np.unique(rows, axis=0, return_counts=True), strict=True):
        name = history.operations[operation]
        method, _, template = titles.get(name, name).partition(" ")
        yield RecordedInteraction(
            method, template, status=int(status) or None, operation=name, whole=False, times=int(times)
        )


def _own_titles() -> dict[str, str]:
    """Method and path of each of our operations by its id."""
    from nhq import paths
    from nhq.contract.operation_table import read_rows

    file = paths.contracts_folder() / "operations.toml"
    return {row["id"]: f"{row['method']} {row['path']}" for row in read_rows(file)} if file.is_file() else {}
