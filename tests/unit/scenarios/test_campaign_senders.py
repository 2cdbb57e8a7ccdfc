"""What the senders of a campaign excuse on a target that isn't ours: they log out and in by themselves."""

from types import SimpleNamespace
from typing import Any

import pytest

from nhq.scenarios import campaign_senders

CAMPAIGN = {"linkedinAccounts": [{"id": "a"}, {"id": "b"}]}


def api(undisturbed: bool = False) -> Any:
    return SimpleNamespace(target=SimpleNamespace(undisturbed=undisturbed))


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The status of each account, as the list shows it."""
    shown = {"a": "connected", "b": "connected"}

    def whole(*given: Any) -> Any:
        return SimpleNamespace(items=[{"id": ident, "status": status} for ident, status in shown.items()])

    monkeypatch.setattr(campaign_senders, "read_whole_list", whole)
    return shown


@pytest.mark.parametrize("state", ["connecting", "disconnected", "error", "awaiting_code"])
def test_a_refused_start_shows_nothing_where_a_sender_is_logged_out(states, state):
    """«requires a … valid LinkedIn sender session»: the same start may be refused rightly a night later."""
    states["b"] = state
    for status, excused in ((400, True), (409, True), (500, False), (404, False)):
        answer: Any = SimpleNamespace(status=status, ok=False)
        assert campaign_senders.may_lack_a_session(api(), CAMPAIGN, answer) is excused
        assert campaign_senders.may_lack_a_session(api(undisturbed=True), CAMPAIGN, answer) is False


def test_a_refused_start_counts_where_every_sender_is_connected(states):
    """Then nothing that can be seen excuses it."""
    answer: Any = SimpleNamespace(status=409, ok=False)
    assert campaign_senders.may_lack_a_session(api(), CAMPAIGN, answer) is False


def test_a_start_that_succeeds_counts_unless_the_sender_came_back(states):
    """A draft that was named for its dead session may have a living one by now."""
    answer: Any = SimpleNamespace(status=200, ok=True)
    assert campaign_senders.has_a_session_by_now(api(), CAMPAIGN, answer) is True
    assert campaign_senders.has_a_session_by_now(api(undisturbed=True), CAMPAIGN, answer) is False
    del states["b"]
    assert campaign_senders.has_a_session_by_now(api(), CAMPAIGN, answer) is False
