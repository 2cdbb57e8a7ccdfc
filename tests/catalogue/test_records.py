"""Records of judges stay as they were made: frozen, and without room for more."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import is_dataclass

import pytest

import nhq.checks
import nhq.ratelimit

#: What counts while it goes along.
GROWING = {"Clocks", "Evidence", "KeyLabels", "Pass", "BlockTally", "TextFacts", "Trials"}


def records() -> Iterator[type]:
    """The records of each module of the judges."""
    for package in (nhq.checks, nhq.ratelimit):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            own = (value for value in vars(module).values() if getattr(value, "__module__", "") == found.name)
            yield from (value for value in own if isinstance(value, type) and is_dataclass(value))


@pytest.mark.parametrize("record", list(records()), ids=lambda record: record.__qualname__)
def test_a_record_stays_as_it_was_made(record: type) -> None:
    """It is slotted, and frozen unless it counts."""
    assert "__slots__" in vars(record)
    assert record.__dataclass_params__.frozen == (record.__name__ not in GROWING)  # type: ignore[attr-defined]
