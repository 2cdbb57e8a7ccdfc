"""Scenarios say in their marks which rules they judge: the trace, the selection and the plan go by them."""

import sys
from collections.abc import Iterator
from configparser import ConfigParser
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import pytest
from known_contract import CONTRACT

from nhq import paths

RULES = set(CONTRACT.rules)
#: Rules that a scenario doesn't judge: it runs, or leaves out a part, where the operation has them.
ASKED = {
    "test_absent_key_is_refused": {"PAGE-NO-GAPS"},
    "test_revoked_key_is_refused": {"AUTH-NO-EFFECT"},
    "test_missing_scope_is_refused": {"SCOPE-FIRST"},
    "test_read_scope_opens_no_write": {"SCOPE-FIRST"},
    "test_write_scope_opens_no_read": {"SCOPE-FIRST"},
    "test_nothing_but_403_is_learned": {"SCOPE-NO-EFFECT"},
}
FILES = sorted(paths.contracts_folder().glob("test_*.py"))


@pytest.fixture(autouse=True)
def known_marks(pytestconfig: pytest.Config) -> None:
    """The marks of scenarios are no marks of these tests."""
    settings = ConfigParser(interpolation=None)
    settings.read(paths.contracts_folder() / "pytest.ini")
    for line in settings["pytest"]["markers"].strip().splitlines():
        pytestconfig.addinivalue_line("markers", line)


def module(file: Path) -> ModuleType:
    """A file of scenarios, imported by its path."""
    spec = spec_from_file_location(f"marks_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made


def scenarios(file: Path) -> Iterator[FunctionType]:
    """The tests of a file."""
    found = vars(module(file)).items()
    yield from (value for name, value in found if name.startswith("test_") and isinstance(value, FunctionType))


def rules_named(code: CodeType) -> set[str]:
    """The rules that a function's own lines name."""
    inner = [rules_named(part) for part in code.co_consts if isinstance(part, CodeType)]
    return {part for part in code.co_consts if isinstance(part, str) and part in RULES}.union(*inner)


def marked(scenario: FunctionType) -> set[str]:
    """The rules of its marks."""
    marks = getattr(scenario, "pytestmark", [])
    return {rule for mark in marks if mark.name == "rule" for rule in mark.args}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_scenario_is_marked_with_every_rule_that_it_names(file: Path) -> None:
    """A verdict under a rule that no mark says would be selected by nothing; and each mark names rules that exist."""
    wrong = {}
    for scenario in scenarios(file):
        marks, named = marked(scenario), rules_named(scenario.__code__)
        unmarked = named - marks - ASKED.get(scenario.__name__, set())
        if not marks or unmarked or marks - RULES:
            wrong[scenario.__name__] = unmarked or marks - RULES or {"no mark"}
    assert wrong == {}
