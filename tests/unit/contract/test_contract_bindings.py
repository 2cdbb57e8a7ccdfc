from pathlib import Path

import pytest

from nhq.contract.bindings import rule_bindings
from nhq.errors import ContractError

CHECKS = """
@judges("A-ONE", "A-TWO")
def first(seen): ...

@seen.judges("A-ONE")
def second(seen): ...

def helper(seen): ...
"""
SCENARIOS = """
import nothing_that_exists

@pytest.mark.rule("A-TWO")
@pytest.mark.parametrize("x", [1])
def test_two(api): ...

@pytest.mark.rule("A-THREE")
class TestGroup:
    @pytest.mark.rule("A-FOUR")
    def test_inner(self): ...
    def helper(self): ...
"""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name, source in {
        "checks/one.py": CHECKS,
        "contracts/test_two.py": SCENARIOS,
        "contracts/notes.py": "(",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    return tmp_path / "checks", tmp_path / "contracts"


def test_marks_are_read_without_importing_anything(folders: tuple[Path, Path]) -> None:
    """Checks and scenarios bind rules, on functions and on classes; helpers and other files bind nothing."""
    assert rule_bindings(*folders) == {
        "A-ONE": ("one.py::first", "one.py::second"),
        "A-TWO": ("one.py::first", "test_two.py::test_two"),
        "A-THREE": ("test_two.py::TestGroup.test_inner",),
        "A-FOUR": ("test_two.py::TestGroup.test_inner",),
    }


def test_ids_may_come_from_a_literal_at_the_top(folders: tuple[Path, Path]) -> None:
    """A table of rules that drives a scenario need not be written twice."""
    source = """
TABLE: dict[str, str] = {"start": "A-ONE", "pause": "A-TWO"}
NAMES = ("A-SIX", "A-SEVEN")
ONE = "A-EIGHT"
@pytest.mark.rule(*TABLE.values(), *NAMES, ONE, "A-NINE")
def test_x(): ...
"""
    (folders[1] / "test_two.py").write_text(source)
    mine = {rule for rule, names in rule_bindings(*folders).items() if "test_two.py::test_x" in names}
    assert mine == {"A-ONE", "A-TWO", "A-SIX", "A-SEVEN", "A-EIGHT", "A-NINE"}


def test_an_id_that_is_not_literal_is_refused(folders: tuple[Path, Path]) -> None:
    """What cannot be read from the source cannot be traced."""
    (folders[1] / "test_two.py").write_text("@pytest.mark.rule(NAME)\ndef test_x(): ...\n")
    with pytest.raises(ContractError, match=r"test_two\.py:1: a rule is named by a literal id"):
        rule_bindings(*folders)


def test_a_source_that_does_not_parse_is_refused(folders: tuple[Path, Path]) -> None:
    """A scenario with a typing error must not silently bind nothing."""
    (folders[1] / "test_two.py").write_text("def (:")
    with pytest.raises(ContractError, match=r"test_two\.py: does not parse \(line 1\)"):
        rule_bindings(*folders)
