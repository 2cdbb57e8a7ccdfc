"""What an answer to an action says of the campaign."""

from typing import Any

import pytest

from nhq.model import Verdict

LIST, SENDER = "CAMP-START-NEEDS-LIST", "CAMP-START-NEEDS-SENDER"
WHOLE = {"id": "c1", "status": "started", "leadList": {"id": "l1"}, "linkedinAccounts": [{"id": "a1"}]}


def acts(judged: Any, action: Any = "start", status: int = 200, **members: Any) -> dict[str, Verdict]:
    body = {"data": WHOLE | members}
    found = judged("/campaigns/c1/actions", body, method="POST", status=status, request={"action": action})
    return {rule: verdict for rule, verdict in found.items() if rule in (LIST, SENDER)}


def test_a_started_campaign_has_what_a_start_needs(judged: Any) -> None:
    """«requires a configured lead list, … LinkedIn sender account»: it is returned with both, or one was not needed."""
    assert acts(judged, leadList=None) == {LIST: Verdict.VIOLATED}
    assert acts(judged, linkedinAccounts=[]) == {SENDER: Verdict.VIOLATED}


def test_having_them_shows_nothing(judged: Any) -> None:
    """That a draft without them would be refused is not seen in one that has them."""
    assert acts(judged) == {}


@pytest.mark.parametrize(
    "told", [{"action": "resume"}, {"action": "pause"}, {"action": None}, {"status": 409}, {"status": 400}]
)
def test_other_actions_and_refusals_are_left_alone(judged: Any, told: dict[str, Any]) -> None:
    """A list may be deleted under a campaign that runs; only starting needs it."""
    assert acts(judged, **({"leadList": None, "linkedinAccounts": []} | told)) == {}


def test_a_broken_answer_is_another_rules_affair(judged: Any) -> None:
    """Members left out, or a campaign that isn't started, say nothing here."""
    assert acts(judged, leadList="", linkedinAccounts=None) == {}
    body = {"data": {"id": "c1", "status": "draft", "leadList": None, "linkedinAccounts": []}}
    found = judged("/campaigns/c1/actions", body, method="POST", request={"action": "start"})
    assert not {LIST, SENDER} & set(found)
