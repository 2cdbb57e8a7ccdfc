"""No parameter is overwritten before it is looked at: what a caller hands over would count for nothing, in silence."""

import ast
from collections.abc import Iterator
from pathlib import Path

from nhq import paths

FOLDERS = ("src", "load", "contracts", "tests", "benchmarks")
Function = ast.FunctionDef | ast.AsyncFunctionDef
OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def in_order(node: ast.AST) -> Iterator[ast.AST]:
    """A node's parts as they are evaluated: values before the targets they are assigned to."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        parts: list[ast.AST] = [part for part in (getattr(node, "value", None), *targets) if part is not None]
    elif isinstance(node, ast.For | ast.AsyncFor):
        parts = [node.iter, node.target, *node.body, *node.orelse]
    else:
        parts = list(ast.iter_child_nodes(node))
    for part in parts:
        yield part
        yield from in_order(part)


def first_uses(function: Function) -> dict[str, bool]:
    """By name, whether its first use is an assignment that always happens. In inner functions any use is a look."""
    seen: dict[str, bool] = {}
    for statement in function.body:
        certain = not isinstance(statement, ast.If | ast.Try | ast.While | ast.Match)
        for node in (statement, *in_order(statement)):
            if isinstance(node, ast.Name):
                augmented = isinstance(statement, ast.AugAssign) and node is statement.target
                inner = isinstance(statement, OWN_SCOPE)
                seen.setdefault(node.id, certain and isinstance(node.ctx, ast.Store) and not augmented and not inner)
    return seen


def overwritten(file: Path) -> Iterator[str]:
    """Each parameter of a file that is assigned before it is read."""
    for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(function, Function):
            uses, given = first_uses(function), function.args
            names = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
            for name in (parameter.arg for parameter in names if parameter is not None):
                if uses.get(name, False):
                    yield f"{file.name}:{function.lineno} {function.name}({name})"


def test_no_parameter_is_overwritten_unseen() -> None:
    """A parameter is read, or at least looked at, before anything else stands under its name."""
    files = [file for folder in FOLDERS for file in sorted((paths.data_root() / folder).rglob("*.py"))]
    assert len(files) > 50
    assert [found for file in files for found in overwritten(file)] == []


def test_every_way_of_overwriting_is_seen(tmp_path: Path) -> None:
    """Assignments, loops and context managers; what is made of the parameter itself, or in its stead, is none."""
    file = tmp_path / "shadows.py"
    file.write_text(
        "def a(x):\n    x = 1\n"
        "def b(x):\n    for x in range(3): print(x)\n"
        "def c(*, x):\n    with open('f') as x: print(x)\n"
        "def d(x):\n    x, y = 1, 2\n"
        "def e(x):\n    x = x + 1\n"
        "def f(x=None):\n    if x is None: x = 1\n"
        "def g(x):\n    x += 1\n"
        "def h(x):\n    print([x for x in y], x)\n"
        "def i(x, y):\n    if y: x = 1\n    print(x)\n",
        encoding="utf-8",
    )
    assert [found.split(" ")[1] for found in overwritten(file)] == ["a(x)", "b(x)", "c(x)", "d(x)"]
