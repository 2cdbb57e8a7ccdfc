"""From a recorded method and path to the operation of a document that it calls."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from nhq.diff.change_records import ComparedDocument
from nhq.diff.deprecation import server_addresses
from nhq.diff.document_operations import DocumentOperation

_PARAMETER = re.compile(r"\{[^{}]*\}")


class DocumentRoutes:
    """The paths of a document, literal ones before those with parameters, below any of its servers' paths."""

    def __init__(self, operations: Iterable[DocumentOperation], document: ComparedDocument) -> None:
        listed = [operation for operation in operations if not operation.inbound]
        listed.sort(key=lambda operation: len(_PARAMETER.findall(operation.title)))
        self._table = [(one.title.partition(" ")[0], _pattern(one.title.partition(" ")[2]), one) for one in listed]
        prefixes = {urlsplit(url).path.rstrip("/") for one in listed for url in server_addresses(document, one)}
        self._prefixes = sorted({"", *prefixes}, key=len, reverse=True)

    def match(self, method: str, path: str) -> DocumentOperation | None:
        """The operation, None where the document has no such route."""
        bare = urlsplit(path).path
        for prefix in self._prefixes:
            rest = bare[len(prefix) :] if bare.startswith(prefix) else None
            for known, pattern, operation in self._table if rest is not None else ():
                if known == method.upper() and pattern.fullmatch(rest or "/"):
                    return operation
        return None


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(re.escape(part) for part in _PARAMETER.split(template)))
