"""Message overrides."""

import pytest

STAGES = ("ice_breaker", "follow_up_1", "follow_up_2")
PATH = "/campaigns/{campaign_id}/leads/{lead_id}/message-overrides"


def entry(stage: str = "ice_breaker", message: str = "Hello") -> dict[str, str]:
    """One override."""
    return {"node_type": "send_message", "message_stage": stage, "message": message}


def save(mock, entries, campaign: str = "campaign_paused", lead: str = "lead_enrolled"):
    """PUT overrides for landmarks."""
    path = f"/campaigns/{mock.given[campaign]}/leads/{mock.given.get(lead, lead)}/message-overrides"
    return mock.call("PUT", path, {"messages": entries})


def test_all_slots(mock, contracted) -> None:
    """The saved overrides come back as sent, stamped with the present."""
    mock.clock.advance(5)
    answer = save(mock, [entry(stage, f"Text {stage} 🙂") for stage in STAGES])
    contracted(PATH, "put", answer)
    assert [(item["message_stage"], item["message"]) for item in answer.data] == [
        (stage, f"Text {stage} 🙂") for stage in STAGES
    ]
    assert {item["lead_id"] for item in answer.data} == {mock.given["lead_enrolled"]}
    assert {item["updated_at"] for item in answer.data} == {"2025-10-09T08:53:25.000Z"}


def test_upsert(mock) -> None:
    """A repeated slot keeps its id and takes the new text; another slot has an id of its own."""
    first = save(mock, [entry(message="One")]).data[0]
    again = save(mock, [entry(message="Two"), entry("follow_up_1")]).data
    assert (again[0]["id"], again[0]["message"]) == (first["id"], "Two")
    assert again[1]["id"] != first["id"]


def test_one_slot_twice(mock) -> None:
    """Of two entries for one slot the last wins, and the slot is shown once."""
    data = save(mock, [entry(message="One"), entry(message="Two")]).data
    assert [item["message"] for item in data] == ["Two"]


def test_states(mock) -> None:
    """`enrolled`, `pending_enrollment`, and 409 for a lead that is neither; a start makes the pending one enrolled."""
    assert save(mock, [entry()]).json["lead_campaign_state"] == "enrolled"
    assert save(mock, [entry()], lead="lead_pending").json["lead_campaign_state"] == "pending_enrollment"
    assert save(mock, [entry()], lead="lead_outside").status == 409
    source = next(i for i in mock.crawl("/campaigns", 500) if i["id"] == mock.given["campaign_startable"])["leadList"]
    member = mock.get(f"/lead_lists/{source['id']}/leads?limit=1").data[0]["id"]
    pending = save(mock, [entry()], "campaign_startable", member)
    assert pending.json["lead_campaign_state"] == "pending_enrollment"
    mock.post(f"/campaigns/{mock.given['campaign_startable']}/actions", {"action": "start"})
    started = save(mock, [entry()], "campaign_startable", member)
    assert started.json["lead_campaign_state"] == "enrolled"
    assert started.data[0]["id"] == pending.data[0]["id"]


def test_missing_slot(mock) -> None:
    """A slot that the campaign has not is 400, and nothing of the request is saved."""
    lead = mock.get(f"/campaigns/{mock.given['campaign_missing_slot']}/leads?limit=1").data[0]["lead_id"]
    answer = save(mock, [entry(), entry("follow_up_2")], "campaign_missing_slot", lead)
    assert (answer.status, answer.code) == (400, "no_such_slot")
    assert save(mock, [entry()], "campaign_missing_slot", lead).status == 200


def test_not_found(mock) -> None:
    """Unknown and foreign campaigns and leads, and a campaign lead's own id, are 404."""
    assert save(mock, [entry()], "beta_campaign").status == 404
    assert save(mock, [entry()], lead="beta_lead").status == 404
    assert save(mock, [entry()], lead="campaign_lead").status == 404


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [entry()] * 11,
        [{}],
        [entry("follow_up_3")],
        [entry(message="")],
        [entry(message="x" * 8001)],
        [{**entry(), "x": 1}],
        [{**entry(), "node_type": "send_inmail"}],
        "x",
    ],
)
def test_bad_body(mock, entries) -> None:
    """None, more than ten, an unknown slot, an empty or too long text: 400."""
    assert save(mock, entries).status == 400


def test_longest(mock) -> None:
    """Ten overrides of 8000 code points are fine."""
    assert save(mock, [entry(message="🙂" * 8000)] * 10).status == 200
