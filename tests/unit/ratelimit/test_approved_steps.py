"""What each step of the checker hands to the next, over all altered recordings, is what somebody has approved.

A step is a function that one module offers to others. Verdicts alone would forgive a step that errs where another one
makes up for it; here the step itself is named whose yield has changed.
"""

import hashlib
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Any

import numpy as np
import pytest

from nhq.ratelimit.checker.check import check_history
from nhq.ratelimit.history.history import History
from nhq.ratelimit.identify.algorithm import identify_algorithm

ROOMS = ("nhq.ratelimit.checker.", "nhq.ratelimit.identify.")
FITTED = 100


def plain(value: Any) -> Any:
    """A value as nested tuples of plain ones; arrays to the microsecond."""
    if isinstance(value, np.ndarray):
        numbers = np.round(value, 6) + 0.0 if value.dtype.kind == "f" else value.astype(np.int64)
        return str(numbers.shape), np.nan_to_num(numbers, nan=-0.125).tobytes()
    if isinstance(value, float | np.floating):
        return f"{value:.6f}"
    if isinstance(value, np.integer | np.bool_):
        return int(value)
    if is_dataclass(value) and not isinstance(value, type):
        return tuple((field.name, plain(getattr(value, field.name))) for field in fields(value))
    if isinstance(value, Mapping):
        return tuple(sorted((repr(plain(name)), plain(held)) for name, held in value.items()))
    if isinstance(value, set | frozenset):
        return tuple(sorted(repr(plain(one)) for one in value))
    if isinstance(value, list | tuple):
        return tuple(plain(one) for one in value)
    return "a function" if callable(value) else repr(value)


class Steps:
    """Digests of what functions return, by their names, and how often they do."""

    def __init__(self) -> None:
        self.digests: dict[str, Any] = {}
        self.calls: Counter[str] = Counter()

    def watched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, whose yield is added; what it would give one by one it gives at once."""
        name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"

        @wraps(function)
        def watching(*given: Any, **named: Any) -> Any:
            found = function(*given, **named)
            if isinstance(found, Iterator):
                held = list(found)
                self.add(name, held)
                return iter(held)
            self.add(name, found)
            return found

        return watching

    def add(self, name: str, found: Any) -> None:
        self.calls[name] += 1
        self.digests.setdefault(name, hashlib.sha256()).update(repr(plain(found)).encode("utf-8", "replace"))


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """Watches each function that a module of these rooms offers, wherever another one has imported it."""
    watch = Steps()
    rooms = {name: module for name, module in sys.modules.items() if name.startswith(ROOMS)}
    public = {
        function: watch.watched(function)
        for module in rooms.values()
        for name, function in vars(module).items()
        if inspect.isfunction(function) and not name.startswith("_") and function.__module__ == module.__name__
    }
    for module in rooms.values():
        for name, held in list(vars(module).items()):
            if inspect.isfunction(held) and held in public:
                monkeypatch.setattr(module, name, public[held])
    return watch


def test_what_each_step_yields_is_approved(
    altered: list[tuple[str, History, int, float]], steps: Steps, approved: Callable[[str, dict[str, str]], None]
) -> None:
    """For somebody who was alone with fresh keys and near clocks, for one who knows nothing, and cut small."""
    for number, (_, history, limit, window) in enumerate(altered):
        alone = number % 2 == 0
        check_history(history, limit, window, fresh=alone, alone=alone, skew=(0.5, None, 5.0)[number % 3], size=60)
        if number % 3 == 0 and len(history) <= FITTED:
            identify_algorithm(history, limit, window)
    approved("steps", {n: f"{steps.calls[n]} times: {d.hexdigest()[:12]}" for n, d in steps.digests.items()})
