"""GitLab's code quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.

An array of objects with description, check_name, fingerprint, location (path and lines) and severity: info, minor,
major, critical or blocker. Of entries that share a fingerprint, GitLab shows one.
"""

import json
from collections.abc import Iterable
from typing import Any

from nhq.formats.document_source import DocumentSource
from nhq.formats.text import cut_text, one_line

_LONGEST = 1000


def code_quality_report(entries: Iterable[dict[str, Any]]) -> str:
    """The file's text. Of entries that share a fingerprint, the first: one cause is one entry."""
    first: dict[str, dict[str, Any]] = {}
    for one in entries:
        first.setdefault(one["fingerprint"], one)
    return json.dumps(list(first.values()), indent=1) + "\n"


def code_quality_entry(
    check: str, description: str, severity: str, fingerprint: str, source: DocumentSource, pointer: str, quote: str = ""
) -> dict[str, Any]:
    """One finding, at the place of a pointer or of the words `quote` there."""
    return {
        "description": cut_text(one_line(description), _LONGEST),
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": source.path, "lines": {"begin": source.mark(pointer, quote).line}},
    }
