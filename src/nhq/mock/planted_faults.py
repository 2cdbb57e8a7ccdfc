"""Planted faults of a running server: those that are on, and the resulting policies."""

from collections.abc import Callable

from nhq.errors import ConfigError
from nhq.mock.engine import Engine
from nhq.mock.policies import Policies

Lie = Callable[[Policies], Policies]
Finder = Callable[[str], Lie]


def no_fault(ident: str) -> Lie:
    """The finder of a server without faults: raises ConfigError for every id."""
    raise ConfigError(f"no fault {ident}: this server was started without any to choose from")


class PlantedFaults:
    """Switches faults on and off. `find` gives the lie of a fault's id; it raises ConfigError for an unknown one."""

    def __init__(self, engine: Engine, find: Finder = no_fault) -> None:
        self._engine, self._find = engine, find
        self._true = engine.policies
        self._on: dict[str, Lie] = {}

    @property
    def on(self) -> list[str]:
        """The faults that are on."""
        return sorted(self._on)

    def switch(self, ident: str, on: bool) -> None:
        """Switch this fault on or off."""
        if on:
            self._on[ident] = self._find(ident)
        else:
            self._on.pop(ident, None)
        self._adopt()

    def forget(self) -> None:
        """Forget what faults remember of requests: the state was put back."""
        if self._on:
            self._adopt()

    def _adopt(self) -> None:
        policies = self._true
        for lie in self._on.values():
            policies = lie(policies)
        self._engine.adopt(policies)
