"""Whether an enrichment was charged, by its outcome."""

from typing import Any

import pytest

from nhq.model import Verdict

HOLDS, VIOLATED = Verdict.HOLDS, Verdict.VIOLATED


def charges(judged: Any, status: str, charged: Any, code: int = 200) -> dict[str, Verdict]:
    enrichment = {"status": status, "charged": charged, "credits_remaining": 3}
    found = judged("/leads/l1/enrich", {"data": {}, "enrichment": enrichment}, method="POST", status=code)
    return {rule: verdict for rule, verdict in found.items() if rule.startswith("ENRICH-")}


@pytest.mark.parametrize(
    ("status", "rule", "charged"),
    [
        ("enriched", "ENRICH-ENRICHED-CHARGED", True),
        ("already_enriched", "ENRICH-ALREADY-FREE", False),
        ("insufficient_credits", "ENRICH-INSUFFICIENT-FREE", False),
    ],
)
def test_charge_follows_the_outcome(judged: Any, status: str, rule: str, charged: bool) -> None:
    """New data cost a credit; what was there, or could not be paid, costs none."""
    assert charges(judged, status, charged) == {rule: HOLDS}
    assert charges(judged, status, not charged) == {rule: VIOLATED}


@pytest.mark.parametrize("charged", [True, False])
def test_a_failed_attempt_may_cost_or_not(judged: Any, charged: bool) -> None:
    """The contract doesn't say whether `failed` costs a credit."""
    assert charges(judged, "failed", charged) == {}


def test_nothing_is_said_of_errors_and_broken_bodies(judged: Any) -> None:
    """A 502 and a charge that is no boolean are other rules' affair."""
    assert charges(judged, "enriched", False, code=502) == {}
    assert charges(judged, "enriched", "no") == {}
    assert charges(judged, "guessed", False) == {}
