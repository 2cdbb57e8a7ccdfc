"""What the tests of the suite's sight share."""

from collections.abc import Iterator

import pytest

from nhq.client.mock_process import mock_target
from nhq.mutation.mutant_mock import Manner, MutantMock


@pytest.fixture(scope="module")
def bench() -> Iterator[MutantMock]:
    """One mock, lent to fault after fault, or to choice after choice."""
    with mock_target(seed=1) as target:
        bench = MutantMock(target, Manner())
        yield bench
        bench.close()
