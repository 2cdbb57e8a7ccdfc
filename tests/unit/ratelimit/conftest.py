"""Fixtures of the checker's tests: the simulated servers live beside this file, in modules that are no tests."""

import importlib.util
import math
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nhq.ratelimit.history.history import History


def _load(name: str) -> ModuleType:
    """A module of this folder, importable by the others under its own name."""
    unique = f"ratelimit_{name}"
    if unique not in sys.modules:
        spec = importlib.util.spec_from_file_location(unique, Path(__file__).parent / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[unique] = module
        spec.loader.exec_module(module)
    return sys.modules[unique]


@pytest.fixture(scope="session")
def limiters() -> ModuleType:
    """Correct limiters, impostors and the network."""
    return _load("limiters")


@pytest.fixture(scope="session")
def mutants(limiters: ModuleType) -> ModuleType:
    """Limiters with one decision changed, and which schedule shows it."""
    return _load("mutants")


@pytest.fixture(scope="session")
def subtle(mutants: ModuleType) -> ModuleType:
    """Limiters that are right most of the time."""
    return _load("subtle")


@pytest.fixture(scope="session")
def notation(limiters: ModuleType) -> ModuleType:
    """Histories as short strings."""
    return _load("notation")


@pytest.fixture(scope="session")
def network(limiters: ModuleType) -> ModuleType:
    """Random correct limiters with random traffic."""
    return _load("correct")


@pytest.fixture(scope="session")
def worlds(limiters: ModuleType) -> ModuleType:
    """Random correct servers of the second simulator."""
    _load("world")
    return _load("worlds")


@pytest.fixture(scope="session")
def profiles(limiters: ModuleType) -> ModuleType:
    """The shipped load profiles, sent to simulated limiters."""
    return _load("profiles")


@pytest.fixture(scope="session")
def altered(limiters: ModuleType, mutants: ModuleType, network: ModuleType, worlds: ModuleType) -> list[Any]:
    """Recordings of correct and of lying servers, changed by chance: name, history, and the promise (limit, window)."""
    made: list[Any] = _load("altered").recordings()
    return made


@pytest.fixture(scope="session")
def described() -> Callable[[History], str]:
    """All that a history holds as one text, times to the millisecond."""
    return _described


def _described(history: History) -> str:
    columns = {
        name: [None if not math.isfinite(value) else round(value, 3) for value in column.tolist()]
        for name, column in history.columns.items()
    }
    plain = dict.fromkeys((*columns, "origin", "start", "wobble", "unrecorded", "numbers"))
    facts = f"{replace(history, **plain)} {sorted(history.unrecorded)}"  # type: ignore[arg-type]
    clock = f"{history.origin:.3f} {history.start:.3f} {history.wobble:.3f}"
    odd = [f"{value}" for value in history.reset.tolist() if not math.isfinite(value)]
    return f"{columns} {clock} {odd} {facts}"
