"""Which tests to run first for a fault: those that name its rules, then those of its areas, then all."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nhq import paths
from nhq.contract import Contract
from nhq.mutation.faults.fault import Fault
from nhq.run.selection import Selection, make_selection

GENERATED = "test_operations.py"
_RULE = re.compile(r'"([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+)"')


@dataclass(frozen=True, slots=True)
class Aim:
    """Test files, and a selection of their tests. `whole`: these are all tests."""

    files: tuple[Path, ...]
    selection: Selection
    whole: bool = False


def selections_for_fault(fault: Fault, contract: Contract, whole: bool) -> Iterator[Aim]:
    """From the narrowest to the whole gate; the whole alone for a fault that breaks nothing, or when asked for."""
    if (fault.rules or fault.near) and not whole:
        yield from (aim for aim in (_near(fault, contract), _around(fault, contract)) if aim.files)
    yield Aim((paths.contracts_folder(),), make_selection(contract, (), ()), whole=True)


def _near(fault: Fault, contract: Contract) -> Aim:
    """Tests that name a rule of the fault; generated requests if every answer shows it."""
    seen_everywhere = not fault.near and any(contract.rules[rule].scope == "exchange" for rule in fault.rules)
    wanted = (*fault.rules, *fault.near)
    files = [
        path
        for path, rules in _named().items()
        if rules.intersection(wanted) or (seen_everywhere and path.name == GENERATED)
    ]
    return Aim(tuple(files), make_selection(contract, wanted, fault.on))


def _around(fault: Fault, contract: Contract) -> Aim:
    """All tests of the files that name rules of the fault's areas."""
    return tests_of_areas({contract.rules[rule].area for rule in (*fault.rules, *fault.near)}, contract)


def tests_of_areas(areas: Collection[str], contract: Contract) -> Aim:
    """All tests of the files that name rules of these areas."""
    near = [rule.id for rule in contract.rules.values() if rule.area in areas]
    files = [path for path, rules in _named().items() if rules.intersection(near)]
    return Aim(tuple(files), make_selection(contract, near, ()))


@cache
def _named() -> dict[Path, frozenset[str]]:
    """Each test file of the contract, with the rules that it names."""
    return {
        path: frozenset(_RULE.findall(path.read_text(encoding="utf-8")))
        for path in sorted(paths.contracts_folder().glob("test_*.py"))
    }
