"""What the tests of a network's troubles share: a server behind the trouble, and its certificate."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(
    str(Path(__file__).parent)
)  # bad_server and passing_server, which the tests name when they are collected

from passing_server import KEYS


@pytest.fixture(scope="module")
def good() -> Iterator[int]:
    """The port of a server that keeps the contract, and never refuses for its limit."""
    command = [sys.executable, str(Path(__file__).parent / "other_server.py"), "0", "100000", "4"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **KEYS})
    assert server.stdout is not None
    yield int(server.stdout.readline())
    server.terminate()
    server.wait(5)
    server.stdout.close()
