"""Keeps pytest settings and plugins of the surroundings out of a run."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest

#: No options and no plugins but those that we name, whatever is set or installed.
_PYTEST = {"PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
#: The plugins that we name: Hypothesis' takes its seed.
_PLUGINS = ("-p", "_hypothesis_pytestplugin")


def run_pytest(arguments: Sequence[str], plugins: Sequence[object]) -> int:
    """Run pytest with these arguments and nothing else; returns its exit code."""
    with _environ(_PYTEST):
        return int(pytest.main([*_PLUGINS, *arguments], plugins=list(plugins)))


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
