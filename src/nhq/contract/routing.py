"""From a request's method and path to the operation it calls."""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from nhq.contract.definitions import Operation

_PARAMETER = re.compile(r"\{([^}]+)\}")


class ContractRoutes:
    """The paths of the contract, compiled once."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        rows = sorted(operations, key=lambda op: len(_PARAMETER.findall(op.path)))  # a word stands before any id
        self._table = [(op.method, re.compile(_pattern(op.path)), op) for op in rows]

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation and its path parameters, decoded; None where the contract has no such route.

        `path` starts below the server's base; a query after it is ignored.
        """
        bare = path.partition("?")[0].partition("#")[0]
        for known, pattern, operation in self._table:
            found = pattern.fullmatch(bare) if known == method.upper() else None
            if found:
                values = zip(_PARAMETER.findall(operation.path), found.groups(), strict=True)
                return operation, {name: unquote(value) for name, value in values}
        return None


def _pattern(template: str) -> str:
    return "".join("([^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(_PARAMETER.split(template)))
