"""What the tests of nights share."""

import sys
from pathlib import Path

import pytest

from nhq.nights.night_store import NightStore

sys.path.append(str(Path(__file__).parent))  # made_nights


@pytest.fixture
def store(tmp_path: Path) -> NightStore:
    """An empty record of nights."""
    return NightStore(tmp_path / "nights.db")
