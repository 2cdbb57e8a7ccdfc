"""Where property tests take their requests from."""

from typing import Any

from scenario_play import scenarios

from nhq.contract import Contract
from nhq.scenarios import Generated
from nhq.scenarios.effort import SPARING, USUAL


def test_a_deeper_test_of_a_live_run_sends_generated_requests(contract: Contract) -> None:
    """Also after one of less effort: each effort has a source of its own, built once."""
    operations: Any = scenarios("operations")
    kept: dict[tuple[str, str], Any] = {}
    sparing = operations.kept_source(kept, contract, SPARING)
    usual = operations.kept_source(kept, contract, USUAL)
    assert not isinstance(sparing, Generated)
    assert isinstance(usual, Generated)
    assert operations.kept_source(kept, contract, USUAL) is usual
