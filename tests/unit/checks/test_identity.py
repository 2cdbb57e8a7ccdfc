"""Is an answer about what the path named? Campaigns, campaign leads, leads and conversations."""

from typing import Any

import pytest

from nhq.model import Verdict

HOLDS, VIOLATED = Verdict.HOLDS, Verdict.VIOLATED
SINGLE = [
    ("CAMP-ACTION-SAME-ID", "POST", "/campaigns/{}/actions"),
    ("ENRICH-SAME-ID", "POST", "/leads/{}/enrich"),
    ("LEAD-SAME-ID", "GET", "/leads/{}"),
    ("CONV-SAME-ID", "GET", "/conversations/{}"),
]


@pytest.mark.parametrize(("rule", "method", "path"), SINGLE)
def test_another_thing_is_found(judged: Any, rule: str, method: str, path: str) -> None:
    """The thing answered has the id asked for."""
    assert judged(path.format("a1"), {"data": {"id": "a1"}}, method=method)[rule] is HOLDS
    assert judged(path.format("a1"), {"data": {"id": "a2"}}, method=method)[rule] is VIOLATED


@pytest.mark.parametrize(("rule", "method", "path"), SINGLE)
def test_case_and_blanks_of_an_id_are_the_servers_affair(judged: Any, rule: str, method: str, path: str) -> None:
    """A server that reads ids without regard to case or blanks is not accused."""
    assert judged(path.format("%20A1"), {"data": {"id": "a1"}}, method=method)[rule] is HOLDS


@pytest.mark.parametrize(("rule", "method", "path"), SINGLE)
@pytest.mark.parametrize(("status", "body"), [(404, {"error": {}}), (200, b"nothing"), (200, {"data": []}), (200, [])])
def test_nothing_is_said_without_a_thing(
    judged: Any, rule: str, method: str, path: str, status: int, body: Any
) -> None:
    """Errors and broken bodies are other rules' affair."""
    assert rule not in judged(path.format("a1"), body, method=method, status=status)


@pytest.mark.parametrize(
    ("named", "verdict"), [(["c1", "c1"], HOLDS), (["c1", "c2"], VIOLATED), (["c2"], VIOLATED), ([], None)]
)
def test_campaign_leads_name_their_campaign(judged: Any, named: list[str], verdict: Verdict | None) -> None:
    """Every row names the campaign of the path; an empty page shows nothing."""
    found = judged("/campaigns/c1/leads", {"data": [{"campaign_id": name} for name in named]})
    assert found.get("CAMP-LEADS-THEIR-CAMPAIGN") is verdict


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        ({"campaign_id": "c1", "lead_id": "l1"}, HOLDS),
        ({"campaign_id": "c2", "lead_id": "l1"}, VIOLATED),
        ({"campaign_id": "c1", "lead_id": "campaign-lead-1"}, VIOLATED),
    ],
)
def test_overrides_name_their_campaign_and_lead(judged: Any, row: dict[str, str], verdict: Verdict) -> None:
    """Each override is of the campaign and of the lead (not the campaign lead) in the path."""
    found = judged("/campaigns/c1/leads/l1/message-overrides", {"data": [row]}, method="PUT")
    assert found["OVR-SAME-IDS"] is verdict
