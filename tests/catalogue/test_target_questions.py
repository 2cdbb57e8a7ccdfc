"""What a target permits is asked by one name each (`nhq.client.target`), never by looking for its control plane."""

import ast
from pathlib import Path

import nhq
from nhq.paths import contracts_folder

ROOT = Path(nhq.__file__).parent
#: Where a control plane is opened or stood in for; `mock` and `client/session.py` own one.
OPENED = {
    "client/target.py",
    "client/session.py",
    "client/mock_process.py",
    "cassettes/pseudonymizing.py",
    "cassettes/cassette_library.py",
    "load/locust_env.py",
    "mutation/live_bench.py",
    "mutation/mutant_mock.py",
}


def asks(tree: ast.AST) -> list[str]:
    """The lines that read `control_url`, or a session's `control`."""
    return [
        f"{node.lineno}: .{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("control_url", "control")
    ]


def test_nobody_asks_for_the_control_plane_itself():
    """`restorable`, `exclusive_keys`, `undisturbed`, `controlled` and `moves_clock` say what is meant."""
    files = [(f.relative_to(ROOT).as_posix(), f) for f in ROOT.rglob("*.py") if f.relative_to(ROOT).parts[0] != "mock"]
    files += [(f.name, f) for f in contracts_folder().rglob("*.py")]
    found = {name: asks(ast.parse(file.read_text("utf-8"))) for name, file in files if name not in OPENED}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_question_in_another_spelling_is_seen():
    """Both spellings that there were are told."""
    assert asks(ast.parse("a = target.control_url\nb = session.control is None")) == ["1: .control_url", "2: .control"]
