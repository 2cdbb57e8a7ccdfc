"""What the tests of the suite's sight share."""

from collections.abc import Iterator

import pytest

from nhq.drive.mock import mock_target
from nhq.power.bench import Bench, Manner


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """One mock, lent to fault after fault, or to choice after choice."""
    with mock_target(seed=1) as target:
        bench = Bench(target, Manner())
        yield bench
        bench.close()
