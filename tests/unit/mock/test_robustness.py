"""Whatever is sent, the mock answers as documented: never a 5xx of its own, always the envelope and the headers."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nhq.mock.route_table import OPERATIONS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
LEAD = st.fixed_dictionaries(
    {"first_name": st.text(max_size=5), "last_name": st.text(max_size=5), "linkedin_url": st.text(max_size=5)},
    optional={"skills": JSON, "email": JSON, "date_of_birth": JSON, "x": JSON},
)
BODIES = {
    "run_campaign_action": st.fixed_dictionaries({"action": st.sampled_from(["start", "pause", "resume"]) | JSON}),
    "save_message_overrides": st.fixed_dictionaries(
        {
            "messages": st.lists(
                st.fixed_dictionaries(
                    {
                        "node_type": st.just("send_message") | JSON,
                        "message_stage": st.sampled_from(["ice_breaker", "follow_up_1", "follow_up_2"]) | JSON,
                        "message": st.text(min_size=1, max_size=9) | JSON,
                    }
                ),
                max_size=4,
            )
        }
    ),
    "create_lead_lists": st.fixed_dictionaries(
        {"lead_lists": st.lists(st.fixed_dictionaries({"name": st.text(max_size=4)}) | JSON, max_size=4)}
    ),
    "import_leads": LEAD | st.fixed_dictionaries({"leads": st.lists(LEAD | JSON, max_size=5)}),
    "send_message": st.fixed_dictionaries({"content": st.text(max_size=9)}, optional={"x": JSON}),
}
IDS = {
    "campaign_id": [
        "campaign_startable",
        "campaign_paused",
        "campaign_large",
        "campaign_missing_slot",
        "beta_campaign",
    ],
    "lead_id": ["lead", "lead_enrolled", "lead_outside", "lead_provider_fails", "lead_enriched", "beta_lead"],
    "lead_list_id": ["list", "list_empty", "list_large", "beta_list"],
    "conversation_id": ["conversation", "conversation_long", "conversation_empty", "conversation_pending"],
}
QUERY = st.dictionaries(
    st.sampled_from(["limit", "cursor", "query", "list_ids", "unread_only", "linkedin_account_id", "x"]),
    st.sampled_from(["1", "7", "500", "0", "true", "", "a%20b", "%FF", "%E2%82%AC", "a,b", "+"]),
    max_size=3,
)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda row: row.id)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_request(mock, contracted, contract_document, operation, data: st.DataObject) -> None:
    """Any query, body and id give a documented answer (or the 400 of a bad parameter) that keeps its schema."""
    path = operation.path
    for name, landmarks in IDS.items():
        chosen = data.draw(st.sampled_from([*landmarks, "x%2Fy", "%00", "é"]), label=name)
        path = path.replace(f"{{{name}}}", mock.given.get(chosen, chosen))
    query = data.draw(QUERY, label="query")
    body: Any = data.draw(BODIES.get(operation.id, st.none()) | JSON, label="body")
    joined = "&".join(f"{name}={value}" for name, value in query.items())
    answer = mock.call(operation.method, f"{path}?{joined}" if joined else path, body)
    responses = contract_document["paths"][operation.path][operation.method.lower()]["responses"]
    if answer.status == 400 and "400" not in responses:
        assert set(query) & {"limit", "cursor", "unread_only"}
        assert answer.code == "invalid_parameter"
    else:
        contracted(operation.path, operation.method.lower(), answer)
    assert mock.app.engine.store.owner  # the world is still there for the next request
