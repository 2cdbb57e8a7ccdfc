"""Keeps pytest settings and plugins of the surroundings out of a run."""

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from nhq import paths

#: No options and no plugins but those that we name, whatever is set or installed.
_PYTEST = {"PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
#: The plugins that we name: Hypothesis' takes its seed.
_PLUGINS = ("-p", "_hypothesis_pytestplugin")


def run_pytest(arguments: Sequence[str], plugins: Sequence[object]) -> int:
    """Run pytest with these arguments and nothing else; returns its exit code."""
    _set_imports_aside()
    with _environ(_PYTEST):
        return int(pytest.main([*_PLUGINS, *arguments], plugins=list(plugins)))


@cache
def _set_imports_aside() -> None:
    """Keep what was there before the first run, mostly modules, out of the garbage collections that end each run."""
    gc.freeze()


def pytest_arguments(seed: int, files: Sequence[Path]) -> list[str]:
    """pytest's arguments: our tests only, nobody else's plugins or configuration, no output of its own."""
    # Locust's plugin has a `session` fixture too; that of unraisable exceptions collects all garbage twice a run.
    names = ("terminal", "cacheprovider", "logging", "warnings", "unraisableexception", "locust", "recording", "anyio")
    quiet = [word for name in names for word in ("-p", f"no:{name}")]
    # Scenarios don't assert about the target; rewriting their asserts would cost seconds wherever bytecode isn't kept.
    fixed = [
        "--import-mode=importlib",
        "--assert=plain",
        "-c",
        str(paths.contracts_folder() / "pytest.ini"),
        f"--rootdir={paths.contracts_folder()}",
    ]
    return [*quiet, *fixed, f"--hypothesis-seed={seed}", *map(str, files)]


@contextmanager
def _environ(settings: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
