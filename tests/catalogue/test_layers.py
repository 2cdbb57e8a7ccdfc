"""The import order, which pyproject.toml holds for import-linter, is kept; and so it is outside of the package."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import nhq
from nhq import paths

ROOT = Path(nhq.__file__).parent
SCENARIOS_MAY_NOT = {"mock", "mutation", "cassettes", "nights", "cli"}
LOAD_MAY = {"files", "load", "ratelimit", "clock", "errors", "paths"}
STANDARD_ONLY = ["child_processes", "clock", "errors", "fingerprints", "masking", "model", "needs", "paths"]
PARTS = {path.stem for path in ROOT.iterdir() if path.suffix in ("", ".py")}


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    """`lint-imports` by the contracts of the pyproject.toml in a folder."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_imports_run_one_way() -> None:
    """Each contract of import-linter is kept: base, contract, judges, client, run, commands; the mock stands apart."""
    done = lint(paths.data_root())
    assert done.returncode == 0, done.stdout
    assert ", 0 broken" in done.stdout


def imported(file: Path) -> Iterator[tuple[str, int]]:
    """Parts of nhq that a file imports, at its top or inside a function, with the line."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name}:{node.lineno}: relative import"
            names = [
                f"{node.module}.{alias.name}" if node.module == "nhq" else str(node.module) for alias in node.names
            ]
        for name in names:
            parts = name.split(".")
            if parts[0] == "nhq" and len(parts) > 1 and parts[1] in PARTS:
                yield parts[1], getattr(node, "lineno", 0)


def strays(file: Path, allowed: set[str]) -> list[str]:
    """What a file imports and may not."""
    return [f"{file.name}:{line} imports nhq.{name}" for name, line in imported(file) if name not in allowed]


def test_load_knows_servers_by_url_only() -> None:
    """Profiles use schedules and histories, and neither our mock nor our client."""
    assert [s for file in sorted(paths.load_folder().rglob("*.py")) for s in strays(file, LOAD_MAY)] == []


def test_scenarios_know_nothing_of_the_mock() -> None:
    """What holds a target to the contract must not know how our own target is built."""
    allowed = PARTS - SCENARIOS_MAY_NOT
    assert [s for file in sorted(paths.contracts_folder().rglob("*.py")) for s in strays(file, allowed)] == []


@pytest.mark.parametrize("name", STANDARD_ONLY)
def test_the_base_needs_the_standard_library_only(name: str) -> None:
    """Records, clock, errors and paths load in no time and anywhere; of ours they import each other at the most."""
    tree = ast.parse((ROOT / f"{name}.py").read_text(encoding="utf-8"))
    found = [n.names[0].name if isinstance(n, ast.Import) else n.module for n in ast.walk(tree) if _imports(n)]
    assert {str(module).split(".")[0] for module in found} <= sys.stdlib_module_names | {"nhq"}


def _imports(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def test_a_stray_import_is_seen_however_it_is_written(tmp_path: Path) -> None:
    """At the top, inside a function, of a module or from one: each is named with its line."""
    file = tmp_path / "stray.py"
    file.write_text(
        "import nhq.mock.app\nfrom nhq import mutation, __version__\n"
        "def f():\n    from nhq.client.target import Target\nfrom nhq.clock import Clock\n"
    )
    assert sorted(strays(file, {"clock"})) == [
        "stray.py:1 imports nhq.mock",
        "stray.py:2 imports nhq.mutation",
        "stray.py:4 imports nhq.client",
    ]
