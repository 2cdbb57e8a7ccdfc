"""The mock of another document: its table of operations, its numbers, its keys' scopes."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from urllib.parse import unquote

from nhq.mock.answer_fitting import Follower
from nhq.mock.api_keys import SCOPES
from nhq.mock.call import MockOperation
from nhq.mock.engine import COMMON
from nhq.mock.generic_operations import Generic, ident_of
from nhq.mock.policies import Policies
from nhq.mock.policies.paging import DEFAULT_LIMIT, MAX_LIMIT
from nhq.mock.route_table import LONGEST_KEPT, OPERATIONS, UNKNOWN_PATH, WRONG_METHOD
from nhq.mock.served_document import DocumentEntry, ServedDocument

Found = tuple[MockOperation, tuple[str, ...]]
_PARAMETER = re.compile(r"\{[^}]*\}")


class Adapted:
    """The mock's adaptation to a document that it wasn't written for."""

    def __init__(self, served: ServedDocument) -> None:
        self.document = served
        self._bundled = ServedDocument()
        pairs = list(self._pairs())
        self.operations = tuple(operation for operation, _, _ in pairs)
        entries = {operation.id: (before, now) for operation, before, now in pairs}
        self._now = {operation.id: now for operation, _, now in pairs}
        self.follower = Follower(self._bundled, served, entries)
        rows = sorted(self.operations, key=lambda row: (len(_PARAMETER.findall(row.path)), row.path))
        self._patterns = [(re.compile(_pattern(row.path)), row) for row in rows]
        self._kept: Callable[[str, bytes], Found] = lru_cache(4096)(self._looked_up)

    def _pairs(self) -> Iterator[tuple[MockOperation, DocumentEntry | None, DocumentEntry]]:
        """Every operation of the document: ours if the mock has code for it, else one derived from the document."""
        code = {(row.method, _PARAMETER.sub("{}", row.path)): row for row in OPERATIONS}
        moved = self._moved(code)
        for shape, entry in self.document.entries.items():
            former = moved.get(shape, shape)
            ours, before = code.get(former), self._bundled.entries.get(former)
            if ours is None or before is None:
                yield Generic(self.document, entry).operation(ident_of(entry)), None, entry
                continue
            errors = frozenset(status for status in self.document.statuses(entry) if status >= 400)
            yield replace(ours, path=entry.path, scope=self.document.scope(entry), statuses=errors), before, entry

    def _moved(self, code: dict[tuple[str, str], MockOperation]) -> dict[tuple[str, str], tuple[str, str]]:
        """Operations that have another path now but the same description: their present shape, and the former."""
        known, served = self._bundled.entries, self.document.entries
        gone = {shape: known[shape] for shape in code if shape in known and shape not in served}
        found = {}
        for shape, entry in served.items():
            same = [
                former
                for former, old in gone.items()
                if old.method == entry.method
                and old.said.get("description") == entry.said.get("description")
                and old.path.count("{") == entry.path.count("{")
            ]
            if shape not in known and len(same) == 1:
                found[shape] = same[0]
        return found

    def resolve(self, method: str, raw_path: bytes) -> Found:
        """The operation of a path and the ids in it, or one that refuses with 404 or 405."""
        return self._kept(method, raw_path) if len(raw_path) <= LONGEST_KEPT else self._looked_up(method, raw_path)

    def _looked_up(self, method: str, raw_path: bytes) -> Found:
        path = raw_path.decode("latin-1")
        matches = [(row, found) for pattern, row in self._patterns if (found := pattern.fullmatch(path))]
        for row, found in matches:
            if row.method == method:
                return row, tuple(unquote(ident) for ident in found.groups())
        return (WRONG_METHOD if matches else UNKNOWN_PATH), ()

    def allowed(self, raw_path: bytes) -> bytes:
        """The methods of a known path, as the Allow header lists them."""
        path = raw_path.decode("latin-1")
        return ", ".join(sorted({row.method for pattern, row in self._patterns if pattern.fullmatch(path)})).encode()

    @property
    def needed(self) -> bool:
        """Does the document differ from the mock's table and decisions in operations, statuses, scopes or bounds?"""
        ours = {(row.method, _PARAMETER.sub("{}", row.path)): row for row in OPERATIONS}
        if set(ours) != set(self.document.entries):
            return True
        for shape, entry in self.document.entries.items():
            errors = frozenset(status for status in self.document.statuses(entry) if status >= 400) - COMMON
            row, bounds = ours[shape], self.document.limits(entry)
            if (row.scope, row.statuses, bounds) != (self.document.scope(entry), errors, (1, MAX_LIMIT, DEFAULT_LIMIT)):
                return True
        return False

    @property
    def scopes(self) -> tuple[str, ...]:
        """Our scopes and those that only the document names."""
        named = [self.document.scope(entry) for entry in self._now.values()]
        return tuple(dict.fromkeys([*SCOPES, *(scope for scope in named if scope)]))

    def policies(self, policies: Policies) -> Policies:
        """The same decisions with the document's bounds of page sizes, and without a key where it requires none."""
        limits = {ident: self.document.limits(entry) for ident, entry in self._now.items()}
        keyless = {ident for ident, entry in self._now.items() if self.document.keyless(entry)}
        usual = policies.stages

        def stages(operation: str) -> tuple[str, ...]:
            found = usual(operation)
            return tuple(s for s in found if s not in ("key", "limit", "scope")) if operation in keyless else found

        return replace(
            policies,
            stages=stages if keyless else usual,
            default_limit=lambda operation: limits[operation][2] if operation in limits else 100,
            limit_ok=lambda operation, limit: (
                limits.get(operation, (1, 500))[0] <= limit <= limits.get(operation, (1, 500))[1]
            ),
        )


def _pattern(path: str) -> str:
    return "([^/]+)".join(re.escape(part) for part in _PARAMETER.split(path))
