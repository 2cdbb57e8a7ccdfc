"""Recorded interactions for the diff: our cassettes, a folder of cassettes, or HAR files of a browser or a proxy."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nhq.diff.traffic import Interaction
from nhq.errors import ConfigError


def read_traffic(path: Path) -> list[Interaction]:
    """The interactions of a HAR file, or of a folder of cassettes. Raises ConfigError for anything else."""
    return list(_cassettes(path)) if path.is_dir() else list(_har(path))


def own_cassettes() -> list[Interaction]:
    """The interactions that travel with the suite; none where there are no cassettes."""
    from nhq.cassettes.shelf import home

    return read_traffic(home()) if home().is_dir() else []


def _cassettes(folder: Path) -> Iterator[Interaction]:
    from nhq.cassettes.mask import BASE, CONTROL
    from nhq.cassettes.shelf import read_all

    for recorded in read_all(folder).values():
        for request, response in recorded.held.data:
            if not request.uri.startswith(CONTROL):
                yield Interaction(
                    method=request.method,
                    path=request.uri.removeprefix(BASE) or "/",
                    request_headers=dict(request.headers),
                    request_body=request.body or b"",
                    status=response["status"]["code"],
                    body=response["body"]["string"],
                )


def _har(path: Path) -> Iterator[Interaction]:
    try:
        entries = json.loads(path.read_bytes())["log"]["entries"]
    except OSError as problem:
        raise ConfigError(f"{path.name}: cannot be read ({problem.strerror})") from None
    except (ValueError, KeyError, TypeError):
        raise ConfigError(f"{path.name}: no HAR file; --traffic takes one, or a folder of cassettes") from None
    for number, entry in enumerate(entries, 1):
        try:
            yield _interaction(entry)
        except (KeyError, TypeError, AttributeError, ValueError) as problem:
            raise ConfigError(f"{path.name}: entry {number} is no HAR entry ({problem})") from None


def _interaction(entry: dict[str, Any]) -> Interaction:
    request, response = entry["request"], entry["response"]
    content = response.get("content") or {}
    text = content.get("text") or ""
    body = base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()
    return Interaction(
        method=request["method"],
        path=request["url"],
        request_headers={row["name"]: row["value"] for row in request.get("headers", ())},
        request_body=((request.get("postData") or {}).get("text") or "").encode(),
        status=int(response["status"]) or None,
        body=body,
    )
