"""What several rooms' unit tests share."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def shapes() -> Any:
    """Readers of SARIF, JUnit, GitHub's commands and GitLab's report (tests/shapes/reading.py)."""
    file = Path(__file__).parents[1] / "shapes" / "reading.py"
    spec = importlib.util.spec_from_file_location("reading", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
