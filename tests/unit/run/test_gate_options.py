"""What follows from what a run was asked for."""

import pytest

from nhq.client.target import Target
from nhq.model import Identity
from nhq.run.gate_options import GateOptions, effort_of, is_planned
from tests.made_records import made_case

LIVE = Target("https://api.invalid/v1", (Identity("one", "a", frozenset(), "1"),))
OURS = Target("http://127.0.0.1:1", LIVE.keys, control_url="http://127.0.0.1:1/__control")


@pytest.mark.parametrize(
    ("target", "options", "effort"),
    [
        (OURS, GateOptions(), "gate"),
        (LIVE, GateOptions(), "live"),
        (LIVE, GateOptions(profile="nightly"), "nightly"),
        (OURS, GateOptions(case=made_case("nightly")), "nightly"),
        (LIVE, GateOptions(case=made_case("gate")), "gate"),
        (LIVE, GateOptions(case=made_case("")), "live"),
        (LIVE, GateOptions(case=made_case("gate"), profile="live"), "live"),
    ],
)
def test_as_much_is_sent_as_suits_the_target_or_showed_a_case(
    target: Target, options: GateOptions, effort: str
) -> None:
    """What a deep run found, a shallow one may not show again; who names a profile gets it."""
    assert effort_of(target, options).name == effort


@pytest.mark.parametrize(
    ("target", "options", "planned"),
    [
        (LIVE, GateOptions(), True),
        (LIVE, GateOptions(unplanned=True), False),
        (LIVE, GateOptions(profile="nightly"), False),
        (LIVE, GateOptions(profile="nightly", minutes=5.0), True),
        (OURS, GateOptions(profile="nightly", minutes=5.0), False),
    ],
)
def test_a_run_is_planned_where_it_must_choose(target: Target, options: GateOptions, planned: bool) -> None:
    """A live one does, and a deep one that fills minutes of real time."""
    assert is_planned(options, target) is planned
