"""The import order of the house, executed. What a room may not import, it cannot share bugs with."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import nhq
from nhq import places

ROOT = Path(nhq.__file__).parent
BASE = {"model", "breaches", "needs", "clock", "errors", "masking", "places", "children", "files", "decoding"}
JUDGES = {"checks", "ratelimit", "diff"}
DRIVEN = BASE | {"contract", "record", "drive", "formats"} | JUDGES
# Room -> the rooms of nhq that it may import, itself aside.
MAY = {
    **{name: set[str]() for name in BASE},
    "errors": {"needs"},
    "files": {"errors"},
    "decoding": {"errors"},
    "model": {"breaches", "errors"},
    "contract": BASE,
    "record": BASE,
    "formats": BASE | {"contract"},
    **{name: BASE | {"contract"} for name in JUDGES},
    "diff": BASE | {"contract", "formats"},
    "drive": DRIVEN,
    "run": DRIVEN | {"report"},
    "report": DRIVEN | {"run"},
    "load": DRIVEN | {"run"},
    "adopt": BASE | {"contract"},
    "server": {"clock", "errors", "places", "decoding"},
    "faults": {"clock", "errors", "places", "server"},
    "liberties": {"clock", "errors", "places", "server", "faults"},
    "power": DRIVEN | {"run", "faults", "liberties"},
    "cassettes": DRIVEN | {"run"},
    "nights": DRIVEN | {"run", "report"},
    "cli": DRIVEN | {"run", "report", "load", "server", "faults", "liberties", "power", "cassettes", "adopt", "nights"},
    "__main__": {"cli", "children"},
    "__init__": set[str](),
}
LOAD = {"files", "load", "ratelimit", "clock", "errors", "places"}
STANDARD_ONLY = BASE - {"files", "decoding"}


def rooms_imported(file: Path) -> Iterator[tuple[str, int]]:
    """Rooms of nhq that a file imports, with the line; `nhq` itself (its version) counts as none."""
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
            if parts[0] == "nhq" and len(parts) > 1 and parts[1] in MAY:
                yield parts[1], getattr(node, "lineno", 0)


def room(file: Path) -> str:
    return file.relative_to(ROOT).parts[0].removesuffix(".py")


def strays(file: Path, allowed: set[str]) -> list[str]:
    return [f"{file.name}:{line} imports nhq.{name}" for name, line in rooms_imported(file) if name not in allowed]


SOURCES = sorted(ROOT.rglob("*.py"))


def test_every_room_stands_in_the_order() -> None:
    """A new room needs a place in the order before anything may be in it."""
    assert {room(file) for file in SOURCES} - set(MAY) == set()


@pytest.mark.parametrize("name", sorted(MAY))
def test_a_room_imports_only_rooms_below_it(name: str) -> None:
    """Imports run one way: base, contract, judges, drive, run and report, command line; the mock stands apart."""
    files = [file for file in SOURCES if room(file) == name]
    assert [stray for file in files for stray in strays(file, MAY[name] | {name})] == []


def test_load_knows_servers_by_url_only() -> None:
    """Profiles use schedules and histories, and neither our mock nor our driver."""
    assert [s for file in sorted(places.load().rglob("*.py")) for s in strays(file, LOAD)] == []


def test_scenarios_know_nothing_of_the_mock() -> None:
    """What holds a target to the contract must not know how our own target is built."""
    allowed = set(MAY) - {"server", "faults", "liberties", "power", "cassettes", "nights", "cli"}
    assert [s for file in sorted(places.contracts().rglob("*.py")) for s in strays(file, allowed)] == []


@pytest.mark.parametrize("name", sorted(STANDARD_ONLY))
def test_the_base_needs_the_standard_library_only(name: str) -> None:
    """Records, clock, errors and places load in no time and anywhere; of ours they import each other at the most."""
    tree = ast.parse((ROOT / f"{name}.py").read_text(encoding="utf-8"))
    imported = [n.names[0].name if isinstance(n, ast.Import) else n.module for n in ast.walk(tree) if _imports(n)]
    assert {str(module).split(".")[0] for module in imported} <= sys.stdlib_module_names | {"nhq"}


def _imports(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def test_a_stray_import_is_seen_however_it_is_written(tmp_path: Path) -> None:
    """At the top, inside a function, of a module or from one: each is named with its line."""
    file = tmp_path / "stray.py"
    file.write_text(
        "import nhq.server.app\nfrom nhq import faults, __version__\n"
        "def f():\n    from nhq.drive.target import Target\nfrom nhq.clock import Clock\n"
    )
    assert sorted(strays(file, {"clock"})) == [
        "stray.py:1 imports nhq.server",
        "stray.py:2 imports nhq.faults",
        "stray.py:4 imports nhq.drive",
    ]
