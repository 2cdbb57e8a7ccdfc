"""The document that the mock serves, read independently of the judges.

Usually it is the bundled one, which the mock's code was written for; `nhq mock --contract` names another.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from nhq import paths
from nhq.errors import ConfigError

JSON = "application/json"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_SCOPE = re.compile(r"Requires the `([^`]+)` scope")
_RATE = re.compile(r"(\d[\d,]*)(?: requests)? (?:per|an?|every) (?:(\d+) )?(second|minute|hour|day)")
_LENGTHS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0}
_NAMES = re.compile(r"\{[^}]*\}")


class DocumentEntry(NamedTuple):
    """One operation as the document has it; `said` is its object, `shared` the parameters of its path."""

    method: str
    path: str
    said: Mapping[str, Any]
    shared: tuple[Any, ...]

    @property
    def shape(self) -> tuple[str, str]:
        """The method, and the path without the names of its parameters, as a request shows them."""
        return self.method, _NAMES.sub("{}", self.path)


class ServedDocument:
    """One OpenAPI document. Raises ConfigError where a file can't be read or holds none."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or paths.openapi_file()
        self.own = file is None

    @cached_property
    def content(self) -> dict[str, Any]:
        """All of it, decoded when first asked for."""
        try:
            raw = self.file.read_bytes()
        except OSError as problem:
            raise ConfigError(f"{self.file}: cannot be read ({problem.strerror})") from None
        found = _decoded(raw, str(self.file))
        if not isinstance(found, dict) or not isinstance(found.get("paths"), dict):
            raise ConfigError(f"{self.file}: not an OpenAPI document")
        return found

    @cached_property
    def entries(self) -> dict[tuple[str, str], DocumentEntry]:
        """The operations by method and shape."""
        return {entry.shape: entry for entry in self._entries()}

    def _entries(self) -> Iterator[DocumentEntry]:
        for path, item in self.content["paths"].items():
            for method in METHODS:
                if isinstance(item, dict) and isinstance(item.get(method), dict):
                    yield DocumentEntry(method.upper(), path, item[method], tuple(item.get("parameters", ())))

    @property
    def rate(self) -> tuple[int, float] | None:
        """Requests per window, and its seconds, by the introduction; None if it names none."""
        found = _RATE.search(str(self.content.get("info", {}).get("description", "")))
        return (int(found[1].replace(",", "")), int(found[2] or 1) * _LENGTHS[found[3]]) if found else None

    def scope(self, entry: DocumentEntry) -> str:
        """The scope that an operation's description requires; "" if it names none."""
        found = _SCOPE.search(str(entry.said.get("description", "")))
        return found[1] if found else ""

    def keyless(self, entry: DocumentEntry) -> bool:
        """Does an operation require no key at all?"""
        asked = entry.said.get("security", self.content.get("security"))
        return asked is not None and not any(asked)

    def parameters(self, entry: DocumentEntry) -> list[dict[str, Any]]:
        """An operation's parameters and those of its path."""
        return [self.followed(said) for said in (*entry.said.get("parameters", ()), *entry.shared)]

    def followed(self, said: Any) -> dict[str, Any]:
        """A part of the document with references resolved; {} for a dangling one."""
        for _ in range(20):
            if not (isinstance(said, dict) and isinstance(said.get("$ref"), str)):
                break
            target: Any = self.content
            for step in said["$ref"].removeprefix("#/").split("/"):
                name = step.replace("~1", "/").replace("~0", "~")
                target = target.get(name) if isinstance(target, dict) else None
            said = target
        return said if isinstance(said, dict) else {}

    def statuses(self, entry: DocumentEntry) -> list[int]:
        """The documented statuses, ascending."""
        return sorted(int(status) for status in entry.said.get("responses", {}) if str(status).isdecimal())

    def media(self, entry: DocumentEntry, status: int) -> dict[str, Any]:
        """The media type object of an answer's JSON body: its schema, its examples; {} if it has none."""
        said = self.followed(entry.said.get("responses", {}).get(str(status)))
        found: dict[str, Any] = said.get("content", {}).get(JSON, {})
        return found

    def asked(self, entry: DocumentEntry) -> dict[str, Any] | None:
        """The schema of a request's JSON body; None if the operation takes none."""
        said = self.followed(entry.said.get("requestBody"))
        schema = said.get("content", {}).get(JSON, {}).get("schema")
        return schema if isinstance(schema, dict) else None

    def limits(self, entry: DocumentEntry) -> tuple[int, int, int]:
        """Least, most and default of a list's `limit`."""
        schema: dict[str, Any] = next(
            (p.get("schema", {}) for p in self.parameters(entry) if p.get("name") == "limit"), {}
        )
        told = (schema.get("minimum", 1), schema.get("maximum", 500), schema.get("default", 100))
        least, most, usual = (int(value) for value in told)
        return least, most, min(usual, most)


def _decoded(raw: bytes, name: str) -> Any:
    """Decode as JSON; only if that fails as YAML, whose library is slow to load."""
    try:
        return msgspec.json.decode(raw)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        from nhq.decoding import decode_document

        return decode_document(raw, name)
