"""What a contract test imports: inventory, payloads, steps, crawls, probes, the judge, and the stateful harness.

The names stand in `__init__.pyi`, each with the module that has it, and are loaded when they are asked for: building
generators costs half a second that most runs can do without.
"""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any


def __getattr__(name: str) -> Any:
    """What is called so. Raises AttributeError for a name that isn't listed."""
    if name not in modules_by_name():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(modules_by_name()[name]), name)


def __dir__() -> list[str]:
    return sorted(modules_by_name())


@cache
def modules_by_name() -> dict[str, str]:
    """The module of each name that a contract test may import, as `__init__.pyi` lists it."""
    listed = ast.parse(Path(__file__).with_suffix(".pyi").read_text("utf-8")).body
    imports = [node for node in listed if isinstance(node, ast.ImportFrom)]
    return {alias.name: node.module or "" for node in imports for alias in node.names}
