"""How the process starts: unaffected by Python settings in the environment and by files of the current folder."""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

#: Settings of Python that change what its programs do. Those for pytest are `nhq.run.pytest_isolation`' affair.
_PYTHON = ("PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTHONINSPECT", "PYTHONSTARTUP")
#: Set for what we start: no module of the present folder takes the place of one of Python's.
_SAFE = {"PYTHONSAFEPATH": "1"}


@contextmanager
def undisturbed_start() -> Iterator[None]:
    """In this context, Python settings and the current folder affect neither this process nor its children."""
    before = dict(os.environ)
    for name in _PYTHON:
        os.environ.pop(name, None)
    os.environ.update(_SAFE)
    try:
        with warnings.catch_warnings():
            if sys.warnoptions:
                warnings.resetwarnings()
                warnings.simplefilter("ignore")
            yield
    finally:
        for name in (*_PYTHON, *_SAFE):
            os.environ.pop(name, None)
        os.environ.update({name: before[name] for name in (*_PYTHON, *_SAFE) if name in before})


def restart_without_optimize() -> None:
    """Restart without PYTHONOPTIMIZE and -O: libraries rely on `assert`, which these remove."""
    environ = {name: value for name, value in os.environ.items() if name not in _PYTHON}
    os.execve(sys.executable, [sys.executable, "-P", "-m", "nhq", *sys.argv[1:]], environ)
