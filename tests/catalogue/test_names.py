"""Names: one thing, one name; one word, one meaning (docs/GLOSSARY.md)."""

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import pytest

import nhq
from nhq import paths

ROOT = Path(nhq.__file__).parent
#: Families: each of their files carries the name of its area, and several families have the same areas.
FAMILIES = ("checks", "mock/operations", "mock/policies", "mutation/faults", "mutation/variants")
#: Functions of these are named by what they serve: an operation's id, a member of `Policies`.
SERVING = ("mock/operations", "mock/policies")
#: What a program calls by its name: the functions that `nhq` begins with, and one click command a file.
ENTRIES = {"main": {"cli/__init__.py", "cli/command_line.py"}, "command": "cli/*_command.py"}
BARE = {"told", "shown", "kept", "made", "seen"}
#: Words that gave way to the glossary's, as parts of names.
FORMER = {"liberty", "liberties", "power", "drive", "patience", "handoff"}


def modules() -> list[str]:
    """The sources by their paths below the package."""
    return [file.relative_to(ROOT).as_posix() for file in sorted(ROOT.rglob("*.py"))]


def public(module: str) -> list[str]:
    """The functions and classes of a module that carry no underscore."""
    nodes = ast.parse((ROOT / module).read_text(encoding="utf-8")).body
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return [node.name for node in nodes if isinstance(node, kinds) and not node.name.startswith("_")]


def is_in(module: str, folders: Iterable[str]) -> bool:
    """Does a module stand right in one of these folders?"""
    return PurePosixPath(module).parent.as_posix() in folders


def is_entry(name: str, module: str) -> bool:
    """Is it one of the names that a program calls?"""
    where = ENTRIES.get(name, ())
    return PurePosixPath(module).match(where) if isinstance(where, str) else module in where


def namesakes(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Names that stand at several places, with the places."""
    found = defaultdict[str, list[str]](list)
    for name, place in pairs:
        found[name].append(place)
    return {name: places for name, places in found.items() if len(places) > 1}


def words() -> list[tuple[str, str]]:
    """The glossary: each word with what it is in code."""
    rows = (paths.data_root() / "docs" / "GLOSSARY.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if row.startswith("|")]
    return [(row[0], row[3].strip("`")) for row in cells[2:]]


def parts(name: str) -> list[str]:
    """The words of a name, in small letters: `TestLog` and `test_log` are test and log."""
    return re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower())


def test_a_file_has_its_name_alone() -> None:
    """A file is found by its name: `__init__` and families excepted, no two of a name stand in the package."""
    single = [one for one in modules() if not is_in(one, FAMILIES) and not one.endswith("/__init__.py")]
    assert namesakes((PurePosixPath(one).name, one) for one in single) == {}


def test_a_public_name_is_one_thing() -> None:
    """No two functions or classes share a name, but for entries of programs and what serves an operation or policy."""
    pairs = [(name, one) for one in modules() if not is_in(one, SERVING) for name in public(one)]
    assert namesakes((name, one) for name, one in pairs if not is_entry(name, one)) == {}


def test_a_public_name_says_what_it_gives() -> None:
    """A bare `told` or `shown` may be anything, and six of them once were."""
    assert [f"{one}: {name}" for one in modules() for name in public(one) if name in BARE] == []


def test_former_words_name_nothing() -> None:
    """What the glossary has another word for is in no name of a file, function or class."""
    named = [(one, name) for one in modules() for name in (*PurePosixPath(one).with_suffix("").parts, *public(one))]
    assert [f"{one}: {name}" for one, name in named if FORMER.intersection(parts(name))] == []


def test_a_word_of_the_glossary_stands_once() -> None:
    """One word, one meaning; and no two words for one thing."""
    for column in zip(*words(), strict=True):
        assert sorted(column) == sorted(set(column))


@pytest.mark.parametrize(("word", "code"), words())
def test_a_word_of_the_glossary_is_in_the_code(word: str, code: str) -> None:
    """What a word is said to be in code is there, and its name has the word."""
    module, _, last = code.rpartition(".")
    found = importlib.import_module(module)
    assert hasattr(found, last) or importlib.import_module(code)
    assert {*parts(word)} <= {stem for part in parts(code) for stem in (part, part.removesuffix("s"))}, code


def test_namesakes_are_seen() -> None:
    """Two files or functions of one name are told with both places, one alone is not."""
    assert namesakes([("a", "x"), ("b", "x"), ("a", "y")]) == {"a": ["x", "y"]}
    assert is_entry("command", "cli/gate_command.py")
    assert not is_entry("command", "run/gate.py")
    assert is_entry("main", "cli/__init__.py")
    assert not is_entry("main", "cli/gate_command.py")
