"""Records of judges stay as they were made: frozen, and without room for more."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

import nhq.checks
import nhq.ratelimit
from nhq import paths

#: What counts while it goes along.
GROWING = {"Clocks", "Evidence", "KeyLabels", "Pass", "BlockTally", "TextFacts", "Trials"}


def records() -> Iterator[type]:
    """The records of each module of the judges."""
    for package in (nhq.checks, nhq.ratelimit):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield from records_of(importlib.import_module(found.name))


def records_of(module: ModuleType) -> Iterator[type]:
    """The records that a module defines."""
    own = (value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__)
    yield from (value for value in own if isinstance(value, type) and is_dataclass(value))


@pytest.mark.parametrize("record", list(records()), ids=lambda record: record.__qualname__)
def test_a_record_stays_as_it_was_made(record: type) -> None:
    """It is slotted, and frozen unless it counts."""
    assert "__slots__" in vars(record)
    assert record.__dataclass_params__.frozen == (record.__name__ not in GROWING)  # type: ignore[attr-defined]


def written() -> Iterator[type[msgspec.Struct]]:
    """The records that are written down, of each module of the judges."""
    for package in (nhq.checks, nhq.ratelimit):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            own = (one for one in vars(importlib.import_module(found.name)).values() if isinstance(one, type))
            yield from (one for one in own if issubclass(one, msgspec.Struct) and one.__module__ == found.name)


@pytest.mark.parametrize("record", list(records()), ids=lambda record: record.__qualname__)
def test_a_record_of_arrays_is_compared_with_nothing(record: type) -> None:
    """Whether two arrays are equal is no yes or no: such a record equals itself alone."""
    arrays = any("ndarray" in str(kind) for kind in vars(record)["__annotations__"].values())
    made = record.__dataclass_params__  # type: ignore[attr-defined]
    assert not (arrays and made.frozen and made.eq)


@pytest.mark.parametrize("record", list(written()), ids=lambda record: record.__qualname__)
def test_a_record_that_is_written_stays_as_it_was_made(record: type[msgspec.Struct]) -> None:
    """What one process hands to another is frozen."""
    assert record.__struct_config__.frozen


@pytest.mark.parametrize("file", sorted(paths.contracts_folder().glob("test_*.py")), ids=lambda file: file.stem)
def test_a_record_of_a_scenario_stays_as_it_was_made(file: Path, pytestconfig: pytest.Config) -> None:
    """What one step of a scenario hands to the next is slotted and frozen, too."""
    for mark in ("scenario", "rule", "trait", "derived", "elsewhere", "last", "patient", "follows"):
        pytestconfig.addinivalue_line("markers", f"{mark}(*of): of scenarios")
    spec = spec_from_file_location(f"records_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    sys.modules[spec.name] = module = module_from_spec(spec)
    spec.loader.exec_module(module)
    loose = [one for one in records_of(module) if not one.__dataclass_params__.frozen]  # type: ignore[attr-defined]
    assert [one.__name__ for one in records_of(module) if "__slots__" not in vars(one) or one in loose] == []
