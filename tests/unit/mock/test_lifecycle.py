"""Campaign actions: the transition table, prerequisites, enrollment."""

import pytest

PATH = "/campaigns/{campaign_id}/actions"
LACKING = ["lead_list", "schedule", "sender", "session", "messages"]


def act(mock, landmark: str, action: str):
    """Run an action on the campaign that a landmark names."""
    return mock.post(f"/campaigns/{mock.given[landmark]}/actions", {"action": action})


def campaign(mock, landmark: str):
    """The campaign as the list shows it."""
    return next(item for item in mock.crawl("/campaigns", 500) if item["id"] == mock.given[landmark])


def enrolled(mock, landmark: str):
    """The leads enrolled in a campaign."""
    return mock.crawl(f"/campaigns/{mock.given[landmark]}/leads", 500)


TABLE = {
    ("campaign_startable", "start"): "started",
    ("campaign_started", "pause"): "paused",
    ("campaign_paused", "resume"): "started",
}


@pytest.mark.parametrize("action", ["start", "pause", "resume"])
@pytest.mark.parametrize(
    "landmark", ["campaign_startable", "campaign_started", "campaign_paused", "campaign_completed"]
)
def test_transitions(mock, contracted, landmark: str, action: str) -> None:
    """Each action works in one state only and leads where it should; else 409, and nothing changes."""
    before = campaign(mock, landmark)
    mock.clock.advance(10)
    answer = act(mock, landmark, action)
    contracted(PATH, "post", answer)
    after = TABLE.get((landmark, action))
    if after is None:
        assert (answer.status, answer.code) == (409, "conflict")
        assert campaign(mock, landmark) == before
    else:
        assert (answer.status, answer.data["status"]) == (200, after)
        assert answer.data == campaign(mock, landmark)
        assert answer.data["updatedAt"] > before["updatedAt"]


@pytest.mark.parametrize("what", LACKING)
def test_lacking_a_prerequisite(mock, what: str) -> None:
    """A draft that lacks any one prerequisite does not start, stays a draft, and enrolls nobody."""
    landmark = f"campaign_without_{what}"
    answer = act(mock, landmark, "start")
    assert (answer.status, answer.code) == (400, "missing_prerequisite")
    assert campaign(mock, landmark)["status"] == "draft"
    assert enrolled(mock, landmark) == []


def test_start_enrolls_everyone(mock) -> None:
    """A start enrolls every lead of the source list once, queued, at the moment of the start."""
    mock.clock.advance(77)
    answer = act(mock, "campaign_startable", "start")
    members = {item["id"] for item in mock.crawl(f"/lead_lists/{answer.data['leadList']['id']}/leads", 500)}
    rows = enrolled(mock, "campaign_startable")
    assert sorted(row["lead_id"] for row in rows) == sorted(members)
    assert answer.data["totalLeads"] == len(rows) == len(members) > 7
    assert {row["status"] for row in rows} == {"queued"}
    assert {row["enrolled_at"] for row in rows} == {answer.data["updatedAt"]}
    assert {row["sender"]["status"] for row in rows} == {"connected"}


def test_pause_and_resume_enroll_nobody(mock) -> None:
    """Resume only flips the state: members who were not enrolled stay out."""
    before = enrolled(mock, "campaign_paused")
    source = campaign(mock, "campaign_paused")["leadList"]["id"]
    assert len(mock.crawl(f"/lead_lists/{source}/leads", 500)) > len(before)
    act(mock, "campaign_paused", "resume")
    act(mock, "campaign_paused", "pause")
    assert enrolled(mock, "campaign_paused") == before


def test_session_that_cannot_be_asked(mock) -> None:
    """503, the campaign stays a draft; and with the trouble on, any start is 503."""
    assert act(mock, "campaign_session_unavailable", "start").status == 503
    assert campaign(mock, "campaign_session_unavailable")["status"] == "draft"
    mock.control("POST", "/trouble", {"name": "session_unavailable", "on": True})
    assert act(mock, "campaign_startable", "start").status == 503
    mock.control("POST", "/trouble", {"name": "session_unavailable", "on": False})
    assert act(mock, "campaign_startable", "start").status == 200


@pytest.mark.parametrize("body", [{}, {"action": "stop"}, {"action": "start", "x": 1}, {"action": None}, [], "start"])
def test_bad_body(mock, body) -> None:
    """Anything but one known action is 400."""
    assert mock.post(f"/campaigns/{mock.given['campaign_startable']}/actions", body).status == 400


@pytest.mark.parametrize(
    "landmark", ["campaign_large", "campaign_started", "campaign_paused", "campaign_completed", "campaign_startable"]
)
def test_figures_agree(mock, landmark: str) -> None:
    """A campaign's figures are those of its leads."""
    rows, shown = enrolled(mock, landmark), campaign(mock, landmark)
    actions = [action for row in rows for action in row["actions_performed"]]
    assert shown["totalLeads"] == len(rows)
    assert shown["connectionRequestsAccepted"] == sum("accepted_at" in action for action in actions)
    for row in rows:
        moments = [action.get("performed_at", action.get("scheduled_for")) for action in row["actions_performed"]]
        assert moments == sorted(moments)
