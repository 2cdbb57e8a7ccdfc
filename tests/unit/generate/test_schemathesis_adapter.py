"""What we take from inside Schemathesis and Hypothesis stands where we look for it: who installs newer ones is told."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

import nhq
from nhq.generate import schemathesis_adapter as adapter

SOURCES = Path(nhq.__file__).parent
ADAPTER = SOURCES / "generate" / "schemathesis_adapter.py"
LITERALS = SOURCES / "generate" / "source_literals.py"
#: What we give to each thing by name.
PARAMETERS = {
    "CoverageGenerator": {
        "operation", "generation_modes", "generation_config", "auth_storage", "override", "feedback",
    },
    "ExamplesGenerator": {"operation", "override", "feedback", "fill_missing"},
    "Override": {"path_parameters"},
}  # fmt: skip
#: What we read of each.
MEMBERS = {
    "APIOperation": {"as_strategy", "base_url", "label"},
    "APIStateMachine": {"call", "step", "validate_response"},
    "Case": {"as_transport_kwargs", "meta", "operation"},
    "CoverageScenario": {"MALFORMED_CONTENT_TYPE", "UNSPECIFIED_HTTP_METHOD", "UNSUPPORTED_CONTENT_TYPE"},
    "GenerationMode": {"NEGATIVE", "POSITIVE"},
    "ParameterLocation": {"PATH"},
    "Response": {"from_requests"},
    "StepInput": {"applied_parameters", "case", "transition"},
}


def taken(file: Path, package: str) -> Iterator[tuple[str, str]]:
    """Module and name of all that a file imports from a package."""
    text = file.read_text("utf-8")
    for node in ast.walk(ast.parse(text)) if package in text else ():
        if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] == package:
            yield from ((str(node.module), alias.name) for alias in node.names)
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if alias.name.split(".")[0] == package)


@pytest.mark.parametrize(("module", "name"), [*taken(ADAPTER, "schemathesis"), *taken(LITERALS, "hypothesis")])
def test_it_stands_where_it_stood(module: str, name: str) -> None:
    """Each module is there and has what we import from it."""
    found = importlib.import_module(module)
    assert hasattr(found, name) or importlib.import_module(f"{module}.{name}"), f"{module}.{name} has moved"


@pytest.mark.parametrize("name", PARAMETERS)
def test_it_takes_what_we_give(name: str) -> None:
    """Each is called with parameters that it has."""
    assert PARAMETERS[name] - set(inspect.signature(getattr(adapter, name)).parameters) == set()


@pytest.mark.parametrize("name", MEMBERS)
def test_it_has_what_we_read(name: str) -> None:
    """Each has the members that we read, as attribute, field or slot."""
    kind = getattr(adapter, name)
    known = {*dir(kind), *(word for part in kind.__mro__ for word in getattr(part, "__annotations__", {}))}
    assert MEMBERS[name] - known == set()


def test_hypothesis_reads_its_literals_where_we_switch_them_off() -> None:
    """`source_literals` replaces a function that the drawing asks, and empties a cache that it fills."""
    from hypothesis.internal.conjecture import providers

    assert inspect.signature(providers._get_local_constants).parameters == {}
    assert "_get_local_constants()" in inspect.getsource(providers)
    assert callable(providers.CONSTANTS_CACHE.cache.clear)


def test_nobody_else_imports_them() -> None:
    """Of Schemathesis the hooks import the public package only; of Hypothesis everybody does but `source_literals`."""
    public = SOURCES / "schemathesis_hooks.py"
    files = [file for file in SOURCES.rglob("*.py") if file not in (ADAPTER, LITERALS)]
    assert [file.name for file in files if file != public and any(taken(file, "schemathesis"))] == []
    assert {module for module, _ in taken(public, "schemathesis")} == {"schemathesis"}
    inside = [(f.name, m) for f in files for m, _ in taken(f, "hypothesis") if m.startswith("hypothesis.internal")]
    assert inside == []
