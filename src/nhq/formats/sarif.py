"""SARIF 2.1.0 (OASIS): the parts of a log that every writer of one needs."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote as percent_encoded

from nhq.formats.document_source import DocumentSource
from nhq.formats.text import cut_text, printable_text

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LONGEST = 2000
"""How many characters of a text are written."""


def sarif_log(run: dict[str, Any]) -> str:
    """The log of one run. Columns count code points (3.14.17)."""
    whole = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{**run, "columnKind": "unicodeCodePoints"}]}
    return json.dumps(whole, indent=1) + "\n"


def sarif_text(words: str) -> dict[str, str]:
    """A message of plain text."""
    return {"text": cut_text(printable_text(words), LONGEST)}


def sarif_descriptor(rule: str, title: str, level: str, tags: Sequence[str] = (), detail: str = "") -> dict[str, Any]:
    """What a tool checks: a reportingDescriptor (3.49), with its level where a result has none of its own."""
    return {
        "id": printable_text(rule),
        "shortDescription": sarif_text(title),
        "fullDescription": sarif_text(detail or title),
        "defaultConfiguration": {"level": level},
        "properties": {"tags": list(tags)},
    }


def sarif_result(
    rule: str, level: str, words: str, fingerprint: str, location: dict[str, Any], approved: str | None = None
) -> dict[str, Any]:
    """A finding (3.27). `approved` is why somebody accepts it, where somebody does (3.35)."""
    told = {
        "ruleId": printable_text(rule),
        "level": level,
        "message": sarif_text(words),
        "locations": [location],
        "partialFingerprints": {"finding/v1": fingerprint},
    }
    if approved is None:
        return told
    return told | {
        "suppressions": [{"kind": "external", "status": "accepted", "justification": printable_text(approved)}]
    }


def sarif_location(source: DocumentSource, pointer: str, names: Sequence[str] = (), quote: str = "") -> dict[str, Any]:
    """A place in the document, with the operations that it stands for."""
    mark = source.mark(pointer, quote)
    region = {"startLine": mark.line, "startColumn": mark.column, "endLine": mark.line, "endColumn": mark.end}
    artifact = {"uri": percent_encoded(source.path), "uriBaseId": "%SRCROOT%"}
    logical = [{"fullyQualifiedName": name, "kind": "resource"} for name in dict.fromkeys(names)]
    physical = {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    return {**physical, "logicalLocations": logical} if logical else physical


def sarif_notification(level: str, words: str, rule: str = "") -> dict[str, Any]:
    """What a tool has to say about its own run (3.58)."""
    about = {"associatedRule": {"id": rule}} if rule else {}
    return {"level": level, "message": sarif_text(words), **about}
