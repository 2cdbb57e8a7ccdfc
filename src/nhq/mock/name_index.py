"""Names in use, as a union that is searched but never built: one of its parts may grow meanwhile."""

from collections.abc import Collection, Iterator
from itertools import chain


class Names(Collection[str]):
    """The names in any of the parts. `passed` holds, by name, the last number that was tried as a suffix."""

    def __init__(self, *parts: Collection[str]) -> None:
        self.parts = parts
        self.passed: dict[str, int] = {}

    def __contains__(self, name: object) -> bool:
        return any(name in part for part in self.parts)

    def __iter__(self) -> Iterator[str]:
        return chain(*self.parts)

    def __len__(self) -> int:
        return sum(map(len, self.parts))
